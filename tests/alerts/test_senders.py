"""Messages go out by webhook and by mail; what cannot be sent is told without its address."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable, Iterator

import pytest
import stamina
import trustme
from loopback import mailbox, webhook

from pipeline.alerts import mail
from pipeline.alerts.mail import Mail
from pipeline.alerts.messages import Message
from pipeline.alerts.sender import Sender, SendError
from pipeline.alerts.trouble import kinds
from pipeline.alerts.webhook import Webhook

MESSAGE = Message(
    kinds()["source_blocked"],
    False,
    "massachusetts",
    {"elm": "blocked at the last visit", "oak": "says <!channel> and @here"},
    ("/srv/iop", "http://iop.example/runs/1"),
    "2026-11-29T08:00:00+00:00",
)
TEXT = """\
[massachusetts] Sources that refuse us: elm, oak
• elm: blocked at the last visit
• oak: says ‹!channel› and ＠here
What to do: """


@pytest.fixture(autouse=True)
def at_once() -> Iterator[None]:
    with stamina.set_testing(True, attempts=2):
        yield


def test_a_post_has_a_text_for_chats_and_fields_for_programs() -> None:
    with webhook() as hook:
        Webhook(hook.url).send(MESSAGE)
    (post,) = hook.posts
    assert post["text"].startswith(TEXT)
    assert post["text"].endswith("\nWhere: /srv/iop · http://iop.example/runs/1")
    alert = post["alert"]
    assert (alert["kind"], alert["level"], alert["over"]) == ("source_blocked", "problem", False)
    assert alert["what"] == dict(MESSAGE.what) and alert["remedy"]


def test_a_server_in_trouble_is_asked_again_and_a_refusal_is_not() -> None:
    with webhook() as hook:
        hook.answers = [503]
        Webhook(hook.url).send(MESSAGE)
        assert len(hook.posts) == 1
        hook.answers = [404, 200]
        with pytest.raises(SendError, match=r"^127\.0\.0\.1 answered 404$"):
            Webhook(hook.url).send(MESSAGE)
        assert len(hook.posts) == 1 and hook.answers == [200]


def test_mail_by_a_server_of_this_machine() -> None:
    with mailbox() as (port, box):
        Mail(
            f"smtp://me%40iop.example:se%3Acret@127.0.0.1:{port}", ("you@iop.example", "b@iop.example")
        ).send(MESSAGE)
    (mail,) = box.mails
    assert box.logins == ["me@iop.example se:cret"]
    assert (mail["from"], mail["to"]) == ("me@iop.example", "you@iop.example, b@iop.example")
    assert mail["subject"] == "[massachusetts] Sources that refuse us: elm, oak"
    assert mail["auto-submitted"] == "auto-generated"
    assert mail.get_content().replace("\r", "").startswith(TEXT)


def test_mail_over_tls() -> None:
    authority = trustme.CA()
    theirs, ours = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), ssl.create_default_context()
    authority.issue_cert("localhost").configure_cert(theirs)
    authority.configure_trust(ours)
    with mailbox(theirs) as (port, box):
        Mail(f"smtps://localhost:{port}", ("you@iop.example",), ours).send(MESSAGE)
        assert box.mails[0]["from"] == "you@iop.example" and not box.logins
        with pytest.raises(SendError, match=r"^localhost: SSLCertVerificationError$"):
            Mail(f"smtps://localhost:{port}", ("you@iop.example",)).send(MESSAGE)


def test_no_password_goes_over_an_open_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mail, "_is_here", lambda _: False)
    with mailbox() as (port, box), pytest.raises(SendError, match=r"no encryption .* use smtps://"):
        Mail(f"smtp://me:hush@127.0.0.1:{port}", ("you@iop.example",)).send(MESSAGE)
    assert not box.logins and not box.mails


@pytest.mark.parametrize(
    "sender",
    [
        lambda port: Webhook(f"http://127.0.0.1:{port}/hush"),
        lambda port: Mail(f"smtp://me:hush@127.0.0.1:{port}", ("you@iop.example",)),
    ],
)
def test_what_is_down_is_named_and_no_secret_is(sender: Callable[[int], Sender]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    way = sender(port)
    with pytest.raises(SendError, match=r"^127\.0\.0\.1: Conn") as failed:
        way.send(MESSAGE)
    assert "hush" not in repr(way) + str(failed.value) + repr(failed.value.__context__)


def test_a_mail_server_that_refuses() -> None:
    with mailbox(refuses=True) as (port, box), pytest.raises(SendError, match="answered 451"):
        Mail(f"smtp://127.0.0.1:{port}", ("you@iop.example",)).send(MESSAGE)
    assert not box.mails

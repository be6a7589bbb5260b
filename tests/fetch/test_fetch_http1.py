"""HTTP/1.1 as servers really speak it: answers in any pieces, in all their forms, and where they end."""

from __future__ import annotations

import asyncio

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.fetch.wire.http1 import MAX_HEAD, Answer
from pipeline.records import Outcome

PAGE = b"<html><p>Three evenings a week, in groups of eight people.</p></html>"
OK = b"HTTP/1.1 200 OK\r\ncontent-type: text/html\r\n"
LENGTH = b"content-length: %d\r\n\r\n" % len(PAGE)
CHUNKS = b"%x\r\n%b\r\n%x;more=1\r\n%b\r\n0\r\n" % (9, PAGE[:9], len(PAGE) - 9, PAGE[9:])
CHUNKED = OK + b"transfer-encoding: chunked\r\n\r\n" + CHUNKS
WHOLE = {  # an answer, and whether its connection may be used again
    "length": (OK + LENGTH + PAGE, True),
    "chunks": (CHUNKED + b"\r\n", True),
    "trailers": (CHUNKED + b"x-late: 1\r\ncontent-type: text/plain\r\n\r\n", True),
    "length and chunks": (
        OK + b"content-length: 3\r\ntransfer-encoding: chunked\r\n\r\n" + CHUNKS + b"\r\n",
        True,
    ),
    "goodbye": (OK + b"connection: close\r\n" + LENGTH + PAGE, False),
    "early hints": (b"HTTP/1.1 103 Early Hints\r\nlink: </a.css>\r\n\r\n" + OK + LENGTH + PAGE, True),
    "line feeds": ((OK + LENGTH).replace(b"\r\n", b"\n") + PAGE, True),
    "folded header": (OK + b"x-old: one\r\n  two\r\n" + LENGTH + PAGE, True),
    "no reason": (OK.replace(b" OK", b"") + LENGTH + PAGE, True),
    "too long": (OK + LENGTH + PAGE + b"tail", False),
    "two answers": (OK + LENGTH + PAGE + OK + LENGTH + PAGE, False),
}


def received(*pieces: bytes) -> Answer:
    answer = Answer()
    for piece in pieces:
        answer.feed(piece)
    return answer


@pytest.mark.parametrize(("data", "keep_alive"), WHOLE.values(), ids=WHOLE)
def test_an_answer_is_the_same_in_one_piece_and_byte_by_byte(data: bytes, keep_alive: bool) -> None:
    for answer in (received(data), received(*(bytes([byte]) for byte in data))):
        assert (answer.status, b"".join(answer.chunks)) == (200, PAGE)
        assert dict(answer.headers)[b"content-type"] == b"text/html"
        assert (answer.ended, answer.keep_alive) == (True, keep_alive)


@given(st.data())
def test_an_answer_may_come_in_any_pieces(data: st.DataObject) -> None:
    whole, _ = WHOLE[data.draw(st.sampled_from(sorted(WHOLE)))]
    cuts = sorted(data.draw(st.sets(st.integers(0, len(whole)), max_size=8)))
    answer = received(*(whole[a:b] for a, b in zip([0, *cuts], [*cuts, len(whole)], strict=True)))
    assert (answer.status, b"".join(answer.chunks), answer.ended) == (200, PAGE, True)


@pytest.mark.parametrize("status", [204, 304])
def test_an_answer_without_a_body_ends_with_its_head(status: int) -> None:
    answer = received(b"HTTP/1.1 %d X\r\ncontent-length: 500\r\netag: x\r\n\r\n" % status)
    assert (answer.status, answer.ended, answer.keep_alive, answer.chunks) == (status, True, True, [])


def test_without_a_length_the_end_of_the_connection_is_the_end_of_the_body() -> None:
    answer = received(OK + b"\r\n" + PAGE)
    assert not answer.ended
    answer.end()
    assert (answer.ended, answer.keep_alive, b"".join(answer.chunks)) == (True, False, PAGE)


@pytest.mark.parametrize(
    "data", [b"", OK, OK + LENGTH + PAGE[:-1], CHUNKED], ids=["nothing", "head", "body", "chunks"]
)
def test_a_connection_that_ends_too_early_is_a_fault(data: bytes) -> None:
    answer = received(data) if data else Answer()
    with pytest.raises(httpx.RemoteProtocolError, match="closed the connection"):
        answer.end()


@pytest.mark.parametrize(
    "data",
    [
        b"SSH-2.0-OpenSSH_9.6\r\n",
        b"\x16\x03\x01 TLS where HTTP should be",
        b"HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: upgrade\r\n\r\n",
        OK + b"transfer-encoding: chunked\r\n\r\nnot hexadecimal\r\n",
        OK + b"x: " + b"a" * MAX_HEAD,
        b"HTTP/1.1 103 Early Hints\r\n\r\n" * (MAX_HEAD // 20),
    ],
    ids=["ssh", "tls", "upgrade", "chunk size", "endless header", "endless hints"],
)
def test_what_is_no_answer_is_a_fault(data: bytes) -> None:
    with pytest.raises(httpx.RemoteProtocolError):
        received(*(data[n : n + 1000] for n in range(0, len(data), 1000)))


def test_connections_are_kept_and_made_anew_where_the_server_closed_them(
    web, archive, fetch, new_site
) -> None:
    connections: set[int] = set()

    async def answer(request, writer):
        connections.add(id(writer))
        writer.write(OK + LENGTH + PAGE)
        if request.path == "/b":
            await writer.drain()
            writer.close()  # without a word: the next request finds out
            await asyncio.sleep(0)

    for path in ("/", "/a", "/b", "/c", "/d"):
        web.answers["kept.example", path] = answer
    documents = fetch(new_site("kept.example", "/a", "/b", "/c", "/d"))
    assert {d.outcome for d in documents} == {Outcome.OK}
    assert len(connections) == 2


def test_a_validator_cannot_add_lines_to_a_request() -> None:
    from pipeline.fetch.wire.http1 import _head

    request = httpx.Request("GET", "http://a.example/", headers=[(b"if-none-match", b'"1"\r\nx-evil: 1')])
    with pytest.raises(httpx.LocalProtocolError):
        _head(request)

"""Ways by which messages go out: a webhook (JSON by POST), mail (SMTP). Addresses are secrets, and no error shows them."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from ipaddress import ip_address
from typing import Protocol
from urllib.parse import unquote, urlsplit

import httpx
import stamina

from pipeline.alerts.messages import Message
from pipeline.settings import Settings

TIMEOUT = 10.0  # seconds, of each step of a connection
ATTEMPTS, PATIENCE = 3, 30.0  # tries of one message within so many seconds; the next tick tries again
SUBMISSION, SUBMISSIONS = 587, 465  # ports of smtp:// and smtps:// (RFC 6409, RFC 8314)
stamina.instrumentation.set_on_retry_hooks([])  # they would print what is tried


class SendError(Exception):
    """A message that could not be sent; says which host did what, and never its whole address."""


class _NotNowError(SendError):
    """One that another try may send."""


class Sender(Protocol):
    """A way out."""

    def send(self, message: Message) -> None:
        """Raises SendError."""


@dataclass(frozen=True, slots=True)
class Webhook:
    """Posts `Message.fields`; `text` is what Slack, Mattermost and their like show."""

    url: str = field(repr=False)

    def send(self, message: Message) -> None:
        for attempt in stamina.retry_context(
            on=_NotNowError, attempts=ATTEMPTS, timeout=PATIENCE, wait_initial=0.5
        ):
            with attempt:
                self._post(message)

    def _post(self, message: Message) -> None:
        host = urlsplit(self.url).hostname
        try:
            answer = httpx.post(self.url, json=message.fields, timeout=TIMEOUT)
        except httpx.TransportError as error:
            raise _NotNowError(f"{host}: {type(error).__name__}") from None
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise SendError(f"{host}: {type(error).__name__}") from None
        if answer.is_success:
            return
        later = answer.status_code == httpx.codes.TOO_MANY_REQUESTS or answer.is_server_error
        raise (_NotNowError if later else SendError)(f"{host} answered {answer.status_code}")


@dataclass(frozen=True, slots=True)
class Mail:
    """Mails `Message.text` by the server of a URL. A password goes over TLS alone, or to this machine."""

    server: str = field(repr=False)
    to: tuple[str, ...]
    trust: ssl.SSLContext | None = None  # None: the system's authorities

    def send(self, message: Message) -> None:
        host = urlsplit(self.server).hostname
        try:
            with self._connected() as smtp:
                smtp.send_message(self._written(message))
        except smtplib.SMTPResponseException as error:
            raise SendError(f"{host} answered {error.smtp_code}") from None
        except (OSError, smtplib.SMTPException) as error:
            raise SendError(f"{host}: {type(error).__name__}") from None

    @contextmanager
    def _connected(self) -> Iterator[smtplib.SMTP]:
        parts, trust = urlsplit(self.server), self.trust or ssl.create_default_context()
        host = parts.hostname or ""
        if parts.scheme == "smtps":
            smtp: smtplib.SMTP = smtplib.SMTP_SSL(
                host, parts.port or SUBMISSIONS, timeout=TIMEOUT, context=trust
            )
        else:
            smtp = smtplib.SMTP(host, parts.port or SUBMISSION, timeout=TIMEOUT)
        with smtp:
            smtp.ehlo()
            is_private = parts.scheme == "smtps" or _is_here(host)
            if parts.scheme == "smtp" and smtp.has_extn("starttls"):
                smtp.starttls(context=trust)
                is_private = True
            if parts.username:
                if not is_private:
                    raise SendError(f"{host} offers no encryption to send a password over: use smtps://")
                smtp.login(unquote(parts.username), unquote(parts.password or ""))
            yield smtp

    def _written(self, message: Message) -> EmailMessage:
        mail = EmailMessage()
        user = unquote(urlsplit(self.server).username or "")
        mail["From"] = user if "@" in user else self.to[0]
        mail["To"] = ", ".join(self.to)
        mail["Subject"] = " ".join(message.subject.split())
        mail["Date"], mail["Message-ID"] = formatdate(), make_msgid(domain="iop.invalid")
        mail["Auto-Submitted"] = "auto-generated"  # RFC 3834: no out-of-office answers it
        mail.set_content(message.text)
        return mail


def senders_of(settings: Settings) -> Mapping[str, Sender]:
    """The ways that are configured, by name; none: alerts are off."""
    found: dict[str, Sender] = {}
    if settings.webhook:
        found["webhook"] = Webhook(settings.webhook)
    if settings.smtp:
        found["mail"] = Mail(settings.smtp, settings.mail_to)
    return found


def _is_here(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"

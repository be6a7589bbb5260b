"""Messages as mail (SMTP)."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from ipaddress import ip_address
from urllib.parse import unquote, urlsplit

from pipeline.alerts.messages import Message
from pipeline.alerts.sender import TIMEOUT, SendError

SUBMISSION, SUBMISSIONS = 587, 465  # ports of smtp:// and smtps:// (RFC 6409, RFC 8314)


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


def _is_here(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"

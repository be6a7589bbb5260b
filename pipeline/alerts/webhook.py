"""Messages as JSON by POST."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import urlsplit

import httpx
import stamina

from pipeline.alerts.messages import Message
from pipeline.alerts.sender import TIMEOUT, SendError

ATTEMPTS, PATIENCE = 3, 30.0  # tries of one message within so many seconds; the next tick tries again
stamina.instrumentation.set_on_retry_hooks([])  # they would print what is tried


class _NotNowError(SendError):
    """One that another try may send."""


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

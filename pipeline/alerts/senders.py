"""The ways by which messages go out. Their addresses are secrets, and no error shows them."""

from __future__ import annotations

from collections.abc import Mapping

from pipeline.alerts.sender import Sender
from pipeline.settings import Settings


def senders_of(settings: Settings) -> Mapping[str, Sender]:
    """The ways that are configured, by name; none: alerts are off. Few runs need their clients of the network."""
    found: dict[str, Sender] = {}
    if settings.webhook:
        from pipeline.alerts.webhook import Webhook

        found["webhook"] = Webhook(settings.webhook)
    if settings.smtp:
        from pipeline.alerts.mail import Mail

        found["mail"] = Mail(settings.smtp, settings.mail_to)
    return found

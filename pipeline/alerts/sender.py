"""What every way by which messages go out has in common."""

from __future__ import annotations

from typing import Protocol

from pipeline.alerts.messages import Message

TIMEOUT = 10.0  # seconds, of each step of a connection


class SendError(Exception):
    """A message that could not be sent; says which host did what, and never its whole address."""


class Sender(Protocol):
    """A way out."""

    def send(self, message: Message) -> None:
        """Raises SendError."""

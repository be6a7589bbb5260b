"""Telling people what is wrong, once, and that it is over: by each way what those there do not know yet.

What was told is kept in the run's directory (`<out>/alerts/told.json`), so that cron's runs and Dagster's sensors, which may
both look after it, say nothing twice. What cannot be sent stays untold, and is tried again the next time.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from pipeline.alerts.messages import Message, Told, messages
from pipeline.alerts.run_log import alone, replace
from pipeline.alerts.sender import Sender, SendError
from pipeline.alerts.senders import senders_of
from pipeline.alerts.wrong import wrong_now
from pipeline.settings import Settings

FILE = "told.json"
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was sent now, what could not be (way → why), and what people know of by each way."""

    sent: tuple[Message, ...] = ()
    unsent: tuple[str, ...] = ()
    told: Mapping[str, Told] = field(default_factory=dict)


def is_on(settings: Settings) -> bool:
    """Whether alerts go anywhere."""
    return bool(settings.webhook or settings.smtp)


def tell(settings: Settings, now: datetime) -> Outcome:
    """Send what is due at `now` (UTC). Never raises: a run does not fail because nobody could be told of it."""
    if not is_on(settings):
        return Outcome()
    try:
        outcome = _tell(settings, senders_of(settings), now)
    except OSError as error:  # a full disk, a lock that is not free
        outcome = Outcome(unsent=(f"{error}",))
    except Exception as error:  # whatever else; its words might hold an address
        outcome = Outcome(unsent=(type(error).__name__,))
    for why in outcome.unsent:
        log.warning("alerts could not be sent, and are tried again: %s", why, extra={"unsent": why})
    for one in outcome.sent:
        log.info("alert: %s", one.title, extra={"kind": one.kind.name, "over": one.is_over})
    return outcome


def _tell(settings: Settings, senders: Mapping[str, Sender], now: datetime) -> Outcome:
    wrong = wrong_now(settings, now)
    sent: list[Message] = []
    unsent: list[str] = []
    with alone(settings.out) as folder:
        file = folder / FILE
        told = {way: known for way, known in _told(file).items() if way in senders}
        for way, sender in senders.items():
            try:
                for message, after in messages(wrong, told.get(way, {}), settings, now):
                    sender.send(message)
                    sent.append(message)
                    told[way] = after
                    replace(file, told)
            except SendError as error:
                unsent.append(f"{way}: {error}")
    return Outcome(tuple(sent), tuple(unsent), told)


def _told(file: Path) -> Mapping[str, Told]:
    """What was told by each way; where the file cannot be read, nothing: better twice than never."""
    try:
        raw = json.loads(file.read_text(encoding="utf-8"))
        return {way: {str(key): str(at) for key, at in known.items()} for way, known in raw.items()}
    except (OSError, ValueError, AttributeError):
        return {}

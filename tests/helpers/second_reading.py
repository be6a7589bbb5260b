"""Pages to ask a second reader about, answers to give, and what an endpoint on loopback was asked."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from pipeline.extract.learned.linear import BIAS, LinearModel
from pipeline.extract.learned.models import shipped
from pipeline.extract.parsing.plain import read_text
from pipeline.extract.reading import Reading, extract
from pipeline.records import Assertion, Observation
from pipeline.second_reader.answers import Answer, parse
from pipeline.second_reader.settings import SecondReaderSettings

URL = "https://alder-house.example/programs/iop"
TEXT = """Intensive Outpatient Program | Alder House
Our intensive outpatient program meets three days a week, three hours a day.
We treat depression and anxiety in adults. We do not treat active psychosis.
Some people who come to us have also lived with anorexia.
Alder House, 12 Main Street, Salem, MA 01970. Call 617-555-0142.
"""


@dataclass
class Endpoint:
    """What it was asked, and what it says next: a status with a body, or nothing at all (None) until the test ends."""

    url: str = ""
    asked: list[dict[str, Any]] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    answer: Callable[[dict[str, Any]], tuple[int, Any] | None] = lambda _: (500, {})
    ended: threading.Event = field(default_factory=threading.Event)

    def says(self, *facts: dict[str, Any], **more: Any) -> None:
        """Answer every page alike."""
        content = json.dumps({"own_page": True, "own_quote": "", "facts": list(facts), **more})
        self.answer = lambda _: (200, completion(content))

    def settings(self, **more: Any) -> SecondReaderSettings:
        return SecondReaderSettings(
            **{"model": "small", "url": self.url, "timeout_s": 20.0, "retries": 0, **more}
        )


def completion(content: str | None, **more: Any) -> dict[str, Any]:
    message = {"role": "assistant", "content": content, **more}
    usage = {"prompt_tokens": 1000, "completion_tokens": 100, "total_tokens": 1100}
    choice = {"index": 0, "finish_reason": "stop", "message": message}
    return {
        "id": "c1",
        "object": "chat.completion",
        "created": 1,
        "model": "small-2026-01-01",
        "choices": [choice],
        "usage": usage,
    }


def fact(field: str, value: Any, quote: str, level: str | None = "iop", **more: Any) -> dict[str, Any]:
    return {"field": field, "value": value, "level_of_care": level, "quote": quote, **more}


def read(text: str = TEXT, url: str | None = URL, own: float | None = None) -> Reading:
    """A page as we read it; `own`: the log-odds that it is a provider's own, whatever the model makes of it."""
    models = None if own is None else replace(shipped(), kind=LinearModel({BIAS: own}))
    return extract(read_text(text, url), models)


def answer(*facts: dict[str, Any], **more: Any) -> Answer:
    return parse(json.dumps({"own_page": True, "facts": list(facts), **more}))


def published(reading: Reading) -> set[tuple[str, str, str | None]]:
    return {
        (o.field, o.written, o.level_of_care)
        for o in reading.observations
        if o.assertion is Assertion.AFFIRMED
    }


def of(reading: Reading, field: str, value: str) -> Observation:
    """The most confident observation of a value."""
    found = [o for o in reading.observations if (o.field, o.written) == (field, value)]
    return max(found, key=lambda o: (o.assertion is Assertion.AFFIRMED, o.confidence))

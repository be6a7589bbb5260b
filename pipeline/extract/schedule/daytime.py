"""Evening, weekend and morning: what the words say ("evening IOP") and what the session times show."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from pipeline.extract.schedule.grammar_words import section
from pipeline.extract.schedule.lexer import has_any, read
from pipeline.extract.schedule.measures import interpret
from pipeline.extract.schedule.quantities import quantities
from pipeline.extract.schedule.sessions import SessionMention
from pipeline.normalize.clock import WEEKEND
from pipeline.vocabulary.tables import settings

PartName = Literal["evening", "weekend", "morning"]

_HOURS = settings("hours.toml")["sessions"]
_PARTS: tuple[PartName, ...] = ("evening", "weekend", "morning")
_WORDS = {word: part for part in _PARTS for word in section("class")[part.upper()].split()} | {
    "eiop": "evening"
}
HINTS = (*sorted(_WORDS.keys() - {"fin", "fines"}), "semana", "week")  # "seven days a week" holds a weekend


ALL_WEEK = 7  # days


@dataclass(frozen=True, slots=True)
class TimeOfDay:
    """Words on sessions in that part of the week, at text[start:end], not judged yet; or a session that shows them."""

    part: PartName
    start: int
    end: int
    from_session: bool = False
    confidence: float = 0.85


def times_of_day(text: str, sessions: Iterable[SessionMention] = ()) -> dict[PartName, list[TimeOfDay]]:
    """Statements on evening, weekend and morning sessions in a run, by words and by the times of `sessions`."""
    found: dict[PartName, list[TimeOfDay]] = {}
    for statement in (*_from_sessions(sessions), *_from_words(text)):
        found.setdefault(statement.part, []).append(statement)
    return found


def _from_sessions(sessions: Iterable[SessionMention]) -> Iterator[TimeOfDay]:
    for mention in sessions:
        if mention.kind != "program":
            continue
        days, start, end = mention.value
        shown: dict[PartName, bool] = {
            "evening": (start or "") >= _HOURS["evening_from"] or (end or "") > _HOURS["evening_until"],
            "morning": start is not None and start < _HOURS["morning_before"],
            "weekend": bool(set(WEEKEND) & set(days or ())),
        }
        for part in (part for part, is_shown in shown.items() if is_shown):
            yield TimeOfDay(
                part, mention.start, mention.end, from_session=True, confidence=mention.confidence
            )


def _from_words(text: str) -> Iterator[TimeOfDay]:
    if not has_any(text, HINTS):
        return
    run = read(text)
    if _WORDS.keys().isdisjoint(run.values) and all(
        quantity.low != ALL_WEEK for quantity in quantities(text)
    ):
        return
    for said in interpret(text, of_parts=True):
        if said.kind == "program":
            part = _WORDS.get(run.word(said.at), "weekend")
            yield TimeOfDay(part, *run.bounds(said.first, said.after), confidence=said.confidence)

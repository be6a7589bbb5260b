"""Whether a model's word for a value means the value that we read: ours is what is published, never its text."""

from __future__ import annotations

import re

from pipeline.extract.parsing.text import fold
from pipeline.values import Address, Range, Session, Value

_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_TIME = re.compile(r"\b(\d{1,2}):(\d{2})")
_DAY = re.compile(r"\b(mo|tu|we|th|fr|sa|su)")
_WORDS = re.compile(r"[^a-z0-9]+")


def means(said: str, field: str, value: Value) -> bool:
    """Whether `said` is a way to write `value` of a field."""
    match value:
        case bool():
            return said.lower() in (("true", "yes") if value else ("false", "no"))
        case Range(low, high):
            return {float(n) for n in _NUMBER.findall(said)} == {n for n in (low, high) if n is not None}
        case Session(days, start, end):
            return _same_session(said.lower(), days, {start, end})
        case Address():
            return _same_address(said, value)
        case _:
            if field == "phone":
                return _digits(said) == _digits(value.partition(";")[0])
            return fold(said) == fold(value)


def _same_session(said: str, days: tuple[str, ...] | None, times: set[str | None]) -> bool:
    named = set(_DAY.findall(said))
    told = {f"{int(hour):02}:{minute}" for hour, minute in _TIME.findall(said)}
    return (
        bool(named or told)
        and (not named or not days or named == set(days))
        and (not told or told == times - {None})
    )


def _same_address(said: str, ours: Address) -> bool:
    """Every part that it names is one of ours, a street or town among them."""
    parts = {_WORDS.sub(" ", fold(part)).strip() for part in re.split(r"[;,]", said)} - {""}
    own = {_WORDS.sub(" ", fold(part)).strip() for part in ours if part}
    own |= {f"{fold(ours.state)} {ours.zip}"} if ours.state and ours.zip else set()
    named = {_WORDS.sub(" ", fold(part)).strip() for part in (ours.street, ours.city) if part}
    return bool(parts & named) and parts <= own


def _digits(text: str) -> str:
    return "".join(c for c in text if c.isdigit())[-10:]

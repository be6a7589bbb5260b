"""Values of more than one part that are read on pages and in lists, and how each is written on the stage.

`written` gives the text of a value as the tables hold it: a code or words as they are, `true` or `false`, JSON for ranges,
sessions and addresses. Null parts are what is not stated.
"""

from __future__ import annotations

import json
from typing import Any, NamedTuple


class Session(NamedTuple):
    """One weekly program session: days (mo … su), start and end (HH:MM, local time)."""

    days: tuple[str, ...] | None
    start: str | None
    end: str | None


class Range(NamedTuple):
    """Numbers from `low` to `high`, both included; an open end is None."""

    low: float | None
    high: float | None


class Address(NamedTuple):
    """A postal address in the United States; `state` is a postal code, `zip` has five digits."""

    street: str | None
    city: str | None
    state: str | None
    zip: str | None


Value = str | bool | Session | Range | Address


def plain(value: Value) -> Any:
    """A value as JSON knows it: text, boolean, list or object."""
    match value:
        case Range():
            return [int(v) if v is not None and v == int(v) else v for v in value]
        case Session(days, start, end):
            return {"days": list(days) if days else None, "start": start, "end": end}
        case Address():
            return value._asdict()
        case _:
            return value


def written(value: Value) -> str:
    """The text of a value, the same for equal values."""
    return value if isinstance(value, str) else json.dumps(plain(value), ensure_ascii=False)

"""What the site says, in each of its languages: the strings of `text/`, labels of codes from the release, dates and numbers as people write them."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from warehouse.exports.errors import ExportError
from warehouse.exports.release_file import OpenRelease
from warehouse.site.shards import compact

FOLDER = Path(__file__).parent / "text"
LANGUAGES = ("en", "es")


@dataclass(frozen=True, slots=True)
class Language:
    """One language. `labels`: (vocabulary, code) → words; `states`: postal code → name."""

    code: str
    strings: Mapping[str, Any]
    labels: Mapping[tuple[str, str], str]
    states: Mapping[str, str]

    def __call__(self, key: str, **filled: object) -> str:
        """The string of a key (`search.title`) with its names filled in. KeyError where there is none."""
        found: Any = self.strings
        for part in key.split("."):
            found = found[part]
        return str(found).format(**filled) if filled else str(found)

    def counted(self, key: str, n: int) -> str:
        """The string for a number: `key_1` for one, else `key_n`."""
        return self(f"{key}_1") if n == 1 else self(f"{key}_n", n=f"{n:,}")

    def label(self, vocabulary: str, code: str | None) -> str:
        """A code in words; the code itself where the release has none for it."""
        return self.labels.get((vocabulary, code or ""), code or "")

    def state(self, code: str | None) -> str:
        """Name of a state."""
        return self.states.get(code or "", code or "")

    def date(self, day: date) -> str:
        """A day as people write it."""
        return self("date", day=day.day, month=self.strings["months"][day.month - 1], year=day.year)

    def yes_no(self, value: bool) -> str:
        return self("yes" if value else "no")

    def span(self, low: float | None, high: float | None) -> str:
        """A range of numbers: "9", "9 to 12", "from 9", "up to 12"."""
        if low is None or high is None:
            which = ("up_to", "and_more")[high is None]
            return self(which, low=_number(low), high=_number(high))
        return _number(low) if low == high else self("between", low=_number(low), high=_number(high))

    def time(self, clock: str) -> str:
        """HH:MM on a clock of twelve hours."""
        hour, minute = (int(part) for part in clock.split(":"))
        half = self("pm" if hour >= 12 else "am")
        return f"{hour % 12 or 12}:{minute:02} {half}"

    def weekday(self, day: str) -> str:
        """A day of the week (`mo`) in three letters."""
        return self.label("weekday", day)[:3]

    def session(self, days: Sequence[str] | None, start: str | None, end: str | None) -> str:
        """A weekly session: "Mon, Wed, Thu, 1:00 pm – 4:00 pm"."""
        named = ", ".join(map(self.weekday, days or ()))
        hours = " – ".join(self.time(clock) for clock in (start, end) if clock)
        return ", ".join(part for part in (named, hours) if part)


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:g}"


def strings(code: str) -> dict[str, Any]:
    """The strings of a language."""
    return tomllib.loads((FOLDER / f"{code}.toml").read_text(encoding="utf-8"))


def languages(source: OpenRelease) -> Sequence[Language]:
    """All languages, with the labels of a release; ExportError where it is too old to have any."""
    rows = list(source.rows("FROM vocabulary_label"))
    if not rows:
        raise ExportError("this release has no words for its codes: make a newer one with `iop run` first")
    # A state's name is the same in both languages, but for a few that nobody writes otherwise in addresses.
    states = {
        row["state"]: row["name"]
        for row in source.rows("SELECT state, name FROM area WHERE area_kind = 'state' ORDER BY state")
    }
    return [
        Language(
            code,
            strings(code),
            {(row["vocabulary"], row["code"]): row["label"] for row in rows if row["language"] == code},
            states,
        )
        for code in LANGUAGES
    ]


def data_block(value: object) -> str:
    """JSON that may stand in a `script` element: nothing in it ends the element, nor begins a comment."""
    return compact(value).replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")

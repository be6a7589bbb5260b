"""What the search needs, in one small file a state: columns of numbers that point into tables of words, codes and sets of codes."""

from __future__ import annotations

import json
from collections.abc import Hashable, Iterable, Mapping
from datetime import date
from math import floor
from typing import Any

Row = Mapping[str, Any]
SETS = ("conditions", "payers", "languages", "populations")
EPOCH = date(1970, 1, 1)


class Numbered(dict[Hashable, int]):
    """Distinct values, each with its number from 0 in order of coming."""

    def number(self, value: Hashable) -> int | None:
        """Number of a value; none of null."""
        return None if value is None else self.setdefault(value, len(self))


class Shard:
    """Rows of one state (or `online`) as they come; `text` is the file. `cells`: squares of a degree in which its places lie."""

    def __init__(self, state: str) -> None:
        self.state = state
        self.words, self.codes, self.sets = Numbered(), Numbered(), Numbered()
        self.columns: dict[str, list[Any]] = {}
        self.count = 0
        self.cells: set[int] = set()

    def add(self, row: Row) -> None:
        """A row of the directory, with `home` and `refused` (payers said not to be accepted)."""
        for name, value in self._cells(row):
            self.columns.setdefault(name, []).append(value)
        self.count += 1
        if row["state"] == self.state and row["latitude"] is not None:
            self.cells.add(cell_of(row["latitude"], row["longitude"]))

    def _cells(self, row: Row) -> Iterable[tuple[str, Any]]:
        yield "id", row["service_id"].removeprefix("svc_")
        for short, name in WORDS.items():
            yield short, self.words.number(row[name])
        for short, name in CODES.items():
            yield short, self.codes.number(row[name])
        for short, name in NUMBERS.items():
            yield short, _whole(row[name])
        yield "y", position(row["latitude"])
        yield "x", position(row["longitude"])
        for short, name in FLAGS.items():
            yield short, None if row[name] is None else int(row[name])
        yield "day", (row["last_verified"].date() - EPOCH).days
        yield "serves", self._set(row["virtual_states"])
        yield "refused", self._set(row["refused"])
        for name in SETS:
            stated = set(row[name] or ()) | set(row["payment_options"] or () if name == "payers" else ())
            asked = set(row[f"{name}_not_ticked"] or ())
            if name == "payers":
                asked |= set(row["payment_options_not_ticked"] or ())
            yield name, self._set(stated)
            # what was asked is the same in all rows of a list: what was not ticked would be another set in each
            yield f"{name}_asked", self._set(stated | asked) if asked else None

    def _set(self, codes: Iterable[str] | None) -> int | None:
        if not codes:
            return None
        return self.sets.number(
            tuple(sorted(self.codes.setdefault(code, len(self.codes)) for code in sorted(codes)))
        )

    def text(self, **more: Any) -> str:
        """The file: columns in which every cell is null are left out."""
        columns = {
            name: cells for name, cells in self.columns.items() if any(cell is not None for cell in cells)
        }
        return compact(
            {
                "n": self.count,
                **more,
                "words": list(self.words),
                "codes": list(self.codes),
                "sets": list(self.sets),
                "columns": columns,
            }
        )


WORDS = {
    "name": "service_name",
    "operator": "organization_name",
    "site": "location_name",
    "town": "city",
    "county": "county",
    "zip": "zip",
    "phone": "phone",
    "sessions": "schedule_text",
    "home": "home",
}
CODES = {
    "state": "state",
    "fips": "county_fips",
    "level": "level_of_care",
    "focus": "focus",
    "accepting": "accepting",
    "freshness": "freshness",
    "precision": "geo_precision",
}
NUMBERS = {"from": "min_age", "to": "max_age"}
FLAGS = {"virtual": "virtual", "evening": "has_evening"}


def cell_of(latitude: float, longitude: float) -> int:
    """Number of a square of a degree, as `cellOf` of `search.js` has it."""
    return (floor(latitude) + 90) * 360 + floor(longitude) + 180


def compact(value: Any) -> str:
    """JSON without spaces."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def position(degrees: float | None) -> int | None:
    """Ten-thousandths of a degree: some ten metres."""
    return None if degrees is None else round(degrees * 10_000)


def _whole(value: float | None) -> float | int | None:
    return int(value) if value is not None and value == int(value) else value

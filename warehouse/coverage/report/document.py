"""The coverage report as data, before it is drawn: what `report.json` holds, and what text, page and pictures are made of.

A `Report` is sections of figures, tables and maps. Every number is a value of a column or of a figure, with its kind, so
that the page, the terminal and a notebook write it alike; words stand beside numbers and never hold them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Literal

Value = str | int | float | bool | None


class Kind(StrEnum):
    """What a value is, and so how it is written. `SHARE` is from 0 to 1; `RATE` is per 100,000 people."""

    TEXT = "text"
    COUNT = "count"
    PEOPLE = "people"
    SHARE = "share"
    RATE = "rate"
    KM = "km"
    NUMBER = "number"
    DATE = "date"
    FLAG = "flag"


@dataclass(frozen=True, slots=True)
class Answers:
    """What is known behind a figure: services that say yes, that were asked and did not tick it, that nobody asked, and whose
    own page does not state it."""

    yes: int
    not_ticked: int
    not_asked: int
    not_stated: int


@dataclass(frozen=True, slots=True)
class Figure:
    """One number that stands alone, with what it means and how sure it is.

    `low` and `high`: the 95 % interval, where there is one. `reliable`: False where so little is counted that chance alone
    moves it much (relative error over 30 %, or fewer than 5). `value` None: nobody could have told.
    """

    id: str
    label: str
    value: Value
    kind: Kind
    definition: str
    low: float | None = None
    high: float | None = None
    reliable: bool = True
    answers: Answers | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table. `unit` as people write it (`km`, `per 100,000`).

    `low`, `high`, `unreliable` and `link` name columns that speak of this one: its 95 % interval, whether chance alone moves
    it much (FLAG), and the address that a value leads to (relative, or http). They are in the files; on the page and in text
    they stand with the value that they speak of. `hidden`: in the files alone.
    """

    name: str
    label: str
    kind: Kind
    meaning: str = ""
    unit: str = ""
    low: str = ""
    high: str = ""
    unreliable: str = ""
    link: str = ""
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under columns. A null is not known, never no; `empty` is what to say where there is no row.

    `answers`: the four columns (COUNT) that are the parts of an `Answers`, in its order, to be drawn as a bar in each row.
    `folded`: of use to few; the page shows its title, and the table when somebody opens it.
    """

    id: str
    title: str
    text: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[Value]]
    empty: str = "None known."
    answers: Sequence[str] = ()
    folded: bool = False


@dataclass(frozen=True, slots=True)
class Choropleth:
    """Counties (or states) shaded by one column of a table. `area_id` names the column with the FIPS code.

    Zero is a class of its own, null is hatched; `unreliable` names the column (FLAG) that marks values by chance. Areas are
    called what the table's first other column of text says.
    """

    id: str
    title: str
    text: str
    table: str
    area_id: str
    value: str
    unreliable: str | None = None
    area_kind: Literal["county", "state"] = "county"


@dataclass(frozen=True, slots=True)
class PointMap:
    """Sites on the map, from a table with columns `latitude` and `longitude`; `points` are where people live, by distance to the
    nearest."""

    id: str
    title: str
    text: str
    table: str
    label: str  # the column that names a site
    group: str  # the column (TEXT) whose values are told apart by shape and colour
    bands_km: Sequence[float] = ()
    points: Sequence[tuple[float, float, int, float]] = ()  # latitude, longitude, people, km to the nearest


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the report under one heading."""

    id: str
    title: str
    text: str
    items: Sequence[Figure | Table | Choropleth | PointMap]


@dataclass(frozen=True, slots=True)
class Report:
    """The whole report of one state (or of all, `state` None) on one release."""

    state: str | None
    title: str
    release: int
    built_at: datetime  # UTC
    contract: str
    summary: str  # one or two sentences under the title
    sections: Sequence[Section]
    methods: Sequence[str]
    limits: Sequence[str]
    geography: Sequence[str]  # which data sets of places and people it stands on, one line each
    citation: str
    known_issues: Sequence[str] = ()  # what is wrong, and known to be
    known: Sequence[str] = ()  # what the report can say, as sentences for its top
    not_known: Sequence[str] = ()  # and what it cannot
    facts: Mapping[str, Value] = field(default_factory=dict)  # anything else of `report.json`

"""Puts the coverage report of a state together from a release alone.

`report.toml` says which sections there are and what stands in them; each table is one query (`tables/*.sql`, whose first
comment line is its title and the others its text), its columns are told in `columns.toml`; the headline figures are one
query too (`figures.sql`).
"""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from warehouse.coverage.measure.settings import measures
from warehouse.coverage.measure.travel import Unit
from warehouse.coverage.measure.travel_matrix import TravelMatrix
from warehouse.coverage.report.by_travel import by_travel
from warehouse.coverage.report.document import (
    Answers,
    Choropleth,
    Column,
    Figure,
    Kind,
    PointMap,
    Report,
    Section,
    Table,
    Value,
)
from warehouse.coverage.report.people_on_map import people_on_map
from warehouse.exports.errors import ExportError
from warehouse.exports.release_file import OpenRelease
from warehouse.reference import COVERAGE

TRAVEL = {
    "id": "travel",
    "title": "By road",
    "text": "The same question, with ways as somebody computed them.",
}
FOLDER = Path(__file__).parent
STATES = "SELECT state, name FROM iop.area WHERE area_kind = 'state' ORDER BY name"
HELD = "SELECT DISTINCT state FROM iop.coverage_supply ORDER BY state"
DATASETS = """SELECT DISTINCT g.title, g.publisher, g.vintage, g.licence FROM iop.geography g WHERE dataset_id IN (
    SELECT unnest([dataset_id, ages_dataset_id]) FROM iop.area WHERE state = coalesce(getvariable('state'), state)
    UNION SELECT dataset_id FROM iop.coverage_reach WHERE state = coalesce(getvariable('state'), state)
    UNION SELECT dataset_id FROM iop.boundary WHERE state = coalesce(getvariable('state'), state)) ORDER BY ALL"""


ANSWERS = ("yes", "not_ticked", "not_asked", "not_stated")  # columns that are the parts of one whole


class StateError(ExportError):
    """A state that does not exist, or of which the release holds nothing."""


class Assembly:
    """Reports on one open release. Its connection is given temporary tables; the release itself is only read."""

    def __init__(self, source: OpenRelease) -> None:
        """ExportError where the release holds no coverage: it was built before there was any, or without geography."""
        self.source = source
        self.connection = source.connection
        for name in ("dimensions", "targets"):
            self.connection.execute(f"SET VARIABLE {name} = ?", [str(COVERAGE / f"{name}.csv")])
        self.connection.execute("SET VARIABLE state = NULL::VARCHAR")
        self.connection.execute(_sql("setup"))
        self.names: Mapping[str, str] = dict(self.connection.execute(STATES).fetchall())
        self.held: Sequence[str] = [state for (state,) in self.connection.execute(HELD).fetchall()]
        if not self.held:
            raise ExportError(
                f"release {source.release} holds no coverage: run `iop run` with this version to build one that does"
            )

    def report(self, state: str | None, matrix: TravelMatrix | None = None) -> Report:
        """The report of a state (postal code), or the index of all; `matrix`: with ways by somebody's table of travel.

        StateError where there is no such state, or nothing of it; TravelMatrixError as in `by_travel`.
        """
        if state is not None and state not in self.names:
            raise StateError(f"there is no state {state}: write a postal code, as MA")
        if state is not None and state not in self.held:
            raise StateError(
                f"release {self.source.release} holds no place in {self.names[state]}: it has {', '.join(self.held)}"
            )
        self.connection.execute("SET VARIABLE state = ?::VARCHAR", [state])
        plan, words = _plan(), self._words(self.names[state] if state else "the United States")
        holds = self._holds() if state else frozenset()
        return Report(
            state=state,
            title=plan["title"].format_map(words),
            release=self.source.release,
            built_at=self.source.built_at,
            contract=self.source.contract_version,
            summary=plan["summary"].format_map(words),
            sections=[
                *self._sections(plan["section"] if state else plan["index"], words),
                *([Section(**TRAVEL, items=[by_travel(self.connection, matrix)])] if matrix else []),
            ],
            known=_lines(plan["known"], words, holds),
            not_known=_lines(plan["not_known"], words, holds),
            methods=_lines(plan["method"], words, holds),
            limits=_lines(plan["limit"], words, holds),
            geography=[
                f"{title} ({vintage}). {publisher}. {licence}."
                for title, publisher, vintage, licence in self.connection.execute(DATASETS).fetchall()
            ],
            citation=plan["citation"].format_map(words),
        )

    def _sections(self, told: Sequence[Mapping[str, Any]], words: Mapping[str, object]) -> Iterator[Section]:
        """Sections with what there is in them: a table of no use without a row, and a map without its table, are left out."""
        plan, figures = _plan(), self._figures()
        made: dict[str, Figure | Choropleth] = {
            item["id"]: _figure(item, figures, words) for item in plan["figure"]
        }
        made |= {item["id"]: Choropleth(**_told(item, words)) for item in plan["choropleth"]}
        for section in told:
            items = [made.get(name) or self._table_or_map(name, words) for name in section["items"]]
            kept = [item for item in items if item is not None]
            if kept:
                yield Section(section["id"], section["title"], section["text"].format_map(words), kept)

    def _words(self, place: str) -> Mapping[str, object]:
        """What the texts name in braces."""
        cursor = self.connection.execute(_sql("words"))
        names, values = [of[0] for of in cursor.description or ()], cursor.fetchone() or ()
        return {
            **dict(zip(names, values, strict=True)),
            "place": place,
            "release": self.source.release,
            "built": f"{self.source.built_at:%Y-%m-%d %H:%M}",
            "contract": self.source.contract_version,
        }

    def _figures(self) -> Mapping[str, tuple[Any, ...]]:
        return {row[0]: row[1:] for row in self.connection.execute(_sql("figures")).fetchall()}

    def _holds(self) -> frozenset[str]:
        return frozenset(name for (name,) in self.connection.execute(_sql("conditions")).fetchall())

    def _table_or_map(self, name: str, words: Mapping[str, object]) -> Table | PointMap | None:
        for item in _plan()["sites"]:
            if item["id"] == name:
                points, bands = people_on_map(self.connection), measures()[Unit.KM].bands
                return PointMap(**_told(item, words), bands_km=bands, points=points)
        return self._table(name)

    def _table(self, name: str) -> Table | None:
        """The table of a query; None where it has no row and is of no use then."""
        sql = _sql(f"tables/{name}")
        comment = [line.removeprefix("--").strip() for line in sql.splitlines() if line.startswith("--")]
        cursor = self.connection.execute(sql)
        columns = [_column(of[0]) for of in cursor.description or ()]
        rows = [tuple(_plain(value) for value in row) for row in cursor.fetchall()]
        if not rows and name in _plan()["left_out_when_empty"]:
            return None
        columns = [
            replace(column, hidden=True)
            if column.name in _plan()["unseen_when_same"] and len({row[at] for row in rows}) == 1
            else column
            for at, column in enumerate(columns)
        ]
        named = {column.name for column in columns}
        answers = ANSWERS if set(ANSWERS) <= named else ()
        folded = name in _plan()["folded"]
        return Table(name, comment[0], " ".join(comment[1:]), columns, rows, answers=answers, folded=folded)


def _figure(
    item: Mapping[str, Any], figures: Mapping[str, tuple[Any, ...]], words: Mapping[str, object]
) -> Figure:
    """A figure; of one that the query does not give, the value is not known."""
    value, low, high, reliable, *answers = figures.get(item["id"], (None, None, None, True, *[None] * 4))
    kind = Kind(item["kind"])
    if kind in (Kind.COUNT, Kind.PEOPLE) and value is not None:
        value = round(value)
    parts = Answers(*(part or 0 for part in answers)) if any(part is not None for part in answers) else None
    definition = item["definition"].format_map(words)
    return Figure(item["id"], item["label"], value, kind, definition, low, high, reliable, parts)


def _lines(
    told: Sequence[Mapping[str, str]], words: Mapping[str, object], holds: Collection[str]
) -> list[str]:
    """The lines whose condition holds, or that have none."""
    return [
        line["text"].format_map(words) for line in told if line.get("when") is None or line["when"] in holds
    ]


def _told(item: Mapping[str, Any], words: Mapping[str, object]) -> dict[str, Any]:
    return {**item, "title": item["title"].format_map(words), "text": item["text"].format_map(words)}


def _column(name: str) -> Column:
    told = _toml("columns")[name]
    return Column(name=name, **{**told, "kind": Kind(told["kind"])})


def _plain(value: Any) -> Value:
    """Dates as ISO 8601; everything else is what it is."""
    plain: Value = value.isoformat() if hasattr(value, "isoformat") else value
    return plain


def _plan() -> Mapping[str, Any]:
    return _toml("report")


@cache
def _toml(name: str) -> Mapping[str, Any]:
    return tomllib.loads((FOLDER / f"{name}.toml").read_text(encoding="utf-8"))


@cache
def _sql(name: str) -> str:
    return (FOLDER / f"{name}.sql").read_text(encoding="utf-8")

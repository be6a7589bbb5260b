"""The facts of one program as its page shows them: by section and field, each value with its statements, each statement with its source."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from warehouse.contracts import Column, release_tables
from warehouse.entity_json.layout import layout as program_layout
from warehouse.exports.links import is_web

Row = Mapping[str, Any]
OLD = ("stale", "expired")
SCOPES = ("service", "place", "operator", "listing")
REFUSING = ("out_of_network", "not_accepted")


@cache
def layout() -> Mapping[str, Any]:
    """`sections.toml`."""
    return tomllib.loads((Path(__file__).parent / "sections.toml").read_text(encoding="utf-8"))


@cache
def columns() -> Mapping[str, Sequence[Column]]:
    """Field → the columns of the directory that have it, as `program.toml` of `entity_json` says."""
    directory = release_tables()["directory"]
    return {
        field: [directory.column(name) for name in names]
        for field, names in program_layout()["asked"].items()
    }


@cache
def kinds() -> Mapping[str, str]:
    """`range` and `boolean`, of the fields whose value is one: what has two columns goes from one to the other."""
    shapes = {field: "range" if len(of) > 1 else of[0].type.kind for field, of in columns().items()}
    return {field: kind for field, kind in shapes.items() if kind in ("range", "boolean")}


@cache
def vocabularies() -> Mapping[str, str]:
    """Vocabulary of the codes of a field."""
    return {field: of[0].label_vocabulary for field, of in columns().items() if of[0].label_vocabulary}


@dataclass(frozen=True, slots=True)
class Source:
    """Something that was read: a page, or a list without one that a person can open."""

    title: str
    url: str  # empty: there is no page to open
    edition: date | None


@dataclass(frozen=True, slots=True)
class Statement:
    """Words of a source; `source` is its number on the page, from 1."""

    quote: str
    locator: str
    source: int
    day: date


@dataclass(frozen=True, slots=True)
class Value:
    """One value of a field. `raw`: as the release has it; JSON is read. `scope`: service, listing, place or operator."""

    raw: Any
    qualifier: str
    scope: str
    conflict: bool
    old: bool
    statements: Sequence[Statement]


@dataclass(slots=True)
class Field:
    """A field with its values. `answer`: what stands in their place where there are none (`not_stated`, `not_asked`, `not_ticked`)."""

    name: str
    values: list[Value] = field(default_factory=list)
    from_sessions: bool = False
    answer: str = ""
    not_ticked: Sequence[str] = ()
    of_place: Sequence[str] = ()

    @property
    def statements(self) -> int:
        return sum(len(value.statements) for value in self.values)

    @property
    def evidence(self) -> Sequence[tuple[Statement, Sequence[tuple[Value, str]]]]:
        """Words of each value, together where they stand together: a row of a list has a box for each."""
        found: dict[tuple[int, str, date], tuple[Statement, list[tuple[Value, str]]]] = {}
        for value in self.values:
            for said in value.statements:
                place = (said.source, said.locator, said.day)
                found.setdefault(place, (said, []))[1].append((value, said.quote))
        return list(found.values())

    @property
    def groups(self) -> Sequence[tuple[str, Sequence[Value]]]:
        """Values by whose words they are: of the program itself first."""
        by = {scope: [value for value in self.values if value.scope == scope] for scope in SCOPES}
        return [(scope, values) for scope, values in by.items() if values]


@dataclass(frozen=True, slots=True)
class Facts:
    """All of a program: sections with fields that have values, fields that have none, and the sources by number."""

    sections: Sequence[tuple[str, Sequence[Field]]]
    missing: Sequence[Field]
    fields: Mapping[str, Field]
    sources: Sequence[Source]


def facts_of(row: Row, rows: Iterable[Row], sources: Mapping[str, Row], ways: frozenset[str]) -> Facts:
    """Facts of a program from its row of the directory and its rows of `fact_of`. `ways`: codes of payers that are ways of paying."""
    numbered: dict[Source, int] = {}
    fields: dict[str, Field] = {}
    for found in rows:
        name = (
            "payment_option" if found["field"] == "payer" and found["value"] in ways else str(found["field"])
        )
        value = Value(
            _read(name, found["value"]),
            found["qualifier"] or "",
            found["scope"],
            bool(found["conflict"]),
            found["freshness"] in OLD,
            [_statement(said, sources, numbered) for said in found["words"]],
        )
        fields.setdefault(name, Field(name)).values.append(value)
    for one in fields.values():
        one.values.sort(key=lambda value: value.qualifier in REFUSING)  # else as they come: the surest first
    for name in (name for section in layout()["section"] for name in section["fields"]):
        _complete(fields.setdefault(name, Field(name)), row)
    sections = [
        (section["id"], [fields[name] for name in section["fields"] if fields[name].values])
        for section in layout()["section"]
    ]
    missing = [
        fields[name]
        for section in layout()["section"]
        for name in section["always"]
        if not fields[name].values
    ]
    return Facts([(id, shown) for id, shown in sections if shown], missing, fields, list(numbered))


def _complete(of: Field, row: Row) -> None:
    """What nobody says in words but the sessions show, what was not ticked, and why there is nothing."""
    names = [column.name for column in columns().get(of.name, ())]
    shown = row["shown_by_sessions"] or ()
    of.from_sessions = not of.values and any(name in shown for name in (of.name, *names))
    if of.from_sessions:
        computed = [row[name] for name in names]
        raw = computed if kinds()[of.name] == "range" else computed[0]
        of.values.append(Value(raw, "", "service", False, False, []))
    if of.name in vocabularies() and columns()[of.name][0].type.kind == "list":
        of.not_ticked = row.get(f"{names[0]}_not_ticked") or ()
        of.of_place = row[f"{names[0]}_of_place"] or ()
    if not of.values:
        of.answer = "not_ticked" if of.not_ticked else "not_stated" if row["source_url"] else "not_asked"


def _read(name: str, value: str) -> Any:
    kind = kinds().get(name)
    if name in ("session", "address") or kind == "range":
        return json.loads(value)
    return value == "true" if kind == "boolean" else value


def _statement(said: Row, sources: Mapping[str, Row], numbered: dict[Source, int]) -> Statement:
    url = said["url"] if is_web(said["url"]) else ""
    known = sources.get(said["source_id"])
    title = (known["title"] if known else "") or said["source_id"]
    source = Source(title, url, known["published"] if known else None)
    number = numbered.setdefault(source, len(numbered) + 1)
    return Statement(
        said["quote"] or "", "" if url else said["locator"] or "", number, said["observed_at"].date()
    )

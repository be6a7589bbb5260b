"""The simple type names that contracts use, and what DuckDB and Polars call them.

`text · integer · bigint · double · boolean · date · timestamp · blob · list<T> · struct<name: T, …>`.
A `timestamp` is UTC without a zone mark, in microseconds: DuckDB needs no extension for it in any client.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, overload

if TYPE_CHECKING:
    import polars as pl

DUCKDB = {
    "text": "VARCHAR",
    "integer": "INTEGER",
    "bigint": "BIGINT",
    "double": "DOUBLE",
    "boolean": "BOOLEAN",
    "date": "DATE",
    "timestamp": "TIMESTAMP",
    "blob": "BLOB",
}
_TOKEN = re.compile(r"\s*([a-z_0-9]+|[<>:,])")


@dataclass(frozen=True, slots=True)
class Type:
    """A parsed type. `kind` is a scalar name, `list` (one unnamed field) or `struct` (named fields)."""

    kind: str
    fields: tuple[tuple[str, Type], ...] = ()

    @property
    def item(self) -> Type:
        """What a list holds. IndexError for a type that holds nothing."""
        return self.fields[0][1]

    def __str__(self) -> str:
        if self.kind == "list":
            return f"list<{self.item}>"
        if self.kind == "struct":
            return "struct<" + ", ".join(f"{name}: {inner}" for name, inner in self.fields) + ">"
        return self.kind

    @property
    def duckdb(self) -> str:
        """The type as DuckDB's DDL and `DESCRIBE` write it."""
        if self.kind == "list":
            return f"{self.item.duckdb}[]"
        if self.kind == "struct":
            return "STRUCT(" + ", ".join(f'"{name}" {inner.duckdb}' for name, inner in self.fields) + ")"
        return DUCKDB[self.kind]

    @property
    def polars(self) -> pl.DataType:
        """The type as a Polars schema wants it, for whoever writes the Parquet."""
        import polars as pl

        if self.kind == "list":
            return pl.List(self.item.polars)
        if self.kind == "struct":
            return pl.Struct({name: inner.polars for name, inner in self.fields})
        return {
            "text": pl.String(),
            "integer": pl.Int32(),
            "bigint": pl.Int64(),
            "double": pl.Float64(),
            "boolean": pl.Boolean(),
            "date": pl.Date(),
            "timestamp": pl.Datetime("us"),
            "blob": pl.Binary(),
        }[self.kind]


def parse_type(text: str) -> Type:
    """`"list<struct<scheme: text, identifier: text>>"` → Type. ValueError names what is wrong."""
    tokens = _TOKEN.findall(text)
    if "".join(tokens) != re.sub(r"\s", "", text):
        raise ValueError(f"type {text!r} has characters that no type uses")
    parsed, rest = _parse(tokens, text)
    if rest:
        raise ValueError(f"type {text!r} goes on after its end: {' '.join(rest)!r}")
    return parsed


def _parse(tokens: list[str], text: str) -> tuple[Type, list[str]]:
    head, rest = (tokens[0], tokens[1:]) if tokens else ("", [])
    if head in DUCKDB:
        return Type(head), rest
    if head not in ("list", "struct") or rest[:1] != ["<"]:
        raise ValueError(f"type {text!r}: {head!r} is none of {', '.join(DUCKDB)}, list<…>, struct<…>")
    fields: list[tuple[str, Type]] = []
    while rest and rest[0] in "<,":
        name = "item"
        rest = rest[1:]
        if head == "struct":
            if len(rest) < 2 or rest[1] != ":":
                raise ValueError(f"type {text!r}: a struct field is written name: type")
            name, rest = rest[0], rest[2:]
        inner, rest = _parse(rest, text)
        fields.append((name, inner))
    if rest[:1] != [">"] or (head == "list" and len(fields) != 1):
        raise ValueError(f"type {text!r}: {head}<…> is not closed, or a list holds more than one type")
    return Type(head, tuple(fields)), rest[1:]


@overload
def utc(moment: datetime) -> datetime: ...
@overload
def utc(moment: datetime | None) -> datetime | None: ...
def utc(moment: datetime | None) -> datetime | None:
    """A moment as a `timestamp` holds it: UTC, without a zone mark. One without a zone is taken for UTC."""
    return moment.astimezone(UTC).replace(tzinfo=None) if moment and moment.tzinfo else moment

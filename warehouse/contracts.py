"""Contracts: what each table is, in TOML, read once and compiled to everything else.

`contracts/stage/` are the tables that the pipeline hands over, `contracts/core/` and `contracts/mart/` what a release
holds. DDL, checks, the data dictionary and `datapackage.json` all come from here; nothing repeats it.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from warehouse.types import Type, parse_type

if TYPE_CHECKING:
    import polars as pl

FOLDER = Path(__file__).parent / "contracts"
LAYERS = ("stage", "core", "mart")
SEVERITIES = ("error", "warning")
CHECKS = ("unique", "rows", "range", "pattern", "sql", "freshness")


class ContractError(ValueError):
    """A contract file that cannot be read; the message names file, key and remedy."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column. `null` says what a missing value means; None means that a value is always there."""

    name: str
    type: Type
    meaning: str
    null: str | None = None
    unit: str | None = None
    enum: str | tuple[str, ...] | None = None  # name of a vocabulary, or the values themselves
    references: str | None = None  # "table.column"
    hsds: str | None = None
    fhir: str | None = None
    warning: str | None = None

    @property
    def required(self) -> bool:
        return self.null is None


@dataclass(frozen=True, slots=True)
class Check:
    """One rule beyond type, null, key, enum and reference, which follow from the columns.

    `kind`: unique (columns) · rows (minimum) · range (column, minimum, maximum) · pattern (column, pattern) ·
    sql (bad: a condition that is true of a bad row) · freshness (column, max_age_days, max_share).
    """

    name: str
    kind: str
    severity: str
    meaning: str
    remedy: str
    options: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Contract:
    """One table: what a row is, its key, its columns in order, its checks, and what users must know."""

    table: str
    layer: str
    meaning: str
    row: str  # "one row per …"
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    checks: tuple[Check, ...] = ()
    partition: str | None = None  # stage tables: "source" or "all"
    vocabulary: str | None = None  # the CSV file that fills the table
    sort: tuple[str, ...] = ()
    hsds: str | None = None
    fhir: str | None = None
    warnings: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns)

    def column(self, name: str) -> Column:
        """The column of that name; KeyError names the table."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(f"{self.table} has no column {name}")

    @property
    def polars_schema(self) -> dict[str, pl.DataType]:
        """Column name → Polars type, in order: what `pl.DataFrame(rows, schema=…)` wants."""
        return {column.name: column.type.polars for column in self.columns}


_COLUMN_KEYS = {"type", "meaning", "null", "unit", "enum", "references", "hsds", "fhir", "warning"}
_TABLE_KEYS = {
    "table", "meaning", "row", "key", "columns", "checks", "partition", "vocabulary", "sort", "hsds", "fhir",
    "warnings", "extends",
}  # fmt: skip
_CHECK_KEYS = {"name", "kind", "severity", "meaning", "remedy"}


def read_contract(path: Path, layer: str) -> Contract:
    """One contract file. ContractError names the file, the key and what to write instead."""
    raw = _read_toml(path)
    columns = tuple(_column(path, name, value) for name, value in raw["columns"].items())
    names = {column.name for column in columns}
    if missing := (set(raw["key"]) | set(raw.get("sort", ()))) - names:
        raise ContractError(f"{path}: `key` or `sort` names {sorted(missing)}, which is no column of it")
    return Contract(
        table=raw["table"],
        layer=layer,
        meaning=raw["meaning"],
        row=raw["row"],
        key=tuple(raw["key"]),
        columns=columns,
        checks=tuple(_check(path, value) for value in raw.get("checks", ())),
        partition=raw.get("partition"),
        vocabulary=raw.get("vocabulary"),
        sort=tuple(raw.get("sort", ())),
        hsds=raw.get("hsds"),
        fhir=raw.get("fhir"),
        warnings=tuple(raw.get("warnings", ())),
    )


def _read_toml(path: Path) -> dict[str, Any]:
    """The raw contract. `extends` takes over another one, so that no schema is written down twice:
    "stage" is the stage table of the same name, anything else a table of the same layer."""
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise ContractError(f"{path}: cannot be read as TOML: {error}") from error
    if unknown := set(raw) - _TABLE_KEYS:
        raise ContractError(f"{path}: unknown key {sorted(unknown)}; known are {sorted(_TABLE_KEYS)}")
    if raw.get("table") != path.stem:
        raise ContractError(f"{path}: `table` is {raw.get('table')!r}; name the file after its table")
    if base := raw.pop("extends", None):
        stage = base == "stage"
        extended = path.parent.parent / "stage" / path.name if stage else path.parent / f"{base}.toml"
        inherited = _read_toml(extended)
        columns = inherited["columns"]
        if not stage:
            columns = {name: _of_the_past(c, name in raw.get("key", ())) for name, c in columns.items()}
        columns |= raw.pop("columns", {})
        for key in ("partition", "sort", "checks"):
            inherited.pop(key, None)
        raw = inherited | raw | {"columns": columns}
    for key in ("meaning", "row", "key", "columns"):
        if key not in raw:
            raise ContractError(f"{path}: `{key}` is missing; every contract states it")
    return raw


def _of_the_past(column: dict[str, Any], is_key: bool) -> dict[str, Any]:
    """A column of history: it may refer to what is gone, hold a code that is no more, or be newer than the row."""
    kept = {key: value for key, value in column.items() if key not in ("references", "enum")}
    return kept if is_key else {"null": "the release of that time did not say", **kept}


def _column(path: Path, name: str, raw: Mapping[str, Any]) -> Column:
    if unknown := set(raw) - _COLUMN_KEYS:
        raise ContractError(
            f"{path}: columns.{name}: unknown key {sorted(unknown)}; known are {sorted(_COLUMN_KEYS)}"
        )
    try:
        parsed = parse_type(raw["type"])
    except KeyError as error:
        raise ContractError(f"{path}: columns.{name}: `type` is missing") from error
    except ValueError as error:
        raise ContractError(f"{path}: columns.{name}: {error}") from error
    enum = raw.get("enum")
    return Column(
        name=name,
        type=parsed,
        meaning=raw.get("meaning", ""),
        null=raw.get("null"),
        unit=raw.get("unit"),
        enum=tuple(enum) if isinstance(enum, list) else enum,
        references=raw.get("references"),
        hsds=raw.get("hsds"),
        fhir=raw.get("fhir"),
        warning=raw.get("warning"),
    )


def _check(path: Path, raw: Mapping[str, Any]) -> Check:
    if missing := _CHECK_KEYS - set(raw):
        raise ContractError(f"{path}: check {raw.get('name', '?')}: {sorted(missing)} is missing")
    if raw["kind"] not in CHECKS or raw["severity"] not in SEVERITIES:
        raise ContractError(
            f"{path}: check {raw['name']}: `kind` is one of {CHECKS}, `severity` of {SEVERITIES}"
        )
    options = {key: value for key, value in raw.items() if key not in _CHECK_KEYS}
    return Check(raw["name"], raw["kind"], raw["severity"], raw["meaning"], raw["remedy"], options)


def read_contracts(folder: Path) -> dict[str, Contract]:
    """All contracts of one layer's folder, by table name."""
    return {path.stem: read_contract(path, folder.name) for path in sorted(folder.glob("*.toml"))}


@cache
def stage_tables() -> dict[str, Contract]:
    """The tables that the pipeline writes as Parquet and the warehouse reads."""
    return read_contracts(FOLDER / "stage")


@cache
def release_tables() -> dict[str, Contract]:
    """The tables of a release: core, then marts."""
    return read_contracts(FOLDER / "core") | read_contracts(FOLDER / "mart")


def vocabulary_table(name: str, contracts: Mapping[str, Contract]) -> Contract:
    """The table that a vocabulary fills, by the name that `enum` uses. ContractError where there is none."""
    for contract in contracts.values():
        if contract.vocabulary == name:
            return contract
    raise ContractError(f"no contract has `vocabulary = {name!r}`; an `enum` names one or lists its values")


@cache
def contract_version() -> str:
    """`major.minor` of the release's contract: a new major breaks readers, a new minor only adds."""
    return str(tomllib.loads((FOLDER / "version.toml").read_text(encoding="utf-8"))["version"])

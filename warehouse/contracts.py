"""Contracts: what each table is, in TOML, read once and compiled to everything else.

`contracts/stage/` are the tables that the pipeline hands over, `contracts/core/` and `contracts/mart/` what a release
holds. DDL, checks, the data dictionary and `datapackage.json` all come from here; nothing repeats it.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import BeforeValidator, ConfigDict, InstanceOf, TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from warehouse.types import Type, parse_type

if TYPE_CHECKING:
    import polars as pl

FOLDER = Path(__file__).parent / "contracts"
STRICT_KEYS = ConfigDict(extra="forbid")


class ContractError(ValueError):
    """A contract file that cannot be read; the message names file, key and remedy."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column. `null` says what a missing value means; None means that a value is always there."""

    __pydantic_config__ = STRICT_KEYS

    name: str
    type: Annotated[InstanceOf[Type], BeforeValidator(parse_type)]
    meaning: str = ""
    null: str | None = None
    unit: str | None = None
    enum: str | tuple[str, ...] | None = None  # name of a vocabulary, or the values themselves
    labels: str | None = (
        None  # vocabulary of `vocabulary_label`, where it is called otherwise than enum or column
    )
    references: str | None = None  # "table.column"
    origin: str | None = (
        None  # "table.column" that it is, as it is there: by `takes` and `extends`, never written down
    )
    hsds: str | None = None
    fhir: str | None = None
    warning: str | None = None
    words: bool = False  # printed words: an e-mail address is cut out of them, and the rest stays

    @property
    def required(self) -> bool:
        return self.null is None

    @property
    def label_vocabulary(self) -> str | None:
        """Under which vocabulary `vocabulary_label` has words for its codes; None where it holds no codes."""
        if self.labels or isinstance(self.enum, str):
            return self.labels or str(self.enum)
        return self.name if self.enum else None


@dataclass(frozen=True, slots=True)
class Check:
    """One rule beyond type, null, key, enum and reference, which follow from the columns.

    `kind`: unique (columns) · rows (minimum) · range (column, minimum, maximum) · pattern (column, pattern) ·
    sql (bad: a condition that is true of a bad row) · freshness (column, max_age_days, max_share).
    """

    name: str
    kind: Literal["unique", "rows", "range", "pattern", "sql", "freshness"]
    severity: Literal["error", "warning"]
    meaning: str
    remedy: str
    options: Mapping[str, Any]  # what its kind takes


@dataclass(frozen=True, slots=True)
class Becoming:
    """What a row of a stage table becomes in a table of the release, whose rules are therefore rules of admission."""

    __pydantic_config__ = STRICT_KEYS

    table: str
    columns: Mapping[str, str]  # the table's column → SQL over the stage table's columns
    where: str = "TRUE"  # which rows
    clears: tuple[str, ...] = ()  # what is null where a rule is broken; empty: the row is not admitted


def _columns(raw: object) -> object:
    """A table of columns, whose keys are their names."""
    return [{"name": name, **column} for name, column in raw.items()] if isinstance(raw, dict) else raw


def _options(raw: dict[str, Any]) -> dict[str, Any]:
    known = {f.name: raw[f.name] for f in fields(Check) if f.name in raw}
    return known | {"options": {key: value for key, value in raw.items() if key not in known}}


@dataclass(frozen=True, slots=True)
class Contract:
    """One table: what a row is, its key, its columns in order, its checks, and what users must know."""

    __pydantic_config__ = STRICT_KEYS

    table: str
    layer: str
    meaning: str
    row: str  # "one row per …"
    key: tuple[str, ...]
    columns: Annotated[tuple[Column, ...], BeforeValidator(_columns)]
    checks: tuple[Annotated[Check, BeforeValidator(_options)], ...] = ()
    becomes: tuple[Becoming, ...] = ()  # stage tables
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


_CONTRACT = TypeAdapter(Contract)


def read_contract(path: Path, layer: str) -> Contract:
    """One contract file. ContractError names the file, the key and what to write instead."""
    raw = _read_toml(path)
    try:
        contract = _CONTRACT.validate_python({**raw, "layer": layer})
    except ValidationError as error:
        problems = [f"{path}: {_explain(found, raw)}" for found in error.errors()]
        raise ContractError("\n".join(problems)) from error
    if missing := {*contract.key, *contract.sort} - {*contract.names}:
        raise ContractError(f"{path}: `key` or `sort` names {sorted(missing)}, which is no column of it")
    return contract


def _explain(found: ErrorDetails, raw: Mapping[str, Any]) -> str:
    """Where something is wrong, and what to write instead."""
    form: type[Contract | Column | Check]
    match found["loc"]:
        case ("columns", int(number), *rest):
            form, place = Column, f"columns.{list(raw['columns'])[number]}: "
        case ("checks", int(number), *rest):
            form, place = Check, f"check {raw['checks'][number].get('name', '?')}: "
        case rest:
            form, place = Contract, ""
    key = ".".join(map(str, rest))
    if found["type"] == "missing":
        return f"{place}`{key}` is missing{'' if place else '; every contract states it'}"
    if found["type"] == "unexpected_keyword_argument":
        return f"{place}unknown key {[key]}; known are {sorted(f.name for f in fields(form))}"
    if found["type"] == "value_error":
        return f"{place}{found['ctx']['error']}"
    return f"{place}`{key}`: {found['msg']}"


def _read_toml(path: Path) -> dict[str, Any]:
    """The raw contract. No schema is written down twice: `extends` takes over another contract ("stage" is the stage table
    of the same name, anything else a table of the same layer), `takes` the columns of a core table but some."""
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise ContractError(f"{path}: cannot be read as TOML: {error}") from error
    if raw.get("table") != path.stem:
        raise ContractError(f"{path}: `table` is {raw.get('table')!r}; name the file after its table")
    if taken := raw.pop("takes", None):
        columns = _read_toml(path.parent.parent / "core" / f"{taken['table']}.toml")["columns"]
        added = {
            name: _as_taken(f"{taken['table']}.{name}", column)
            for name, column in columns.items()
            if name not in taken["without"]
        }
        raw["columns"] = added | raw["columns"]
    base = raw.pop("extends", None)
    if base is None:
        return raw
    stage = base == "stage"
    inherited = _read_toml(
        path.parent.parent / "stage" / path.name if stage else path.parent / f"{base}.toml"
    )
    columns = inherited["columns"]
    if not stage:
        columns = {
            name: _of_the_past(f"{base}.{name}", c, name in raw.get("key", ())) for name, c in columns.items()
        }
    own = raw.pop("columns", {})
    passed_on = {
        key: value
        for key, value in inherited.items()
        if key not in ("partition", "sort", "checks", "becomes")
    }
    return passed_on | raw | {"columns": columns | own}


def _as_taken(origin: str, column: dict[str, Any]) -> dict[str, Any]:
    """A column of a core table in a mart: how standards call it is said where it comes from."""
    return {key: value for key, value in column.items() if key not in ("hsds", "fhir")} | {"origin": origin}


def _of_the_past(origin: str, column: dict[str, Any], is_key: bool) -> dict[str, Any]:
    """A column of history: it may refer to what is gone, hold a code that is no more, or be newer than the row."""
    kept = {key: value for key, value in column.items() if key not in ("references", "enum")}
    kept["origin"] = origin
    return kept if is_key else {"null": "the release of that time did not say", **kept}


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

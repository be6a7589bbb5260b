"""Contracts: read with errors that help, compiled to DDL, dictionary and datapackage, compared between versions."""

from __future__ import annotations

from pathlib import Path

import duckdb
import polars as pl
import pytest
from frictionless import Package
from warehouse_world import ask

from warehouse.compatibility import compare, contract_shape, read_baseline
from warehouse.contracts import ContractError, contract_version, read_contract, release_tables, stage_tables
from warehouse.ddl import create_table, foreign_keys
from warehouse.dictionary import FILE, data_dictionary, datapackage
from warehouse.types import parse_type

GOOD = 'table = "thing"\nmeaning = "Things."\nrow = "one row per thing"\nkey = ["id"]\n[columns]\n'


def write(folder: Path, text: str, name: str = "thing.toml") -> Path:
    path = folder / name
    path.write_text(text)
    return path


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("table = 1 =", "cannot be read as TOML"),
        ('table = "other"', "name the file after its table"),
        ('table = "thing"', "`meaning` is missing"),
        (GOOD.replace('["id"]', '["x"]') + 'id = {type = "text"}', "names ['x']"),
        (GOOD + 'id = {type = "txt"}', "columns.id: type 'txt'"),
        (GOOD + 'id = {meaning = "x"}', "columns.id: `type` is missing"),
        (GOOD + 'id = {type = "text", colour = "red"}', "unknown key ['colour']"),
        ("colour = 1\n" + GOOD, "unknown key ['colour']"),
        (GOOD + 'id = {type="text"}\n[[checks]]\nname = "c"', "check c: `kind` is missing"),
    ],
)
def test_a_bad_contract_names_file_key_and_remedy(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(ContractError) as error:
        read_contract(write(tmp_path, text), "core")
    assert "thing.toml" in str(error.value)
    assert said in str(error.value)


@pytest.mark.parametrize(
    "text", ["list<text", "struct<text>", "list<text, text>", "text>", "map<text>", "list<>", "a;b"]
)
def test_types_that_do_not_parse(text: str) -> None:
    with pytest.raises(ValueError, match="type"):
        parse_type(text)


@pytest.mark.parametrize(
    "contract", [*stage_tables().values(), *release_tables().values()], ids=lambda c: c.table
)
def test_types_read_back_as_duckdb_and_polars_name_them(contract, tmp_path: Path) -> None:
    with duckdb.connect() as connection:
        connection.execute(create_table(contract))
        found = {row[0]: row[1] for row in connection.execute(f"DESCRIBE {contract.table}").fetchall()}
        connection.execute(f"COPY {contract.table} TO '{tmp_path / 'table.parquet'}' (FORMAT parquet)")
    frame = pl.read_parquet(tmp_path / "table.parquet")
    assert {c.name: c.type.duckdb.replace('"', "") for c in contract.columns} == {
        name: kind.replace('"', "") for name, kind in found.items()
    }
    assert dict(frame.schema) == contract.polars_schema
    for column in contract.columns:
        assert str(parse_type(str(column.type))) == str(column.type)
        assert column.meaning, f"{contract.table}.{column.name} has no meaning"


def test_references_and_vocabularies_exist() -> None:
    tables = release_tables()
    for contract in tables.values():
        for _, table, key in foreign_keys(contract):
            assert key in tables[table].names
    words = {contract.vocabulary for contract in tables.values()}
    named = {c.enum for t in tables.values() for c in t.columns if isinstance(c.enum, str)}
    assert named <= words


def test_the_engine_agrees_with_the_contract(built: Path) -> None:
    """A release loads into the same tables with NOT NULL, PRIMARY KEY and FOREIGN KEY enforced."""
    tables = dict(release_tables())
    loaded: list[str] = []
    with duckdb.connect() as connection:
        connection.execute(f"ATTACH '{built}' AS iop (READ_ONLY)")
        while tables:
            ready = [
                name
                for name, c in tables.items()
                if all(table in loaded or table == name for _, table, _ in foreign_keys(c))
            ]
            if not ready:  # observation and claim refer to each other: an engine can hold only one of the two
                tables["claim"] = _without_references(tables["claim"])
                continue
            for name in ready:
                contract = tables.pop(name)
                if any(table == name for _, table, _ in foreign_keys(contract)):
                    contract = _without_references(contract)
                referenced = [t for _, t, _ in foreign_keys(contract)]
                if any(not _has_key(release_tables()[t]) for t in referenced):
                    contract = _without_references(contract)
                connection.execute(create_table(contract, enforce=True))
                connection.execute(f"INSERT INTO {name} BY NAME FROM iop.{name}")
                loaded.append(name)
    assert len(loaded) == len(release_tables())


def test_a_hierarchy_is_spelled_out(built: Path) -> None:
    """MassHealth's plans are Medicaid, an insurer's bare name is not; a way of paying is a kind of nothing."""
    above = "SELECT list(ancestor ORDER BY ancestor) AS found FROM payer_ancestor WHERE code = '{}'"
    found = {
        code: ask(built, above.format(code))[0][0]
        for code in ("tufts_together", "medi_cal", "anthem", "wellsense", "free")
    }
    assert found == {
        "tufts_together": ["masshealth", "medicaid", "tufts_together"],
        "medi_cal": ["medi_cal", "medicaid"],
        "anthem": ["anthem", "bcbs", "private"],
        "wellsense": ["wellsense"],
        "free": ["free"],
    }
    ways = ask(built, "SELECT list(code ORDER BY code) AS found FROM vocabulary_payer WHERE class = 'way'")
    assert ways[0][0] == ["financial_assistance", "free", "out_of_network", "self_pay", "sliding_scale"]


def test_languages_have_codes_of_iso_639_and_signs_are_not_spoken(built: Path) -> None:
    codes = ask(built, "SELECT code, label, signed FROM vocabulary_language")
    assert all(
        code.isalpha() and code.islower() and len(code) in (2, 3) and label for code, label, _ in codes
    )
    assert [code for code, _, signed in codes if signed] == ["ase"]
    assert not [code for code, label, _ in codes if label.lower() == code]


def _has_key(contract) -> bool:
    return bool(contract.key) and all(contract.column(key).required for key in contract.key)


def _without_references(contract):
    from dataclasses import replace

    return replace(contract, columns=tuple(replace(c, references=None) for c in contract.columns))


def test_the_dictionary_is_what_the_contracts_say(root: Path) -> None:
    assert FILE.read_text(encoding="utf-8") == data_dictionary(), "run: python -m warehouse.dictionary"


def test_comments_stay_in_the_file(built: Path) -> None:
    comments = dict(
        ask(built, "SELECT column_name, comment FROM duckdb_columns() WHERE table_name = 'directory'")
    )
    assert comments["has_evening"].startswith(
        "Evening sessions: as stated, else as all printed sessions show. Null: "
    )
    assert ask(built, "SELECT comment FROM duckdb_tables() WHERE table_name = 'directory'")[0][0].startswith(
        "The one wide"
    )


def test_the_datapackage_describes_exported_files(built: Path, tmp_path: Path) -> None:
    tables = ("organization", "location", "service", "service_at_location", "phone")
    for table in tables:
        ask(built, f"COPY (FROM {table}) TO '{tmp_path}/{table}.csv' (HEADER, DATEFORMAT '%Y-%m-%d')")
    described = datapackage(release_tables(), {table: f"{table}.csv" for table in tables})
    for resource in described["resources"]:  # a list is no CSV type of ours
        for field in resource["schema"]["fields"]:
            if field["type"] in ("array", "object"):
                field["type"] = "string"
    report = Package(described, basepath=str(tmp_path)).validate()
    assert report.valid, report.flatten(["name", "type", "fieldName", "note"])[:5]


def test_a_broken_reader_is_a_breaking_change() -> None:
    shape = contract_shape(release_tables())
    assert compare(shape, [*shape, ("directory", "new_column", "text", None, None)]) == []
    gone = [row for row in shape if row[:2] != ("directory", "phone")]
    assert [b.what for b in compare(shape, gone)] == ["the column is gone"]
    for at, value, what in (
        (2, "double", "the type was"),
        (3, "maybe", "may now be missing"),
        (4, "fresh|due", "gone"),
    ):
        column = ("directory", "freshness") if at == 4 else ("directory", "service_id")
        changed = [(*r[:at], value, *r[at + 1 :]) if r[:2] == column else r for r in shape]
        assert [what in b.what for b in compare(shape, changed)] == [True]


def test_todays_contracts_keep_the_promise_of_their_version() -> None:
    version, baseline = read_baseline()
    if version.split(".")[0] == contract_version().split(".")[0]:
        assert compare(baseline, contract_shape(release_tables())) == [], (
            "raise the major in contracts/version.toml"
        )
    assert len(baseline) > 400

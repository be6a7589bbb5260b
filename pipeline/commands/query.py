"""`iop query "SQL"`: ask the current release."""

from __future__ import annotations

import csv
import json
import sys
from enum import StrEnum
from typing import Annotated, Any

import duckdb
import typer
from rich.table import Table

from pipeline.commands.console import counted, fail, out, shown
from pipeline.commands.exit_codes import ExitCode
from pipeline.commands.options import OutOption, ProfileOption, ReleaseOption, release_of
from warehouse.exports.csv import safe_cell
from warehouse.sql import literal
from warehouse.unseen import without_acting

# Whoever's SQL it is, it reads the release and nothing else: no file, no network, no other database.
CLOSED = ("SET enable_external_access = false", "SET lock_configuration = true")


class Format(StrEnum):
    """How rows are written."""

    TABLE = "table"
    CSV = "csv"
    JSONL = "jsonl"


def query(
    sql: Annotated[str, typer.Argument(help="One SQL statement, or - to read it from standard input.")],
    profile: ProfileOption = None,
    out_folder: OutOption = None,
    release: ReleaseOption = None,
    format: Annotated[Format, typer.Option(help="table, csv or jsonl.")] = Format.TABLE,
) -> None:
    """Ask the current release in SQL, which reads it and nothing else; any DuckDB client can do the same with the path."""
    path = release_of(profile, out_folder, release)
    if not path.exists():
        fail(f"There is no release at {path}. Run `iop run` first.")
    statement = sys.stdin.read() if sql == "-" else sql
    try:
        # the file is attached under a fixed name: opened directly, its catalog would be named after the version
        with duckdb.connect() as con:
            con.execute(f"ATTACH {literal(str(path.resolve()))} AS iop (READ_ONLY)")
            con.execute("USE iop")
            for closed in CLOSED:
                con.execute(closed)
            if not con.extract_statements(statement):
                fail('There is no SQL in it. Try: iop query "FROM directory LIMIT 5"', ExitCode.USAGE)
            result = con.execute(statement)
            names = [column[0] for column in result.description or ()]
            rows = result.fetchall()
    except duckdb.Error as error:
        fail(_line(error), ExitCode.USAGE)
    _write(format, names, rows)


def _line(error: duckdb.Error) -> str:
    """What DuckDB says, without the statement that it says it of."""
    return " ".join(str(error).partition("\n\nLINE ")[0].split())


def _write(format: Format, names: list[str], rows: list[tuple[Any, ...]]) -> None:
    if format is Format.CSV:
        writer = csv.writer(sys.stdout, lineterminator="\n")
        writer.writerow(map(safe_cell, names))
        writer.writerows([[safe_cell(value) for value in row] for row in rows])
    elif format is Format.JSONL:
        for row in rows:
            line = json.dumps(dict(zip(names, row, strict=True)), default=str, ensure_ascii=False)
            sys.stdout.write(without_acting(line) + "\n")
    else:
        table = Table(*map(shown, names), row_styles=["", "dim"])
        for row in rows:
            table.add_row(*(_cell(value) for value in row))
        out.print(table)
        out.print(counted(len(rows), "row"))


def _cell(value: Any) -> str:
    """A value for people: lists with commas, null as nothing (it is *not stated*, not no)."""
    if value is None:
        return ""
    if isinstance(value, list):
        return ", ".join(map(_cell, value))
    return shown(value)

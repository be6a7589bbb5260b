"""`iop query "SQL"`: ask the current release."""

from __future__ import annotations

import csv
import json
import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import duckdb
import typer
from rich.table import Table

from pipeline.commands.console import Exit, err, out
from pipeline.commands.options import OutOption, ProfileOption, chosen
from warehouse.exports.csv import safe_cell


class Format(StrEnum):
    """How rows are written."""

    TABLE = "table"
    CSV = "csv"
    JSONL = "jsonl"


def query(
    sql: Annotated[str, typer.Argument(help="One SQL statement, or - to read it from standard input.")],
    profile: ProfileOption = None,
    out_folder: OutOption = None,
    release: Annotated[Path | None, typer.Option(help="A release file instead of the current one.")] = None,
    format: Annotated[Format, typer.Option(help="table, csv or jsonl.")] = Format.TABLE,
) -> None:
    """Ask the current release in SQL. Read-only; any DuckDB client can do the same with the path."""
    path = release or chosen(profile, None, out_folder).releases / "current"
    if not path.exists():
        err.print(f"[red]There is no release at {path}.[/red] Run [bold]iop run[/bold] first.")
        raise typer.Exit(Exit.FAILED)
    statement = sys.stdin.read() if sql == "-" else sql
    try:
        # the file is attached under a fixed name: opened directly, its catalog would be named after the version
        with duckdb.connect() as con:
            quoted = str(path.resolve()).replace("'", "''")
            con.execute(f"ATTACH '{quoted}' AS iop (READ_ONLY)")
            con.execute("USE iop")
            result = con.execute(statement)
            names = [column[0] for column in result.description or ()]
            rows = result.fetchall()
    except duckdb.Error as error:
        err.print(f"[red]{error}[/red]", markup=True)
        raise typer.Exit(Exit.USAGE) from None
    _write(format, names, rows)


def _write(format: Format, names: list[str], rows: list[tuple[Any, ...]]) -> None:
    if format is Format.CSV:
        writer = csv.writer(sys.stdout, lineterminator="\n")
        writer.writerow(names)
        writer.writerows([[safe_cell(value) for value in row] for row in rows])
    elif format is Format.JSONL:
        for row in rows:
            sys.stdout.write(
                json.dumps(dict(zip(names, row, strict=True)), default=str, ensure_ascii=False) + "\n"
            )
    else:
        table = Table(*names, row_styles=["", "dim"])
        for row in rows:
            table.add_row(*(_cell(value) for value in row))
        out.print(table)
        out.print(f"{len(rows)} row{'s' * (len(rows) != 1)}")


def _cell(value: Any) -> str:
    """A value for people: lists with commas, null as nothing (it is *not stated*, not no)."""
    if value is None:
        return ""
    if isinstance(value, list):
        return ", ".join(map(_cell, value))
    return str(value).replace("[", r"\[")

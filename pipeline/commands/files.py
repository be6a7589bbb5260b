"""`iop extract` and `iop match`: the two engines on files, without sources, archive or warehouse."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pipeline.commands.console import Bars, Exit, err, out


def extract(
    jsonl: Annotated[
        Path,
        typer.Option(
            "--jsonl", help='Rows {"id", "url"?, "html": path | "text": string}; paths relative to it.'
        ),
    ],
    out_file: Annotated[Path, typer.Option("--out", help="Where the facts go, one JSON object a row.")],
) -> None:
    """Read pages, write their facts with evidence."""
    from pipeline.extract.report.jsonl import extract_jsonl

    _need(jsonl)
    with Bars().task("extract") as task:
        counts = extract_jsonl(jsonl, out_file, task.advance)
    out.print(f"{out_file}: " + ", ".join(f"{n} {what}" for what, n in counts.items()))
    if counts.get("errors"):
        raise typer.Exit(Exit.PARTIAL)


def match(
    records: Annotated[
        Path, typer.Argument(help="CSV: record_id, source, name1, name2, street1, … website.")
    ],
    out_file: Annotated[Path, typer.Option("--out", help="CSV: record_id, organization_id, location_id.")],
) -> None:
    """Tell which records are one organization, and which are one place."""
    from pipeline.match.table import match_csv

    _need(records)
    try:
        counts = match_csv(records, out_file)
    except ValueError as error:
        err.print(f"[red]{error}[/red]")
        raise typer.Exit(Exit.USAGE) from None
    out.print(f"{out_file}: " + ", ".join(f"{n} {what}" for what, n in counts.items()))


def _need(path: Path) -> None:
    if not path.is_file():
        err.print(f"[red]No file {path}.[/red]")
        raise typer.Exit(Exit.USAGE)

"""`iop extract`: read pages in bulk, without sources, archive or warehouse."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pipeline.commands.bars import Bars
from pipeline.commands.console import out
from pipeline.commands.exit_codes import ExitCode
from pipeline.extract.report.jsonl import extract_jsonl


def extract(
    jsonl: Annotated[
        Path,
        typer.Option(
            help='Rows {"id", "url"?, "html": path | "text": string}; paths relative to it.',
            exists=True,
            dir_okay=False,
        ),
    ],
    out_file: Annotated[Path, typer.Option("--out", help="Where the facts go, one JSON object a row.")],
    by_site: Annotated[
        bool,
        typer.Option(
            "--by-site",
            help="Read pages of one host together: a page has what its site says where it is silent.",
        ),
    ] = False,
) -> None:
    """Read pages, write their facts with evidence."""
    with Bars().task("extract") as task:
        counts = extract_jsonl(jsonl, out_file, task.advance, by_site)
    out.print(f"{out_file}: " + ", ".join(f"{n} {what}" for what, n in counts.items()))
    if counts.get("errors"):
        raise typer.Exit(ExitCode.PARTIAL)

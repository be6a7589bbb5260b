"""`iop match`: tell records apart, without sources, archive or warehouse."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pipeline.commands.console import fail, out, shown
from pipeline.commands.exit_codes import ExitCode
from pipeline.match.table import match_csv


def match(
    records: Annotated[
        Path,
        typer.Argument(
            help="CSV: record_id, source, name1, name2, street1, … website.", exists=True, dir_okay=False
        ),
    ],
    out_file: Annotated[Path, typer.Option("--out", help="CSV: record_id, organization_id, location_id.")],
) -> None:
    """Tell which records are one organization, and which are one place."""
    try:
        counts = match_csv(records, out_file)
    except ValueError as error:
        fail(error, ExitCode.USAGE)
    out.print(f"{shown(out_file)}: " + ", ".join(f"{shown(n)} {shown(what)}" for what, n in counts.items()))

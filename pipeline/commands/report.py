"""`iop report` and `iop coverage`: what a release knows and does not, as pages for people and as text for the terminal."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pipeline.commands.console import fail, out, shown
from pipeline.commands.exit_codes import ExitCode
from pipeline.commands.options import OutOption, ProfileOption, ReleaseOption, release_of
from warehouse.coverage.measure.travel_matrix import TravelMatrixError
from warehouse.coverage.publish import Written, open_assembly, write_report, write_reports
from warehouse.coverage.report.assemble import StateError
from warehouse.coverage.report.text import text
from warehouse.drafts import replacing
from warehouse.exports.errors import ExportError
from warehouse.unseen import without_acting

StateOption = Annotated[
    str | None, typer.Option("--state", help="Of this state, as MA (default: all).", show_default=False)
]


def report(
    to: Annotated[Path, typer.Option("--to", help="The folder to write; an older report there is replaced.")],
    state: StateOption = None,
    travel: Annotated[
        Path | None,
        typer.Option(
            "--travel",
            help="Travel times or distances (CSV or Parquet: origin_id, destination_id, minutes, km), beside straight lines.",
        ),
    ] = None,
    profile: ProfileOption = None,
    out_folder: OutOption = None,
    release: ReleaseOption = None,
) -> None:
    """Write the coverage report: a page that opens without network, its maps, its tables as CSV and JSON.

    Of one state, or of all that the release holds, with an index. Exit codes: 0 written, 1 no release with coverage, or
    the folder holds something else, 2 wrong options, no such state, or a table of travel that cannot be read.
    """
    if travel and not state:
        fail("--travel wants a --state: a table of travel is read for one state at a time.", ExitCode.USAGE)
    file = release_of(profile, out_folder, release)
    try:
        if state:
            _tell(write_report(file, state.upper(), to, travel))
        else:
            write_reports(file, to, _tell)
    except (StateError, TravelMatrixError) as error:
        fail(error, ExitCode.USAGE)
    except ExportError as error:
        fail(error)


def coverage(
    state: StateOption = None,
    to: Annotated[
        Path | None, typer.Option("--to", help="A file to write (Markdown), instead of the terminal.")
    ] = None,
    profile: ProfileOption = None,
    out_folder: OutOption = None,
    release: ReleaseOption = None,
) -> None:
    """The coverage report as text: figures with their intervals, who was asked and who was not, and every table.

    Exit codes: 0 told, 1 no release with coverage, 2 wrong options or no such state.
    """
    try:
        with open_assembly(release_of(profile, out_folder, release)) as assembly:
            written = text(assembly.report(state.upper() if state else None))
    except StateError as error:
        fail(error, ExitCode.USAGE)
    except ExportError as error:
        fail(error)
    if to is None:
        typer.echo(without_acting(written), nl=False)
        return
    with replacing(to) as file:
        file.write(written.encode())
    out.print(f"{shown(to)}: {len(written.splitlines())} lines")


def _tell(written: Written) -> None:
    out.print(f"{shown(written.page)}: {shown(written.state or 'all states')}, {written.size / 1e6:.2f} MB")

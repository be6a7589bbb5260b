"""`iop archive`: what the archive holds; prune it; WARC files out and in."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.filesize import decimal
from rich.table import Table

from pipeline.archive.archive import Archive, ArchiveError
from pipeline.archive.clock import set_aside
from pipeline.archive.upkeep import compact as compact_archive
from pipeline.archive.upkeep import prune as prune_archive
from pipeline.archive.upkeep import stats as archive_stats
from pipeline.commands.console import err, fail, out, shown
from pipeline.commands.exit_codes import ExitCode
from pipeline.commands.options import (
    LAST_MOMENT,
    OutOption,
    ProfileOption,
    RegistryOption,
    archive_of,
    chosen,
)
from pipeline.commands.run_lock import run_lock
from pipeline.stage.tables import Stage
from pipeline.stage.taken import StageLostError, taken_sources
from pipeline.warc.read import NoWarcError, import_warc
from pipeline.warc.write import export_warc
from warehouse.overrides import OverrideError
from warehouse.takedown import taken_ids

app = typer.Typer(
    help="The archive of everything fetched.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
)
DAY = ["%Y-%m-%d"]


@app.command()
def stats(
    profile: ProfileOption = None, registry: RegistryOption = None, out_folder: OutOption = None
) -> None:
    """Attempts by outcome, pages, sizes."""
    with _opened(profile, registry, out_folder) as archive:
        found = archive_stats(archive)
    table = Table("what", "value", title="Archive", show_header=False)
    table.add_row("attempts", f"{found.attempts:,}")
    for outcome, number in found.outcomes.items():
        table.add_row(f"  {shown(outcome)}", f"{number:,}")
    table.add_row("sources", f"{found.sources:,}")
    table.add_row("addresses", f"{found.urls:,}")
    table.add_row("contents", f"{found.contents:,}")
    if found.damaged:
        table.add_row("  damaged", f"{found.damaged:,} (counted as absent until they are fetched again)")
    table.add_row("size", f"{decimal(found.content)}, stored in {decimal(found.stored)}")
    table.add_row("from", f"{found.first:%Y-%m-%d %H:%M}" if found.first else "nothing yet")
    table.add_row("to", f"{found.last:%Y-%m-%d %H:%M}" if found.last else "nothing yet")
    if found.unread:
        table.add_row("lines that are no rows", f"{found.unread:,}")
    for name in found.damaged_logs:
        table.add_row("damaged, not read", shown(name))
    out.print(table)


@app.command()
def prune(
    before: Annotated[
        datetime | None, typer.Option(help="Also superseded contents last seen before this day.", formats=DAY)
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Remove; without it, only tell what would be.")] = False,
    profile: ProfileOption = None,
    registry: RegistryOption = None,
    out_folder: OutOption = None,
) -> None:
    """Remove contents that nothing names; the log, and the newest content of every page, always stay."""
    with _opened(profile, registry, out_folder) as archive, _kept_still(profile, registry, out_folder, yes):
        gone = prune_archive(archive, before, dry_run=not yes)
    verb = "Removed" if yes else "Would remove (add --yes)"
    out.print(
        f"{shown(verb)}: {gone.orphans:,} orphans, {gone.superseded:,} superseded, {decimal(gone.stored)}"
    )


@app.command()
def heal(
    yes: Annotated[bool, typer.Option("--yes", help="Do it; without it, only tell what would be.")] = False,
    profile: ProfileOption = None,
    registry: RegistryOption = None,
    out_folder: OutOption = None,
) -> None:
    """Put aside, for good, rows that a clock which was ahead dated later than tomorrow; they and their contents are kept."""
    now = chosen(profile, registry, out_folder).fetch.now()
    with _opened(profile, registry, out_folder) as archive, _kept_still(profile, registry, out_folder, yes):
        found = set_aside(archive, now, dry_run=not yes)
    if not found.rows:
        out.print(
            f"No row is dated later than tomorrow, by this clock ({shown(f'{now:%Y-%m-%d %H:%M}')} UTC)."
        )
        return
    end = "put aside" if yes else f"by this clock, {now:%Y-%m-%d %H:%M} UTC (if it is right, add --yes)"
    out.print(f"{shown(str(found))}: {shown(end)}", soft_wrap=True)


@app.command()
def compact(
    profile: ProfileOption = None, registry: RegistryOption = None, out_folder: OutOption = None
) -> None:
    """Pack the logs of finished runs into Parquet: the same rows, read faster."""
    with _opened(profile, registry, out_folder) as archive, _kept_still(profile, registry, out_folder):
        packed = compact_archive(archive)
    out.print(f"{shown(packed)} logs packed")


@app.command("export")
def export_(
    file: Annotated[Path, typer.Argument(help="Where to write, such as pages.warc.gz.")],
    source: Annotated[str | None, typer.Option(help="Only this source.")] = None,
    since: Annotated[datetime | None, typer.Option(help="From this day.", formats=DAY)] = None,
    until: Annotated[datetime | None, typer.Option(help="To this day.", formats=DAY)] = None,
    profile: ProfileOption = None,
    registry: RegistryOption = None,
    out_folder: OutOption = None,
) -> None:
    """Write a WARC 1.1 file that standard tools read: every attempt, its content, and the visits. Sources that speak of
    what was taken down are left out."""
    missing: list[str] = []
    settings = chosen(profile, registry, out_folder)
    try:
        without = taken_sources(Stage(settings.stage), taken_ids(settings.overrides))
    except (OverrideError, StageLostError) as error:
        fail(error)
    with _opened(profile, registry, out_folder) as archive:
        if source is not None and next(archive.documents(source), None) is None:
            fail(f"The archive has nothing of a source {source}.", ExitCode.USAGE)
        end = until + LAST_MOMENT if until else None
        try:
            records = export_warc(
                archive,
                file,
                source_id=source,
                since=since,
                until=end,
                missing=lambda document, _why: missing.append(document.url),
                without=without,
            )
        except OSError as error:
            fail(f"{file} cannot be written: {error}")
    out.print(f"{shown(str(file))}: {records:,} records")
    if without:
        err.print(
            f"Left out, as they speak of what was taken down: {shown(', '.join(sorted(without)))}",
            soft_wrap=True,
        )
    if missing:
        err.print(f"{len(missing):,} of them without their content, which was pruned or is damaged")


@app.command("import")
def import_(
    file: Annotated[
        Path, typer.Argument(help="A WARC file, ours or another tool's.", exists=True, dir_okay=False)
    ],
    profile: ProfileOption = None,
    registry: RegistryOption = None,
    out_folder: OutOption = None,
) -> None:
    """Take a WARC file in. Another tool's pages belong to the source whose address theirs begin with."""
    settings = chosen(profile, registry, out_folder)
    try:
        with Archive(settings.archive) as archive:
            taken = import_warc(archive, file, settings.registry.sources, settings.fetch)
    except NoWarcError as error:
        fail(error, ExitCode.USAGE)
    except OSError as error:
        fail(f"{file} was not taken in: {error}")
    out.print(
        f"{taken.documents:,} documents and {taken.visits:,} visits taken in, "
        f"{taken.already:,} already there, {taken.left_out:,} left out"
    )
    for reason, number in sorted(taken.reasons.items(), key=lambda item: (-item[1], item[0])):
        example = next((url for url, why in taken.rejected if why == reason), "")
        err.print(
            f"  {number:,} × {reason}" + (f", such as {example}" if example else ""),
            markup=False,
            emoji=False,
        )


@contextmanager
def _kept_still(
    profile: str | None, registry: Path | None, out_folder: Path | None, needed: bool = True
) -> Iterator[None]:
    """No run beside it, where it is needed; what the archive refuses ends the command with a line that says why."""
    try:
        with run_lock(chosen(profile, registry, out_folder)) if needed else nullcontext():
            yield
    except (ArchiveError, OSError) as error:
        fail(error)


def _opened(profile: str | None, registry: Path | None, out_folder: Path | None) -> Archive:
    """The archive of these options."""
    return Archive(archive_of(chosen(profile, registry, out_folder)))

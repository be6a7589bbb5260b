"""`iop archive`: what the archive holds; prune it; WARC files out and in."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

import typer
from rich.filesize import decimal
from rich.markup import escape
from rich.table import Table

from pipeline.commands.console import Exit, err, out
from pipeline.commands.options import OutOption, ProfileOption, RegistryOption, chosen
from pipeline.fetch import Archive, export_warc, import_warc
from pipeline.fetch import compact as compact_archive
from pipeline.fetch import prune as prune_archive
from pipeline.fetch import stats as archive_stats

app = typer.Typer(help="The archive of everything fetched.", no_args_is_help=True)
DAY = ["%Y-%m-%d"]
LAST_MOMENT = timedelta(days=1, microseconds=-1)  # of a day, from its first


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
        table.add_row(f"  {outcome}", f"{number:,}")
    table.add_row("sources", f"{found.sources:,}")
    table.add_row("addresses", f"{found.urls:,}")
    table.add_row("contents", f"{found.contents:,}")
    table.add_row("size", f"{decimal(found.content)}, stored in {decimal(found.stored)}")
    table.add_row("from", f"{found.first:%Y-%m-%d %H:%M}" if found.first else "nothing yet")
    table.add_row("to", f"{found.last:%Y-%m-%d %H:%M}" if found.last else "nothing yet")
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
    with _opened(profile, registry, out_folder) as archive:
        gone = prune_archive(archive, before, dry_run=not yes)
    verb = "Removed" if yes else "Would remove (add --yes)"
    out.print(f"{verb}: {gone.orphans:,} orphans, {gone.superseded:,} superseded, {decimal(gone.stored)}")


@app.command()
def compact(
    profile: ProfileOption = None, registry: RegistryOption = None, out_folder: OutOption = None
) -> None:
    """Pack the logs of finished runs into Parquet: the same rows, read faster."""
    with _opened(profile, registry, out_folder) as archive:
        packed = compact_archive(archive)
    out.print(f"{packed} logs packed")


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
    """Write a WARC 1.1 file that standard tools read."""
    with _opened(profile, registry, out_folder) as archive:
        if source is not None and next(archive.documents(source), None) is None:
            err.print(f"[red]The archive has nothing of a source {escape(source)}.[/red]")
            raise typer.Exit(Exit.USAGE)
        end = until + LAST_MOMENT if until else None
        records = export_warc(archive, file, source_id=source, since=since, until=end)
    out.print(f"{file}: {records:,} records")


@app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(help="A WARC file, ours or another tool's.")],
    profile: ProfileOption = None,
    registry: RegistryOption = None,
    out_folder: OutOption = None,
) -> None:
    """Take in the responses of a WARC file; each belongs to the source whose host it has."""
    settings = chosen(profile, registry, out_folder)
    if not file.is_file():
        err.print(f"[red]No file {file}.[/red]")
        raise typer.Exit(Exit.USAGE)
    hosts = {_host(s.url): s.id for s in settings.registry.sources if s.url}
    with Archive(settings.archive) as archive:
        taken = import_warc(archive, file, lambda url: hosts.get(_host(url)))
    out.print(f"{taken.documents:,} documents taken in, {len(taken.rejected):,} left out")
    for url, reason in taken.rejected[:20]:
        err.print(f"  {url or file}: {reason}", markup=False)


def _opened(profile: str | None, registry: Path | None, out_folder: Path | None) -> Archive:
    """The archive of these options. One that is not there ends the command: it is a slip of the pen."""
    folder = chosen(profile, registry, out_folder).archive
    if not folder.is_dir():
        err.print(f"[red]No archive at {folder}.[/red] `iop run` makes one; --out and --profile choose another.")
        raise typer.Exit(Exit.USAGE)
    return Archive(folder)


def _host(url: str) -> str:
    return (urlsplit(url).hostname or "").removeprefix("www.")

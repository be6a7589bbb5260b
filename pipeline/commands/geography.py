"""`iop geography`: the data sets of places and people; what a folder of Census files gives; get such files."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from pipeline.commands.console import err, fail, out, shown
from pipeline.commands.exit_codes import ExitCode
from pipeline.fetch.download import DownloadError, download
from pipeline.settings import Settings
from pipeline.stage.geography.derive import derive, ranked
from pipeline.stage.geography.notes import notes
from sources.geography.datasets import Dataset, load_datasets
from sources.geography.files import find_files, packaged_files, read_files

app = typer.Typer(
    help="Places and people: areas, points where people live, boundaries.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
)
FolderArgument = Annotated[Path, typer.Argument(help="A folder of Census files, as --geography takes it.")]


@app.command("list")
def show() -> None:
    """The data sets, highest rank first: packaged ones, and how files of the others are named."""
    table = Table("data set", "of", "file", "gives", "", title="Places and people")
    for d in load_datasets().datasets:
        how = "packaged" if d.packaged else "can be fetched" if d.fetch else ""
        names = (shown(d.id), shown(d.vintage), shown(d.pattern))
        table.add_row(*names, shown(", ".join(d.gives)), how)
    out.print(table)


@app.command()
def check(folder: FolderArgument) -> None:
    """Read a folder's files, and tell what each gives and which cannot be used.

    Exit codes: 0 all can be used, 2 no such folder, 3 some cannot.
    """
    if not folder.is_dir():
        fail(f"no folder {folder}: give one with Census files", ExitCode.USAGE)
    datasets = load_datasets()
    found, problems = find_files(folder, datasets)
    loaded, unread = read_files([*found, *packaged_files(datasets)])
    table = Table("data set", "of", "files", "rows")
    for data in loaded:
        if not data.dataset.packaged:
            files = ", ".join(file.path.name for file in found if file.dataset is data.dataset)
            rows = f"{data.given.rows:,}"
            table.add_row(shown(data.dataset.id), shown(data.dataset.vintage), shown(files), rows)
    out.print(table)
    loaded = ranked(loaded, datasets)
    for note in notes(loaded, derive(loaded)):
        out.print(shown(note), soft_wrap=True)
    for problem in (*problems, *unread):
        err.print(f"[yellow]{shown(str(problem))}[/yellow]", soft_wrap=True)
    raise typer.Exit(ExitCode.PARTIAL if problems or unread else ExitCode.OK)


@app.command()
def fetch(
    folder: FolderArgument,
    only: Annotated[
        list[str] | None, typer.Option("--only", help="Only this data set (may be repeated).")
    ] = None,
) -> None:
    """Download the Census files that have an address into a folder; go on where an earlier try stopped.

    The addresses are the Census Bureau's as they are written there; they were not visited when this was made, so one
    may have moved. Files that are there already stay. Exit codes: 0 all are there, 1 some did not come, 2 wrong options.
    """
    settings = Settings.choose().fetch
    folder.mkdir(parents=True, exist_ok=True)
    failed = False
    for dataset in _wanted(only):
        for file in dataset.fetch:
            if (folder / file.file).exists():
                out.print(f"{shown(file.file)} is there")
                continue
            try:
                download(file.url, folder / file.file, settings, dataset.sha256)
                out.print(f"{shown(file.file)} from {shown(file.url)}", soft_wrap=True)
            except DownloadError as error:
                failed = True
                err.print(f"[yellow]{shown(str(error))}[/yellow]", soft_wrap=True)
    raise typer.Exit(ExitCode.FAILED if failed else ExitCode.OK)


def _wanted(only: list[str] | None) -> list[Dataset]:
    fetched = {dataset.id: dataset for dataset in load_datasets().datasets if dataset.fetch}
    if unknown := [i for i in only or () if i not in fetched]:
        fail(f"no data set {', '.join(unknown)} to fetch: choose {', '.join(fetched)}", ExitCode.USAGE)
    return [fetched[i] for i in only or fetched]

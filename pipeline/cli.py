"""The command line: `iop …`. A command's module in `pipeline.commands` is imported when that command is called."""

from __future__ import annotations

import sys
from importlib import import_module
from itertools import groupby
from operator import attrgetter
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup

from pipeline.commands.exit_codes import ExitCode
from pipeline.denied import told
from pipeline.garbage import look_rarely
from warehouse.unseen import without_acting

DAILY, READING, KEEPING = "Run and ask", "Read and match by hand", "Look after it"
COMMANDS = (  # name, module:function (or group), section and line of `iop --help`
    ("run", "run:run", DAILY, "Fetch, read, match, build, audit and publish."),
    ("query", "query:query", DAILY, "Ask the current release in SQL."),
    ("replay", "run:replay", DAILY, "Everything again from the archive, without network."),
    ("pull", "pull:pull", DAILY, "Copy the published release from an object store."),
    ("export", "export:export", DAILY, "Write a release as HSDS, FHIR, GeoJSON, Parquet or CSV."),
    ("site", "site:site", DAILY, "Write the directory as a website of files, with a search."),
    ("report", "report:report", DAILY, "Write the coverage report: a page for each state, maps, tables."),
    ("coverage", "report:coverage", DAILY, "The coverage report as text."),
    ("inspect", "inspect:inspect", READING, "Show what is read from a page, and why."),
    ("extract", "extract:extract", READING, "Read pages in bulk, without the warehouse."),
    ("read-requests", "second_reader:read_requests", READING, "Write what to ask a second reader."),
    ("read-answers", "second_reader:read_answers", READING, "Take a second reader's answers in."),
    ("match", "match:match", READING, "Tell which records are one organization or place."),
    ("eval", "evaluate:evaluate", READING, "Score the reader on labelled pages."),
    ("explain", "entities:explain", READING, "Why records were joined under an id."),
    ("review", "entities:review", READING, "Decide the pairs that the rules leave open."),
    ("settings", "settings:settings", KEEPING, "Every setting, its value, and where that comes from."),
    (
        "sources",
        "sources:app",
        KEEPING,
        "Health of the sources, or of one; check the registry; propose a source.",
    ),
    ("geography", "geography:app", KEEPING, "Places and people: what is known of them, and get more."),
    ("archive", "archive:app", KEEPING, "What was fetched; prune it; WARC files out and in."),
    ("releases", "releases:app", KEEPING, "The releases that there are; keep one whatever its age."),
    ("rollback", "releases:rollback", KEEPING, "Make an older release the one that readers see; hold it."),
    ("doctor", "doctor:doctor", KEEPING, "What is wrong with an installation, and what to do."),
    ("health", "health:health", KEEPING, "What is wrong now: runs, release, sources, ages."),
    ("diff", "releases:diff", KEEPING, "What changed from one release to another."),
)


class LazyCommand(TyperCommand):
    """A row of the table, which becomes the command itself when it is called."""

    def __init__(self, name: str, place: str, section: str, line: str) -> None:
        super().__init__(name, short_help=line, rich_help_panel=section)
        self.place = place

    def make_context(self, *arguments: Any, **settings: Any) -> Any:
        module, _, name = self.place.partition(":")
        found = getattr(import_module(f"pipeline.commands.{module}"), name)
        if not isinstance(found, typer.Typer):
            command, found = found, typer.Typer(add_completion=False, rich_markup_mode=None)
            found.command(self.name)(command)
        return typer.main.get_command(found).make_context(*arguments, **settings)


class Iop(TyperGroup):
    """The commands of the table; whatever goes wrong in one is told in a line."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        for row in COMMANDS:
            self.add_command(LazyCommand(*row))

    def format_commands(self, _context: Any, formatter: Any) -> None:
        for section, commands in groupby(self.commands.values(), attrgetter("rich_help_panel")):
            with formatter.section(section):
                formatter.write_dl([(command.name, command.short_help) for command in commands])

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            typer.echo("\nInterrupted. Nothing half-written was published; run again to go on.", err=True)
            raise typer.Exit(ExitCode.INTERRUPTED) from None
        except BrokenPipeError:  # the reader of our output has gone: `iop query … | head`
            sys.stderr.close()
            raise typer.Exit(ExitCode.OK) from None
        except OSError as error:
            typer.echo(without_acting(told(error)), err=True)
            raise typer.Exit(ExitCode.FAILED) from None


app = typer.Typer(
    name="iop",
    cls=Iop,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # plain help: importing rich's renderer takes longer than all else
)


@app.callback()
def iop() -> None:
    """The open directory of intensive outpatient programs."""


def main() -> None:
    """What the script `iop` calls."""
    look_rarely()
    app()


if __name__ == "__main__":
    main()

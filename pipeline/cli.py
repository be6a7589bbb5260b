"""The command line: `iop …`. Every command lives in its own module of `pipeline.commands`."""

from __future__ import annotations

import sys

import typer

from pipeline.commands import archive, entities, export, files, query, reading, releases, run, sources
from pipeline.commands.console import Exit, err

app = typer.Typer(
    name="iop",
    help="The open directory of intensive outpatient programs.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
)
DAILY, READING, KEEPING = "Run and ask", "Read and match by hand", "Look after it"
app.command(rich_help_panel=DAILY)(run.run)
app.command(rich_help_panel=DAILY)(query.query)
app.command(rich_help_panel=DAILY)(run.replay)
app.command(rich_help_panel=DAILY)(export.export)
app.command(rich_help_panel=DAILY)(export.coverage)
app.command(rich_help_panel=READING)(reading.inspect)
app.command(rich_help_panel=READING)(files.extract)
app.command(rich_help_panel=READING)(files.match)
app.command("eval", rich_help_panel=READING)(reading.evaluate)
app.command(rich_help_panel=READING)(entities.explain)
app.command(rich_help_panel=READING)(entities.review)
app.add_typer(sources.app, name="sources", rich_help_panel=KEEPING)
app.add_typer(archive.app, name="archive", rich_help_panel=KEEPING)
app.command(rich_help_panel=KEEPING)(releases.releases)
app.command(rich_help_panel=KEEPING)(releases.rollback)
app.command(rich_help_panel=KEEPING)(releases.diff)


def main() -> None:
    """Entry point. An interrupted command says so in a line instead of a traceback."""
    try:
        app()
    except KeyboardInterrupt:
        err.print("\n[yellow]Interrupted.[/yellow] Nothing half-written was published; run again to go on.")
        sys.exit(Exit.INTERRUPTED)
    except OSError as error:
        if isinstance(error, BrokenPipeError):  # the reader of our output has gone: `iop query … | head`
            sys.stderr.close()
            sys.exit(Exit.OK)
        err.print(f"[red]{error.strerror or error}[/red]{f': {error.filename}' if error.filename else ''}")
        sys.exit(Exit.FAILED)


if __name__ == "__main__":
    main()

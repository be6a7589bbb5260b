"""The command line: `iop …`. Every command lives in its own module of `pipeline.commands`."""

from __future__ import annotations

import sys

import typer

from pipeline.commands import files, query, run
from pipeline.commands.console import Exit, err

app = typer.Typer(
    name="iop",
    help="The open directory of intensive outpatient programs.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command()(run.run)
app.command()(query.query)
app.command()(files.extract)
app.command()(files.match)


def main() -> None:
    """Entry point. An interrupted command says so in a line instead of a traceback."""
    try:
        app()
    except KeyboardInterrupt:
        err.print("\n[yellow]Interrupted.[/yellow] Nothing half-written was published; run again to go on.")
        sys.exit(Exit.INTERRUPTED)
    except BrokenPipeError:  # the reader of our output has gone: `iop query … | head`
        sys.stderr.close()
        sys.exit(Exit.OK)


if __name__ == "__main__":
    main()

"""What commands say to people: the consoles, and the line that ends a failed command."""

from __future__ import annotations

import sys
from typing import NoReturn

import typer
from rich.console import Console
from rich.markup import escape

from pipeline.commands.exit_codes import ExitCode

PLAIN_WIDTH = 140  # of tables that go to a file or a pipe
out = Console(highlight=False, width=None if sys.stdout.isatty() else PLAIN_WIDTH)
err = Console(stderr=True, highlight=False, width=None if sys.stderr.isatty() else PLAIN_WIDTH)


def counted(number: int, noun: str) -> str:
    """ "1 source", "2 sources", "1,000 sources"."""
    return f"{number:,} {noun}{'s' * (number != 1)}"


def fail(why: object, code: ExitCode = ExitCode.FAILED) -> NoReturn:
    """End the command with a line that says why."""
    err.print(f"[red]{escape(str(why))}[/red]", soft_wrap=True, emoji=False)
    raise typer.Exit(code)

"""What commands say to people: the consoles, and the line that ends a failed command."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import NoReturn

import typer
from rich.console import Console, ConsoleOptions, RenderableType
from rich.markup import escape
from rich.segment import Segment

from pipeline.commands.exit_codes import ExitCode
from warehouse.unseen import without_acting

PLAIN_WIDTH = 140  # of tables that go to a file or a pipe


class SafeConsole(Console):
    """A console that writes no character that acts unseen, whoever's words they are: neither colours, titles nor directions."""

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterable[Segment]:
        for segment in super().render(renderable, options):
            yield segment if segment.control else Segment(without_acting(segment.text), segment.style)


out = SafeConsole(highlight=False, width=None if sys.stdout.isatty() else PLAIN_WIDTH)
err = SafeConsole(stderr=True, highlight=False, width=None if sys.stderr.isatty() else PLAIN_WIDTH)


def counted(number: int, noun: str) -> str:
    """ "1 source", "2 sources", "1,000 sources"."""
    return f"{number:,} {noun}{'s' * (number != 1)}"


def shown(words: object) -> str:
    """Somebody's words as markup that shows them: `[red]` in a name is no colour."""
    return escape(str(words))


def fail(why: object, code: ExitCode = ExitCode.FAILED) -> NoReturn:
    """End the command with a line that says why."""
    err.print(f"[red]{shown(why)}[/red]", soft_wrap=True, emoji=False)
    raise typer.Exit(code)

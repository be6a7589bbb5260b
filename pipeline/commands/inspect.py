"""`iop inspect`: what is read from one page, and why."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from pipeline.commands.console import fail, out
from pipeline.commands.exit_codes import ExitCode
from pipeline.commands.options import ProfileOption, chosen
from pipeline.extract.parsing.page import Page
from pipeline.extract.parsing.parse import read_page
from pipeline.extract.parsing.plain import read_text
from pipeline.extract.reading import extract
from pipeline.extract.report.inspect import render
from pipeline.fetch.crawl.look import look_at
from pipeline.settings import Settings


def inspect(
    page: Annotated[
        str, typer.Argument(metavar="URL|FILE", help="An http(s) address, or an .html or .txt file.")
    ],
    everything: Annotated[
        bool, typer.Option("--all", help="Every repetition of a fact, not the best alone.")
    ] = False,
    profile: ProfileOption = None,
) -> None:
    """Show what is read from a page: its kind, each fact with its words, what was rejected and why."""
    if page.startswith(("http://", "https://")):
        read = _fetched(page, chosen(profile, None, None))
    elif not Path(page).is_file():
        fail(f"No file {page}, and no http(s) address.", ExitCode.USAGE)
    elif page.endswith(".txt"):
        read = read_text(Path(page).read_text(encoding="utf-8", errors="replace"))
    else:
        read = read_page(Path(page).read_bytes())
    out.print(render(extract(read), everything))


def _fetched(url: str, settings: Settings) -> Page:
    with settings.fetching() as how:
        look = asyncio.run(look_at(url, how))
    if look.html is None:
        fail(f"{look.outcome} {look.detail}")
    return read_page(look.html, look.final_url)

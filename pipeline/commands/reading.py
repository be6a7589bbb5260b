"""`iop inspect` and `iop eval`: what is read from one page, and how well pages with known answers are read."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from pipeline.commands.console import Bars, Exit, err, out
from pipeline.commands.options import ProfileOption, chosen
from pipeline.settings import Settings

HISTORY = Path("data", "eval.jsonl")


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
    from pipeline.extract.parsing.parse import read_page
    from pipeline.extract.parsing.plain import read_text
    from pipeline.extract.reading import extract
    from pipeline.extract.report.inspect import render

    if page.startswith(("http://", "https://")):
        reading = extract(read_page(*_fetch(page, chosen(profile, None, None))))
    elif not Path(page).is_file():
        err.print(f"[red]No file {page}, and no http(s) address.[/red]")
        raise typer.Exit(Exit.USAGE)
    elif page.endswith(".txt"):
        reading = extract(read_text(Path(page).read_text(encoding="utf-8", errors="replace")))
    else:
        reading = extract(read_page(Path(page).read_bytes()))
    out.print(render(reading, everything))


def _fetch(url: str, settings: Settings) -> tuple[str, str]:
    """HTML and final address of a page."""
    from pipeline.fetch.crawl.look import look_at

    with settings.fetching() as how:
        look = asyncio.run(look_at(url, how))
    if look.html is None:
        err.print(f"[red]{look.outcome}[/red] {look.detail}")
        raise typer.Exit(Exit.FAILED)
    return look.html, look.final_url


def evaluate(
    gold: Annotated[Path, typer.Argument(help="Pages with their answers, JSON lines.")],
    show: Annotated[str | None, typer.Option(help="List the misses of one field.")] = None,
    history: Annotated[Path, typer.Option(help="Where earlier results are kept.")] = HISTORY,
) -> None:
    """Score the reader on labelled pages: facts by field, how right each band of confidence is, and the history."""
    from pipeline.extract.evaluation.evaluate import evaluate as score
    from pipeline.extract.evaluation.evaluate import render

    if not gold.is_file():
        err.print(f"[red]No file {gold}.[/red]")
        raise typer.Exit(Exit.USAGE)
    history.parent.mkdir(parents=True, exist_ok=True)
    with Bars().task("eval") as task:
        result = score(gold, history, datetime.now(UTC), task.advance)
    out.print(render(result, show))

"""`iop extract`: read pages in bulk, without sources, archive or warehouse."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pipeline.commands.bars import Bars
from pipeline.commands.console import fail, out, shown
from pipeline.commands.exit_codes import ExitCode
from pipeline.extract.reading import extract as read_once
from pipeline.extract.report.jsonl import extract_jsonl
from pipeline.second_reader.in_bulk import GivenAnswers, WrittenRequests
from pipeline.second_reader.settings import SecondReaderError, SecondReaderSettings


def extract(
    jsonl: Annotated[
        Path,
        typer.Option(
            help='Rows {"id", "url"?, "html": path | "text": string}; paths relative to it.',
            exists=True,
            dir_okay=False,
        ),
    ],
    out_file: Annotated[Path, typer.Option("--out", help="Where the facts go, one JSON object a row.")],
    by_site: Annotated[
        bool,
        typer.Option(
            "--by-site",
            help="Read pages of one host together: a page has what its site says where it is silent.",
        ),
    ] = False,
    second_reader: Annotated[
        str,
        typer.Option(
            help="requests=FILE: write what to ask a second reader. answers=FILE: use what it answered.",
            show_default=False,
        ),
    ] = "",
) -> None:
    """Read pages, write their facts with evidence."""
    second = _second(second_reader) if second_reader else None
    with Bars().task("extract") as task:
        counts = extract_jsonl(jsonl, out_file, task.advance, by_site, second or read_once)
    out.print(f"{shown(out_file)}: " + ", ".join(f"{shown(n)} {shown(what)}" for what, n in counts.items()))
    if second:
        out.print(second.close(), markup=False)
    if counts.get("errors"):
        raise typer.Exit(ExitCode.PARTIAL)


def _second(option: str) -> WrittenRequests | GivenAnswers:
    """What `--second-reader` asks for; a slip in it ends the command."""
    what, _, name = option.partition("=")
    if what not in ("requests", "answers") or not name:
        fail("--second-reader wants requests=FILE or answers=FILE", ExitCode.USAGE)
    try:
        if what == "requests":
            return WrittenRequests(Path(name), SecondReaderSettings.choose().model)
        return GivenAnswers(Path(name))
    except (SecondReaderError, OSError) as error:
        fail(error, ExitCode.USAGE)

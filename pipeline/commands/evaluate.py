"""`iop eval`: how well pages with known answers are read."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from pipeline.commands.bars import Bars
from pipeline.commands.console import out
from pipeline.extract.evaluation.evaluate import evaluate as score
from pipeline.extract.evaluation.evaluate import render

HISTORY = Path("data", "eval.jsonl")


def evaluate(
    gold: Annotated[
        Path, typer.Argument(help="Pages with their answers, JSON lines.", exists=True, dir_okay=False)
    ],
    show: Annotated[str | None, typer.Option(help="List the misses of one field.")] = None,
    history: Annotated[Path, typer.Option(help="Where earlier results are kept.")] = HISTORY,
) -> None:
    """Score the reader on labelled pages: facts by field, how right each band of confidence is, and the history."""
    history.parent.mkdir(parents=True, exist_ok=True)
    with Bars().task("eval") as task:
        result = score(gold, history, datetime.now(UTC), task.advance)
    out.print(render(result, show))

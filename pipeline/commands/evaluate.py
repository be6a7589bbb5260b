"""`iop eval`: how well pages with known answers are read."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from pipeline.commands.bars import Bars
from pipeline.commands.console import out
from pipeline.extract.evaluation.evaluate import evaluate as score
from pipeline.extract.evaluation.folds import fold_of
from pipeline.extract.evaluation.render import render
from pipeline.extract.evaluation.single_use import render as render_uses
from pipeline.extract.evaluation.single_use import uses
from pipeline.extract.learned.models import Models

HISTORY = Path("data", "eval.jsonl")


def evaluate(
    gold: Annotated[
        Path, typer.Argument(help="Pages with their answers, JSON lines.", exists=True, dir_okay=False)
    ],
    show: Annotated[str | None, typer.Option(help="List the misses of one field.")] = None,
    fit_on: Annotated[
        Path | None,
        typer.Option(
            help="Labelled data (pages/, snippets/, kinds/): cross-validate, each provider read by models fitted on others.",
            exists=True,
            file_okay=False,
        ),
    ] = None,
    history: Annotated[Path, typer.Option(help="Where earlier results are kept.")] = HISTORY,
    single_provider: Annotated[
        Path | None,
        typer.Option(help="List the words and cues that match one provider only in the data of this folder."),
    ] = None,
) -> None:
    """Score the reader on labelled pages: facts by field, how right each band of confidence is, and the history."""
    history.parent.mkdir(parents=True, exist_ok=True)
    with Bars().task("eval") as task:
        models = None if fit_on is None else _fitted_on_others(fit_on)
        result = score(gold, history, datetime.now(UTC), task.advance, models)
    out.print(render(result, show))
    if single_provider is not None:
        out.print(render_uses(uses(single_provider)))


def _fitted_on_others(data: Path) -> Callable[[str], Models]:
    """Provider → models that were fitted without its fold. Fitting needs scikit-learn, of the development group."""
    try:
        from pipeline.extract.evaluation.fit import fold_models
    except ModuleNotFoundError as missing:
        raise typer.BadParameter(f"fitting needs {missing.name}: uv sync --group dev") from missing
    models = fold_models(data)
    return lambda provider: models[fold_of(provider)]

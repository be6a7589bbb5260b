"""`iop eval GOLD`: read the gold's rows, score the answer, measure the calibration, keep the history."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table

from pipeline.extract.evaluation.calibration import Band, calibrate
from pipeline.extract.evaluation.score import Score, score
from pipeline.extract.report.jsonl import extract_jsonl

LABELS = ("gold", "second")
REGRESSION = 0.005  # of F1 below the best of the history


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The score of one run over a gold file, its calibration, and the F1 of earlier runs of the same file."""

    gold: Path
    rows: int
    score: Score
    bands: tuple[Band, ...]
    earlier: tuple[Mapping[str, Any], ...]

    @property
    def f1(self) -> float:
        return self.score.table()["all_facts"]["f1"]

    @property
    def has_regressed(self) -> bool:
        """Whether an earlier run of this file was better by more than REGRESSION."""
        return any(float(run["f1"]) - self.f1 > REGRESSION for run in self.earlier)


def evaluate(
    gold: Path,
    history: Path | None = None,
    now: datetime | None = None,
    progress: Callable[[], None] | None = None,
) -> Evaluation:
    """Extract the rows of `gold` (labels are cut off first), compare with its labels, and add a line to `history`."""
    labelled = [json.loads(line) for line in gold.read_text(encoding="utf-8").splitlines() if line.strip()]
    predicted = predict(labelled, gold.parent, progress)
    bands = tuple(calibrate(labelled, predicted))
    earlier = tuple(read_history(history, gold.name)) if history else ()
    result = Evaluation(gold, len(labelled), score(labelled, predicted), bands, earlier)
    if history:
        _remember(history, result, now or datetime.now(UTC))
    return result


def predict(
    labelled: Iterable[Mapping[str, Any]], folder: Path, progress: Callable[[], None] | None = None
) -> dict[str, Mapping[str, Any]]:
    """Rows by id as `iop extract` gives them; paths of pages are relative to `folder`. Labels never reach the extractor."""
    with tempfile.TemporaryDirectory() as place:
        given, out = Path(place, "in.jsonl"), Path(place, "out.jsonl")
        with given.open("w", encoding="utf-8") as lines:
            for row in labelled:
                bare = {k: v for k, v in row.items() if k not in LABELS}
                if isinstance(bare.get("html"), str):
                    bare["html"] = str((folder / bare["html"]).resolve())
                lines.write(json.dumps(bare) + "\n")
        extract_jsonl(given, out, progress)
        rows = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    return {row["id"]: row for row in rows}


def read_history(history: Path, name: str) -> list[Mapping[str, Any]]:
    """Earlier runs of a gold file, oldest first. Lines that do not parse are passed over."""
    found: list[Mapping[str, Any]] = []
    if history.exists():
        for line in history.read_text(encoding="utf-8").splitlines():
            try:
                run = json.loads(line)
            except ValueError:
                continue
            if isinstance(run, dict) and run.get("gold") == name and "f1" in run:
                found.append(run)
    return found


def _remember(history: Path, result: Evaluation, now: datetime) -> None:
    table = result.score.table()
    run = {
        "at": now.isoformat(timespec="seconds"),
        "gold": result.gold.name,
        "rows": result.rows,
        "f1": round(result.f1, 4),
        "precision": round(table["all_facts"]["precision"], 4),
        "is_listing": round(table["is_listing"]["f1"], 4),
        "fields": {name: round(row["f1"], 3) for name, row in table.items()},
    }
    history.parent.mkdir(parents=True, exist_ok=True)
    with history.open("a", encoding="utf-8") as lines:
        lines.write(json.dumps(run) + "\n")


def render(result: Evaluation, show: str | None = None) -> RenderableType:
    """The scorer's table, the calibration and the history; with `show`, the misses of one field."""
    parts: list[RenderableType] = [_scores(result), _calibration(result.bands)]
    if result.earlier:
        parts.append(_history(result))
    if show:
        misses = Table("row", "", "value", title=f"{show}: what was invented and what was missed")
        for miss in result.score.misses:
            if miss.field == show:
                misses.add_row(miss.row, miss.kind, str(miss.value))
        parts.append(misses)
    return Group(*parts)


def _scores(result: Evaluation) -> Table:
    table = Table(title=f"{result.gold.name}, {result.rows} rows")
    table.add_column("field")
    for name in ("tp", "fp", "fn", "precision", "recall", "f1"):
        table.add_column(name, justify="right")
    for name, row in result.score.table().items():
        style = "bold" if name in ("is_listing", "all_facts") else ""
        counts = [str(int(row[k])) for k in ("tp", "fp", "fn")]
        table.add_row(name, *counts, *(f"{row[k]:.3f}" for k in ("precision", "recall", "f1")), style=style)
    return table


def _calibration(bands: Iterable[Band]) -> Table:
    table = Table(title="Calibration: how often facts of a confidence are right")
    for name in ("confidence", "right", "wrong", "disputed", "precision", "mean confidence"):
        table.add_column(name, justify="right")
    for band in bands:
        shown = "–" if band.precision is None else f"{band.precision:.3f}"
        table.add_row(
            f"{band.low:.2f}–{band.high:.2f}",
            str(band.right),
            str(band.wrong),
            str(band.disputed),
            shown,
            f"{band.mean:.3f}",
        )
    return table


def _history(result: Evaluation) -> Table:
    table = Table("when", "f1", "precision", "is_listing", title="Earlier runs")
    for run in result.earlier[-8:]:
        table.add_row(
            str(run.get("at")),
            f"{run['f1']:.3f}",
            f"{run.get('precision', 0):.3f}",
            f"{run.get('is_listing', 0):.3f}",
        )
    now = result.score.table()
    verdict = "[red]worse than before[/red]" if result.has_regressed else "[green]not worse[/green]"
    table.add_row(
        verdict,
        f"{result.f1:.3f}",
        f"{now['all_facts']['precision']:.3f}",
        f"{now['is_listing']['f1']:.3f}",
        style="bold",
    )
    return table

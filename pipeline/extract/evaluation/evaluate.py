"""`iop eval GOLD`: read the gold's rows, score the answer, measure the calibration, keep the history."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pipeline.extract.evaluation.calibration import Calibration, calibrate
from pipeline.extract.evaluation.folds import ASIDE, fold_of, provider_of
from pipeline.extract.evaluation.intervals import Interval, intervals
from pipeline.extract.evaluation.labelled import LabelledPage, read_gold
from pipeline.extract.evaluation.score import Row, Score, score
from pipeline.extract.learned.models import Models
from pipeline.extract.reading import extract
from pipeline.extract.report.jsonl import as_row

REGRESSION = 0.005  # of F1 below the best of the history


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The score of one run over a gold file: its intervals over providers, counts by kind of page (as read), its
    calibration, the F1 of earlier runs of the same file, and the ids of rows that nobody reads by eye."""

    gold: Path
    rows: int
    score: Score
    intervals: Mapping[str, Interval]
    kinds: Mapping[str, Counter[str]]
    calibration: Calibration
    earlier: tuple[Mapping[str, Any], ...]
    aside: frozenset[str]

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
    models: Callable[[str], Models] | None = None,
) -> Evaluation:
    """Read the rows of `gold` (labels are cut off first), compare with its labels, and add a line to `history`.

    `models` gives the models to read a provider's pages by (None: those that the project ships).
    """
    pages = read_gold(gold)
    predicted = predict(pages, progress, models)
    labelled = [page.row for page in pages]
    by_provider: dict[str, Counter[str]] = defaultdict(Counter)
    by_kind: dict[str, Counter[str]] = defaultdict(Counter)
    for row in labelled:
        counts = score([row], predicted).total()
        by_provider[provider_of(row)].update(counts)
        by_kind[predicted[row["id"]]["page_kind"]].update(counts)
    result = Evaluation(
        gold,
        len(labelled),
        score(labelled, predicted),
        intervals(by_provider),
        by_kind,
        calibrate(labelled, predicted),
        tuple(read_history(history, gold.name, models is not None)) if history else (),
        frozenset(page.row["id"] for page in pages if fold_of(page.provider) == ASIDE),
    )
    if history:
        _remember(history, result, now or datetime.now(UTC), models is not None)
    return result


def predict(
    pages: Iterable[LabelledPage],
    progress: Callable[[], None] | None = None,
    models: Callable[[str], Models] | None = None,
) -> dict[str, Row]:
    """Rows by id as `iop extract` gives them. Labels never reach the reader."""
    found: dict[str, Row] = {}
    for page in pages:
        reading = extract(page.page(), models(page.provider) if models else None)
        found[page.row["id"]] = as_row(reading)
        if progress:
            progress()
    return found


def read_history(history: Path, name: str, is_held_out: bool = False) -> list[Mapping[str, Any]]:
    """Earlier runs of a gold file, oldest first: cross-validated ones (`is_held_out`), or others. Lines that do not parse
    are passed over."""
    found: list[Mapping[str, Any]] = []
    if history.exists():
        for line in history.read_text(encoding="utf-8").splitlines():
            try:
                run = json.loads(line)
            except ValueError:
                continue
            if not (isinstance(run, dict) and run.get("gold") == name and "f1" in run):
                continue
            if bool(run.get("held_out")) is is_held_out:
                found.append(run)
    return found


def _remember(history: Path, result: Evaluation, now: datetime, is_held_out: bool) -> None:
    table = result.score.table()
    run = {
        "at": now.isoformat(timespec="seconds"),
        "gold": result.gold.name,
        "held_out": is_held_out,
        "rows": result.rows,
        "f1": round(result.f1, 4),
        "precision": round(table["all_facts"]["precision"], 4),
        "is_listing": round(table["is_listing"]["f1"], 4),
        "fields": {name: round(row["f1"], 3) for name, row in table.items()},
    }
    history.parent.mkdir(parents=True, exist_ok=True)
    with history.open("a", encoding="utf-8") as lines:
        lines.write(json.dumps(run) + "\n")

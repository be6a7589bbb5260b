"""`iop eval` and `iop inspect`: the arithmetic, the history, the guard on the measured score, the report."""

from __future__ import annotations

import importlib.util
import json
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path
from types import ModuleType

import pytest
from rich.console import Console

from pipeline.extract.evaluation.evaluate import evaluate, predict, read_history
from pipeline.extract.evaluation.labelled import LabelledPage, read_gold
from pipeline.extract.evaluation.render import render
from pipeline.extract.evaluation.score import score
from pipeline.extract.parsing.plain import read_text
from pipeline.extract.reading import extract
from pipeline.extract.report.inspect import render as render_reading

TEXT = "Evening IOP\nOur IOP meets Monday and Friday, 6 to 9 pm. We treat anxiety. We do not treat OCD."
GOLD = {
    "is_listing": True,
    "levels_of_care": ["iop"],
    "conditions": ["anxiety", "depression"],
    "evening": True,
    "schedule": [{"days": ["mo", "fr"], "start": "18:00", "end": "21:00"}],
}
SECOND = GOLD | {"conditions": ["anxiety"]}
ROW = {
    "id": "a",
    "url": "https://harbor-recovery.example/programs/iop",
    "text": TEXT,
    "gold": GOLD,
    "second": SECOND,
}
FLOOR = {
    "snippets/dev.jsonl": (0.91, 0.92, 0.96),
    "pages/gold.jsonl": (0.95, 0.95, 0.99),
}  # F1, precision, is_listing


def gold_file(folder: Path, *rows: dict[str, object]) -> Path:
    path = folder / "gold.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def test_disputed_facts_are_neither_right_nor_wrong(tmp_path: Path) -> None:
    table = evaluate(gold_file(tmp_path, ROW)).score.table()
    assert table["conditions"]["tp"] == 1 and table["conditions"]["fn"] == 0
    assert table["is_listing"]["f1"] == 1.0 and table["all_facts"]["precision"] == 1.0


def test_labels_never_reach_the_extractor(tmp_path: Path) -> None:
    bare = {k: v for k, v in ROW.items() if k not in ("gold", "second")}
    assert LabelledPage(ROW, tmp_path).bare() == bare


def test_history_shows_a_regression(tmp_path: Path) -> None:
    history = tmp_path / "history.jsonl"
    gold, now = gold_file(tmp_path, ROW), datetime(2026, 1, 1, tzinfo=UTC)
    assert not evaluate(gold, history, now).has_regressed
    worse = {
        **ROW,
        "gold": {**GOLD, "conditions": ["anxiety", "ptsd"]},
        "second": {**GOLD, "conditions": ["anxiety", "ptsd"]},
    }
    history.write_text(history.read_text() + "not json\n")
    second = evaluate(gold_file(tmp_path, worse), history, now)
    assert second.has_regressed and len(read_history(history, "gold.jsonl")) == 2
    console = Console(width=120, record=True, file=StringIO())
    console.print(render(second, "conditions"))
    shown = console.export_text()
    assert "worse than before" in shown and "ptsd" in shown


def shared_scorer(shared: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("shared_scorer", shared / "tools" / "score_extraction.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("name", list(FLOOR))
def test_measured_scores_do_not_fall(shared: Path, name: str) -> None:
    path = shared / "data" / name
    pages = read_gold(path)
    labelled, predicted = [page.row for page in pages], predict(pages)
    ours, theirs = score(labelled, predicted), shared_scorer(shared).score(labelled, predicted)
    counts = {name: tuple(c[k] for k in ("tp", "fp", "fn")) for name, c in ours.counts.items()}
    assert {k: v for k, v in counts.items() if any(v)} == {
        k: tuple(v) for k, v in theirs["counts"].items() if any(v)
    }
    table = ours.table()
    f1, precision, listing = FLOOR[name]
    assert table["all_facts"]["f1"] >= f1
    assert table["all_facts"]["precision"] >= precision
    assert table["is_listing"]["f1"] >= listing


def test_inspect_shows_quotes_and_what_was_not_believed() -> None:
    console = Console(width=160, record=True, file=StringIO())
    console.print(render_reading(extract(read_text(TEXT, str(ROW["url"])))))
    shown = console.export_text()
    assert "a listing" in shown and "Mo Fr 18:00–21:00" in shown
    assert "Seen and not believed" in shown and "negated" in shown and "ocd" in shown

"""The measure: folds by provider, intervals, reliability, and what nobody is shown."""

from __future__ import annotations

from collections import Counter
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from pipeline.extract.confidence import confidence_features, with_confidence
from pipeline.extract.evaluation.calibration import Verdict, calibrate, judged_facts
from pipeline.extract.evaluation.evaluate import evaluate
from pipeline.extract.evaluation.fitting import Example, fit, held_out, providers_of
from pipeline.extract.evaluation.folds import ASIDE, FOLDS, fold_of, provider_of
from pipeline.extract.evaluation.intervals import intervals
from pipeline.extract.evaluation.render import render
from pipeline.extract.learned.linear import BIAS, LinearModel
from pipeline.extract.learned.models import NAMES, shipped
from pipeline.records import Assertion, Observation

OURS = {"is_listing": True, "levels_of_care": ["iop"], "conditions": ["anxiety"]}
NONE = {"is_listing": False}


def said(field: str, value: str, confidence: float) -> dict[str, object]:
    return {"field": field, "value": value, "assertion": "affirmed", "confidence": confidence}


def answer(*evidence: dict[str, object], **facts: object) -> dict[str, object]:
    return {"is_listing": True, **facts, "evidence": list(evidence)}


def test_a_provider_is_in_one_fold_whatever_its_page() -> None:
    assert provider_of({"id": "elm-grove__iop"}) == provider_of({"id": "elm-grove__contact"}) == "elm-grove"
    pages = ({"id": "n1", "url": f"https://{host}elm.example/{n}"} for n, host in enumerate(("", "www.")))
    assert {provider_of(page) for page in pages} == {"elm.example"}
    assert provider_of({"id": "x", "site": "elm", "url": "https://other.example"}) == "elm"
    assert {fold_of(f"provider {n}") for n in range(100)} == set(range(FOLDS))
    assert fold_of("elm-grove") == 3  # the same on every machine


def test_an_interval_holds_what_other_providers_would_give() -> None:
    alike = {f"p{n}": Counter(tp=9, fp=1, fn=1) for n in range(20)}
    found = intervals(alike)
    assert found["precision"].low == found["precision"].high == pytest.approx(0.9)
    mixed = intervals({**alike, "bad": Counter(tp=0, fp=50, fn=10)})
    assert mixed["precision"].low < 0.8 < 0.9 == pytest.approx(mixed["precision"].high)
    assert intervals({}) == {}


def test_every_fact_of_a_page_that_is_no_providers_is_wrong() -> None:
    page = answer(said("condition", "anxiety", 0.9), conditions=["anxiety"])
    assert list(judged_facts({"gold": NONE}, page)) == [("conditions", 0.9, Verdict.WRONG)]
    assert not list(judged_facts({"gold": NONE, "second": OURS}, page))  # nobody can say


def test_the_threshold_leaves_out_what_is_too_often_wrong() -> None:
    right = said("condition", "anxiety", 0.9)
    wrong = said("condition", "ptsd", 0.5)
    page = answer(right, wrong, conditions=["anxiety", "ptsd"])
    found = calibrate([{"id": "a", "gold": OURS}], {"a": page})
    assert found.threshold == 0.9 and found.left == 1.0
    assert [(r.name, r.right, r.wrong) for r in found.bands] == [("0.00–0.60", 0, 1), ("0.90–0.95", 1, 0)]
    (field,) = found.fields
    assert (field.name, field.precision, field.mean) == ("conditions", 0.5, pytest.approx(0.7))


def test_misses_on_pages_kept_aside_are_counted_and_not_shown(tmp_path: Path) -> None:
    hosts = [f"clinic{n}.example" for n in range(40)]
    aside = next(h for h in hosts if fold_of(h) == ASIDE)
    seen = next(h for h in hosts if fold_of(h) != ASIDE)
    rows = (
        f'{{"id": "{host}", "url": "https://{host}/iop", "text": "Our IOP treats adults.", '
        f'"gold": {{"is_listing": true, "levels_of_care": ["iop"], "conditions": ["ocd"]}}}}\n'
        for host in (aside, seen)
    )
    gold = tmp_path / "gold.jsonl"
    gold.write_text("".join(rows), encoding="utf-8")
    console = Console(width=120, record=True, file=StringIO())
    console.print(render(evaluate(gold), "conditions"))
    shown = " ".join(console.export_text().split())
    assert seen in shown and aside not in shown and "and 1 on pages" in shown


def test_a_feature_of_two_providers_alone_weighs_nothing() -> None:
    rare = [Example(frozenset({"rare"}), True, f"p{n}") for n in range(2)]
    often = [Example(frozenset({"often"}), True, f"q{n}") for n in range(5)]
    other = [Example(frozenset(), False, f"r{n}") for n in range(5)]
    model = fit([*rare, *often, *other])
    assert "rare" not in model.weights and model.weights["often"] > 0
    assert providers_of(often) == {"often": 5}
    assert len(held_out([*rare, *often, *other] * 3)) == 36


def test_confidence_is_the_models_for_fields_that_labels_judge_and_times_that_of_the_page() -> None:
    known = Observation("condition", "ocd", "OCD", 0, 3, Assertion.AFFIRMED, confidence=0.9)
    other = Observation("language", "es", "Spanish", 4, 11, Assertion.AFFIRMED, confidence=0.8)
    model = LinearModel({BIAS: 0.0, "condition|any": 2.0, "times:1": -1.0})
    assert "condition|raw:0.9" in confidence_features(known, 1)
    first, second = with_confidence([known, other], model, 0.5)
    assert first.confidence == pytest.approx(0.7311 * 0.5, abs=0.001)
    assert second.confidence == pytest.approx(0.4)


def test_every_model_is_shipped() -> None:
    models = shipped()
    for name in NAMES:
        assert len(getattr(models, name).weights) > 50

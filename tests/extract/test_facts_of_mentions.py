"""Which mentions are facts: the features, the fitted table, and the invented sentences that it was fitted on."""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.extract.evaluation.fact_examples import SENTENCES
from pipeline.extract.facts.fact_features import PageFacts, fact_features
from pipeline.extract.facts.terms import FACT_FIELDS, find_terms, judged_terms
from pipeline.extract.learned.linear import BIAS, LinearModel, read_model
from pipeline.extract.learned.models import shipped
from pipeline.extract.parsing.plain import read_text
from pipeline.extract.parsing.text import fold
from pipeline.extract.words.context import PageContext
from pipeline.extract.words.page_levels import read_levels
from pipeline.extract.words.vocabulary import find_mentions
from pipeline.records import Assertion, Demotion, Observation
from pipeline.vocabulary.tables import cells


def terms(text: str, fact: LinearModel) -> list[Observation]:
    context = PageContext.of(read_text(text), replace(shipped(), fact=fact))
    return list(find_terms(context, read_levels(context)))


def test_what_the_model_doubts_is_no_fact() -> None:
    (one,) = terms("Our IOP treats bulimia.", LinearModel({BIAS: -3.0}))
    assert one.assertion is Assertion.GENERIC and one.demoted == (Demotion.UNLIKELY,)


def test_what_the_model_is_sure_of_is_one_unless_it_is_denied_or_asked() -> None:
    sure = LinearModel({BIAS: 3.0})
    (one,) = terms("Signs to look for\n- Bulimia", sure)
    assert one.assertion is Assertion.AFFIRMED and one.confidence == pytest.approx(0.953, abs=0.001)
    for text in ("We do not treat bulimia.", "Do you treat bulimia?"):
        (one,) = terms(text, sure)
        assert one.assertion is not Assertion.AFFIRMED


def test_features_tell_verb_heading_and_voice() -> None:
    context = PageContext.of(read_text("Conditions we treat\n- Bulimia\n\nMany people with OCD feel tired."))
    levels = read_levels(context)
    observed = list(judged_terms(context, levels))
    page = PageFacts.of(context, observed)
    listed, told = (fact_features(context, levels, page, o) for o in observed)
    assert {"condition|under:we", "condition|under:treat", "condition|block:item"} <= listed
    assert {"condition|opens:hedge", "condition|word:with", "condition|after:symptom"} <= told


def test_a_table_with_a_bad_row_names_it(tmp_path: Path) -> None:
    path = tmp_path / "model.csv"
    path.write_text("feature,weight\n(bias),1\nx,heavy\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"model\.csv, line 3"):
        read_model(path)


def test_invented_sentences_hold_the_words_that_they_judge() -> None:
    with SENTENCES.open(encoding="utf-8", newline="") as rows:
        for row in csv.DictReader(rows):
            text = row["text"].replace("\\n", "\n")
            named = {f"{m.field}:{m.code}" for m in find_mentions(text, fold(text))}
            judged = cells(row["facts"]) + cells(row["no_facts"])
            assert judged and set(judged) <= named, row["text"]
            assert {key.partition(":")[0] for key in judged} <= set(FACT_FIELDS)

"""Assertion, table by table: how the words around a mention stand to it (`assertion_cases.csv`, own sentences)."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from pipeline.extract.parsing.parse import read_page
from pipeline.extract.parsing.plain import read_text
from pipeline.extract.reading import extract
from pipeline.records import Assertion

CASES = [
    tuple(row.values())
    for row in csv.DictReader(
        Path(__file__).with_name("assertion_cases.csv").open(encoding="utf-8"), delimiter="|"
    )
]
PAGE = "Intensive Outpatient Program (IOP)\nOur program meets at our center, and we offer care close to home.\n{}\n"


def said(sentence: str, field: str, value: str) -> set[str]:
    """The assertions of what is read in `sentence` on the page of a provider."""
    page = read_text(PAGE.format(sentence), "https://harbor-recovery.example/programs/iop/")
    start = page.text.index(sentence)
    found = [o for o in extract(page).observations if o.field == field and o.written == value]
    return {o.assertion.value for o in found if start <= o.start < start + len(sentence)}


def test_there_are_enough_cases() -> None:
    assert len(CASES) >= 100


@pytest.mark.parametrize(("sentence", "field", "value", "assertion"), CASES)
def test_assertion(sentence: str, field: str, value: str, assertion: str) -> None:
    found = said(sentence, field, value)
    if assertion == "none":
        assert Assertion.AFFIRMED.value not in found
        return
    assert found == {assertion}


HEADED = (
    (
        "Who is not appropriate for our IOP",
        "People with active psychosis",
        "exclusion",
        "active_psychosis",
        "affirmed",
    ),
    ("Exclusion criteria", "Acute medical problems", "exclusion", "acute_medical", "affirmed"),
    ("We do not treat", "Eating disorders", "condition", "eating", "negated"),
    ("What we treat", "Eating disorders", "condition", "eating", "affirmed"),
    ("Signs and symptoms of depression", "Anxiety", "condition", "anxiety", "generic"),
    ("Meet our team", "Trauma and PTSD", "condition", "ptsd", "generic"),
    ("What our clients say in reviews", "Depression", "condition", "depression", "generic"),
    ("Explore other programs", "Dual diagnosis", "condition", "co_occurring", "generic"),
    ("Who we serve", "Veterans", "population", "veterans", "affirmed"),
    ("Therapies offered", "EMDR", "modality", "emdr", "affirmed"),
)


@pytest.mark.parametrize(("heading", "item", "field", "value", "assertion"), HEADED)
def test_lists_are_governed_by_their_heading(
    heading: str, item: str, field: str, value: str, assertion: str
) -> None:
    markup = f"<main><h1>Intensive Outpatient Program</h1><p>Our program helps.</p><h2>{heading}</h2><ul><li>{item}</li></ul></main>"
    reading = extract(read_page(markup, "https://harbor-recovery.example/programs/iop/"))
    found = {o.assertion.value for o in reading.observations if o.field == field and o.written == value}
    assert found == {assertion}

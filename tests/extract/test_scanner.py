"""The scanner finds what each pattern alone would, wherever its matches may begin."""

from __future__ import annotations

import re

import pytest

from pipeline.extract.learned.linear import LinearModel
from pipeline.extract.words.scanner import Scanner, beginnings
from pipeline.records import Assertion, Observation


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        (r"\bcall us", {"call us"}),
        (r"\bin[ -]person", {"in person", "in-person"}),
        (r"\bon-? ?site", {"on-site", "on- site", "on site", "onsite"}),
        (
            r"\b(?:(?:far )?from your|our(?: own)? clinic)",
            {"far from your", "from your", "our clinic", "our own clinic"},
        ),
        (r"\b(?:un)?clear", {"unclear", "clear"}),
    ],
)
def test_beginnings(pattern: str, expected: set[str]) -> None:
    assert set(beginnings(pattern) or ()) == expected


@pytest.mark.parametrize("pattern", [r"\b[a-z]ing", r"\b\d{1,2} weeks", r"call us", r"\b(?:a|\w+ly)"])
def test_patterns_that_may_begin_with_anything(pattern: str) -> None:
    assert beginnings(pattern) is None


def test_the_scanner_finds_what_the_patterns_find() -> None:
    patterns = [
        re.compile(p)
        for p in (
            r"\bin[ -]person",
            r"\b(?:(?:far )?from home)",
            r"\bon-? ?site\b",
            r"\d+ weeks",
            r"\bre?sts?\b",
        )
    ]
    text = "in-person or in person; onsite, on site, far from home, from home, within person, 12 weeks, rest and rsts"
    found = Scanner(patterns).find(text)
    for index, pattern in enumerate(patterns):
        expected = [match.span() for match in pattern.finditer(text)]
        assert [match.span() for match in found.get(index, [])] == expected


def test_a_copy_of_an_observation() -> None:
    one = Observation("condition", "ocd", "OCD", 3, 6, confidence=0.8, qualifier="x")
    other = one.but(confidence=0.5, assertion=Assertion.GENERIC)
    assert other == Observation(
        "condition", "ocd", "OCD", 3, 6, Assertion.GENERIC, confidence=0.5, qualifier="x"
    )
    assert one.confidence == 0.8
    with pytest.raises((ValueError, TypeError)):
        one.but(colour="red")


def test_the_part_of_a_model_is_the_model_of_one_field() -> None:
    model = LinearModel({"(bias)": -1.0, "condition|any": 0.5, "condition|first": 2.0, "modality|any": 9.0})
    named = {"any", "first", "unknown"}
    assert model.of("condition").log_odds(named) == model.log_odds({f"condition|{name}" for name in named})
    assert model.of("condition") is model.of("condition")

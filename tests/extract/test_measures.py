"""Quantities that a program is measured in: tables of phrases with what they mean, and properties that hold of any text."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.extract.schedule.daytime import times_of_day
from pipeline.extract.schedule.grammar import PART_OF_WEEK, table
from pipeline.extract.schedule.measures import Measure, find_measures

FOLDER = Path(__file__).parent
DOSE = {"d": "days_per_week", "h": "hours_per_day", "w": "hours_per_week"}
KINDS = ("component", "converted", "excluded", "other")
WORDS = (
    "three 3 - 3½ ½ nine (9) hours hour hrs days sessions times x week per a each / daily weekly at least up to or more of group "
    "therapy individual , . ; and 24 7 9+ 1/2 minutes between maximum ages 13 17 18+ older under over years old teens ( ) "
    "90 weeks months program the last horas días semana a la mayores de"
).split(" ")

Printed = tuple[float | None, float | None]


def cases(name: str) -> list[tuple[str, list[str]]]:
    with (FOLDER / f"{name}_cases.tsv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    wanted = [row["expected"].split("; ") if row["expected"] not in ("", "none") else [] for row in rows]
    return [(row["text"].replace("\\n", "\n"), want) for row, want in zip(rows, wanted, strict=True)]


def read_range(text: str) -> Printed:
    low, _, high = text.partition("-")
    return float(low) if low else None, float(high) if high else None


def number(value: float | None) -> str:
    return "" if value is None else f"{value:g}"


def said(measure: Measure) -> str:
    """A measure in the words of the tables: "component w 1-1", "6-8 week", "excluded -17"."""
    kind = measure.kind if measure.kind in KINDS else ""
    short = next((letter for letter, field in DOSE.items() if field == measure.field), "")
    low, high = measure.value
    return " ".join(word for word in (kind, short, f"{number(low)}-{number(high)}", measure.unit) if word)


def of(fields: Iterable[str], text: str) -> list[str]:
    return [said(measure) for measure in find_measures(text) if measure.field in set(fields)]


@pytest.mark.parametrize(("text", "expected"), cases("dose"))
def test_dose(text: str, expected: list[str]) -> None:
    assert of(DOSE.values(), text) == expected


@pytest.mark.parametrize(("text", "expected"), cases("duration"))
def test_duration(text: str, expected: list[str]) -> None:
    assert of(["duration_weeks"], text) == expected


@pytest.mark.parametrize(("text", "expected"), cases("ages"))
def test_ages(text: str, expected: list[str]) -> None:
    assert of(["ages"], text) == expected


@pytest.mark.parametrize("row", table("patterns.csv"), ids=lambda row: row["example"])
def test_the_example_of_a_pattern_is_read_to_its_value(row: dict[str, str]) -> None:
    if row["field"] == PART_OF_WEEK:
        assert row["reads"] in times_of_day(row["example"])
        return
    found = [(m.field, tuple(m.value)) for m in find_measures(row["example"])]
    assert (row["field"], read_range(row["reads"])) in found


@pytest.mark.parametrize("row", table("cues.csv"), ids=lambda row: row["example"])
def test_the_example_of_a_cue_is_read_to_its_kind(row: dict[str, str]) -> None:
    if row["of"] == PART_OF_WEEK:
        assert bool(times_of_day(row["example"])) is (row["whose"] == "program")
        return
    found = [m.kind for m in find_measures(row["example"]) if (m.unit or m.field) in row["of"].split()]
    assert row["whose"] in found


@pytest.mark.parametrize("name", ["dose", "duration", "ages"])
def test_tables_are_large_enough(name: str) -> None:
    found = [text for text, _ in cases(name)]
    assert len(set(found)) == len(found) >= 40


@pytest.mark.parametrize(
    ("text", "quote"),
    [
        (
            "In our program you get at least nine (9) hours of group therapy per week, for two months.",
            "at least nine (9) hours of group therapy per week",
        ),
        ("IOP is provided over a 2-4 week period.", "2-4 week"),
        ("We treat teens between the ages of 13 and 17 here.", "ages of 13 and 17"),
        ("Open to adults 18 years and older.", "18 years and older"),
        ("No one under the age of 12, please.", "under the age of 12"),
        ("Our program takes 90 days.", "90 days"),
    ],
)
def test_quote(text: str, quote: str) -> None:
    measure = find_measures(text)[0]
    assert text[measure.start : measure.end] == quote


@settings(deadline=None)  # the first reading compiles the tables
@given(st.one_of(st.text(max_size=200), st.lists(st.sampled_from(WORDS), max_size=50).map(" ".join)))
def test_any_text_is_read_without_failing(text: str) -> None:
    for measure in find_measures(text):
        low, high = measure.value
        assert 0 <= measure.start < measure.end <= len(text)
        assert (low, high) != (None, None)
        assert low is None or high is None or low <= high


@pytest.mark.parametrize(
    "piece", ["3 days ", "3-", "three (3) ", "3 3-hour ", "at least 3 hours of ", "ages ", "teens 13 "]
)
def test_long_repetition_is_read_in_linear_time(piece: str) -> None:
    find_measures(piece * 20_000)  # finishes: a quadratic reading would run into the suite's timeout

"""Dose: a table of phrases with what they mean, and properties that hold of any text."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.extract.schedule.dose import find_dose
from pipeline.extract.schedule.quantities import span

TABLE = Path(__file__).with_name("dose_cases.tsv")
FIELDS = {"d": "days_per_week", "h": "hours_per_day", "w": "hours_per_week"}
KINDS = ("component", "other")
WORDS = (
    "three 3 - 3½ nine (9) hours hour hrs days sessions times x week per a each / daily weekly at least up to or more of group "
    "therapy individual , . ; and 24 7 9+ 1/2 minutes between maximum"
).split(" ")

Said = tuple[str, str, tuple[float | None, float | None]]


def cases() -> list[tuple[str, str]]:
    with TABLE.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        return [(row["text"].replace("\\n", "\n"), row["expected"]) for row in rows]


def read_range(text: str) -> tuple[float | None, float | None]:
    low, _, high = text.partition("-")
    return float(low) if low else None, float(high) if high else None


def read_dose(text: str) -> Said:
    words = text.split()
    kind = words.pop(0) if words[0] in KINDS else "program"
    return kind, FIELDS[words[0]], read_range(words[1])


@pytest.mark.parametrize(("text", "expected"), cases())
def test_table(text: str, expected: str) -> None:
    found = [(mention.kind, mention.field, mention.value) for mention in find_dose(text)]
    assert found == [read_dose(part) for part in expected.split("; ") if part]


def test_table_is_large_enough() -> None:
    assert len({text for text, _ in cases()}) == len(cases()) >= 60


def test_quote_holds_quantity_unit_and_period() -> None:
    text = "In our program you get at least nine (9) hours of group therapy per week, for two months."
    (mention,) = find_dose(text)
    assert text[mention.start : mention.end] == "at least nine (9) hours of group therapy per week"


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([(2.0, 4.0), (4.0, 6.0)], (2.0, 6.0)),
        ([(6.0, None), (6.0, 12.0)], (6.0, 12.0)),
        ([(3.0, None), (5.0, 5.0)], (3.0, 5.0)),
        ([(6.0, None), (None, 12.0)], (6.0, 12.0)),
        ([(13.0, 18.0), (19.0, None)], (13.0, None)),
        ([(6.0, None), (9.0, None)], (6.0, None)),
        ([(None, 6.0)], (None, 6.0)),
        ([(None, None)], None),
        ([], None),
    ],
)
def test_span(
    values: list[tuple[float | None, float | None]], expected: tuple[float | None, float | None] | None
) -> None:
    assert span(values) == expected


@given(st.one_of(st.text(max_size=200), st.lists(st.sampled_from(WORDS), max_size=50).map(" ".join)))
def test_any_text_is_read_without_failing(text: str) -> None:
    for mention in find_dose(text):
        low, high = mention.value
        assert 0 <= mention.start < mention.end <= len(text)
        assert (low, high) != (None, None)
        assert low is None or high is None or low <= high


@pytest.mark.parametrize("piece", ["3 days ", "3-", "three (3) ", "3 3-hour ", "at least 3 hours of "])
def test_long_repetition_is_read_in_linear_time(piece: str) -> None:
    find_dose(piece * 20_000)  # finishes: a quadratic reading would run into the suite's timeout

"""Ages: a table of phrases with what they mean, and properties that hold of any text."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.extract.schedule.ages import find_ages

TABLE = Path(__file__).with_name("ages_cases.tsv")
KINDS = ("excluded", "other")


def cases() -> list[tuple[str, str]]:
    with TABLE.open(encoding="utf-8", newline="") as file:
        return [
            (row["text"], row["expected"])
            for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        ]


def read_ages(text: str) -> tuple[str, tuple[float | None, float | None]]:
    words = text.split()
    kind = words.pop(0) if words[0] in KINDS else "accepted"
    low, _, high = words[0].partition("-")
    return kind, (float(low) if low else None, float(high) if high else None)


@pytest.mark.parametrize(("text", "expected"), cases())
def test_table(text: str, expected: str) -> None:
    found = [(mention.kind, mention.years) for mention in find_ages(text)]
    assert found == ([] if expected == "none" else [read_ages(part) for part in expected.split("; ")])


def test_table_is_large_enough() -> None:
    assert len({text for text, _ in cases()}) == len(cases()) >= 40


@pytest.mark.parametrize(
    ("text", "quote"),
    [
        ("We treat teens between the ages of 13 and 17 here.", "ages of 13 and 17"),
        ("Open to adults 18 years and older.", "18 years and older"),
        ("No one under the age of 12, please.", "under the age of 12"),
    ],
)
def test_quote(text: str, quote: str) -> None:
    (mention,) = find_ages(text)
    assert text[mention.start : mention.end] == quote


@given(
    st.one_of(
        st.text(max_size=200),
        st.lists(
            st.sampled_from("ages 13 - 17 18+ and older under over years old teens ( ) of to".split()),
            max_size=40,
        ).map(" ".join),
    )
)
def test_any_text_is_read_without_failing(text: str) -> None:
    for mention in find_ages(text):
        low, high = mention.years
        assert 0 <= mention.start < mention.end <= len(text)
        assert (low, high) != (None, None)
        assert low is None or high is None or low <= high

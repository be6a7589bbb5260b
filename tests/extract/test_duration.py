"""Durations: a table of phrases with what they mean, and properties that hold of any text."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.extract.schedule.duration import find_durations

TABLE = Path(__file__).with_name("duration_cases.tsv")
KINDS = ("component", "other")


def cases() -> list[tuple[str, str]]:
    with TABLE.open(encoding="utf-8", newline="") as file:
        return [
            (row["text"], row["expected"])
            for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        ]


def read_duration(text: str) -> tuple[str, tuple[float | None, float | None], str]:
    words = text.split()
    kind = words.pop(0) if words[0] in KINDS else "program"
    low, _, high = words[0].partition("-")
    return kind, (float(low) if low else None, float(high) if high else None), words[1]


@pytest.mark.parametrize(("text", "expected"), cases())
def test_table(text: str, expected: str) -> None:
    found = [(mention.kind, mention.weeks, mention.unit) for mention in find_durations(text)]
    assert found == ([] if expected == "none" else [read_duration(expected)])


def test_table_is_large_enough() -> None:
    assert len({text for text, _ in cases()}) == len(cases()) >= 40


def test_both_lengths_of_a_page_are_found_in_order() -> None:
    text = "IOP is provided over a 2-4 week period. The average length of stay is 4-6 weeks."
    first, second = find_durations(text)
    assert (first.weeks, second.weeks) == ((2.0, 4.0), (4.0, 6.0))
    assert (text[first.start : first.end], text[second.start : second.end]) == ("2-4 week", "4-6 weeks")


@given(
    st.one_of(
        st.text(max_size=200),
        st.lists(
            st.sampled_from("up to 3 - 90 weeks days months program the last of a per".split()), max_size=40
        ).map(" ".join),
    )
)
def test_any_text_is_read_without_failing(text: str) -> None:
    for mention in find_durations(text):
        low, high = mention.weeks
        assert 0 <= mention.start < mention.end <= len(text)
        assert (low, high) != (None, None)
        assert low is None or high is None or 0 < low <= high

"""Evening, weekend and morning: by words, and by the times of sessions."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.extract.schedule.daytime import times_of_day
from pipeline.extract.schedule.sessions import find_sessions

TABLE = Path(__file__).with_name("daytime_cases.tsv")


def cases() -> list[tuple[str, str]]:
    with TABLE.open(encoding="utf-8", newline="") as file:
        return [
            (row["text"], row["expected"])
            for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        ]


@pytest.mark.parametrize(("text", "expected"), cases())
def test_table(text: str, expected: str) -> None:
    assert set(times_of_day(text)) == (set() if expected == "none" else set(expected.split("; ")))


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("Groups meet Monday–Thursday 4–7 PM", {"evening"}),
        ("Groups meet Monday–Thursday 3:30–6:30 PM", set()),
        ("Groups meet Monday–Thursday 9 AM–12 PM", {"morning"}),
        ("Groups meet Saturdays 1–4 PM", {"weekend"}),
        ("Our office is open Saturdays 9 AM–12 PM", set()),
    ],
)
def test_sessions_show_the_part_of_the_day(text: str, parts: set[str]) -> None:
    found = times_of_day("", find_sessions(text))
    assert set(found) == parts
    assert all(statement.from_session for part in parts for statement in found[part])  # type: ignore[index]


@given(st.text(max_size=200))
def test_any_text_is_read_without_failing(text: str) -> None:
    for statements in times_of_day(text, find_sessions(text)).values():
        assert all(0 <= statement.start < statement.end <= len(text) for statement in statements)

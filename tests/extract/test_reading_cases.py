"""The shared cases of reading, which nothing was fitted on: short texts by mechanism, with the right value."""

from __future__ import annotations

from pathlib import Path

from reading_cases import cases, wrong_fields

FEWEST = 128  # of 150; docs/extraction.md says which are read otherwise, and why


def test_most_of_the_shared_cases_are_read_right(shared: Path) -> None:
    found = cases(shared)
    wrong = [case["id"] for case in found if list(wrong_fields(case))]
    assert len(found) - len(wrong) >= FEWEST, wrong

"""The report for analysts: counts once, and says of how many services a fact is stated at all."""

from __future__ import annotations

from pathlib import Path

import pytest
from warehouse_world import ask

from warehouse.coverage.report import report


def rows(text: str, title: str) -> list[dict[str, str]]:
    """A table of the report."""
    section = text.split(f"## {title}\n")[1].split("\n## ")[0]
    lines = [
        [c.strip() for c in x.strip("|").split(" | ")] for x in section.splitlines() if x.startswith("|")
    ]
    return [dict(zip(lines[0], line, strict=True)) for line in lines[2:]]


@pytest.fixture(scope="module")
def everything(release: Path) -> str:
    return report(release)


def test_counts_are_of_the_release(release: Path, everything: str) -> None:
    wanted = ask(release, "SELECT count(*) FROM service WHERE level_of_care = 'iop'")[0][0]
    levels = {row["level of care"]: int(row["services"]) for row in rows(everything, "By level of care")}
    assert levels == {"Intensive outpatient program": wanted, "Outpatient": 6}
    totals = {row["state"]: row["services"] for row in rows(everything, "What is counted")}
    assert totals == {"MA": "12", "NH": "2", "virtual, or no place stated": "1"}


def test_not_stated_is_no_no(everything: str) -> None:
    facts = {row["fact"]: row for row in rows(everything, "What intensive outpatient programs state")}
    attended = {
        row["state"]: row for row in rows(everything, "How intensive outpatient programs are attended")
    }
    evening = facts["evening sessions"]
    assert (evening["iop services"], evening["state it"], evening["say yes"], evening["say no"]) == (
        "9",
        "7",
        "7",
        "0",
    )
    assert facts["payers"]["of its place alone"] == "0"
    assert attended["MA"]["not stated"] == "2"
    assert attended["MA"]["virtual share of stated"] == "100 %"


def test_one_state_and_the_virtual_services_that_serve_it(release: Path) -> None:
    text = report(release, "NH")
    assert text.startswith("# What is known of treatment in NH\n")
    totals = {row["state"]: row["services"] for row in rows(text, "What is counted")}
    assert totals == {"NH": "2", "virtual, or no place stated": "1"}
    assert [row["county"] for row in rows(text, "By county")] == ["Hillsborough"]


def test_a_state_that_nothing_is_known_of(release: Path) -> None:
    assert "None known." in report(release, "WY")


def test_names_cannot_break_a_table(everything: str) -> None:
    for line in everything.splitlines():
        assert not line.startswith("|") or line.endswith("|")

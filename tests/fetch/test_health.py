"""Source health is what visits and facts say; blocked is not dead, and silence needs attention."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from pipeline.archive.visits import VisitRow
from pipeline.fetch.outcome.health import State, health

DAY = datetime(2026, 3, 1, tzinfo=UTC)


def visits(*each: dict[str, int], every: int = 7, size: int = 1000) -> list[VisitRow]:
    moments = [DAY + timedelta(days=every * n) for n in range(len(each))]
    sizes = [size * (o.get("ok", 0) + o.get("unchanged", 0)) for o in each]
    return [VisitRow("s", m, m, dict(o), b) for m, o, b in zip(moments, each, sizes, strict=True)]


GOOD = {"ok": 20, "unchanged": 5}


@pytest.mark.parametrize(
    ("history", "state"),
    [
        ([], State.UNREAD),
        ([GOOD], State.HEALTHY),
        ([GOOD, {"unchanged": 25}], State.HEALTHY),
        ([GOOD, {"unchanged": 24, "gone": 1}], State.HEALTHY),
        ([GOOD, {"unchanged": 22, "robots_denied": 10}], State.HEALTHY),
        ([GOOD, {"unchanged": 15, "timeout": 10}], State.DEGRADED),
        ([GOOD, {"timeout": 3}], State.DEGRADED),
        ([GOOD, {"timeout": 3}, {"timeout": 3}, {"timeout": 3}], State.NEEDS_ATTENTION),
        ([GOOD, {"blocked": 3}], State.BLOCKED),
        ([GOOD, *[{"blocked": 3}] * 20], State.BLOCKED),
        ([{"robots_denied": 3}], State.BLOCKED),
        ([GOOD, {"moved": 2}], State.NEEDS_ATTENTION),
        ([GOOD, {"tls": 1}], State.NEEDS_ATTENTION),
        ([GOOD, {"gone": 1}], State.DEGRADED),
        ([GOOD, {"dns": 1}, {"gone": 1}], State.DEGRADED),
        ([GOOD, {"dns": 1}, {"gone": 1}, {"gone": 1}], State.DEAD),
        ([GOOD, {"dns": 1}, {"blocked": 1}, {"gone": 1}], State.NEEDS_ATTENTION),
        ([GOOD, {"gone": 1}, {"gone": 1}, {"gone": 1}, GOOD], State.HEALTHY),
        ([GOOD, {"ok": 8, "unchanged": 1}], State.NEEDS_ATTENTION),
        ([GOOD, {"ok": 3, "moved": 9}], State.NEEDS_ATTENTION),
        ([GOOD, {"ok": 24, "layout_changed": 1}], State.NEEDS_ATTENTION),
    ],
)
def test_states(history: list[dict[str, int]], state: State) -> None:
    found = health("s", visits(*history))
    assert found.state is state, found.reason
    assert found.reason


def test_three_absences_within_two_weeks_are_not_yet_death() -> None:
    absent = [GOOD, *[{"dns": 1}] * 3]
    assert health("s", visits(*absent, every=1)).state is State.NEEDS_ATTENTION
    assert health("s", visits(*absent, every=7)).state is State.DEAD


def test_the_row_says_when_it_was_last_good_and_how_far_it_fell() -> None:
    found = health("s", visits(GOOD, GOOD, {"ok": 10}, {"timeout": 3}, {"timeout": 2}))
    assert (found.visits, found.good_visits, found.consecutive_failures) == (5, 3, 2)
    assert (found.last_visit, found.last_good) == (DAY + timedelta(days=28), DAY + timedelta(days=14))
    assert (found.pages, found.pages_share, found.bytes_share) == (10, 0.4, 0.4)


def test_a_fall_of_bytes_and_lost_facts_need_attention() -> None:
    two = visits(GOOD, GOOD)
    thinner = [two[0], VisitRow("s", two[1].began_at, two[1].ended_at, GOOD, two[0].size // 10)]
    assert "bytes" in health("s", thinner).reason
    fewer = health("s", two, [{"phone": 9, "payer": 20}, {"phone": 9}])
    assert (fewer.state, fewer.facts, fewer.facts_share) == (State.HEALTHY, 9, 9 / 29), (
        "a person accepted that"
    )
    refused = health("s", two, [{"phone": 9, "payer": 20}], refused="9 facts where there were 29")
    assert (refused.state, refused.facts) == (State.NEEDS_ATTENTION, 29), "the facts of before still stand"
    assert "9 facts where there were 29" in refused.reason
    silent = health("s", two, [{"phone": 0}])
    assert (silent.state, silent.facts) == (State.NEEDS_ATTENTION, 0)


def test_refused_pages_are_told_before_the_fall_that_they_cause() -> None:
    found = health("s", visits(GOOD, GOOD, {"ok": 1, "blocked": 3}))
    assert (found.state, found.pages_share) == (State.BLOCKED, 0.04)
    assert "blocked" in found.reason
    assert "timeout" in health("s", visits(GOOD, GOOD, {"ok": 9, "timeout": 2})).reason


def test_a_source_that_nobody_reads_any_more_is_not_healthy() -> None:
    found = health("s", visits(GOOD), overdue=True)
    assert (found.state, "2026-03-01" in found.reason) == (State.DEGRADED, True)
    assert health("s", visits(GOOD, {"blocked": 2}), overdue=True).state is State.BLOCKED


def test_visits_without_an_attempt_are_no_death() -> None:
    assert health("s", visits(GOOD, {}, {}, {})).state is State.NEEDS_ATTENTION


def test_visits_of_other_sources_do_not_count() -> None:
    other = VisitRow("other", DAY, DAY, {"blocked": 9})
    assert health("s", [*visits(GOOD), other]).state is State.HEALTHY

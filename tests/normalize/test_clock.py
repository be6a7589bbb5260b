"""Clock times: am and pm worked out, days in order, recurrences written."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.normalize.clock import (
    DAYS,
    Clock,
    day_range,
    hhmm,
    in_order,
    minutes_of,
    resolve_range,
    resolve_time,
    weekday_words,
)

clocks = st.builds(
    Clock, st.integers(-1, 30), st.integers(-1, 70), st.sampled_from([None, "am", "pm"]), st.booleans()
)


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        (Clock(5, 30), Clock(9, 0, "pm"), ("17:30", "21:00")),
        (Clock(12, 30), Clock(2, 0, "pm"), ("12:30", "14:00")),
        (Clock(11, 30), Clock(2, 0, "pm"), ("11:30", "14:00")),
        (Clock(9), Clock(2, 0, "pm"), ("09:00", "14:00")),
        (Clock(9), Clock(12, 0, "pm"), ("09:00", "12:00")),
        (Clock(9, 0, "am"), Clock(1), ("09:00", "13:00")),
        (Clock(6, 0, "pm"), Clock(9), ("18:00", "21:00")),
        (Clock(9), Clock(1), ("09:00", "13:00")),
        (Clock(9), Clock(12), ("09:00", "12:00")),
        (Clock(6), Clock(9), ("18:00", "21:00")),
        (Clock(1), Clock(4), ("13:00", "16:00")),
        (Clock(12), Clock(3), ("12:00", "15:00")),
        (Clock(18), Clock(21), ("18:00", "21:00")),
        (Clock(9, padded=True), Clock(12), ("09:00", "12:00")),
        (Clock(6, 0, "pm"), Clock(12, 0, "am"), ("18:00", "00:00")),
        (Clock(9, 0, "am"), Clock(9, 0, "am"), None),
        (Clock(9, 0, "pm"), Clock(5, 0, "pm"), None),
        (Clock(25), Clock(9), None),
        (Clock(13, 0, "pm"), Clock(9), None),
        (Clock(9, 75), Clock(10), None),
    ],
)
def test_range(start: Clock, end: Clock, expected: tuple[str, str] | None) -> None:
    assert resolve_range(start, end) == expected


@pytest.mark.parametrize(
    ("start", "end", "part", "expected"),
    [
        (7, 10, "morning", ("07:00", "10:00")),
        (7, 10, "evening", ("19:00", "22:00")),
        (6, 9, "morning", ("06:00", "09:00")),
        (12, 3, "afternoon", ("12:00", "15:00")),
        (11, 2, "afternoon", ("11:00", "14:00")),
    ],
)
def test_a_word_beside_the_range_decides(start: int, end: int, part: str, expected: tuple[str, str]) -> None:
    assert resolve_range(Clock(start), Clock(end), part) == expected  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("clock", "expected"),
    [
        (Clock(9, 0, "am"), "09:00"),
        (Clock(12, 0, "am"), "00:00"),
        (Clock(12, 0, "pm"), "12:00"),
        (Clock(18, 30), "18:30"),
        (Clock(10), "10:00"),
        (Clock(3), "15:00"),
        (Clock(7), None),
        (Clock(7, 30, padded=True), "07:30"),
        (Clock(31), None),
    ],
)
def test_single_time(clock: Clock, expected: str | None) -> None:
    assert resolve_time(clock) == expected


@given(clocks, clocks, st.sampled_from([None, "morning", "afternoon", "evening"]))
def test_a_range_never_ends_before_it_begins(start: Clock, end: Clock, part: str | None) -> None:
    resolved = resolve_range(start, end, part)  # type: ignore[arg-type]
    if resolved is not None:
        begins, ends = map(minutes_of, resolved)
        assert begins < (ends or 24 * 60)


@given(st.integers(0, 24 * 60 - 1))
def test_minutes_round_trip(minutes: int) -> None:
    assert minutes_of(hhmm(minutes)) == minutes


@pytest.mark.parametrize("text", ["25:00", "9", "a:b", "-1:00"])
def test_minutes_of_refuses_what_is_no_clock_time(text: str) -> None:
    with pytest.raises(ValueError):
        minutes_of(text)


def test_days() -> None:
    assert in_order(["fr", "mo", "mo"]) == ("mo", "fr")
    assert day_range("mo", "th") == ("mo", "tu", "we", "th")
    assert day_range("fr", "mo") == ("mo", "fr", "sa", "su")
    with pytest.raises(ValueError):
        in_order(["xx"])


def test_weekday_words_mean_known_days() -> None:
    words = weekday_words()
    assert {"monday", "thurs", "weekdays", "miércoles"} <= set(words)
    assert {code for codes in words.values() for code in codes} == set(DAYS)

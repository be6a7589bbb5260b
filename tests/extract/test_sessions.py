"""Sessions: a table of sentences with what they mean, and properties that hold of any text."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.extract.schedule.daylists import days_named
from pipeline.extract.schedule.sessions import SessionMention, consolidate, find_sessions
from pipeline.normalize.clock import DAYS, day_range

TABLE = Path(__file__).with_name("sessions_cases.tsv")
WORDS = (
    "Monday Tuesday Wed. Thu through and - – / , 9 am 12 pm 6:30 9-12 noon M/W/F except group meets office IOP PHP ( ) . \n ; 24/7 "
    "617-555-0123 daily 7 days a week begins ends at from to until ages 13-17 weeks lunes a viernes"
).split(" ")


def cases() -> list[tuple[str, str]]:
    with TABLE.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        return [(row["text"].replace("\\n", "\n"), row["expected"]) for row in rows]


def read_days(text: str) -> tuple[str, ...] | None:
    if text == "-":
        return None
    first, dash, last = text.partition("-")
    return day_range(first, last) if dash else tuple(text.split(","))


def read_session(text: str) -> tuple[object, ...]:
    words = text.split()
    clock = words[1].split("-") if len(words) > 1 and words[1][0].isdigit() else [None, None]
    level = words[-1][1:] if words[-1].startswith("@") else None
    return (read_days(words[0]), clock[0], clock[1], level)


def said(mention: SessionMention) -> tuple[object, ...]:
    return (*mention.value, mention.governed_level)


@pytest.mark.parametrize(("text", "expected"), cases())
def test_table(text: str, expected: str) -> None:
    found = find_sessions(text)
    program = [mention for mention in found if mention.kind == "program"]
    if expected == "none":
        assert found == []
    elif expected == "no program":
        assert program == []
    else:
        wanted = [read_session(part) for part in re.split(r";\s*", expected)]
        got = [
            said(mention) if want[3] else (*mention.value, None)
            for mention, want in zip(program, wanted, strict=True)
        ]
        assert sorted(got, key=str) == sorted(wanted, key=str)


def test_table_is_large_enough() -> None:
    assert len(cases()) >= 200
    assert len({text for text, _ in cases()}) == len(cases())


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Office hours: Monday-Friday 9am-5pm", "office"),
        ("Call us Monday through Friday, 9 a.m. to 5 p.m.", "office"),
        ("Intake appointments are scheduled Mondays from 9 am to 2 pm", "intake"),
        ("Orientation is held Mondays from 10 to 11 am", "intake"),
        ("The alumni group meets Thursdays 6 pm to 7 pm", "other"),
        ("Groups meet Thursdays 6 pm to 7 pm", "program"),
    ],
)
def test_kind(text: str, kind: str) -> None:
    assert [mention.kind for mention in find_sessions(text)] == [kind]


def test_headings_decide_the_kind_that_the_run_leaves_open() -> None:
    text = "Monday - Friday 9:00 am - 12:00 pm"
    assert find_sessions(text, "Office Hours")[0].kind == "office"
    under_program, alone = find_sessions(text, "Our IOP > Schedule")[0], find_sessions(text)[0]
    assert under_program.kind == alone.kind == "program"
    assert under_program.confidence > alone.confidence


def test_quote_covers_days_and_clock() -> None:
    text = "Our adult track meets Mondays, Wednesdays and Fridays from 9:00 a.m. to noon at the clinic."
    (mention,) = find_sessions(text)
    assert text[mention.start : mention.end] == "Mondays, Wednesdays and Fridays from 9:00 a.m. to noon"


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("PHP and IOP meet Monday through Friday 9am-12pm", None),
        ("PHP/IOP: Monday through Friday 9am-12pm", None),
        ("You come from PHP. Groups meet Monday through Friday 9am-12pm", None),
        ("Unlike PHP, groups meet Monday through Friday 9am-12pm", None),
        ("Teen IOP\nMonday through Friday 9am-12pm", "iop"),
        ("Our PHP meets Monday through Friday 9am-3pm", "php"),
        ("Monday through Friday 9am-12pm for IOP", "iop"),
    ],
)
def test_level_is_that_of_the_phrase(text: str, level: str | None) -> None:
    (mention,) = find_sessions(text)
    assert mention.governed_level == level


def test_carried_parts_and_untold_kinds_are_less_sure() -> None:
    whole = find_sessions("Groups meet Monday through Thursday from 9 a.m. to noon.")[0]
    apart = find_sessions("Groups meet Monday through Thursday. They run from 9 a.m. to noon.")[0]
    untold = find_sessions("Monday through Thursday, 9 a.m. to noon")[0]
    assert whole.value == apart.value == untold.value
    assert whole.confidence > apart.confidence
    assert whole.confidence > untold.confidence


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("Mon–Thu", "mo-th"),
        ("Monday:", "mo"),
        ("W", "we"),
        ("Th", "th"),
        ("Tuesday / Thursday", "tu,th"),
        ("Weekdays", "mo-fr"),
        ("Monday 9am", None),
        ("Time", None),
        ("S", None),  # Saturday or Sunday
        ("", None),
    ],
)
def test_label_of_days(text: str, days: str | None) -> None:
    assert days_named(text) == (read_days(days) if days else None)


MORNING, EVENING = ("09:00", "12:00"), ("17:00", "20:00")
MON_THU = day_range("mo", "th")


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        # what a fuller session says again in part is dropped
        ([(MON_THU, None, None), (None, *MORNING), (MON_THU, *MORNING)], [(MON_THU, *MORNING)]),
        ([(MON_THU, *MORNING), (("tu",), None, None)], [(MON_THU, *MORNING)]),
        ([(MON_THU, "09:00", None), (MON_THU, *MORNING)], [(MON_THU, *MORNING)]),
        # one list of days joins every clock
        (
            [(MON_THU, None, None), (None, *MORNING), (None, *EVENING)],
            [(MON_THU, *MORNING), (MON_THU, *EVENING)],
        ),
        # two lists of days do not
        (
            [(MON_THU, None, None), (("sa",), None, None), (None, *MORNING)],
            [(None, *MORNING), (MON_THU, None, None), (("sa",), None, None)],
        ),
        # sessions that differ stay
        ([(("mo",), *MORNING), (("tu",), *EVENING)], [(("mo",), *MORNING), (("tu",), *EVENING)]),
        # an agenda becomes the day that it fills
        (
            [
                (MON_THU, None, None),
                (None, "09:00", "10:00"),
                (None, "10:15", "11:15"),
                (None, "11:15", "12:30"),
            ],
            [(MON_THU, "09:00", "12:30")],
        ),
        ([], []),
    ],
)
def test_consolidate(values: list[tuple[object, ...]], expected: list[tuple[object, ...]]) -> None:
    assert consolidate(values) == expected  # type: ignore[arg-type]


def check(text: str) -> None:
    for mention in find_sessions(text):
        days, start, end = mention.value
        assert 0 <= mention.start < mention.end <= len(text)
        assert text[mention.start : mention.end].strip()
        assert days is None or (days and list(days) == [day for day in DAYS if day in days])
        assert (days, start) != (None, None)
        assert all(
            clock is None or re.fullmatch(r"[01]\d:[0-5]\d|2[0-3]:[0-5]\d", clock) for clock in (start, end)
        )
        assert 0 < mention.confidence <= 1


@given(st.text(max_size=200))
def test_any_text_is_read_without_failing(text: str) -> None:
    check(text)


@settings(max_examples=300)
@given(st.lists(st.sampled_from(WORDS), max_size=60).map(" ".join))
def test_any_mixture_of_time_words_is_read_without_failing(text: str) -> None:
    check(text)
    assert find_sessions(text) == find_sessions(text)


@pytest.mark.parametrize(
    "piece",
    ["9-", "Mon-", "9 am ", "M/W/F ", "Mon 9-12, ", "except Tue ", "begins at 9 am ", "nine (9) ", "("],
)
def test_long_repetition_is_read_in_linear_time(piece: str) -> None:
    find_sessions(piece * 20_000)  # finishes: a quadratic reading would run into the suite's timeout

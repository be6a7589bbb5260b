"""Tracks of a page: what a title names, and what stands under it."""

from __future__ import annotations

import pytest

from pipeline.extract.parsing.parse import read_page
from pipeline.extract.reading import Reading, extract
from pipeline.extract.tracks.names import covers, joined, parts_of, read_title, words_for


@pytest.mark.parametrize(
    ("title", "levels", "track"),
    [
        ("Evening IOP", ("iop",), "evening"),
        ("Day IOP", ("iop",), "day"),
        ("Weekend IOP", ("iop",), "weekend"),
        ("Virtual IOP", ("iop",), "virtual"),
        ("Tele-IOP", ("iop",), "virtual"),
        ("Teen IOP (ages 13–17)", ("iop",), "teen"),
        ("Adolescent Intensive Outpatient Program", ("iop",), "teen"),
        ("Young Adult IOP", ("iop",), "young-adult"),
        ("Virtual IOP for teens with OCD", ("iop",), "virtual-teen-ocd"),
        ("Intensive Outpatient Program (Evening)", ("iop",), "evening"),
        ("Adult IOP (Mental Health)", ("iop",), "adult"),
        ("Women's Trauma IOP", ("iop",), "women-trauma"),
        ("Teen & Tween IOP", ("iop",), "tween-teen"),
        ("Morning group", (), "morning"),
        ("60+ group", (), "60-plus"),
        ("Adolescents", (), "teen"),
        ("Night", (), "evening"),
        ("Intensive Outpatient Program in Springfield", ("iop",), None),
        ("Partial Hospitalization Program", ("php",), None),
        ("Outpatient", ("op",), None),
    ],
)
def test_titles_that_name_a_track_or_a_level(title: str, levels: tuple[str, ...], track: str | None) -> None:
    named = read_title(title)
    assert named is not None
    assert (named.levels, named.track) == (levels, track)


@pytest.mark.parametrize(
    "title",
    [
        "Weekend IOP: coming soon",
        "Is evening IOP right for me?",
        "IOP vs. PHP",
        "What a day in IOP looks like",
        "Women's Health Resources",
        "Trauma Therapy",
        "18+",
        "9:00–3:00",
        "Monday",
        "Insurance",
        "Meet our adult IOP team",
        "Benefits of evening IOP",
    ],
)
def test_titles_of_something_else(title: str) -> None:
    assert read_title(title) is None


def test_a_name_that_no_table_knows_is_only_a_candidate() -> None:
    for title in ("Harbor IOP", "Lighthouse Intensive Outpatient Program"):
        named = read_title(title)
        assert named is not None and named.is_proper
    assert read_title("Intensive Outpatient Treatment Features") is None


def test_names_within_names() -> None:
    assert joined("adult", "evening") == "evening-adult" and parts_of("evening-young-adult") == {
        "evening",
        "young-adult",
    }
    assert joined("tween-teen", "teen") == "teen"
    assert covers("adult", "evening-adult") and not covers("evening-adult", "adult")
    assert covers("tween-teen", "teen") and not covers("teen", "tween-teen")
    assert not covers("day", "evening")


def test_names_in_running_text() -> None:
    assert words_for("teen").search("our teen iop begins at four")
    assert words_for("evening").search("twelve hours in the evening track")
    assert not words_for("evening").search("call us in the evening")


def read(body: str, title: str = "Programs") -> Reading:
    return extract(
        read_page(
            f"<html><head><title>{title}</title></head><body><main>{body}</main></body></html>",
            "http://a.example/iop",
        )
    )


def sessions(reading: Reading) -> dict[str | None, list[tuple[str, str]]]:
    """Track → start and end of its sessions."""
    return {
        p.track: [(s.start, s.end) for s in p.values("session")]
        for p in reading.programs
        if p.level_of_care == "iop"
    }


TWO = {"day": [("09:00", "12:00")], "evening": [("18:00", "21:00")]}
HEAD = "<h1>Intensive Outpatient Program</h1><p>We treat adults with depression. We offer our intensive outpatient program all year.</p>"
DAY, EVENING = "Mon, Wed and Fri, 9 am to 12 pm", "Mon, Tue and Thu, 6 to 9 pm"


@pytest.mark.parametrize(
    "body",
    [
        f"<h2>Day IOP</h2><p>{DAY}</p><h2>Evening IOP</h2><p>{EVENING}</p>",
        f"<dl><dt>Day group</dt><dd>{DAY}</dd><dt>Evening group</dt><dd>{EVENING}</dd></dl>",
        f"<table><tr><th>Group</th><th>When</th></tr><tr><td>Day</td><td>{DAY}</td></tr>"
        f"<tr><td>Evening</td><td>{EVENING}</td></tr></table>",
        f"<div><div>Day group</div><div>{DAY}</div></div><div><div>Evening group</div><div>{EVENING}</div></div>",
        f"<ul><li>Day track: {DAY}</li><li>Evening track: {EVENING}</li></ul>",
    ],
    ids=["headings", "definitions", "table", "cards", "labels"],
)
def test_every_kind_of_title_governs_what_stands_under_it(body: str) -> None:
    assert sessions(read(HEAD + body)) == TWO


def test_what_no_track_governs_is_shared() -> None:
    reading = read(f"{HEAD}<h2>Day IOP</h2><p>{DAY}</p><h2>Evening IOP</h2><p>{EVENING}</p>")
    for program in reading.programs:
        assert "depression" in program.values("condition")


def test_a_single_program_is_no_track() -> None:
    assert sessions(read(f"{HEAD}<h2>Evening IOP</h2><p>{EVENING}</p>")) == {None: [("18:00", "21:00")]}
    both = f"<h2>Who it is for</h2><p>Adults.</p><h2>Schedule</h2><p>Mornings: {DAY}. {EVENING}.</p>"
    assert list(sessions(read(HEAD + both))) == [None]


def test_tracks_within_tracks_carry_both_names() -> None:
    body = (
        f"<h2>Adult IOP</h2><h3>Day</h3><p>{DAY}</p><h3>Evening</h3><p>{EVENING}</p>"
        "<h2>Teen IOP</h2><p>Mon to Thu, 4 to 7 pm</p>"
    )
    assert sessions(read(HEAD + body)) == {
        "day-adult": [("09:00", "12:00")],
        "evening-adult": [("18:00", "21:00")],
        "teen": [("16:00", "19:00")],
    }


def test_names_of_two_tracks_are_believed_and_of_one_not() -> None:
    body = f"<h2>Harbor IOP</h2><p>{DAY}</p><h2>Meadow IOP</h2><p>{EVENING}</p>"
    assert sessions(read(HEAD + body)) == {"harbor": [("09:00", "12:00")], "meadow": [("18:00", "21:00")]}
    assert list(sessions(read(f"{HEAD}<h2>Harbor IOP</h2><p>{DAY}</p>"))) == [None]


def test_the_printed_name_is_kept_with_its_words() -> None:
    reading = read(f"{HEAD}<h2>Day IOP</h2><p>{DAY}</p><h2>Evening IOP</h2><p>{EVENING}</p>")
    named = [o for o in reading.observations if o.field == "program_name"]
    assert {(o.value, o.track) for o in named} == {
        ("Intensive Outpatient Program", None),
        ("Day IOP", "day"),
        ("Evening IOP", "evening"),
    }
    assert all(reading.page.text[o.start : o.end] == o.quote for o in named)

"""The matched panel between two releases: stayed, moved, recoded, opened, closed, and what nobody can tell.

Every case has places, streets, telephones, ids and, where it counts or asks, sources and states of its own; all of them stand
in one pair of releases.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest
from panel_world import CASES, LATER, LIST, Places, ask_until_2024, became, case, first, here, loc, there
from warehouse_world import NOW, VOCABULARY, ask, build_world


@pytest.fixture(scope="module")
def until_2024(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Vocabularies of a world in which the survey asked about intensive outpatient treatment until 2024."""
    folder = tmp_path_factory.mktemp("until_2024") / "vocabulary"
    shutil.copytree(VOCABULARY, folder)
    ask_until_2024(folder / "service_codes.csv")
    return folder


@pytest.fixture(scope="module")
def worlds() -> tuple[Places, Places]:
    before, now = Places(), Places()
    for put in CASES.values():
        put(before, now, first(put))
    return before, now


@pytest.fixture(scope="module")
def earlier(
    worlds: tuple[Places, Places], until_2024: Path, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """The first release, of the world before."""
    return build_world(worlds[0], tmp_path_factory.mktemp("before"), "before", vocabulary=until_2024)


@pytest.fixture(scope="module")
def after(
    worlds: tuple[Places, Places], until_2024: Path, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[Path], Path]:
    """The release of the world now, after a previous one; a place of one case was taken down."""
    folder = tmp_path_factory.mktemp("after")
    overrides = folder / "overrides"
    overrides.mkdir()
    taken = loc(first(taken_down) + 1)
    (overrides / "takedown.csv").write_text(f"id,who,when,why\n{taken},jo,2026-03-01,asked to\n")
    more: dict[str, Any] = {"now": LATER, "vocabulary": until_2024, "overrides": overrides}
    return lambda previous: build_world(worlds[1], folder, previous.stem, previous=previous, **more)


@pytest.fixture(scope="module")
def release(after: Callable[[Path], Path], earlier: Path) -> Path:
    """The release of the world now."""
    return after(earlier)


def test_a_first_release_has_no_trend(earlier: Path) -> None:
    assert ask(earlier, "SELECT count(*) > 0 FROM directory") == [(True,)]
    assert ask(earlier, "SELECT count(*) FROM coverage_panel") == [(0,)]
    assert ask(earlier, "SELECT count(*) FROM coverage_trend") == [(0,)]


@case
def by_state(before: Places, now: Places, n: int) -> None:
    for world, numbers in ((before, (0, 1, 2, 3)), (now, (1, 2, 3, 4, 5, 7))):
        for number in numbers:
            world.place(n + number, state="RI" if number % 4 == 3 else "CT")


def test_stayed_opened_and_closed_by_state(release: Path) -> None:
    assert became(release, by_state) == {
        0: ("closed", None),
        **dict.fromkeys((1, 2, 3), ("stayed", None)),
        **dict.fromkeys((4, 5, 7), ("opened", None)),
    }
    counts = "state, sites_before, sites_now, stayed, opened, closed, previous_release, release, break"
    assert ask(release, f"SELECT {counts} FROM coverage_trend WHERE state IN ('CT', 'RI')") == [
        ("CT", 3, 4, 2, 2, 1, 1, 2, None),
        ("RI", 1, 2, 1, 1, 0, 1, 2, None),
    ]


OUTCOMES = {
    2: ("blocked", "unread"),
    3: ("timeout", "unread"),
    4: ("server_error", "unread"),
    5: ("gone", "closed"),
    6: ("ok", "closed"),
}


@case
def not_read(before: Places, now: Places, n: int) -> None:
    before.pages("site_read", n + 1, *(n + number for number in OUTCOMES))
    now.pages("site_read", n + 1)
    for number, (outcome, _) in OUTCOMES.items():
        now.attempt("site_read", n + number, outcome)


def test_a_page_that_was_not_read_closes_nothing(release: Path) -> None:
    found = became(release, not_read)
    assert {n: found[n] for n in OUTCOMES} == {n: (s, None) for n, (_, s) in OUTCOMES.items()}


@case
def left(before: Places, now: Places, n: int) -> None:
    """A site is gone, and the only row of Vermont."""
    for world in (before, now):
        world.place(n)
    before.pages("site_left", n + 1, n + 2, state="ME")
    before.place(n + 3, state="VT")


def test_a_source_that_left_or_lost_a_state_closes_nothing(release: Path) -> None:
    assert became(release, left) == {
        0: ("stayed", None),
        **dict.fromkeys((1, 2, 3), ("unread", None)),
    }
    counts = "SELECT sum(closed), sum(unread) FROM coverage_trend WHERE state IN ('ME', 'VT')"
    assert ask(release, counts) == [(0, 3)]


@case
def dropped(before: Places, now: Places, n: int) -> None:
    before.pages("site_dropped", n + 2)
    row = before.place(n + 2)
    for source in ("site_dropped", LIST):  # whose focus would tell the two apart
        (row,) = before.find("listing", source_id=source, organization_name=f"EXAMPLE {n + 2}")
        before.drop("observation", field="condition", listing_id=row["listing_id"])
    now.place(n + 1)


def test_what_one_source_dropped_and_another_that_had_it_was_not_read_is_open(release: Path) -> None:
    assert became(release, dropped)[2] == ("unread", None)


@case
def first_time(before: Places, now: Places, n: int) -> None:
    for world in (before, now):
        world.place(n)
    now.pages("site_new", n + 1, n + 2)
    now.place(n + 3, state="NJ")
    before.pages("site_known", n + 6)
    before.attempt("site_known", n + 6, "ok")
    now.pages("site_known", n + 6, n + 7)


def test_a_source_read_for_the_first_time_opens_nothing(release: Path) -> None:
    found = became(release, first_time)
    assert {n: found[n] for n in range(4)} == {
        0: ("stayed", None),
        **dict.fromkeys((1, 2, 3), ("newly_read", None)),
    }
    assert found[7] == ("opened", None)


@case
def moved(before: Places, now: Places, n: int) -> None:
    for world in (before, now):
        world.place(n)
    for number, (phone, at) in enumerate([("1", 1), ("2", 5), ("9", 6)], start=1):
        before.place(n + number, phone=f"+1617555011{number}", **here(n + number))
        elsewhere = there(n + number)
        now.place(n + number, phone=f"+1617555011{phone}", at=n + at, org=f"org_moved_{number}", **elsewhere)


def test_the_same_program_at_another_address_has_moved(release: Path) -> None:
    assert became(release, moved) == {
        0: ("stayed", None),
        1: ("moved", "address"),
        5: ("moved", "phone"),
        6: ("opened", None),
        3: ("closed", None),
    }
    n = first(moved)
    rows = """SELECT place_before, street_before, street FROM coverage_panel
        WHERE status = 'moved' AND place_before IN (?, ?) ORDER BY 1"""
    assert ask(release, rows, loc(n + 1), loc(n + 2)) == [
        (loc(n + number), here(n + number)["street1"], there(n + number)["street1"]) for number in (1, 2)
    ]


@case
def intake(before: Places, now: Places, n: int) -> None:
    line = {"phone": "+16175550121"}
    for world in (before, now):
        world.place(n + 2, **line)
    before.place(n + 1, **line, **here(n))
    now.place(n + 5, **line, **there(n))


def test_an_intake_line_of_many_sites_moves_none_of_them(release: Path) -> None:
    assert became(release, intake) == {
        2: ("stayed", None),
        1: ("closed", None),
        5: ("opened", None),
    }


@case
def choices(before: Places, now: Places, n: int) -> None:
    for world in (before, now):
        world.place(n)
    before.place(n + 1, org="org_choices", site_name="Choices", **here(n))
    before.place(n + 2, org="org_choices", site_name="Choices", **here(n, "Oak St"))
    now.place(n + 5, org="org_choices", site_name="Choices", **there(n))


def test_a_site_of_the_operator_under_its_name_has_moved_and_two_can_become_one(release: Path) -> None:
    found = became(release, choices)
    assert found[5] == ("moved", "name")
    assert set(found.values()) == {("stayed", None), ("moved", "name"), ("closed", "merged")}


@case
def coded_otherwise(before: Places, now: Places, n: int) -> None:
    places = {n + 1: here(n, state="DE"), n + 2: there(n, state="DE")}
    for world, levels in ((before, ("iop", "op")), (now, ("op", "iop"))):
        for (number, address), level in zip(places.items(), levels, strict=True):
            world.place(number, level, phone="+16175550131", **address)


def test_who_is_still_there_has_not_moved_but_is_coded_otherwise(release: Path) -> None:
    found = became(release, coded_otherwise)
    assert found == {1: ("recoded_out", "level"), 2: ("recoded_in", "level")}
    told = "SELECT recoded_out, recoded_in, opened, closed FROM coverage_trend WHERE level_of_care = 'iop' AND state = 'DE'"
    assert ask(release, told) == [(1, 1, 0, 0)]


@case
def new_key(before: Places, now: Places, n: int) -> None:
    for world in (before, now):
        world.place(n)
    before.place(n + 1, **here(n, street1="8 Farnham Street"))
    now.place(n + 9, org="org_new_key", **here(n, street1="8 Famham St."))


def test_a_row_under_a_new_key_at_the_same_address_is_the_same_place(release: Path) -> None:
    assert became(release, new_key) == {0: ("stayed", None), 9: ("stayed", "address")}


@case
def building(before: Places, now: Places, n: int) -> None:
    """Two rows become one, and elsewhere one becomes two."""
    for number, two in ((n + 1, before), (n + 3, now)):
        for world in (before, now):
            world.place(number, org=f"org_building_{number}", **here(number))
        two.place(
            number + 1, org=f"org_building_{number}", site_name=f"Stabilization {number}", **here(number)
        )


def test_rows_of_one_operator_in_one_building_come_and_go_without_any_place_doing_so(release: Path) -> None:
    found = became(release, building)
    assert found[2] == ("recoded_out", "rows")
    assert found[4] == ("recoded_in", "rows")


@case
def other_focus(before: Places, now: Places, n: int) -> None:
    for world, focus, other in ((before, "substance_use", None), (now, "mental_health", "mental_health")):
        for number, printed in ((n + 1, focus), (n + 2, other)):
            row = world.place(number, focus=printed)
            # what conditions say of the focus is not the matter here
            world.drop("observation", field="condition", listing_id=row["listing_id"])


def test_a_level_with_another_focus_is_recoded_and_an_unknown_one_stays(release: Path) -> None:
    rows = "SELECT focus, status, why FROM coverage_panel WHERE place_id = ? ORDER BY focus"
    assert ask(release, rows, loc(first(other_focus) + 1)) == [
        ("mental_health", "recoded_in", "focus"),
        ("substance_use", "recoded_out", "focus"),
    ]
    assert ask(release, rows, loc(first(other_focus) + 2)) == [("mental_health", "stayed", None)]


@case
def not_asked(before: Places, now: Places, n: int) -> None:
    before.edition("su_stops", 2024, "TX", (n + 1, "iop"), (n + 2, "iop"), (n + 2, "op"))
    now.edition("su_stops", 2025, "TX", (n + 1, "op"), (n + 2, "op"))


def test_an_edition_that_does_not_ask_any_more_breaks_the_trend(release: Path) -> None:
    assert became(release, not_asked) == dict.fromkeys((1, 2), ("recoded_out", "question"))
    told = "SELECT level_of_care, break, editions FROM coverage_trend WHERE state = 'TX' ORDER BY 1"
    editions = [{"source_id": "su_stops", "before": date(2024, 1, 1), "now": date(2025, 1, 1)}]
    assert ask(release, told) == [("iop", "question", editions), ("op", None, editions)]


@case
def early(before: Places, now: Places, n: int) -> None:
    for number, (source, year, state) in enumerate((("su_early", 2020, "GA"), ("su_late", 2022, "FL"))):
        before.edition(source, year, state, (n + number, "iop"))
        now.edition(source, 2023, state, (n + number, "iop"))


def test_what_an_early_edition_asked_is_not_known(release: Path) -> None:
    breaks = "SELECT DISTINCT break FROM coverage_trend WHERE state = ?"
    assert ask(release, breaks, "GA") == [("unknown",)]
    assert ask(release, breaks, "FL") == [(None,)]


@case
def joined(before: Places, now: Places, n: int) -> None:
    for world in (before, now):
        world.place(n)
        world.place(n + 1)
    before.place(n + 5)
    now.add(
        "ledger",
        entity_type="location",
        entity_id=loc(n + 5),
        status="redirected",
        redirect_to=loc(n + 1),
        minted_at=NOW,
        last_seen=NOW,
    )


def test_ids_that_were_joined_are_one_place(release: Path) -> None:
    assert became(release, joined) == dict.fromkeys((0, 1), ("stayed", None))


@case
def taken_down(before: Places, now: Places, n: int) -> None:
    for world in (before, now):
        for number in (0, 1, 5):
            world.place(n + number)


def test_what_was_taken_down_is_not_told(release: Path) -> None:
    assert became(release, taken_down) == dict.fromkeys((0, 5), ("stayed", None))


@case
def older(before: Places, now: Places, n: int) -> None:
    before.edition("su_older", 2022, "OH", (n, "iop"), (n + 1, "iop"), (n + 2, "iop"))
    now.edition("su_older", 2023, "OH", (n, "iop"), (n + 1, "iop"), (n + 2, "op"), (n + 4, "iop"))


def test_a_release_of_an_older_contract_is_compared_by_what_it_has(
    earlier: Path, after: Callable[[Path], Path], tmp_path: Path
) -> None:
    old = tmp_path / "older.duckdb"
    shutil.copy(earlier, old)
    with duckdb.connect(str(old)) as connection:
        for table in ("coverage_panel", "coverage_trend", "geocode", "asks"):
            connection.execute(f"DROP TABLE {table}")
        connection.execute(
            "DROP VIEW iop; DROP INDEX directory_of_service; DROP INDEX directory_of_organization"
        )
        for table, column in (("listing", "questionnaire"), ("listing", "focus"), ("directory", "focus")):
            connection.execute(f"ALTER TABLE {table} DROP COLUMN {column}")
    release = after(old)
    assert became(release, older) == {
        **dict.fromkeys((0, 1), ("stayed", None)),
        2: ("recoded_out", "level"),
        4: ("opened", None),
    }
    breaks = "SELECT DISTINCT break FROM coverage_trend WHERE focus = 'substance_use' AND state = 'OH'"
    assert ask(release, breaks) == [(None,)]


@case
def many(before: Places, now: Places, n: int) -> None:
    """The last case, with numbers without end."""
    for world, numbers in ((before, range(40)), (now, range(20, 70))):
        for number in numbers:
            world.place(n + number, state=("AZ", "NM")[number % 2])
    for number in range(20, 30):
        now.place(n + number + 100, "php", state="AZ")
        before.place(n + number + 100, "iop", state="AZ")


def test_every_place_of_either_release_is_counted_once(release: Path, earlier: Path) -> None:
    sums = """SELECT bool_and(sites_before = stayed + moved + recoded_out + closed + unread),
        bool_and(sites_now = stayed + moved + recoded_in + opened + newly_read) FROM coverage_trend"""
    assert ask(release, sums) == [(True, True)]
    here = "WHERE state IN ('AZ', 'NM') GROUP BY level_of_care"
    places = f"SELECT level_of_care, count(DISTINCT location_id) FROM directory {here} ORDER BY ALL"
    counted = "SELECT level_of_care, sum({}) FROM coverage_trend {} HAVING sum({}) > 0 ORDER BY ALL"
    assert ask(release, places) == [("iop", 50), ("php", 10)]
    assert ask(release, counted.format("sites_now", here, "sites_now")) == ask(release, places)
    assert ask(release, counted.format("sites_before", here, "sites_before")) == ask(earlier, places)

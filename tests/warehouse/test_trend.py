"""The matched panel between two releases: stayed, moved, recoded, opened, closed, and what nobody can tell."""

from __future__ import annotations

import csv
import json
import shutil
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest
from warehouse_world import NOW, VOCABULARY, World, ask

LATER = NOW + timedelta(days=30)
LIST, SITE = "su_2025", "site_x"
Build = Callable[..., Path]


class Places(World):
    """A directory and whatever places are put into it; a place's number gives its address, telephone and ids."""

    def __init__(self, *numbers: int, now: datetime = NOW) -> None:
        super().__init__(providers=0, now=now)
        for number in numbers:
            self.place(number)

    def place(
        self,
        number: int,
        level: str = "iop",
        source: str = LIST,
        loc: str = "",
        org: str = "",
        **printed: Any,
    ) -> dict[str, Any]:
        """A row that lists a level at a place. `loc` and `org`: ids of its location and operator."""
        key = len(self.rows["listing"]) + 1000 * number
        row = self.listing(source, number, f"EXAMPLE {number}", key)
        row.update({"site_name": f"Center {number}", "questionnaire": None, **printed})
        for said in self.find("observation", listing_id=row["listing_id"]):
            said["observed_at"] = row["observed_at"]
        self.drop("observation", listing_id=row["listing_id"], field="address")
        self.say(row, "address", _address(row))
        self.service(row, level, level, None)
        place = loc or f"loc_{number:03x}"
        for kind, entity in (("organization", org or f"org_{number:03x}"), ("location", place)):
            known = self.find("ledger", entity_id=entity)
            self.entity(kind, entity, [(row, None)])
            if known:
                self.rows["ledger"].pop()
        self.entity("service", f"svc_{place}_{level}_{row['focus'] or ''}_{source}", [(row, level)])
        return row


def _address(row: dict[str, Any]) -> str:
    return json.dumps(
        {"street": row["street1"], "city": row["city"], "state": row["state"], "zip": row["zip"]}
    )


def became(path: Path, level: str = "iop") -> dict[str, tuple[str, str | None]]:
    """Status and why of every place with a level."""
    rows = ask(path, "SELECT place_id, status, why FROM coverage_panel WHERE level_of_care = ?", level)
    assert len({place for place, *_ in rows}) == len(rows)
    return {place: (status, why) for place, status, why in rows}


@pytest.fixture
def compare(make: Build) -> Callable[..., Path]:
    """The release of a second world, after that of a first."""

    def built(before: World, now: World, **more: Any) -> Path:
        first = make(before, "before")
        return make(now, "after", previous=first, now=LATER, **more)

    return built


def test_a_first_release_has_no_trend(make: Build) -> None:
    release = make(Places(1, 2))
    assert ask(release, "SELECT count(*) FROM coverage_panel") == [(0,)]
    assert ask(release, "SELECT count(*) FROM coverage_trend") == [(0,)]


def test_stayed_opened_and_closed_by_state(compare: Callable[..., Path]) -> None:
    release = compare(Places(0, 1, 2, 3), Places(1, 2, 3, 4, 5, 7))
    assert became(release) == {
        "loc_000": ("closed", None),
        **dict.fromkeys(("loc_001", "loc_002", "loc_003"), ("stayed", None)),
        **dict.fromkeys(("loc_004", "loc_005", "loc_007"), ("opened", None)),
    }
    counts = "state, sites_before, sites_now, stayed, opened, closed, previous_release, release, break"
    assert ask(release, f"SELECT {counts} FROM coverage_trend") == [
        ("MA", 3, 4, 2, 2, 1, 1, 2, None),
        ("NH", 1, 2, 1, 1, 0, 1, 2, None),
    ]


def with_site(*numbers: int, urls: dict[int, str] | None = None) -> Places:
    """Places that their operator's own site tells of, each on a page of its own; the list knows place 0."""
    world = Places(0)
    world.source(SITE, "provider_site", state="MA")
    for number in numbers:
        world.place(number, source=SITE, url=f"https://site.example/{number}")
    return world


def attempt(world: World, number: int, outcome: str) -> None:
    world.add(
        "document",
        source_id=SITE,
        url=f"https://site.example/{number}",
        fetched_at=LATER - timedelta(hours=1),
        outcome=outcome,
        status=None,
        elapsed_ms=5,
    )


OUTCOMES = {
    2: ("blocked", "unread"),
    3: ("timeout", "unread"),
    4: ("server_error", "unread"),
    5: ("gone", "closed"),
    6: ("ok", "closed"),
}


def test_a_page_that_was_not_read_closes_nothing(compare: Callable[..., Path]) -> None:
    now = with_site(1)
    for number, (outcome, _) in OUTCOMES.items():
        attempt(now, number, outcome)
    found = became(compare(with_site(1, *OUTCOMES), now))
    assert {n: found[f"loc_{n:03x}"] for n in OUTCOMES} == {n: (s, None) for n, (_, s) in OUTCOMES.items()}


def test_a_source_that_left_or_lost_a_state_closes_nothing(compare: Callable[..., Path]) -> None:
    before = with_site(1, 2)
    before.place(3)
    release = compare(before, Places(0))  # New Hampshire's only row is gone, too
    assert became(release) == {
        "loc_000": ("stayed", None),
        **dict.fromkeys(("loc_001", "loc_002", "loc_003"), ("unread", None)),
    }
    assert ask(release, "SELECT sum(closed), sum(unread) FROM coverage_trend") == [(0, 3)]


def test_what_one_source_dropped_and_another_that_had_it_was_not_read_is_open(
    compare: Callable[..., Path],
) -> None:
    before = with_site(2)
    before.place(2, loc="loc_002")
    before.drop("observation", field="condition")  # whose focus would tell the two apart
    assert became(compare(before, Places(0, 1)))["loc_002"] == ("unread", None)


def test_a_source_read_for_the_first_time_opens_nothing(compare: Callable[..., Path]) -> None:
    now = with_site(1, 2)
    now.place(3)
    assert became(compare(Places(0), now)) == {
        "loc_000": ("stayed", None),
        **dict.fromkeys(("loc_001", "loc_002", "loc_003"), ("newly_read", None)),
    }
    known = with_site(1)
    attempt(known, 1, "ok")
    assert became(compare(known, with_site(1, 2)))["loc_002"] == ("opened", None)


HERE = {"street1": "1 Main St", "zip": "02118", "city": "Boston", "state": "MA"}
THERE = {"street1": "90 Elm Street", "zip": "02139", "city": "Cambridge", "state": "MA"}


def test_the_same_program_at_another_address_has_moved(compare: Callable[..., Path]) -> None:
    before, now = Places(0), Places(0)
    for n, (phone, loc) in enumerate([("1", "loc_001"), ("2", "loc_902"), ("9", "loc_903")], start=1):
        here, there = ({**at, "street1": f"{n}{at['street1']}"} for at in (HERE, THERE))
        before.place(n, phone=f"+1617555010{n}", **here)
        now.place(n, phone=f"+1617555010{phone}", loc=loc, org=f"org_90{n}", **there)
    release = compare(before, now)
    assert became(release) == {
        "loc_000": ("stayed", None),
        "loc_001": ("moved", "address"),
        "loc_902": ("moved", "phone"),
        "loc_903": ("opened", None),
        "loc_003": ("closed", None),
    }
    rows = "SELECT place_before, street_before, street FROM coverage_panel WHERE status = 'moved' ORDER BY 1"
    assert ask(release, rows) == [
        ("loc_001", "11 Main St", "190 Elm Street"),
        ("loc_002", "21 Main St", "290 Elm Street"),
    ]


def test_an_intake_line_of_many_sites_moves_none_of_them(compare: Callable[..., Path]) -> None:
    line = {"phone": "+16175550100"}
    before, now = Places(), Places()
    for world in (before, now):
        world.place(2, **line)
    before.place(1, **line, **HERE)
    now.place(5, **line, **THERE)
    assert became(compare(before, now)) == {
        "loc_002": ("stayed", None),
        "loc_001": ("closed", None),
        "loc_005": ("opened", None),
    }


def test_a_site_of_the_operator_under_its_name_has_moved_and_two_can_become_one(
    compare: Callable[..., Path],
) -> None:
    before, now = Places(0), Places(0)
    before.place(1, org="org_a", site_name="Choices", **HERE)
    before.place(2, org="org_a", site_name="Choices", **{**HERE, "street1": "7 Oak St"})
    now.place(5, org="org_a", site_name="Choices", **THERE)
    release = compare(before, now)
    assert became(release)["loc_005"] == ("moved", "name")
    assert set(became(release).values()) == {("stayed", None), ("moved", "name"), ("closed", "merged")}


def test_who_is_still_there_has_not_moved_but_is_coded_otherwise(compare: Callable[..., Path]) -> None:
    before, now = Places(0), Places(0)
    before.place(1, "iop", **HERE, phone="+16175550101")
    before.place(2, "op", **THERE, phone="+16175550101")
    now.place(1, "op", **HERE, phone="+16175550101")
    now.place(2, "iop", **THERE, phone="+16175550101")
    release = compare(before, now)
    assert became(release)["loc_001"] == ("recoded_out", "level")
    assert became(release)["loc_002"] == ("recoded_in", "level")
    told = "SELECT recoded_out, recoded_in, opened, closed FROM coverage_trend WHERE level_of_care = 'iop' AND state = 'MA'"
    assert ask(release, told) == [(1, 1, 0, 0)]


def test_a_row_under_a_new_key_at_the_same_address_is_the_same_place(compare: Callable[..., Path]) -> None:
    before, now = Places(0), Places(0)
    before.place(1, **{**HERE, "street1": "8 Farnham Street"})
    now.place(1, loc="loc_900", org="org_900", phone="+16175550900", **{**HERE, "street1": "8 Famham St."})
    assert became(compare(before, now)) == {"loc_000": ("stayed", None), "loc_900": ("stayed", "address")}


def test_rows_of_one_operator_in_one_building_come_and_go_without_any_place_doing_so(
    compare: Callable[..., Path],
) -> None:
    before, now = Places(0), Places(0)
    for world in (before, now):
        world.place(1, org="org_a", **HERE)
    before.place(2, org="org_a", site_name="Stabilization", **HERE)
    release = compare(before, now)
    assert became(release)["loc_002"] == ("recoded_out", "rows")
    assert became(compare(now, before))["loc_002"] == ("recoded_in", "rows")


def test_a_level_with_another_focus_is_recoded_and_an_unknown_one_stays(compare: Callable[..., Path]) -> None:
    before, now = Places(0), Places(0)
    before.place(1, focus="substance_use")
    now.place(1, focus="mental_health")
    before.place(2, focus=None)
    now.place(2, focus="mental_health")
    for world in (before, now):  # what conditions say of the focus is not the matter here
        world.drop("observation", field="condition")
    release = compare(before, now)
    rows = "SELECT focus, status, why FROM coverage_panel WHERE place_id = ? ORDER BY focus"
    assert ask(release, rows, "loc_001") == [
        ("mental_health", "recoded_in", "focus"),
        ("substance_use", "recoded_out", "focus"),
    ]
    assert ask(release, rows, "loc_002") == [("mental_health", "stayed", None)]


def edition(year: int, *levels: tuple[int, str]) -> Places:
    """An edition of the substance use survey's list."""
    world = Places()
    world.find("source", source_id=LIST)[0]["published"] = date(year, 1, 1)
    for number, level in levels:
        world.place(
            number, level, questionnaire="samhsa_su", focus="substance_use", observed_at=datetime(year, 1, 1)
        )
    return world


@pytest.fixture
def until_2024(tmp_path: Path) -> Path:
    """Vocabularies of a world in which the survey asked about intensive outpatient treatment until 2024."""
    folder = tmp_path / "vocabulary"
    shutil.copytree(VOCABULARY, folder)
    path = folder / "service_codes.csv"
    with path.open(newline="") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        if "level_of_care=iop" in (row["facts"] or "") and row["asked_by"]:
            row["asked_by"] = "samhsa_su:2022-2024"
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)
    return folder


def test_an_edition_that_does_not_ask_any_more_breaks_the_trend(make: Build, until_2024: Path) -> None:
    before = make(edition(2024, (1, "iop"), (2, "iop"), (2, "op")), "before", vocabulary=until_2024)
    now = edition(2025, (1, "op"), (2, "op"))
    release = make(now, "after", previous=before, now=LATER, vocabulary=until_2024)
    assert became(release) == dict.fromkeys(("loc_001", "loc_002"), ("recoded_out", "question"))
    told = "SELECT level_of_care, break, editions FROM coverage_trend WHERE state = 'MA' ORDER BY 1"
    editions = [{"source_id": LIST, "before": date(2024, 1, 1), "now": date(2025, 1, 1)}]
    assert ask(release, told) == [("iop", "question", editions), ("op", None, editions)]


def test_what_an_early_edition_asked_is_not_known(compare: Callable[..., Path]) -> None:
    release = compare(edition(2020, (1, "iop")), edition(2023, (1, "iop")))
    assert ask(release, "SELECT DISTINCT break FROM coverage_trend") == [("unknown",)]
    release = compare(edition(2022, (1, "iop")), edition(2023, (1, "iop")))
    assert ask(release, "SELECT DISTINCT break FROM coverage_trend") == [(None,)]


def test_ids_that_were_joined_are_one_place(compare: Callable[..., Path]) -> None:
    now = Places(0, 1)
    now.add(
        "ledger",
        entity_type="location",
        entity_id="loc_005",
        status="redirected",
        redirect_to="loc_001",
        minted_at=NOW,
        last_seen=NOW,
    )
    release = compare(Places(0, 1, 5), now)
    assert became(release) == dict.fromkeys(("loc_000", "loc_001"), ("stayed", None))


def test_what_was_taken_down_is_not_told(make: Build, tmp_path: Path) -> None:
    overrides = tmp_path / "overrides"
    overrides.mkdir()
    (overrides / "takedown.csv").write_text("id,who,when,why\nloc_001,jo,2026-03-01,asked to\n")
    before = make(Places(0, 1, 5), "before")
    release = make(Places(0, 1, 5), "after", previous=before, now=LATER, overrides=overrides)
    assert became(release) == dict.fromkeys(("loc_000", "loc_005"), ("stayed", None))


def test_a_release_of_an_older_contract_is_compared_by_what_it_has(make: Build) -> None:
    before = make(edition(2022, (0, "iop"), (1, "iop"), (2, "iop")), "before")
    with duckdb.connect(str(before)) as connection:
        for table in ("coverage_panel", "coverage_trend", "geocode", "asks"):
            connection.execute(f"DROP TABLE {table}")
        connection.execute("DROP VIEW iop")
        for table, column in (("listing", "questionnaire"), ("listing", "focus"), ("directory", "focus")):
            connection.execute(f"ALTER TABLE {table} DROP COLUMN {column}")
    now = edition(2023, (0, "iop"), (1, "iop"), (2, "op"), (4, "iop"))
    release = make(now, "after", previous=before, now=LATER)
    assert became(release) == {
        **dict.fromkeys(("loc_000", "loc_001"), ("stayed", None)),
        "loc_002": ("recoded_out", "level"),
        "loc_004": ("opened", None),
    }
    assert ask(release, "SELECT DISTINCT break FROM coverage_trend WHERE focus = 'substance_use'") == [
        (None,)
    ]


def test_every_place_of_either_release_is_counted_once(compare: Callable[..., Path]) -> None:
    before, now = Places(*range(0, 40)), Places(*range(20, 70))
    for number in range(20, 30):
        now.place(number + 100, "php")
        before.place(number + 100, "iop")
    release = compare(before, now)
    sums = """SELECT bool_and(sites_before = stayed + moved + recoded_out + closed + unread),
        bool_and(sites_now = stayed + moved + recoded_in + opened + newly_read) FROM coverage_trend"""
    assert ask(release, sums) == [(True, True)]
    places = "SELECT level_of_care, count(DISTINCT location_id) FROM directory GROUP BY ALL ORDER BY ALL"
    counted = "SELECT level_of_care, sum({}) FROM coverage_trend GROUP BY ALL HAVING sum({}) > 0 ORDER BY ALL"
    assert ask(release, counted.format("sites_now", "sites_now")) == ask(release, places)
    first = release.with_name("before.duckdb")
    assert ask(release, counted.format("sites_before", "sites_before")) == ask(first, places)

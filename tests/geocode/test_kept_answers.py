"""Answers are kept by address: asked once, asked again where nothing was found, and never in the way of a release."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from census_server import CensusServer, Row, line, match

from pipeline.geocode.addresses import StreetAddress
from pipeline.geocode.geocoder import Answer, Answers, Outcome
from pipeline.stage.geocode import geocode_listings
from pipeline.stage.reports import GeocodeReport
from pipeline.stage.rows import as_frame
from pipeline.stage.tables import Stage
from warehouse.contracts import stage_tables

NOW = datetime(2026, 3, 2, 12)
DAYS = 90


def listing(number: int, street: str, precision: str | None = "zip", **more: Any) -> dict[str, Any]:
    row: dict[str, Any] = dict.fromkeys(stage_tables()["listing"].names)
    place = {"street1": street, "city": "Boston", "state": "MA", "zip": "02118", "geo_precision": precision}
    return {**row, "listing_id": f"su:{number}", "source_id": "su", "is_virtual": False, **place, **more}


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    """Five addresses to ask for; the second is printed twice, and others lie nowhere or have a point already."""
    made = Stage(tmp_path)
    rows = [listing(n, f"{n} Main Street") for n in range(1, 6)]
    rows += [
        listing(6, "2 Main St., Suite 4"),
        listing(7, "PO Box 7"),
        listing(8, "8 Main Street", "address"),
        listing(9, "8 Main St"),
        listing(10, "10 Main Street", is_virtual=True),
    ]
    made.write("listing", "su", as_frame("listing", rows))
    return made


@pytest.fixture
def locate(stage: Stage, census: CensusServer) -> Callable[..., GeocodeReport]:
    """Run the step with the server, some days from now."""

    def run(days: int = 0, **more: Any) -> GeocodeReport:
        return geocode_listings(stage, census.geocoder(**more), NOW + timedelta(days=days), DAYS)

    return run


def kept(stage: Stage, *columns: str) -> list[tuple[Any, ...]]:
    return stage.read("geocode", "all").sort("address_key").select(columns).rows()


def test_each_address_is_asked_once(
    stage: Stage, census: CensusServer, locate: Callable[..., GeocodeReport]
) -> None:
    report = locate()
    assert (report.addresses, report.asked, report.unanswered) == (5, 5, 0)
    assert sorted(row[1] for row in census.asked[0]) == [f"{n} MAIN ST" for n in range(1, 6)]
    assert (locate().asked, len(census.asked)) == (0, 1)
    assert kept(stage, "address_key", "listing_ids")[1] == ("2 MAIN ST, BOSTON, MA 02118", ["su:2", "su:6"])
    told = (
        "outcome",
        "is_exact",
        "latitude",
        "longitude",
        "block_geoid",
        "geocoder",
        "benchmark",
        "answered_at",
    )
    block, benchmark = "250250707001005", "Public_AR_Current, Current_Current"
    assert set(kept(stage, *told)) == {("match", True, 42.3381, -71.0731, block, "census", benchmark, NOW)}


def test_only_what_was_not_found_is_asked_again_and_after_a_while(
    stage: Stage, census: CensusServer, locate: Callable[..., GeocodeReport]
) -> None:
    def answer(rows: list[Row]) -> tuple[int, bytes]:
        lines = [match(r) for r in rows[:2]] + [
            line(rows[2][0], "x", "No_Match"),
            line(rows[3][0], "x", "Tie"),
        ]
        return 200, "".join([*lines, match(rows[4], -72.59, 42.1)]).encode()

    census.answer = answer
    assert locate().outcomes == {"match": 2, "no_match": 1, "tie": 1, "refused": 1}
    assert kept(stage, "outcome", "latitude", "refused")[4] == (
        "refused",
        None,
        "coordinates_elsewhere: 42.1, -72.59",
    )
    assert locate(days=DAYS - 1).asked == 0
    census.answer = lambda rows: (200, "".join(map(match, rows)).encode())
    again = locate(days=DAYS)
    assert (again.asked, again.outcomes) == (3, {"match": 5})
    assert locate(days=10 * DAYS).asked == 0


def test_what_was_not_answered_is_asked_in_the_next_run(
    stage: Stage, census: CensusServer, locate: Callable[..., GeocodeReport]
) -> None:
    census.answer = lambda rows: (200, match(rows[0]).encode())
    assert locate(attempts=1).unanswered == 3, "two requests, a line each"
    census.answer = lambda _: (503, b"")
    down = locate(attempts=1)
    assert (down.asked, down.unanswered, len(down.problems)) == (3, 3, 1)
    census.answer = lambda rows: (200, "".join(map(match, rows)).encode())
    assert (locate().unanswered, locate().asked) == (0, 0)


def test_a_run_that_is_killed_loses_one_batch(stage: Stage) -> None:
    class Killed:
        """A geocoder whose third batch ends the process."""

        name, benchmark, batch = "census", "", 1

        def __init__(self) -> None:
            self.asked = 0

        def locate(self, addresses: Sequence[StreetAddress]) -> Answers:
            self.asked += 1
            if self.asked == 3:
                raise KeyboardInterrupt
            return Answers({a: Answer(Outcome.NO_MATCH) for a in addresses})

    with pytest.raises(KeyboardInterrupt):
        geocode_listings(stage, Killed(), NOW, DAYS)
    assert len(kept(stage, "outcome")) == 2
    assert not list(stage.folder.rglob("*.tmp"))


def test_a_geocoder_that_breaks_stops_nothing(stage: Stage) -> None:
    class Broken:
        name, benchmark, batch = "broken", "", 2

        def locate(self, addresses: Sequence[StreetAddress]) -> Answers:
            raise ZeroDivisionError("of its own")

    report = geocode_listings(stage, Broken(), NOW, DAYS)
    assert (report.unanswered, set(report.problems)) == (5, {"ZeroDivisionError: of its own"})


def test_another_geocoder_is_asked_for_what_the_first_did_not_find(
    stage: Stage, census: CensusServer, locate: Callable[..., GeocodeReport]
) -> None:
    class Own:
        name, benchmark, batch = "own", "2025", 100

        def locate(self, addresses: Sequence[StreetAddress]) -> Answers:
            return Answers({a: Answer(Outcome.MATCH, 42.3381, -71.0731) for a in addresses})

    census.answer = lambda rows: (
        200,
        "".join([match(rows[0]), *(line(r[0], "x", "No_Match") for r in rows[1:])]).encode(),
    )
    locate()
    report = geocode_listings(stage, Own(), NOW, DAYS)
    assert (report.asked, report.outcomes) == (4, {"match": 5})
    assert [name for (name,) in kept(stage, "geocoder")] == ["census", *["own"] * 4]


def test_without_a_geocoder_known_answers_serve_and_follow_the_listings(
    stage: Stage, census: CensusServer, locate: Callable[..., GeocodeReport]
) -> None:
    assert geocode_listings(stage, None, NOW, DAYS).addresses == 5
    assert not stage.path("geocode", "all").exists()
    locate()
    stage.write("listing", "su", as_frame("listing", [listing(11, "1 Main St"), listing(12, "12 Main St")]))
    report = geocode_listings(stage, None, NOW, DAYS)
    assert (report.asked, report.unanswered, len(census.asked)) == (0, 1, 1)
    assert kept(stage, "listing_ids") == [(["su:11"],), *[(None,)] * 4]


def test_answers_that_cannot_be_read_are_put_aside(
    stage: Stage, locate: Callable[..., GeocodeReport]
) -> None:
    path = stage.path("geocode", "all")
    path.parent.mkdir()
    path.write_bytes(b"PAR1 and no more")
    report = locate()
    assert report.asked == 5 and "put aside" in report.problems[0]
    assert path.with_suffix(".unreadable").exists() and pl.read_parquet(path).height == 5

"""The stage: tables replaced whole, dates moved when content is seen again, cut-off writes noticed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest

from pipeline.records import Document, Listing, Observation, Outcome, Rejected, Service
from pipeline.stage.rows import Seen
from pipeline.stage.tables import Stage
from sources.kinds import KINDS
from sources.registry import Source
from warehouse.contracts import stage_tables
from warehouse.types import utc

MAY, JUNE = datetime(2026, 5, 1), datetime(2026, 6, 1)
SOURCE = Source("elm", KINDS["provider_site"], "Elm House", url="https://elm.example/", state="MA")
PAGE = "https://elm.example/iop"


def observation(field: str = "condition", value: str = "ptsd") -> Observation:
    return Observation(field, value, "PTSD", 10, 14, url=PAGE, document_sha256="ab")


def listing(key: str = "lowell", **more: object) -> Listing:
    service = Service("iop", "iop", "Evening IOP", (observation(), observation()))
    fields = {"city": "Lowell", "state": "MA", "zip": "01852", "services": (service,), "url": PAGE, **more}
    return Listing("elm", key, "Elm House", **fields)  # type: ignore[arg-type]


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    return Stage(tmp_path)


def test_what_is_written_is_read_and_fits_the_contracts(stage: Stage) -> None:
    rejected = Rejected("elm", "row 3", "no_place", "neither city nor ZIP", "{}")
    counts = stage.write_listings("elm", [listing(), rejected], {("SET", "NEW"): 2}, Seen(MAY), "f1")
    assert counts == {
        "listing": 1,
        "listing_service": 1,
        "observation": 1,  # the same words read twice are one observation
        "quarantine": 1,
        "unmapped": 1,
    }
    for table in counts:
        assert stage.read(table, "elm").schema == pl.Schema(stage_tables()[table].polars_schema)
    row = stage.read("listing").row(0, named=True)
    assert (row["county"], row["geo_precision"], row["observed_at"]) == ("Middlesex", "zip", MAY)
    assert stage.read("unmapped").row(0, named=True)["rows"] == 2


def test_printed_coordinates_win_over_the_zip(stage: Stage) -> None:
    stage.write_listings("elm", [listing(latitude=42.6, longitude=-71.3)], {}, Seen(MAY), "f")
    row = stage.read("listing").row(0, named=True)
    assert (row["latitude"], row["geo_precision"]) == (42.6, "address")


@pytest.mark.parametrize(
    ("city", "zip_code", "precision", "county"),
    [
        ("Lowell", None, "city", "Middlesex"),
        ("Lowell", "01852", "zip", "Middlesex"),
        ("Lowell", "00000", "city", "Middlesex"),  # no ZIP code that the post knows
        ("Nowhere", None, None, None),
    ],
)
def test_what_a_point_is_of_is_said(
    stage: Stage, city: str, zip_code: str | None, precision: str | None, county: str | None
) -> None:
    stage.write_listings("elm", [listing(city=city, zip=zip_code)], {}, Seen(MAY), "f")
    row = stage.read("listing").row(0, named=True)
    assert (row["geo_precision"], row["county"]) == (precision, county)
    assert (row["latitude"] is None) == (precision is None)


def test_writing_again_replaces_the_source_and_no_other(stage: Stage) -> None:
    stage.write_listings("elm", [listing("a"), listing("b")], {}, Seen(MAY), "f1")
    stage.write_listings("oak", [Listing("oak", "k", "Oak", city="Lynn", state="MA")], {}, Seen(MAY), "f1")
    stage.write_listings("elm", [listing("c")], {}, Seen(JUNE), "f2")
    assert sorted(stage.read("listing")["listing_id"]) == ["elm:c", "oak:k"]
    assert stage.partitions() == ["elm", "oak"]


def test_a_write_that_breaks_off_leaves_the_old_rows_and_no_mark(stage: Stage) -> None:
    stage.write_listings("elm", [listing("a")], {}, Seen(MAY), "f1")

    def broken() -> Iterator[Listing]:
        yield listing("b")
        raise OSError("the disk is full")

    with pytest.raises(OSError, match="disk"):
        stage.write_listings("elm", broken(), {}, Seen(JUNE), "f2")
    assert stage.read("listing")["listing_id"].to_list() == ["elm:a"]
    assert stage.marked("elm") is None


def test_seen_again_moves_the_dates_of_its_pages_only(stage: Stage) -> None:
    contact = Observation("phone", "+16175550101", "555-0101", 0, 8, url="https://elm.example/contact")
    stage.write_listings("elm", [listing(observations=(contact,))], {}, Seen(MAY), "f1")
    stage.verify_again("elm", Seen(MAY, {PAGE: JUNE}))
    dates = dict(stage.read("observation").select("field", "observed_at").rows())
    assert dates == {"condition": JUNE, "phone": MAY}
    assert stage.marked("elm") == "f1"


def test_documents_keep_outcome_and_time(stage: Stage) -> None:
    document = Document("elm", PAGE, datetime(2026, 5, 1, 8, tzinfo=UTC), Outcome.BLOCKED, status=403)
    stage.write_source(SOURCE)
    stage.write_documents(SOURCE.id, [document])
    assert stage.read("source").row(0, named=True)["organization"] == "Elm House"
    row = stage.read("document").row(0, named=True)
    assert (row["outcome"], row["status"], row["fetched_at"]) == ("blocked", 403, datetime(2026, 5, 1, 8))


def test_a_source_that_left_the_registry_is_dropped(stage: Stage) -> None:
    stage.write_listings("elm", [listing()], {}, Seen(MAY), "f1")
    stage.write_source(replace(SOURCE, id="oak"))
    assert stage.keep_only({"elm", "ash"}) == ["oak"]
    assert stage.partitions() == ["elm"]
    assert stage.keep_only(set()) == ["elm"]
    assert (stage.partitions(), stage.marked("elm")) == ([], None)
    assert stage.read("observation").height == 0


def test_moments_become_utc_without_a_mark() -> None:
    assert utc(datetime.fromisoformat("2026-05-01T00:00:00-04:00")) == datetime(2026, 5, 1, 4)
    assert utc(MAY) == MAY

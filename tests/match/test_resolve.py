"""Life cycles of listings: what happens to ids, links and services from run to run."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import polars as pl
import pytest

from pipeline.match.resolve import Resolution, resolve
from pipeline.match.review import explain, review_queue
from warehouse.overrides import Overrides

Make = Callable[..., pl.DataFrame]
JANUARY, FEBRUARY, MARCH = (datetime(2026, month, 1, tzinfo=UTC) for month in (1, 2, 3))


def run(
    listings: pl.DataFrame, services: pl.DataFrame, before: Resolution | None = None, now: datetime = JANUARY
) -> Resolution:
    ledger, crosswalk = (before.ledger, before.crosswalk) if before else (None, None)
    return resolve(listings, services, ledger, Overrides(), now, crosswalk)


def entity(result: Resolution, listing: str, kind: str = "location", service: str | None = None) -> str:
    found = result.crosswalk.filter(
        (pl.col("entity_type") == kind)
        & (pl.col("listing_id") == f"dir:{listing}")
        & pl.col("service_key").eq_missing(pl.lit(service))
    )
    return str(found["entity_id"].item())


def status(result: Resolution, entity_id: str) -> tuple[str, str | None]:
    return result.ledger.filter(pl.col("entity_id") == entity_id).select("status", "redirect_to").row(0)


def test_every_listing_and_service_has_its_entities(listings: Make, services: Make) -> None:
    result = run(listings(x={}), services(("x", "iop", None)))
    assert {i[:4] for i in result.crosswalk["entity_id"]} == {"org_", "loc_", "svc_"}
    assert result.crosswalk["reasons"].null_count() == 3
    assert set(result.ledger["label"]) == {
        "Fernwood Recovery",
        "Fernwood Recovery, 12 Main Street, Alder",
        "iop",
    }


def test_nothing_in_nothing_out(listings: Make, services: Make) -> None:
    result = run(listings(), services())
    assert result.crosswalk.height == result.ledger.height == result.match_pair.height == 0


@pytest.mark.parametrize(
    "change",
    [
        {"organization_name": "Birchtree Partners"},
        {"street2": "Suite 9"},
        {"phone": "+16175550177"},
        {"site_name": "Alder Office"},
    ],
    ids=["renamed", "moved suite", "new phone", "new label"],
)
def test_a_record_that_changes_its_key_with_its_words_keeps_the_ids(
    listings: Make, services: Make, change: dict[str, str]
) -> None:
    before = run(listings(x={}), services(("x", "iop", None)))
    after = run(listings(y=change), services(("y", "iop", None)), before, FEBRUARY)
    for kind, key in (("organization", None), ("location", None), ("service", "iop")):
        assert entity(after, "y", kind, key) == entity(before, "x", kind, key)


def test_another_house_number_is_another_place_of_the_same_operator(listings: Make, services: Make) -> None:
    both = {"stay": {"street1": "5 Oak Street"}}
    before = run(listings(x={}, **both), services())
    after = run(listings(y={"street1": "80 Main Street"}, **both), services(), before, FEBRUARY)
    old = entity(before, "x")
    assert entity(after, "y") != old
    assert status(after, old) == ("absent", None)
    assert entity(after, "y", "organization") == entity(before, "x", "organization")


def test_a_source_that_leaves_and_returns_finds_its_ids(listings: Make, services: Make) -> None:
    other = {"o": {"organization_name": "Zalvora House", "street1": "9 Elm Street", "phone": "+14135550188"}}
    first = run(listings(x={}, **other), services(("x", "iop", None), ("o", "iop", None)))
    gone = run(listings(**other), services(("o", "iop", None)), first, FEBRUARY)
    back = run(listings(x={}, **other), services(("x", "iop", None), ("o", "iop", None)), gone, MARCH)
    assert status(gone, entity(first, "x")) == ("absent", None)
    assert entity(back, "x", "service", "iop") == entity(first, "x", "service", "iop")
    assert status(back, entity(first, "x")) == ("active", None)


def test_a_program_that_closes_is_not_the_one_beside_it(listings: Make, services: Make) -> None:
    girls, boys = {"site_name": "Girls Program"}, {"site_name": "Boys Program"}
    first = run(listings(x=girls, y=boys), services(("x", "iop", None), ("y", "iop", None)))
    second = run(listings(x=girls), services(("x", "iop", None)), first, FEBRUARY)
    closed = entity(first, "y", "service", "iop")
    assert entity(second, "x", "service", "iop") == entity(first, "x", "service", "iop") != closed
    assert status(second, closed) == ("absent", None)


def test_an_added_source_changes_no_id(listings: Make, services: Make) -> None:
    before = run(listings(x={}), services(("x", "iop", None)))
    more = listings(
        x={}, y={"source_id": "site", "organization_name": "Fernwood Recovery Inc", "street2": "Suite 2"}
    )
    after = run(more, services(("x", "iop", None), ("y", "iop", None)), before, FEBRUARY)
    assert entity(after, "y") == entity(after, "x") == entity(before, "x")
    assert after.ledger.height == before.ledger.height


def test_shuffled_input_gives_identical_tables(listings: Make, services: Make) -> None:
    table = listings(x={}, y={"street1": "5 Oak Street"}, z={"source_id": "b"})
    offers = services(("x", "iop", None), ("z", "iop/evening-adult", None), ("z", "iop/teen", None))
    one = run(table, offers)
    two = run(table.reverse(), offers.reverse())
    assert one.crosswalk.equals(two.crosswalk)
    assert one.ledger.sort("entity_id").equals(two.ledger.sort("entity_id"))


def test_links_keep_the_date_of_the_first(listings: Make, services: Make) -> None:
    first = run(listings(x={}), services())
    second = run(listings(x={}, y={"source_id": "b"}), services(), first, FEBRUARY)
    third = run(listings(x={}, y={"source_id": "b"}), services(), second, MARCH)
    dates = (
        third.crosswalk.filter(pl.col("entity_type") == "location")
        .select("first_linked", "last_linked")
        .rows()
    )
    march = MARCH.replace(tzinfo=None)
    assert dates == [(JANUARY.replace(tzinfo=None), march), (FEBRUARY.replace(tzinfo=None), march)]


def test_a_ledger_without_fingerprints_is_read(listings: Make, services: Make) -> None:
    before = run(listings(x={}), services())
    after = resolve(listings(x={}), services(), before.ledger.drop("fingerprints"), Overrides(), FEBRUARY)
    assert entity(after, "x") == entity(before, "x")


def test_virtual_offers_stand_at_one_virtual_place(listings: Make, services: Make) -> None:
    nowhere = {"is_virtual": True, "street1": None, "city": None, "state": None, "zip": None}
    result = run(
        listings(x={}, v=nowhere, w={**nowhere, "source_id": "b"}), services(("v", "iop", "Virtual IOP"))
    )
    assert entity(result, "v") == entity(result, "w") != entity(result, "x")
    assert entity(result, "v", "organization") == entity(result, "x", "organization")


def test_explain_says_why_and_what_was_kept_apart(listings: Make, services: Make) -> None:
    table = listings(
        x={},
        y={"source_id": "b", "street2": "Suite 2"},
        z={"organization_name": "Fernwood Clinic", "street1": "12 Maine Street", "phone": "+16175550177"},
    )
    result = run(table, services())
    text = explain(entity(result, "x"), result.crosswalk, result.match_pair, result.ledger, table)
    assert "same phone (+5.0)" in text
    assert "2 record(s)" in text
    assert "linked since 2026-01-01" in text
    with pytest.raises(KeyError, match="no such id"):
        explain("loc_0", result.crosswalk, result.match_pair, result.ledger)


def test_the_review_queue_puts_the_least_certain_first() -> None:
    pairs = pl.DataFrame(
        [
            ("location", "a", "b", 0.2, "review", ""),
            ("location", "a", "c", 0.49, "review", ""),
            ("location", "b", "c", 0.55, "joined", ""),
            ("location", "c", "d", 0.99, "joined", ""),
        ],
        schema=["level", "left_id", "right_id", "probability", "decision", "reasons"],
        orient="row",
    )
    assert review_queue(pairs)["right_id"].to_list() == ["c", "c", "b"]
    assert review_queue(pairs, limit=1).height == 1

"""Which rows of different sources are one program."""

from __future__ import annotations

from itertools import permutations

import pytest

from pipeline.match.printed import Printed, printed
from pipeline.match.services import Row, describe, group


def row(listing: str, key: str = "iop", name: str | None = None, **known: object) -> Row:
    """A row of a listing that is a list of its own, at Fernwood Recovery in Alder."""
    place = Printed(around=("Fernwood Recovery", "Alder"))
    return describe({"listing_id": listing, "service_key": key, "name": name, **known}, place)


def entry(
    source: str,
    key: str,
    site: str | None = None,
    phone: str | None = "+14135550100",
    focus: str | None = None,
) -> Row:
    """A row of a directory that names only the level."""
    listing = {
        "source_id": source,
        "organization_name": "Fernwood Recovery",
        "site_name": site,
        "phone": phone,
    }
    record = {"listing_id": f"{source}:{key}", "service_key": "iop", "name": None, "focus": focus}
    return describe(record, printed({**listing, "city": "Alder", "street1": "12 Main Street"}))


def shape(*rows: Row) -> set[frozenset[str]]:
    """The groups, which must be the same for every order of the rows."""
    found = {
        frozenset(frozenset(j.row.member for j in g) for g in group(order)) for order in permutations(rows)
    }
    assert len(found) == 1
    return set(found.pop())


def test_the_only_service_of_a_level_takes_the_directory_row() -> None:
    assert shape(row("dir"), row("site", "iop/evening-adult", "Evening IOP")) == {
        frozenset({"dir#iop", "site#iop/evening-adult"})
    }


def test_next_to_several_tracks_it_joins_the_most_general_and_nothing_is_doubled() -> None:
    tracks = (row("site", "iop/adult", "Adult IOP"), row("site", "iop/teen-evening", "Teen Evening IOP"))
    assert shape(row("dir"), *tracks) == {
        frozenset({"dir#iop", "site#iop/adult"}),
        frozenset({"site#iop/teen-evening"}),
    }
    (joined,) = [j for g in group([row("dir"), *tracks]) for j in g if j.row.listing_id == "dir"]
    assert joined.probability == 0.7


def test_tracks_of_one_listing_stay_apart() -> None:
    assert len(shape(row("site", "iop", None), row("site", "iop/adult", "Adult IOP"))) == 2


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (("iop/a", "Adult Day IOP"), ("iop/b", "IOP for Adults (daytime)")),
        (("iop/evening", "Evening IOP"), ("iop/x", "Night IOP")),
        (("iop/dbt", "DBT IOP"), ("iop/d", "Dialectical (DBT) IOP")),
        (("iop/v", "Virtual IOP"), ("iop/online", "Online IOP")),
    ],
)
def test_tracks_of_two_sources_that_agree_are_one(left: tuple[str, str], right: tuple[str, str]) -> None:
    assert len(shape(row("site", *left), row("other", *right))) == 1


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (("iop/a", "Adult Evening IOP"), ("iop/b", "Teen Evening IOP")),
        (("iop/e", "Evening IOP for women"), ("iop/d", "Day IOP for women")),
        (("iop/v", "Virtual IOP for teens"), ("iop/i", "In-person IOP for teens")),
        (("iop/1", "Trauma IOP"), ("iop/2", "Eating Disorder IOP")),
    ],
)
def test_tracks_that_contradict_stay_apart(left: tuple[str, str], right: tuple[str, str]) -> None:
    assert len(shape(row("site", *left), row("other", *right))) == 2


def test_observed_facts_count_where_the_name_is_silent() -> None:
    evening = row("site", "iop/a", "Track A", evening=True, populations=["adults"])
    assert len(shape(evening, row("other", "iop/evening-adult", "Evening IOP for adults"))) == 1
    assert row("x", virtual=True, in_person=False).limits["delivery"] == {"virtual"}
    assert row("x", virtual=True, in_person=True).limits["delivery"] == set()
    assert row("x", virtual=None).general
    assert row("x", ages="[18, null]").limits["audience"] == {"adults"}
    assert row("x", ages="[12, 17]").limits["audience"] == {"adolescents"}
    assert row("x", ages="[13, 64]").general


def test_a_reviewer_is_heard() -> None:
    rows = [row("dir"), row("site", "iop/evening-adult", "Evening IOP")]
    apart = {("dir#iop", "site#iop/evening-adult"): False}
    assert len(group(rows, apart)) == 2
    teen, adult = row("a", "iop/t", "Teen IOP"), row("b", "iop/a", "Adult IOP")
    assert len(group([teen, adult], {("b#iop/a", "a#iop/t"): True})) == 1


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (("Girls Program", "+14135550100"), ("Boys Program", "+14135550100")),
        (("Adult Treatment Court", "+14135550100"), ("Youth Services", "+14135550100")),
        ((None, "+14135550100"), ("Drug Court", "+14135550100")),
        (("Alder Office", "+14135550100"), ("Alder Office", "+14135550177")),
    ],
    ids=["girls and boys", "court and youth", "named and unnamed", "two phones"],
)
def test_rows_that_one_directory_prints_apart_are_two_programs(
    left: tuple[str | None, str], right: tuple[str | None, str]
) -> None:
    assert len(shape(entry("su", "a", *left), entry("su", "b", *right))) == 2


def test_a_program_printed_twice_is_one() -> None:
    assert len(shape(entry("su", "a", "Girls Program"), entry("su", "b", "The Girls Program"))) == 1
    assert len(shape(entry("su", "a", "Alder Office"), entry("su", "b", None, "+14135550100;ext=2"))) == 1
    assert len(shape(entry("su", "a", "Girls Program"), entry("su", "b", "Girls Program", None))) == 1
    assert len(shape(entry("su", "a", "Outpatient"), entry("su", "b", "Recovery Home"))) == 1


def test_a_row_of_another_source_joins_the_program_that_is_printed_like_it() -> None:
    girls, boys = entry("su", "a", "Girls Program", "+14135550101"), entry("su", "b", "Boys Program")
    by_name = entry("list", "x", "Boys Program", "+16175550177")
    assert shape(girls, boys, by_name) == {frozenset({"su:b#iop", "list:x#iop"}), frozenset({"su:a#iop"})}
    by_phone = entry("list", "y", None, "+14135550101")
    assert shape(girls, boys, by_phone) == {frozenset({"su:a#iop", "list:y#iop"}), frozenset({"su:b#iop"})}


def test_the_entry_that_fits_a_track_joins_it_and_the_other_stands_alone() -> None:
    teen = row("site", "iop/teen", "Teen IOP")
    youth, adult = entry("su", "a", "Adolescent Program"), entry("su", "b", "Adults Program")
    assert shape(teen, youth, adult) == {frozenset({"site#iop/teen", "su:a#iop"}), frozenset({"su:b#iop"})}


def test_what_two_directories_are_about_keeps_their_rows_apart() -> None:
    use, health = entry("su", "a", focus="substance_use"), entry("mh", "a", focus="mental_health")
    assert len(shape(use, health)) == 2
    assert len(shape(use, entry("list", "a"))) == 1
    assert len(shape(use, entry("list", "a", focus="substance_use"))) == 1
    evening = row("site", "iop/evening", "Evening IOP", focus="mental_health")
    assert shape(use, health, evening) == {
        frozenset({"mh:a#iop", "site#iop/evening"}),
        frozenset({"su:a#iop"}),
    }


def test_a_reviewer_joins_what_a_directory_prints_apart() -> None:
    rows = [entry("su", "a", "Girls Program"), entry("su", "b", "Boys Program")]
    assert len(group(rows, {("su:a#iop", "su:b#iop"): True})) == 1

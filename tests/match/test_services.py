"""Which rows of different sources are one program."""

from __future__ import annotations

from itertools import permutations

import pytest

from pipeline.match.services import Row, describe, group


def row(listing: str, key: str = "iop", name: str | None = None, **known: object) -> Row:
    return describe(
        {"listing_id": listing, "service_key": key, "name": name, **known}, ["Fernwood Recovery", "Alder"]
    )


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

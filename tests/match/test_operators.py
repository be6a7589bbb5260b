"""Which places belong to one operator: rare names, shared numbers, web sites, and what they do not prove."""

from __future__ import annotations

from collections.abc import Callable

import polars as pl
import pytest

from pipeline.match.model import match_records

Make = Callable[..., pl.DataFrame]

THERE = {"street1": "90 Oak Street", "city": "Willow", "zip": "02101"}
FAR = {"street1": "7 Lake Road", "city": "Cedar", "state": "OR", "zip": "97001"}


def one(frame: pl.DataFrame, left: str = "r0", right: str = "r1") -> bool:
    of = dict(match_records(frame).assignments.select("record_id", "organization_id").iter_rows())
    return of[left] == of[right]


def test_a_coined_name_is_one_operator_in_two_states(records: Make) -> None:
    assert one(records({"name1": "Zalvora Health"}, {"name1": "Zalvora Health", **FAR}))


def test_a_common_name_is_not(records: Make) -> None:
    for name in (
        "Crossroads",
        "Turning Point",
        "Community Counseling Center",
        "Veterans Affairs Medical Center",
    ):
        assert not one(records({"name1": name}, {"name1": name, **FAR})), name


def test_a_common_name_with_one_phone_is(records: Make) -> None:
    phone = {"phone": "888-555-0142"}
    assert one(records({"name1": "Crossroads", **phone}, {"name1": "Crossroads", **FAR, **phone}))


def test_a_call_centre_proves_nothing(records: Make) -> None:
    names = ["Zalvora", "Quendil", "Tharbo", "Mixtel", "Ostrand", "Pellingar", "Vendoom", "Kelloway"]
    rows = [
        {"name1": f"{n} House", "phone": "888-555-0142", "street1": f"{i} Oak Street"}
        for i, n in enumerate(names, 1)
    ]
    matched = match_records(records(*rows)).assignments
    assert matched["organization_id"].n_unique() == len(names)


def test_an_acronym_with_one_phone(records: Make) -> None:
    phone = {"phone": "413-555-0142"}
    long = {"name1": "Justice Quality Services Inc", **phone}
    assert one(records(long, {"name1": "JQS Willow", **THERE, **phone}))


def test_a_web_site_joins_but_a_shared_host_does_not(records: Make) -> None:
    def site(url: str) -> bool:
        left = {"name1": "Fernwood Recovery", "website": url}
        return one(records(left, {"name1": "Willow Partial Program", "website": url, **THERE}))

    assert site("https://www.fernwoodgroup.example/locations")
    assert not site("https://www.facebook.com/fernwood")
    assert not site("https://fernwood.wixsite.com/home")


def test_the_web_domain_may_tell_the_name(records: Make) -> None:
    left = {
        "name1": "South Alder Mental Health",
        "website": "https://fernwoodalliance.example",
        "phone": "413-555-0101",
    }
    assert one(records(left, {"name1": "Fernwood Alliance", **THERE, "phone": "413-555-0177"}))


def test_tenants_of_one_building_are_two_operators(records: Make) -> None:
    frame = records(
        {"name1": "Zalvora House", "phone": "413-555-0101"},
        {"name1": "Quendil House", "phone": "413-555-0177"},
    )
    assert not one(frame)


def test_a_license_number_joins_what_names_do_not(records: Make) -> None:
    ids = [{"scheme": "bsas", "identifier": "0042"}]
    frame = records({"name1": "Zalvora House"}, {"name1": "Quendil Center"}).with_columns(
        external_ids=pl.Series([ids, ids])
    )
    assert one(frame)


@pytest.mark.parametrize(
    ("names", "operators"),
    [
        (["Zalvora House", "Quendil Center"], 1),
        (["Zalvora House", "Zalvora House Inc", "Zalvora"], 1),
        (["Zalvora House", "Quendil Center", "Tharbo Clinic", "Mixtel Partners"], 4),
        (["Zalvora House", "Zalvora North", "Quendil Center", "Tharbo Clinic", "Mixtel Partners"], 4),
    ],
)
def test_an_identifier_proves_less_with_each_name_that_shares_it(
    records: Make, names: list[str], operators: int
) -> None:
    rows = [{"name1": name, "street1": f"{number} Oak Street"} for number, name in enumerate(names, 1)]
    ids = [[{"scheme": "npi", "identifier": "1999999984"}]] * len(rows)
    matched = match_records(records(*rows).with_columns(external_ids=pl.Series(ids))).assignments
    assert matched["organization_id"].n_unique() == operators


@pytest.mark.parametrize("identifier", ["N/A", "none", "0000", "-", "pending"])
def test_an_identifier_that_says_nothing_joins_nobody(records: Make, identifier: str) -> None:
    ids = [{"scheme": "bsas", "identifier": identifier}]
    frame = records({"name1": "Zalvora House"}, {"name1": "Quendil Center"}).with_columns(
        external_ids=pl.Series([ids, ids])
    )
    assert not one(frame)


@pytest.mark.parametrize("operator", ["N/A", "None", "- -", "TBD", "see website"])
def test_an_operator_that_is_no_name_joins_nobody(records: Make, operator: str) -> None:
    here, there = ({"name1": "Zalvora House"}, {"name1": "Quendil Center", **THERE})
    assert not one(records({**here, "organization": operator}, {**there, "organization": operator}))


def test_a_town_in_common_is_not_a_name_in_common(records: Make) -> None:
    springfield = {"city": "Springfield", "zip": "01101"}
    frame = records(
        {"name1": "Springfield Counseling Center", **springfield},
        {"name1": "Zalvora Health", "name2": "Springfield", "street1": "4 Elm Street", **springfield},
    )
    assert not one(frame)


def test_an_operator_named_in_the_second_field_of_both(records: Make) -> None:
    operator = {"name1": "Zalvora Group LLC", "street1": "4 Elm Street"}
    frame = records(
        {"name1": "Alder Treatment Center", "name2": "Zalvora Group", "phone": "413-555-0101"},
        {"name1": "Willow Treatment Center", "name2": "Zalvora Group", "phone": "617-555-0177", **THERE},
        {**operator, "phone": "508-555-0123"},
    )
    assert one(frame)
    assert one(frame, "r0", "r2")


def test_the_town_in_two_names_makes_no_operator(records: Make) -> None:
    frame = records(
        {"name1": "Quaboag Hospital", "city": "Quaboag", "phone": "413-555-0101"},
        {"name1": "Quaboag Clinic", "city": "Quaboag", "phone": "617-555-0177"},
    )
    assert not one(frame)


def test_a_site_name_alone_is_not_enough_in_another_town(records: Make) -> None:
    county = {"name1": "County of Larch", "name2": "Paradigm House", "phone": "413-555-0101"}
    other = {"name1": "Paradigm House", "phone": "617-555-0177"}
    assert not one(records(county, {**other, **THERE}))
    assert one(records(county, {**other, **THERE, "phone": county["phone"]}))

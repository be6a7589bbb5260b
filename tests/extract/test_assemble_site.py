"""Assembly: the pages of one site become listings of offices with services."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from pipeline.extract.parsing.parse import read_page
from pipeline.extract.reading import extract
from pipeline.extract.site.assemble import assemble
from pipeline.extract.site.pages import PageReading
from pipeline.records import Assertion, Demotion, Listing

SITE = "https://harbor-recovery.example"
FOOT = "<footer><p>Harbor Recovery, 12 Main Street, Salem, MA 01970</p><p>617-555-0142</p><p>© 2026 Harbor Recovery. All rights reserved.</p></footer>"
IOP = "<main><h1>Intensive Outpatient Program</h1><p>Our IOP meets Monday, Wednesday and Friday from 9 am to noon. We treat anxiety.</p></main>"


def page(path: str, body: str, age: int = 0, site: str = SITE) -> PageReading:
    url = site + path
    when = datetime(2026, 1, 10, tzinfo=UTC) - timedelta(days=age)
    return PageReading(extract(read_page(f"<body>{body}</body>", url)), url, "sha-" + path, when)


def values(listing: Listing, key: str, field: str) -> list[str]:
    service = next(s for s in listing.services if s.service_key == key)
    return list(
        dict.fromkeys(
            o.written for o in service.observations if o.field == field and o.assertion is Assertion.AFFIRMED
        )
    )


@pytest.mark.parametrize(
    ("site", "website"),
    [
        (SITE, f"{SITE}/"),
        ("file:///sites/harbor", None),
        ("file://", None),
        ("http://127.0.0.1:8000", "http://127.0.0.1:8000/"),
    ],
)
def test_the_web_site_of_a_site_is_one_that_can_be_asked(site: str, website: str | None) -> None:
    (listing,) = assemble([page("/iop.html", IOP + FOOT, site=site)], "harbor", "Harbor Recovery", "MA")
    assert listing.website == website


def test_facts_of_several_pages_meet_in_one_listing() -> None:
    insurance = "<main><h1>Insurance</h1><p>We accept Aetna and MassHealth at our center. Verify your insurance.</p></main>"
    (listing,) = assemble(
        [
            page("/programs/iop", IOP),
            page("/insurance", insurance),
            page("/contact", "<main><h1>Contact us</h1><p>Call us today.</p></main>" + FOOT),
        ],
        "harbor",
        "Harbor Recovery",
        "MA",
    )
    assert (listing.street1, listing.city, listing.state, listing.zip) == (
        "12 Main Street",
        "Salem",
        "MA",
        "01970",
    )
    assert listing.phone == "+16175550142"
    assert {o.value for o in listing.observations if o.field == "payer"} >= {"aetna", "masshealth"}
    assert values(listing, "iop", "condition") == ["anxiety"]
    assert listing.record_key == "12-main-01970"


def test_every_observation_knows_its_page() -> None:
    (listing,) = assemble([page("/programs/iop", IOP + FOOT)], "harbor", None, "MA")
    for observation in (*listing.observations, *(o for s in listing.services for o in s.observations)):
        assert (
            observation.url == SITE + "/programs/iop" and observation.document_sha256 == "sha-/programs/iop"
        )


def test_articles_give_nothing() -> None:
    article = "<main><h1>What is an IOP?</h1><p>IOPs typically meet three days a week. Most programs treat anxiety.</p></main>"
    assert assemble([page("/blog/what-is-an-iop", article)], "harbor", None, "MA") == []


def test_a_program_tied_to_one_of_two_offices_is_only_there() -> None:
    places = "<main><h1>Our locations</h1><h2>Salem</h2><p>12 Main Street, Salem, MA 01970</p><h2>Lynn</h2><p>4 Bay Road, Lynn, MA 01901</p></main>"
    tied = IOP.replace("Our IOP meets", "Our IOP at our Salem center meets")
    listings = assemble([page("/programs/iop", tied), page("/locations", places)], "harbor", None, "MA")
    assert {x.city: [s.service_key for s in x.services] for x in listings} == {"Salem": ["iop"], "Lynn": []}


def test_a_program_tied_to_none_is_at_each_office_and_less_sure() -> None:
    places = "<main><h1>Our locations</h1><h2>Salem</h2><p>12 Main Street, Salem, MA 01970</p><h2>Lynn</h2><p>4 Bay Road, Lynn, MA 01901</p></main>"
    listings = assemble([page("/programs/iop", IOP), page("/locations", places)], "harbor", None, "MA")
    assert {x.city: [s.service_key for s in x.services] for x in listings} == {
        "Salem": ["iop"],
        "Lynn": ["iop"],
    }
    assert all(
        o.confidence < 0.7 and Demotion.UNLOCATED in o.demoted
        for x in listings
        for s in x.services
        for o in s.observations
    )


def test_a_virtual_program_without_a_place_is_a_virtual_listing() -> None:
    virtual = "<main><h1>Virtual IOP</h1><p>Our virtual IOP meets online by video, three days a week. We treat anxiety.</p></main>"
    (listing,) = assemble([page("/programs/virtual-iop", virtual)], "harbor", "Harbor", "MA")
    assert listing.is_virtual and listing.street1 is None and listing.services


def test_the_page_about_the_program_outweighs_the_home_page() -> None:
    home = "<main><h1>Harbor Recovery</h1><p>Our IOP meets four days a week. Our PHP meets daily. Call us today.</p></main>"
    own = "<main><h1>Intensive Outpatient Program</h1><p>Our IOP meets three days a week. Call us today.</p></main>"
    (listing,) = assemble([page("/", home), page("/programs/iop", own + FOOT, age=5)], "harbor", None, "MA")
    days = [
        o
        for s in listing.services
        if s.level_of_care == "iop"
        for o in s.observations
        if o.field == "days_per_week"
    ]
    by_value = {o.written: o.confidence for o in days}
    assert by_value["[3, 3]"] > by_value["[4, 4]"], "both are kept, the program's own page is believed"

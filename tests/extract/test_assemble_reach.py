"""Assembly: states served reach what a site offers virtually, and nothing else of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from pipeline.extract.parsing.parse import read_page
from pipeline.extract.reading import extract
from pipeline.extract.site.assemble import assemble
from pipeline.extract.site.pages import PageReading
from pipeline.records import Assertion, Listing, Service

SITE = "https://harbor-recovery.example"
IN_PERSON = "<h1>Intensive Outpatient Program</h1><p>Our IOP meets in person on Monday, Wednesday and Friday, 9 am to noon. We treat anxiety.</p>"
VIRTUAL = "<h1>Virtual IOP</h1><p>Our virtual IOP meets online on Tuesday and Thursday, 6 to 9 pm. We treat anxiety.</p>"
CONTACT = "<h1>Contact us</h1><p>Call us at 617-555-0142.</p><p>12 Main Street, Salem, MA 01970</p>"
SERVED = "<h1>States we serve</h1><ul><li>Massachusetts</li><li>Maine</li></ul>"
FAQ = "<h1>Questions</h1><h3>Who can attend by telehealth?</h3><p>Anyone living in Massachusetts or Maine.</p><h3>How do I start?</h3><p>Call our admissions team. We answer within a day and verify your insurance.</p>"


def listings(pages: Mapping[str, str], state: str | None = "MA") -> list[Listing]:
    readings = []
    for path, body in pages.items():
        url = SITE + path
        reading = extract(read_page(f"<body><main>{body}</main></body>", url))
        readings.append(PageReading(reading, url, "sha-" + path, datetime(2026, 1, 10, tzinfo=UTC)))
    return assemble(readings, "harbor", "Harbor Recovery", state)


def services(pages: Mapping[str, str]) -> dict[str, Service]:
    return {s.service_key: s for listing in listings(pages) for s in listing.services}


def told(service: Service, field: str) -> set[str]:
    return {o.written for o in service.observations if o.field == field and o.assertion is Assertion.AFFIRMED}


def test_a_faq_tells_of_the_virtual_service_alone() -> None:
    found = services(
        {"/programs/iop": IN_PERSON, "/programs/virtual-iop": VIRTUAL, "/faq": FAQ, "/contact": CONTACT}
    )
    assert {key: told(s, "virtual_state") for key, s in found.items()} == {
        "iop": set(),
        "iop/virtual": {"MA", "ME"},
    }
    assert told(found["iop/virtual"], "presence_rule") == {"resident"}


def test_a_faq_tells_of_the_virtual_services_of_every_level() -> None:
    php = VIRTUAL.replace("IOP", "PHP").replace("6 to 9 pm", "9 am to 3 pm")
    found = services({"/programs/virtual-iop": VIRTUAL, "/programs/virtual-php": php, "/faq": FAQ})
    assert len(found) == 2 and all(told(s, "virtual_state") == {"MA", "ME"} for s in found.values())


OWN = VIRTUAL + "<p>The virtual IOP is for residents of Vermont.</p>"


def test_what_a_service_says_of_itself_goes_before_what_is_said_of_all() -> None:
    php = VIRTUAL.replace("IOP", "PHP").replace("6 to 9 pm", "9 am to 3 pm")
    found = services({"/programs/virtual-iop": OWN, "/programs/virtual-php": php, "/faq": FAQ})
    assert {key: told(s, "virtual_state") for key, s in found.items()} == {"iop": {"VT"}, "php": {"MA", "ME"}}


def test_what_is_said_of_all_is_said_of_the_only_one() -> None:
    found = services({"/programs/virtual-iop": OWN, "/faq": FAQ})
    assert told(found["iop"], "virtual_state") == {"MA", "ME", "VT"}


def test_a_service_area_counts_where_all_is_virtual() -> None:
    found = services({"/programs/virtual-iop": VIRTUAL, "/service-area": SERVED})
    assert {key: told(s, "virtual_state") for key, s in found.items()} == {"iop": {"MA", "ME"}}


def test_a_service_area_of_a_place_is_no_virtual_state() -> None:
    pages = {"/programs/iop": IN_PERSON, "/service-area": SERVED, "/contact": CONTACT}
    both = {**pages, "/programs/virtual-iop": VIRTUAL}
    assert not any(told(s, "virtual_state") for s in services(pages).values())
    assert not any(told(s, "virtual_state") for s in services(both).values())


def test_a_virtual_listing_has_its_providers_state() -> None:
    """The registry's, else that of the only addresses that the site prints; none where they are in two states."""
    mail = "<h1>Contact us</h1><p>Call us at 617-555-0142.</p><p>Mail: PO Box 12, Salem, MA 01970</p>"
    other = mail.replace("</p><p>Mail", "</p><p>Billing: 4 Bay Road, Nashua, NH 03060</p><p>Mail")
    pages = {"/programs/virtual-iop": VIRTUAL, "/contact": mail}
    assert [(x.is_virtual, x.city, x.state) for x in listings(pages, "VT")] == [(True, None, "VT")]
    assert [x.state for x in listings(pages, None) if x.is_virtual] == ["MA"]
    assert [x.state for x in listings({**pages, "/contact": other}, None) if x.is_virtual] == [None]
    assert [x.state for x in listings({"/programs/virtual-iop": VIRTUAL}, None)] == [None]

"""Sites of invented providers: which listings and services their pages come to."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from pipeline.extract.parsing.parse import read_page
from pipeline.extract.reading import extract
from pipeline.extract.site.assemble import assemble
from pipeline.extract.site.pages import PageReading
from pipeline.records import Assertion, Demotion, Listing, Service
from sources.demo.world import SITES

NOW = datetime(2026, 10, 15, tzinfo=UTC)
ROOT = "http://elmgrove.example"
FOOTER = "Elm Grove Counseling, 12 Mill Street, Quincy, MA 02169. Call 617-555-0100."
OFFER = "We offer an intensive outpatient program. Our IOP treats adults with depression."


def page(body: str, title: str = "Elm Grove", footer: str = FOOTER) -> str:
    return (
        f"<html><head><title>{title}</title></head><body><nav><a href='/iop'>IOP</a> <a href='/contact'>Contact</a></nav>"
        f"<main>{body}</main><footer><p>{footer}</p></footer></body></html>"
    )


def read(pages: Mapping[str, str], ages: Mapping[str, int] | None = None) -> list[Listing]:
    """The listings of a site; `ages`: days since a page was fetched."""
    readings = [
        PageReading(
            extract(read_page(html, ROOT + path)),
            ROOT + path,
            f"sha-{path}",
            NOW - timedelta(days=(ages or {}).get(path, 0)),
        )
        for path, html in pages.items()
    ]
    return assemble(readings, "elm_grove", "Elm Grove Counseling", "MA")


def values(service: Service, field: str, said: Assertion = Assertion.AFFIRMED) -> set[str]:
    return {o.written for o in service.observations if o.field == field and o.assertion is said}


def starts(service: Service, said: Assertion = Assertion.AFFIRMED) -> set[str]:
    return {json.loads(v)["start"] for v in values(service, "session", said)}


def keys(listing: Listing) -> list[str]:
    return [service.service_key for service in listing.services]


IOP = page(
    f"<h1>Intensive Outpatient Program</h1><p>{OFFER} Mon, Wed and Fri, 9 am to 12 pm.</p>", "IOP | Elm Grove"
)
CONTACT = page(
    "<h1>Contact</h1><p>12 Mill Street<br>Quincy, MA 02169</p><p>Main 617-555-0100. Fax 617-555-0109.</p>"
)


def test_facts_of_several_pages_come_to_one_listing() -> None:
    fees = page("<h1>Insurance</h1><p>We accept Aetna and Cigna.</p>", "Insurance | Elm Grove")
    (listing,) = read({"/iop": IOP, "/contact": CONTACT, "/insurance": fees})
    assert (listing.street1, listing.city, listing.state, listing.zip) == (
        "12 Mill Street",
        "Quincy",
        "MA",
        "02169",
    )
    assert (listing.organization_name, listing.website) == ("Elm Grove Counseling", ROOT + "/")
    assert listing.phone == "+16175550100" and not listing.is_virtual
    assert keys(listing) == ["iop"]
    assert starts(listing.services[0]) == {"09:00"}
    payers = {o.value for o in listing.observations if o.field == "payer"}
    assert payers >= {"aetna", "cigna"}
    for observation in (*listing.observations, *listing.services[0].observations):
        assert observation.url and observation.document_sha256 == "sha-" + observation.url.removeprefix(ROOT)


def test_the_key_of_an_office_does_not_depend_on_the_order_of_pages() -> None:
    pages = {"/iop": IOP, "/contact": CONTACT}
    assert [x.record_key for x in read(pages)] == [x.record_key for x in read(dict(reversed(pages.items())))]


def test_pages_that_are_no_listing_give_nothing() -> None:
    article = page(
        "<article><h1>What is an IOP?</h1><p>By Staff | July 9, 2025</p><p>Intensive outpatient programs (IOPs) usually meet "
        "three to five days a week. Many IOPs meet Monday to Thursday from 6 to 9 pm and treat anxiety and PTSD. "
        "Research shows that IOPs can be as effective as inpatient care.</p></article>",
        "What is an IOP? | Blog",
    )
    assert read({"/blog/what-is-an-iop": article}) == []
    (listing,) = read({"/iop": IOP, "/contact": CONTACT, "/blog/what-is-an-iop": article})
    assert starts(listing.services[0]) == {"09:00"} and "anxiety" not in values(
        listing.services[0], "condition"
    )


def test_doorway_pages_make_no_place_and_no_facts() -> None:
    def doorway(town: str) -> str:
        words = f"<h1>IOP near {town}, MA</h1><p>Our IOP helps people from {town} with bipolar disorder.</p>"
        return page(words, f"IOP near {town}, MA | Elm Grove")

    pages = {"/iop": IOP, "/contact": CONTACT}
    pages |= {f"/iop-near-{t.lower()}-ma": doorway(t) for t in ("Weymouth", "Braintree", "Milton")}
    (listing,) = read(pages)
    assert listing.city == "Quincy" and "bipolar" not in values(listing.services[0], "condition")


def test_a_page_for_the_city_next_door_is_no_doorway() -> None:
    for title in ("IOP in Boston, MA", "Intensive Outpatient Program near Boston, MA"):
        (listing,) = read({"/iop": IOP.replace("IOP | Elm Grove", title), "/contact": CONTACT})
        assert starts(listing.services[0]) == {"09:00"}


def test_one_office_however_its_address_is_printed() -> None:
    other = page("<h1>Visit</h1><p>12 Mill St., Suite 4, Quincy, MA</p>", footer="12 MILL ST QUINCY MA 02169")
    (listing,) = read({"/iop": IOP, "/contact": CONTACT, "/visit": other})
    assert listing.zip == "02169"


def test_a_town_is_an_office_only_where_no_street_is_printed_and_no_other_town() -> None:
    words = f"<h1>Intensive Outpatient Program</h1><p>{OFFER} We are located in Quincy, MA.</p>"
    (listing,) = read({"/iop": page(words, footer="Elm Grove")})
    assert (listing.street1, listing.city, keys(listing)) == (None, "Quincy", ["iop"])
    served = words + "<p>Our offices in Weymouth, MA and Hingham, MA open soon.</p>"
    assert all(x.city in (None, "Quincy") for x in read({"/iop": page(served, footer="Elm Grove")}))


def test_a_program_without_any_place_is_kept_unlocated() -> None:
    words = f"<h1>Intensive Outpatient Program</h1><p>{OFFER}</p>"
    (listing,) = read({"/iop": page(words, footer="Elm Grove")})
    assert (listing.record_key, listing.state, listing.city) == ("unlocated", "MA", None)


QUINCY, SALEM, LYNN = (
    "12 Mill Street, Quincy, MA 02169",
    "8 Derby Lane, Salem, MA 01970",
    "40 Union Street, Lynn, MA 01901",
)
ALL = " · ".join((QUINCY, SALEM, LYNN))


def at(listings: list[Listing]) -> dict[str | None, list[str]]:
    return {x.city: keys(x) for x in listings if x.services}


def test_pages_of_places_tie_what_they_offer() -> None:
    def place(street: str, words: str) -> str:
        return page(f"<h1>Our office</h1><p>{street}</p>{words}", "Location | Elm Grove", footer="Elm Grove")

    iop = "<h2>Intensive outpatient program</h2><p>Mon to Thu, 9 am to 12 pm.</p>"
    php = "<h2>Partial hospitalization program</h2><p>Weekdays, 9 am to 3 pm.</p>"
    pages = {
        "/locations/quincy": place(QUINCY, iop + php),
        "/locations/salem": place(SALEM, iop.replace("9 am to 12 pm", "5 to 8 pm")),
        "/locations/lynn": place(LYNN, "<p>Counseling. There is no IOP at this office.</p>"),
    }
    listings = read(pages)
    found = at(listings)
    assert {city: set(found[city]) for city in found} == {"Quincy": {"iop", "php"}, "Salem": {"iop"}}
    hours = {x.city: starts(s) for x in listings for s in x.services if s.level_of_care == "iop"}
    assert hours == {"Quincy": {"09:00"}, "Salem": {"17:00"}}


def test_rows_and_headings_tie_to_offices() -> None:
    program = page(
        f"<h1>Intensive Outpatient Program</h1><p>{OFFER}</p><table><tr><th>Office</th><th>When</th></tr>"
        "<tr><td>Quincy</td><td>Mon, Wed, Fri 9 am to 12 pm</td></tr><tr><td>Salem</td><td>Tue, Wed, Thu 5 to 8 pm</td></tr></table>",
        "IOP | Elm Grove",
        footer="Elm Grove",
    )
    places = page(
        f"<h1>Locations</h1><h3>Quincy</h3><p>{QUINCY}</p><p>Intensive outpatient program</p><h3>Salem</h3><p>{SALEM}</p>"
        f"<p>Intensive outpatient program</p><h3>Lynn</h3><p>{LYNN}</p><p>Counseling</p>",
        "Locations | Elm Grove",
        footer="Elm Grove",
    )
    listings = read({"/iop": program, "/locations": places})
    assert at(listings) == {"Quincy": ["iop"], "Salem": ["iop"]}
    assert {x.city: starts(s) for x in listings for s in x.services} == {
        "Quincy": {"09:00"},
        "Salem": {"17:00"},
    }


def test_without_a_tie_the_office_that_every_page_prints_has_the_program() -> None:
    lynn = page(f"<h1>Our Lynn office</h1><p>{LYNN}</p><p>Counseling only.</p>", "Lynn | Elm Grove")
    listings = read({"/iop": IOP, "/lynn": lynn, "/contact": CONTACT})
    assert at(listings) == {"Quincy": ["iop"]}


def test_without_any_hint_every_office_has_it_with_less_confidence() -> None:
    iop = page(f"<h1>Intensive Outpatient Program</h1><p>{OFFER}</p>", "IOP | Elm Grove", footer=ALL)
    listings = read({"/iop": iop, "/contact": page("<h1>Contact</h1><p>Call 617-555-0100.</p>", footer=ALL)})
    assert at(listings) == {"Quincy": ["iop"], "Salem": ["iop"], "Lynn": ["iop"]}
    alone = read({"/iop": IOP})[0].services[0]
    assert max(o.confidence for o in listings[0].services[0].observations) < max(
        o.confidence for o in alone.observations
    )
    assert all(Demotion.UNLOCATED in o.demoted for o in listings[0].services[0].observations)


def test_a_phone_printed_with_one_office_is_that_offices_own() -> None:
    places = page(
        f"<h1>Locations</h1><h3>Quincy</h3><p>{QUINCY}<br>617-555-0141</p><h3>Salem</h3><p>{SALEM}<br>978-555-0142</p>",
        footer="Elm Grove. Central line 800-555-0143.",
    )
    listings = read({"/iop": page(f"<h1>IOP</h1><p>{OFFER}</p>", footer="Elm Grove"), "/locations": places})
    assert {x.city: x.phone for x in listings} == {"Quincy": "+16175550141", "Salem": "+19785550142"}


TEEN = page(
    "<h1>Teen IOP</h1><p>Our IOP for ages 13 to 17. Mon to Thu, 4 to 7 pm.</p>", "Teen IOP | Elm Grove"
)
ADULT = page(
    "<h1>Adult IOP</h1><p>Our IOP for adults with anxiety. Mon, Wed, Fri, 9 am to 12 pm.</p>",
    "Adult IOP | Elm Grove",
)
VIRTUAL = page(
    "<h1>Virtual IOP</h1><p>Our virtual IOP meets online, Tue and Thu, 6 to 9 pm, for residents of Massachusetts.</p>",
    "Virtual IOP | Elm Grove",
)


def test_sibling_pages_of_one_level_are_tracks_and_an_overview_adds_no_service() -> None:
    overview = page(
        "<h1>Intensive outpatient programs</h1><p>We run two: a Teen IOP for ages 13 to 17 and an Adult IOP.</p>",
        "IOP | Elm Grove",
    )
    (listing,) = read({"/iop": overview, "/teen-iop": TEEN, "/adult-iop": ADULT, "/contact": CONTACT})
    assert keys(listing) == ["iop/teen", "iop/adult"]
    teen, adult = listing.services
    assert (teen.name, adult.name) == ("Teen IOP", "Adult IOP")
    assert values(teen, "ages") == {"[13, 17]"} and not values(adult, "ages")
    assert (starts(teen), starts(adult)) == ({"16:00"}, {"09:00"})
    assert "anxiety" not in values(teen, "condition")


def test_a_single_program_with_a_name_is_no_track() -> None:
    (listing,) = read({"/adult-iop": ADULT, "/contact": CONTACT})
    assert keys(listing) == ["iop"] and listing.services[0].name == "Adult IOP"


def test_what_is_virtual_alone_has_no_place() -> None:
    office, virtual = read({"/iop": IOP, "/virtual-iop": VIRTUAL, "/contact": CONTACT})
    assert (keys(office), starts(office.services[0])) == (["iop"], {"09:00"})
    assert (
        virtual.is_virtual
        and virtual.record_key == "virtual"
        and virtual.city is None
        and virtual.street1 is None
    )
    assert (keys(virtual), starts(virtual.services[0])) == (["iop/virtual"], {"18:00"})
    assert virtual.phone == office.phone


def test_hybrid_stays_at_the_office() -> None:
    hybrid = page(
        "<h1>Intensive Outpatient Program</h1><p>Our IOP meets in person in Quincy. You can also attend the IOP "
        "virtually.</p>",
        "IOP | Elm Grove",
    )
    (listing,) = read({"/iop": hybrid, "/contact": CONTACT})
    assert not listing.is_virtual
    assert values(listing.services[0], "virtual") == values(listing.services[0], "in_person") == {"true"}


def test_the_programs_own_page_outweighs_others_and_the_rest_is_evidence() -> None:
    old = page("<h1>About us</h1><p>Our IOP meets Mon, Tue and Thu, 6 to 9 pm.</p>", "About | Elm Grove")
    (listing,) = read({"/about": old, "/iop": IOP, "/contact": CONTACT}, ages={"/about": 0, "/iop": 20})
    (service,) = listing.services
    assert starts(service) == {"09:00"} and starts(service, Assertion.HEDGED) == {"18:00"}
    superseded = [o for o in service.observations if o.assertion is Assertion.HEDGED and o.field == "session"]
    assert all(Demotion.SUPERSEDED in o.demoted for o in superseded)


def test_days_and_clock_of_one_page_become_one_session_and_an_agenda_a_day() -> None:
    words = f"<h1>Intensive Outpatient Program</h1><p>{OFFER}</p><h2>Days</h2><p>Mon, Wed, Fri</p>"
    joined = page(words + "<h2>Time</h2><p>9:00 am to 12:00 pm</p>", "IOP | Elm Grove")
    (service,) = read({"/iop": joined, "/contact": CONTACT})[0].services
    (session,) = (json.loads(v) for v in values(service, "session"))
    assert session == {"days": ["mo", "we", "fr"], "start": "09:00", "end": "12:00"}
    agenda = "".join(f"<li>{h}:00 to {h}:50 Group {h}</li>" for h in (9, 10, 11))
    (service,) = read({"/iop": page(words + f"<ul>{agenda}</ul>", "IOP | Elm Grove"), "/contact": CONTACT})[
        0
    ].services
    assert values(service, "session")


def test_of_equally_near_pages_the_newer_counts() -> None:
    def iop(hours: str) -> str:
        return page(
            f"<h1>Intensive Outpatient Program</h1><p>{OFFER} Mon, Wed and Fri, {hours}.</p>",
            "IOP | Elm Grove",
        )

    pages = {"/iop": iop("9 am to 12 pm"), "/intensive-outpatient": iop("1 to 4 pm"), "/contact": CONTACT}
    assert starts(read(pages, ages={"/iop": 40})[0].services[0]) == {"13:00"}
    assert starts(read(pages, ages={"/intensive-outpatient": 40})[0].services[0]) == {"09:00"}


def test_a_contradicted_value_keeps_its_observation_with_less_confidence() -> None:
    about = page("<h1>About us</h1><p>Our IOP takes 6 weeks.</p>", "About | Elm Grove")
    iop = IOP.replace("9 am to 12 pm.", "9 am to 12 pm. The program takes 8 weeks.")
    service = read({"/about": about, "/iop": iop, "/contact": CONTACT})[0].services[0]
    told = {o.written: o.confidence for o in service.observations if o.field == "duration_weeks"}
    assert set(told) == {"[6, 6]", "[8, 8]"} and told["[8, 8]"] > told["[6, 6]"]


def test_facts_of_the_provider_as_a_whole_stand_on_the_listing() -> None:
    home = page(
        f"<h1>Elm Grove</h1><p>We help people who live with grief and PTSD.</p><p>{OFFER}</p>", "Elm Grove"
    )
    (listing,) = read({"/": home, "/iop": IOP, "/contact": CONTACT})
    assert {o.value for o in listing.observations if o.field == "condition"} >= {"grief", "ptsd"}
    assert not values(listing.services[0], "condition") & {"grief", "ptsd"}


def test_what_only_an_answer_names_is_not_offered() -> None:
    faq = page(
        "<h1>Questions</h1><h3>Is this a partial hospitalization program?</h3><p>A PHP runs 20 hours a week. Ours is 9.</p>",
        "FAQ | Elm Grove",
    )
    (listing,) = read({"/iop": IOP, "/faq": faq, "/contact": CONTACT})
    assert keys(listing) == ["iop"]


def test_services_beside_the_program_give_it_nothing() -> None:
    services = page(
        "<h1>Services</h1><h2>Intensive outpatient program</h2><p>Mon to Thu, 9 am to 12 pm, for depression.</p>"
        "<h2>Grief group</h2><p>Saturdays, 2 to 4 pm.</p>",
        "Services | Elm Grove",
    )
    (listing,) = read({"/services": services, "/contact": CONTACT})
    (service,) = listing.services
    assert "grief" not in values(service, "condition") and starts(service) == {"09:00"}


@pytest.mark.parametrize("site", sorted(p for p in SITES.iterdir() if p.is_dir()), ids=lambda p: p.name)
def test_whatever_the_site_keys_are_unique_and_quotes_stand_where_they_say(site: Path) -> None:
    readings, texts = [], {}
    for file in sorted(site.rglob("*.htm*")):
        url = f"http://{site.name}/{file.relative_to(site)}"
        parsed = read_page(file.read_bytes(), url)
        texts[url] = parsed.text
        readings.append(PageReading(extract(parsed), url, file.name, NOW))
    listings = assemble(readings, "site", None, "MA")
    assert listings == assemble(readings, "site", None, "MA")
    assert len({x.record_key for x in listings}) == len(listings)
    for listing in listings:
        assert len(set(keys(listing))) == len(listing.services)
        assert not listing.is_virtual or listing.street1 is None
        for observation in (*listing.observations, *(o for s in listing.services for o in s.observations)):
            assert texts[observation.url or ""][observation.start : observation.end] == observation.quote
            assert 0 <= observation.confidence <= 1


@pytest.mark.parametrize("pages", [{}, {"/iop": ""}, {"/": "<html></html>"}])
def test_nothing_comes_of_nothing(pages: dict[str, str]) -> None:
    assert read(pages) == []

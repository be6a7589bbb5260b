"""Offices that were left, are closed or not open yet are no listing; words about days, programs and other places take none away."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from pipeline.extract.parsing.parse import read_page
from pipeline.extract.reading import extract
from pipeline.extract.site.assemble import assemble
from pipeline.extract.site.pages import PageReading
from pipeline.records import Assertion

URL = "https://birchhollow.example/iop/"
PAGE = (
    "<html><head><title>Intensive Outpatient Program | Birch Hollow</title>{head}</head><body><main><h1>Intensive Outpatient "
    "Program</h1><p>Our intensive outpatient program (IOP) treats adults with depression.</p>{body}</main></body></html>"
)
HERE, GONE = "18 Mill Road, Quincy, MA 02169", "9 Elm Street, Holyoke, MA 01040"
LD = (
    '<script type="application/ld+json">{"@type":"MedicalClinic","address":{"@type":"PostalAddress","streetAddress":'
    '"9 Elm Street","addressLocality":"Holyoke","addressRegion":"MA","postalCode":"01040"}}</script>'
)


def streets(*bodies: str, head: str = "") -> list[str | None]:
    """The streets of the listings of a site with these pages."""
    read = [
        PageReading(
            extract(read_page(PAGE.format(body=body, head=head), f"{URL}{n}")),
            f"{URL}{n}",
            f"sha{n}",
            datetime(2026, 10, 15, tzinfo=UTC),
        )
        for n, body in enumerate(bodies)
    ]
    return [one.street1 for one in assemble(read, "birch", "Birch Hollow", "MA")]


LEFT = (
    f"<p>Formerly located at {GONE}.</p><p>Visit us at {HERE}.</p>",
    f"<p>Our former office: {GONE}</p><p>Our new office: {HERE}</p>",
    f"<p>We moved from {GONE} to {HERE}.</p>",
    f"<p>Our office at {GONE} has moved to {HERE}.</p>",
    f"<p>Previously at {GONE}; now at {HERE}.</p>",
    f"<h3>Former location</h3><p>{GONE}</p><h3>Where we are</h3><p>{HERE}</p>",
    f"<ul><li>{HERE}</li><li>{GONE} (former location)</li></ul>",
    f"<p>Old address:</p><p>{GONE}</p><p>New address:</p><p>{HERE}</p>",
    f"<p>Antes ubicados en {GONE}. Visítenos en {HERE}.</p>",
)
CLOSED = (
    f"<p>Permanently closed: {GONE}</p><p>{HERE}</p>",
    f"<p>{GONE} (closed)</p><p>{HERE}</p>",
    f"<p>{GONE} – permanently closed</p><p>{HERE}</p>",
    f"<p>Our office at {GONE} has closed its doors.</p><p>{HERE}</p>",
    f"<div><p>{GONE}</p><p>Permanently closed</p></div><div><p>{HERE}</p></div>",
    f"<h2>Closed locations</h2><p>{GONE}</p><h2>Open locations</h2><p>{HERE}</p>",
    f"<h3>Holyoke (Closed)</h3><p>9 Elm Street<br>Holyoke, MA 01040</p><h3>Quincy</h3><p>{HERE}</p>",
    f"<p>We are no longer at {GONE}.</p><p>{HERE}</p>",
    f"<p>We have closed our Holyoke office ({GONE}).</p><p>{HERE}</p>",
    f"<p>*CLOSED* {GONE}</p><p>{HERE}</p>",
    f"<p>Holyoke office – closed<br>9 Elm Street<br>Holyoke, MA 01040</p><p>{HERE}</p>",
)
FUTURE = (
    f"<h2>Opening soon in Holyoke</h2><p>{GONE}</p><h2>Quincy</h2><p>{HERE}</p>",
    f"<p>Coming spring 2027: {GONE}</p><p>{HERE}</p>",
    f"<p>Our new office opens January 4, 2027 at {GONE}.</p><p>{HERE}</p>",
    f"<p>We will be opening a second office at {GONE}.</p><p>{HERE}</p>",
    f"<p>{GONE} (opening soon)</p><p>{HERE}</p>",
    f"<p>{HERE}</p><h3>Holyoke – Coming Soon!</h3><p>{GONE}</p>",
    f"<div><p>{GONE}</p><p>Opening Fall 2027</p></div><p>{HERE}</p>",
    f"<p>Próximamente: {GONE}</p><p>{HERE}</p>",
    f"<h2>Coming soon</h2><p>{GONE}</p><p>Visit us:</p><p>{HERE}</p>",
)


@pytest.mark.parametrize("body", LEFT + CLOSED + FUTURE)
def test_an_office_that_is_not_there_is_no_listing(body: str) -> None:
    assert streets(body) == ["18 Mill Road"]


THERE = (
    f"<p>Visit us at {HERE}, closed weekends.</p>",
    f"<p>Sunday: Closed</p><p>{HERE}</p>",
    f"<p>Saturday and Sunday<br>Closed<br>{HERE}</p>",
    f"<p>Our office at {HERE} is closed on holidays.</p>",
    f"<p>Birch Hollow (formerly Copper Creek), {HERE}</p>",
    f"<p>We moved from Holyoke to {HERE}.</p>",
    f"<h2>We have moved from Holyoke to Quincy</h2><p>{HERE}</p>",
    f"<p>Our Holyoke office is permanently closed. Visit us at {HERE}.</p>",
    f"<p>An evening IOP is coming soon to our office at {HERE}.</p>",
    f"<h2>Coming soon: weekend groups</h2><p>{HERE}</p>",
    f"<p>{HERE}</p><p>Coming soon: telehealth</p>",
    f"<p>If you come by bus, we are at {HERE}.</p>",
    f"<p>Do you need help? We are not far: {HERE}.</p>",
    f"<p>We relocated to {HERE}.</p>",
)


@pytest.mark.parametrize("body", THERE)
def test_other_words_take_no_office_away(body: str) -> None:
    assert streets(body) == ["18 Mill Road"]


def test_structured_data_does_not_open_what_the_text_closes() -> None:
    assert streets(f"<p>Permanently closed: {GONE}</p><p>{HERE}</p>", head=LD) == ["18 Mill Road"]
    assert streets(f"<p>Permanently closed: 9 Elm St., Holyoke, MA 01040</p><p>{HERE}</p>", head=LD) == [
        "18 Mill Road"
    ]


def test_nor_does_it_on_another_page_of_the_site() -> None:
    assert streets(f"<p>Permanently closed: {GONE}</p><p>{HERE}</p>", f"<p>{HERE}</p>", head=LD) == [
        "18 Mill Road"
    ]


def test_an_office_that_the_text_names_without_reserve_elsewhere_stays() -> None:
    found = streets(f"<p>Formerly located at {GONE}.</p><p>{HERE}</p>", f"<p>{GONE}</p><p>{HERE}</p>")
    assert sorted(filter(None, found)) == ["18 Mill Road", "9 Elm Street"]


def test_the_reason_is_kept() -> None:
    page = read_page(PAGE.format(body=f"<p>Permanently closed: {GONE}</p>", head=""), URL)
    (found,) = [o for o in extract(page).observations if o.field == "address"]
    assert (found.assertion, found.demoted) == (Assertion.NEGATED, ("negated",))

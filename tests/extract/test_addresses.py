"""Addresses as pages print them; towns that are only named are no location."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.extract.facts.addresses import find_addresses
from pipeline.extract.parsing.page import Page
from pipeline.extract.parsing.parse import read_page
from pipeline.extract.parsing.plain import read_text
from pipeline.extract.words.context import PageContext
from pipeline.records import Assertion

Place = tuple[str | None, str | None, str | None, str | None]


def places(page: Page) -> list[Place]:
    found = [
        json.loads(o.written)
        for o in find_addresses(PageContext.of(page))
        if o.assertion is Assertion.AFFIRMED
    ]
    return [(p["street"], p["city"], p["state"], p["zip"]) for p in found]


FULL: list[tuple[str, Place]] = [
    (
        "130 Maple Street, Suite 204, Springfield, MA 01103",
        ("130 Maple Street, Suite 204", "Springfield", "MA", "01103"),
    ),
    (
        "130 Maple Street\nSuite 204\nSpringfield, MA 01103",
        ("130 Maple Street, Suite 204", "Springfield", "MA", "01103"),
    ),
    ("Visit us at 12 Oak Ave., Quincy, MA 02169.", ("12 Oak Ave", "Quincy", "MA", "02169")),
    ("55 North Main St Worcester MA 01608", ("55 North Main St", "Worcester", "MA", "01608")),
    ("One Main Street, Cambridge, Massachusetts 02142", ("One Main Street", "Cambridge", "MA", "02142")),
    ("Main office: 75 Weaver Dye Works, Salem, MA 01970", ("75 Weaver Dye Works", "Salem", "MA", "01970")),
    ("P.O. Box 1234, Salem, MA 01970", ("P.O. Box 1234", "Salem", "MA", "01970")),
    ("2210 E. Hwy 62\nTahlequah, OK 74464", ("2210 E. Hwy 62", "Tahlequah", "OK", "74464")),
    ("450 State Route 9, Framingham, MA 01701", ("450 State Route 9", "Framingham", "MA", "01701")),
    ("18 N. 12th\nLawton, OK 73501", ("18 N. 12th", "Lawton", "OK", "73501")),
    ("415 W. 2nd\nBartlesville, OK 74003", ("415 W. 2nd", "Bartlesville", "OK", "74003")),
    ("1930 N Jefferson\nOklahoma City, OK 73107", ("1930 N Jefferson", "Oklahoma City", "OK", "73107")),
    ("Main Office\n212 N. Monroe\nEnid, OK 73701", ("212 N. Monroe", "Enid", "OK", "73701")),
    ("1480 Commerce Park Dr. #12\nFresno, CA 93722", ("1480 Commerce Park Dr. #12", "Fresno", "CA", "93722")),
    (
        "3300 Willow Rd Suite D\nGrass Valley, CA 95945",
        ("3300 Willow Rd Suite D", "Grass Valley", "CA", "95945"),
    ),
    ("640 Harbor St, Floor 1\nAnnapolis, MD 21401", ("640 Harbor St, Floor 1", "Annapolis", "MD", "21401")),
    (
        "19 East Alder Street, 2nd Floor, Boston, MA 02118-0001",
        ("19 East Alder Street, 2nd Floor", "Boston", "MA", "02118"),
    ),
    ("41-25 Kissena Blvd, Flushing, NY 11355", ("41-25 Kissena Blvd", "Flushing", "NY", "11355")),
    ("N6W23001 Bluemound Rd, Waukesha, WI 53188", ("N6W23001 Bluemound Rd", "Waukesha", "WI", "53188")),
    (
        "27 Orange Grove Court, St. Augustine, Florida 32084",
        ("27 Orange Grove Court", "St. Augustine", "FL", "32084"),
    ),
    ("912 Ridge Rd Fort Worth, TX 76107", ("912 Ridge Rd", "Fort Worth", "TX", "76107")),
    (
        "5150 E Date Grove Dr Cathedral City CA 92234",
        ("5150 E Date Grove Dr", "Cathedral City", "CA", "92234"),
    ),
    ("110 Broadway, New York, NY 10005", ("110 Broadway", "New York", "NY", "10005")),
    (
        "77 Sycamore Avenue\nSte 3A\nNew York, NY 10019",
        ("77 Sycamore Avenue, Ste 3A", "New York", "NY", "10019"),
    ),
    ("Address: 22 Elm Street | Lowell | MA | 01852", ("22 Elm Street", "Lowell", "MA", "01852")),
    ("100 Pine St NW, Washington, DC 20005", ("100 Pine St NW", "Washington", "DC", "20005")),
    ("25 Washington Street, Wellesley, MA 02481", ("25 Washington Street", "Wellesley", "MA", "02481")),
    (
        "1200 N 19th Dr 12, Building 5, Phoenix, AZ 85007",
        ("1200 N 19th Dr 12, Building 5", "Phoenix", "AZ", "85007"),
    ),
    ("Suite 300, 45 School Street, Boston, MA 02108", ("45 School Street", "Boston", "MA", "02108")),
    ("Riverbend Center 45 School Street Boston, MA 02108", ("45 School Street", "Boston", "MA", "02108")),
    (
        "14 Rear Mill Street\nBuilding B\nLawrence, MA 01840",
        ("14 Rear Mill Street, Building B", "Lawrence", "MA", "01840"),
    ),
    ("1 City Hall Plaza, Boston, MA 02201", ("1 City Hall Plaza", "Boston", "MA", "02201")),
    ("120 Calle Luna, San Juan, PR 00901", ("120 Calle Luna", "San Juan", "PR", "00901")),
    (
        "Nuestra oficina: 88 Essex Street, Piso 2, Lawrence, MA 01840",
        ("88 Essex Street, Piso 2", "Lawrence", "MA", "01840"),
    ),
    (
        "200 W. Main Street, Unit #4, Northborough, Mass. 01532",
        ("200 W. Main Street, Unit #4", "Northborough", "MA", "01532"),
    ),
    ("12½ Court Street, Plymouth, MA 02360", ("12½ Court Street", "Plymouth", "MA", "02360")),
    ("210 West 8th Street, Chula Vista, CA", ("210 West 8th Street", "Chula Vista", "CA", None)),
    ("Find us at 18 Harbor Way in Gloucester, MA.", ("18 Harbor Way", "Gloucester", "MA", None)),
    ("Group meets at 3 Spring Lane,\nNashua,\nNH 03060", ("3 Spring Lane", "Nashua", "NH", "03060")),
    (
        "77 Highland Ave, Ste. 3-B, Somerville, MA  02143",
        ("77 Highland Ave, Ste. 3-B", "Somerville", "MA", "02143"),
    ),
    (
        "10 Park Plaza, Tower 2, Suite 10, Boston, MA 02116",
        ("10 Park Plaza, Tower 2, Suite 10", "Boston", "MA", "02116"),
    ),
    ("130 MAPLE STREET, SPRINGFIELD, MA 01103", ("130 MAPLE STREET", "SPRINGFIELD", "MA", "01103")),
    (
        "900 West 40th Street, Suites 300, 330 and 340, Aurora, IL 60505",
        ("900 West 40th Street, Suites 300, 330 and 340", "Aurora", "IL", "60505"),
    ),
    (
        "8 Franklin Avenue, 1st and 2nd Floors, Kingston, NY 12401",
        ("8 Franklin Avenue, 1st and 2nd Floors", "Kingston", "NY", "12401"),
    ),
    (
        "1212 South 300 East, Salt Lake City, UT 84111",
        ("1212 South 300 East", "Salt Lake City", "UT", "84111"),
    ),
    ("16 Third Street North, Virginia, MN 55792", ("16 Third Street North", "Virginia", "MN", "55792")),
    (
        "400 Lake Street Inc\n26 Birch Road\nSaratoga Springs, NY 12866",
        ("26 Birch Road", "Saratoga Springs", "NY", "12866"),
    ),
    ("Detox Unit 2040 2nd Avenue, Bismarck, ND 58501", ("2040 2nd Avenue", "Bismarck", "ND", "58501")),
    (
        "Four Rivers Center 118 East 5th Street, Kokomo, IN 46901",
        ("118 East 5th Street", "Kokomo", "IN", "46901"),
    ),
    ("Carretera 2 Km 8.1, Bayamon, PR 00959", ("Carretera 2 Km 8.1", "Bayamon", "PR", "00959")),
    ("310-A Highway 41, Macon, GA 31206", ("310-A Highway 41", "Macon", "GA", "31206")),
    (
        "5 Dr. Martin Luther King Jr. Blvd, Worcester, MA 01608",
        ("5 Dr. Martin Luther King Jr. Blvd", "Worcester", "MA", "01608"),
    ),
]


@pytest.mark.parametrize(("text", "expected"), FULL, ids=[row[0][:40] for row in FULL])
def test_full_addresses(text: str, expected: Place) -> None:
    assert places(read_text(text)) == [expected]


CITY: list[tuple[str, list[tuple[str, str]]]] = [
    ("Come to evening groups at our Lowell, MA location.", [("Lowell", "MA")]),
    ("Located in downtown Portland, Oregon, we treat adults.", [("Portland", "OR")]),
    ("Our program in Medford, Massachusetts is small.", [("Medford", "MA")]),
    (
        "Groups run at both its Salem, MA location and Beverly, MA locations.",
        [("Salem", "MA"), ("Beverly", "MA")],
    ),
    (
        "Our offices are located in Grass Valley & Fresno, CA.",
        [("Grass Valley", "CA"), ("Fresno", "CA")],
    ),
    ("Intro text here.\nTempe, AZ\nCall us now to begin.", [("Tempe", "AZ")]),
    ("Our clinic in New Bedford, MA is open.", [("New Bedford", "MA")]),
    ("We are conveniently located in Naperville, Illinois.", [("Naperville", "IL")]),
    ("We are headquartered in St. Louis, Missouri.", [("St. Louis", "MO")]),
    ("We have offices in Boston, MA and Providence, RI.", [("Boston", "MA"), ("Providence", "RI")]),
    ("Locations: Worcester, MA | Lowell, MA", [("Worcester", "MA"), ("Lowell", "MA")]),
    ("In Manchester, NH, our IOP meets in the evening.", [("Manchester", "NH")]),
    ("Groups meet in person in Concord, NH.", [("Concord", "NH")]),
    (
        "With locations in Boston, Quincy and Worcester, MA.",
        [("Boston", "MA"), ("Quincy", "MA"), ("Worcester", "MA")],
    ),
]


@pytest.mark.parametrize(("text", "expected"), CITY, ids=[row[0][:40] for row in CITY])
def test_city_as_location(text: str, expected: list[tuple[str, str]]) -> None:
    assert sorted((city, state) for _, city, state, _ in places(read_text(text))) == sorted(expected)  # type: ignore[type-var]


NOWHERE = [
    "Serving Newton, Natick and Wellesley, MA and the communities near them.",
    "We help families from Boston, MA and beyond.",
    "Areas we serve: Quincy, MA; Braintree, MA; Weymouth, MA.",
    "She grew up in Lowell, MA and studied at a college in Amherst, MA.",
    "Our program in the state of Massachusetts is open.",
    "Licensed in MA, NH and RI.",
    "Looking for an IOP in Boston, MA? We can help.",
    "Find the best center in Miami, Florida today.",
    "Located near Boston, MA.",
    "Located just outside Boston, MA.",
    "Outpatient Rehab in Scottsdale, AZ is growing.",
    "Our team traveled to Denver, Colorado.",
    "Call 617-555-0123 in MA.",
    "123 Street Name, City, CA 00000",
    "The study followed 12345 people in MA over ten years.",
    "In 2019, 100 Great Programs in MA were compared.",
    "Minutes from Dubuque, Iowa, and an easy drive from Ames, Iowa.",
    "Drug use in Springfield, MA rose in 2020.",
    "IOP or PHP? OK, call us. Hi, ME too.",
    "Residents of Fall River, MA can call.",
    "A court in Boston, MA ruled in 2021.",
    "Open 24 hours a day, 7 days a week in all of Ohio.",
    "Many people in Phoenix, AZ look for help.",
    "Order ID 02139 shipped.",
]


@pytest.mark.parametrize("text", NOWHERE)
def test_no_location(text: str) -> None:
    assert places(read_text(text)) == []


def test_address_of_others_is_generic() -> None:
    page = read_text(
        "You may file complaints with the Office for Civil Rights, 200 Independence Avenue SW, Washington, DC 20201."
    )
    assert places(page) == []
    assert [o.qualifier for o in find_addresses(PageContext.of(page))] == ["other_organization"]


def test_break_and_inline_markup() -> None:
    page = read_page(
        "<h1>Visit</h1><p>130 Maple <b>Street</b>,<br>Suite 204<br><span>Springfield</span>, <span>MA</span> 01103</p>"
    )
    assert places(page) == [("130 Maple Street, Suite 204", "Springfield", "MA", "01103")]


def test_json_ld_only() -> None:
    page = read_page(
        '<script type="application/ld+json">{"@type":"MedicalBusiness","telephone":"617-555-0123","address":{"@type":"PostalAddress",'
        '"streetAddress":"130 Maple Street","addressLocality":"Springfield","addressRegion":"MA","postalCode":"01103"}}</script><p>Care.</p>'
    )
    assert places(page) == [("130 Maple Street", "Springfield", "MA", "01103")]


def test_json_ld_and_text_are_one() -> None:
    page = read_page(
        '<script type="application/ld+json">{"@type":"PostalAddress","streetAddress":"52 West Maple St, Suite 9",'
        '"addressLocality":"Springfield","addressRegion":"MA","postalCode":"01103"}</script><p>52 W Maple St, Suite 9<br>Springfield, MA 01103</p>'
    )
    assert places(page) == [("52 W Maple St, Suite 9", "Springfield", "MA", "01103")]


def test_several_offices() -> None:
    page = read_page(
        "<h2>Our locations</h2><div>Downtown<br>30 Elm Ave, Suite 2, Quincy, MA 02169</div><div>North<br>14 Main St, Salem, MA 01970</div>"
        "<div>33 Alder St, Quincy, MA 02169</div>"
    )
    assert {street for street, *_ in places(page)} == {"30 Elm Ave, Suite 2", "14 Main St", "33 Alder St"}


def test_same_street_name_in_two_towns() -> None:
    page = read_text("100 Main St, Quincy, MA 02169\n100 Main St, Salem, MA 01970")
    assert len(places(page)) == 2


def test_street_whose_state_stands_elsewhere() -> None:
    page = read_page(
        "<p>Groups meet at 30 Elm Ave, Quincy on Mondays.</p><footer>14 Main St, Quincy, MA 02169</footer>"
    )
    assert ("30 Elm Ave", "Quincy", "MA", None) in places(page)


def test_mailing_address_says_so() -> None:
    page = read_text("PO Box 77, Salem, MA 01970")
    assert [o.qualifier for o in find_addresses(PageContext.of(page))] == ["mailing"]


def check(page: Page) -> None:
    for one in find_addresses(PageContext.of(page)):
        assert one.quote
        assert page.text[one.start : one.end] == one.quote
        assert set(json.loads(one.written)) == {"street", "city", "state", "zip"}


_PIECES = [
    *(row[0] for row in FULL),
    *NOWHERE,
    "\n",
    ", ",
    "MA 01103",
    "(",
    "Springfield",
    "130 ",
    "İ",
    "Suite",
]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(_PIECES), max_size=10).map(" ".join))
def test_quotes_are_verbatim(text: str) -> None:
    check(read_text(text))


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=300))
def test_nothing_raises(text: str) -> None:
    check(read_text(text))

"""Addresses as pages print them; towns that are only named are no location."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.extract.addresses import find_addresses
from pipeline.extract.page import Page
from pipeline.extract.parse import read_page
from pipeline.extract.plain import read_text
from pipeline.records import Assertion

Place = tuple[str | None, str | None, str | None, str | None]


def places(page: Page) -> list[Place]:
    found = [json.loads(o.value) for o in find_addresses(page) if o.assertion is Assertion.AFFIRMED]
    return [(p["street"], p["city"], p["state"], p["zip"]) for p in found]


FULL: list[tuple[str, Place]] = [
    ("130 Maple Street, Suite 204, Springfield, MA 01103", ("130 Maple Street, Suite 204", "Springfield", "MA", "01103")),
    ("130 Maple Street\nSuite 204\nSpringfield, MA 01103", ("130 Maple Street, Suite 204", "Springfield", "MA", "01103")),
    ("Visit us at 12 Oak Ave., Quincy, MA 02169.", ("12 Oak Ave", "Quincy", "MA", "02169")),
    ("55 North Main St Worcester MA 01608", ("55 North Main St", "Worcester", "MA", "01608")),
    ("One Main Street, Cambridge, Massachusetts 02142", ("One Main Street", "Cambridge", "MA", "02142")),
    ("P.O. Box 1234, Salem, MA 01970", ("P.O. Box 1234", "Salem", "MA", "01970")),
    ("7777 E. Hwy 66\nEl Reno, OK 73036", ("7777 E. Hwy 66", "El Reno", "OK", "73036")),
    ("450 State Route 9, Framingham, MA 01701", ("450 State Route 9", "Framingham", "MA", "01701")),
    ("70 N. 31st\nClinton, OK 73601", ("70 N. 31st", "Clinton", "OK", "73601")),
    ("3080 W. 3rd\nElk City, OK 73644", ("3080 W. 3rd", "Elk City", "OK", "73644")),
    ("4420 N Lincoln\nOklahoma City, OK 73105", ("4420 N Lincoln", "Oklahoma City", "OK", "73105")),
    ("Main Office\n101 N. Union\nShawnee, OK 74801", ("101 N. Union", "Shawnee", "OK", "74801")),
    ("9960 Business Park Dr. #160\nSacramento, CA 95827", ("9960 Business Park Dr. #160", "Sacramento", "CA", "95827")),
    ("7011 Sylvan Rd Suite D\nCitrus Heights, CA 95610", ("7011 Sylvan Rd Suite D", "Citrus Heights", "CA", "95610")),
    ("1200 Light St, Floor 1\nBaltimore, MD 21230", ("1200 Light St, Floor 1", "Baltimore", "MD", "21230")),
    ("85 East Newton Street, 2nd Floor, Boston, MA 02118-2340", ("85 East Newton Street, 2nd Floor", "Boston", "MA", "02118")),
    ("41-25 Kissena Blvd, Flushing, NY 11355", ("41-25 Kissena Blvd", "Flushing", "NY", "11355")),
    ("N6W23001 Bluemound Rd, Waukesha, WI 53188", ("N6W23001 Bluemound Rd", "Waukesha", "WI", "53188")),
    ("150 Village Crossing Court, St. Augustine, Florida 32084", ("150 Village Crossing Court", "St. Augustine", "FL", "32084")),
    ("7001 Ridge Rd Fort Worth, TX 76132", ("7001 Ridge Rd", "Fort Worth", "TX", "76132")),
    ("68487 E Palm Canyon Dr Cathedral City CA 92234", ("68487 E Palm Canyon Dr", "Cathedral City", "CA", "92234")),
    ("110 Broadway, New York, NY 10005", ("110 Broadway", "New York", "NY", "10005")),
    ("369 Lexington Avenue\nSte 14A\nNew York, NY 10017", ("369 Lexington Avenue, Ste 14A", "New York", "NY", "10017")),
    ("Address: 22 Elm Street | Lowell | MA | 01852", ("22 Elm Street", "Lowell", "MA", "01852")),
    ("100 Pine St NW, Washington, DC 20005", ("100 Pine St NW", "Washington", "DC", "20005")),
    ("25 Washington Street, Wellesley, MA 02481", ("25 Washington Street", "Wellesley", "MA", "02481")),
    ("34225 N 27th Dr 146, Building 5, Phoenix, AZ 85085", ("34225 N 27th Dr 146, Building 5", "Phoenix", "AZ", "85085")),
    ("Suite 300, 45 School Street, Boston, MA 02108", ("45 School Street", "Boston", "MA", "02108")),
    ("Riverbend Center 45 School Street Boston, MA 02108", ("45 School Street", "Boston", "MA", "02108")),
    ("14 Rear Mill Street\nBuilding B\nLawrence, MA 01840", ("14 Rear Mill Street, Building B", "Lawrence", "MA", "01840")),
    ("1 City Hall Plaza, Boston, MA 02201", ("1 City Hall Plaza", "Boston", "MA", "02201")),
    ("120 Calle Luna, San Juan, PR 00901", ("120 Calle Luna", "San Juan", "PR", "00901")),
    ("Nuestra oficina: 88 Essex Street, Piso 2, Lawrence, MA 01840", ("88 Essex Street, Piso 2", "Lawrence", "MA", "01840")),
    ("200 W. Main Street, Unit #4, Northborough, Mass. 01532", ("200 W. Main Street, Unit #4", "Northborough", "MA", "01532")),
    ("12½ Court Street, Plymouth, MA 02360", ("12½ Court Street", "Plymouth", "MA", "02360")),
    ("653 West 19th Street, Costa Mesa, CA", ("653 West 19th Street", "Costa Mesa", "CA", None)),
    ("Find us at 18 Harbor Way in Gloucester, MA.", ("18 Harbor Way", "Gloucester", "MA", None)),
    ("Group meets at 3 Spring Lane,\nNashua,\nNH 03060", ("3 Spring Lane", "Nashua", "NH", "03060")),
    ("77 Highland Ave, Ste. 3-B, Somerville, MA  02143", ("77 Highland Ave, Ste. 3-B", "Somerville", "MA", "02143")),
    ("10 Park Plaza, Tower 2, Suite 10, Boston, MA 02116", ("10 Park Plaza, Tower 2, Suite 10", "Boston", "MA", "02116")),
    ("130 MAPLE STREET, SPRINGFIELD, MA 01103", ("130 MAPLE STREET", "SPRINGFIELD", "MA", "01103")),
    ("24600 West 127th Street, Suites 300, 330 and 340, Plainfield, IL 60585", ("24600 West 127th Street, Suites 300, 330 and 340", "Plainfield", "IL", "60585")),
    ("17 Hamilton Avenue, 1st and 2nd Floors, Monticello, NY 12701", ("17 Hamilton Avenue, 1st and 2nd Floors", "Monticello", "NY", "12701")),
    ("3944 South 400 East, Salt Lake City, UT 84107", ("3944 South 400 East", "Salt Lake City", "UT", "84107")),
    ("504 First Street North, Virginia, MN 55792", ("504 First Street North", "Virginia", "MN", "55792")),
    ("820 River House Inc\n551 Bay Road\nQueensbury, NY 12804", ("551 Bay Road", "Queensbury", "NY", "12804")),
    ("Detox Unit 1519 1st Avenue, Fargo, ND 58103", ("1519 1st Avenue", "Fargo", "ND", "58103")),
    ("Four County Center 401 East 8th Street, Rochester, IN 46975", ("401 East 8th Street", "Rochester", "IN", "46975")),
    ("Carretera 129 Km 2.6, Arecibo, PR 00612", ("Carretera 129 Km 2.6", "Arecibo", "PR", "00612")),
    ("940-A Highway 96, Warner Robins, GA 31088", ("940-A Highway 96", "Warner Robins", "GA", "31088")),
    ("5 Dr. Martin Luther King Jr. Blvd, Worcester, MA 01608", ("5 Dr. Martin Luther King Jr. Blvd", "Worcester", "MA", "01608")),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), FULL, ids=[row[0][:40] for row in FULL])
def test_full_addresses(text: str, expected: Place) -> None:
    assert places(read_text(text)) == [expected]


CITY: list[tuple[str, list[tuple[str, str]]]] = [
    ("Clients attend for six weeks at our Worcester, MA location.", [("Worcester", "MA")]),
    ("Located in downtown Portland, Oregon, we treat adults.", [("Portland", "OR")]),
    ("Our program in Woburn, Massachusetts treats women.", [("Woburn", "MA")]),
    (
        "The IOP meets at both its Weymouth, MA location and Watertown, MA locations.",
        [("Weymouth", "MA"), ("Watertown", "MA")],
    ),
    (
        "Our offices are located in Citrus Heights & Sacramento, CA.",
        [("Citrus Heights", "CA"), ("Sacramento", "CA")],
    ),
    ("Intro text here.\nMesa, AZ\nCall us now to begin.", [("Mesa", "AZ")]),
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
    "Minutes from Des Moines, Iowa, and an easy drive from Ames, Iowa.",
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
    assert [o.qualifier for o in find_addresses(page)] == ["other_organization"]


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
        '<script type="application/ld+json">{"@type":"PostalAddress","streetAddress":"800 West Maple St, Suite 203",'
        '"addressLocality":"Springfield","addressRegion":"MA","postalCode":"01103"}</script><p>800 W Maple St, Suite 203<br>Springfield, MA 01103</p>'
    )
    assert places(page) == [("800 W Maple St, Suite 203", "Springfield", "MA", "01103")]


def test_several_offices() -> None:
    page = read_page(
        "<h2>Our locations</h2><div>Downtown<br>30 Elm Ave, Suite 2, Quincy, MA 02169</div><div>North<br>14 Main St, Salem, MA 01970</div>"
        "<div>33 Pratt St, Quincy, MA 02169</div>"
    )
    assert {street for street, *_ in places(page)} == {"30 Elm Ave, Suite 2", "14 Main St", "33 Pratt St"}


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
    assert [o.qualifier for o in find_addresses(page)] == ["mailing"]


def check(page: Page) -> None:
    for one in find_addresses(page):
        assert one.quote
        assert page.text[one.start : one.end] == one.quote
        assert set(json.loads(one.value)) == {"street", "city", "state", "zip"}


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

"""Street lines: what they hold, which spellings are one, and that nothing raises."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.normalize.address import Street, normalize_street, number_range


@pytest.mark.parametrize(
    ("street1", "street2", "expected"),
    [
        ("12 Main Street", "", Street("12", "", "MAIN", "ST", "", "", "street")),
        ("12 north main st.", "Suite 3-A", Street("12", "N", "MAIN", "ST", "", "STE 3A", "street")),
        ("4400 SW 13th Street", "", Street("4400", "SW", "13TH", "ST", "", "", "street")),
        ("2064 Douglas Street SE", "", Street("2064", "", "DOUGLAS", "ST", "SE", "", "street")),
        ("120 Saint James Ave, 5th Floor", "", Street("120", "", "ST JAMES", "AVE", "", "FL 5", "street")),
        ("One First Street", "", Street("1", "", "1ST", "ST", "", "", "street")),
        ("10 N Street", "", Street("10", "", "N", "ST", "", "", "street")),
        ("100 North E Street", "", Street("100", "N", "E", "ST", "", "", "street")),
        ("751 East 700 South", "", Street("751", "E", "700", "", "S", "", "street")),
        ("10 Avenue A", "", Street("10", "", "AVENUE A", "", "", "", "street")),
        ("550-A Bernard Street", "", Street("550A", "", "BERNARD", "ST", "", "", "street")),
        ("728 1/2 Freeman Avenue", "", Street("728 1/2", "", "FREEMAN", "AVE", "", "", "street")),
        ("N57 W24950 Corporate Circle", "", Street("N57 W24950", "", "CORPORATE", "CIR", "", "", "street")),
        ("341 Office Park Drive", "", Street("341", "", "OFFICE PARK", "DR", "", "", "street")),
        ("5 Union St #3", "", Street("5", "", "UNION", "ST", "", "3", "street")),
        ("1088 State Route 34", "", Street("1088", "", "HWY 34", "", "", "", "highway")),
        ("415 Highway 95-A", "", Street("415", "", "HWY 95 A", "", "", "", "highway")),
        ("Carr 14 Km 19.2", "", Street("KM 19.2", "", "HWY 14", "", "", "", "highway")),
        ("Carr. #2, Km. 11 Hm 5", "", Street("KM 11.5", "", "HWY 2", "", "", "", "highway")),
        ("Km 0.5 Carretera PR-2", "", Street("KM 0.5", "", "HWY 2", "", "", "", "highway")),
        ("12000 FM 1960 Rd W", "", Street("12000", "W", "FM 1960", "", "", "", "highway")),
        ("7700 Ranch Road 620 N", "", Street("7700", "N", "RM 620", "", "", "", "highway")),
        ("500 IH-35 South Frontage Rd, Ste 3", "", Street("500", "S", "I 35", "", "", "STE 3", "highway")),
        ("12 Oak Street, N.W.", "", Street("12", "", "OAK", "ST", "NW", "", "street")),
        ("12 Oak Street, S. E., Suite 5", "", Street("12", "", "OAK", "ST", "SE", "STE 5", "street")),
        ("12 Oak Street", "N.W.", Street("12", "", "OAK", "ST", "NW", "", "street")),
        ("12 Oak St Penthouse 5", "", Street("12", "", "OAK", "ST", "", "PH 5", "street")),
        ("12 Oak St, Lobby", "", Street("12", "", "OAK", "ST", "", "LBBY", "street")),
        ("12 Oak St LL", "", Street("12", "", "OAK", "ST", "", "LOWR", "street")),
        ("12 Oak St Front", "", Street("12", "", "OAK", "ST", "", "FRNT", "street")),
        ("12 Front Street", "", Street("12", "", "FRONT", "ST", "", "", "street")),
        ("12 Oak St Mail Stop 7", "", Street("12", "", "OAK", "ST", "", "STOP 7", "street")),
        ("39 Pier 39", "", Street("39", "", "PIER 39", "", "", "", "street")),
        ("P.O. Box 724", "", Street("724", kind="po_box")),
        ("Post Office Drawer 9", "", Street("9", kind="po_box")),
        ("PO Box 724", "12 Main St", Street("12", "", "MAIN", "ST", "", "", "street", "724")),
        ("12 Main St, Box 724", "", Street("12", "", "MAIN", "ST", "", "", "street", "724")),
        ("12 Main St", "P.O. Box 724, Suite 4", Street("12", "", "MAIN", "ST", "", "STE 4", "street", "724")),
        ("HC 01 Box 15", "", Street("HC 1 BOX 15", kind="po_box")),
        ("12 State Route 9", "RR 2, Box 18", Street("12", "", "HWY 9", "", "", "", "highway", "RR 2 BOX 18")),
        ("12 PO Box 1", "", Street("1", kind="po_box")),
        ("12 Main Street Suite 4", "Rear", Street("12", "", "MAIN", "ST", "", "STE 4 REAR", "street")),
        ("- - -", "", Street(kind="withheld")),
        ("", "", Street(kind="withheld")),
        ("Address withheld", "", Street(kind="withheld")),
        (
            "Harbor Hospital",
            "12 Main Street",
            Street("12", "", "MAIN", "ST", "", "HARBOR HOSPITAL", "street"),
        ),
        (
            "Harbor Hospital 12 Main Street",
            "",
            Street("12", "", "MAIN", "ST", "", "HARBOR HOSPITAL", "street"),
        ),
        ("Robert Marshall Hall", "", Street(name="ROBERT MARSHALL HALL", kind="campus")),
    ],
)
def test_parts(street1: str, street2: str, expected: Street) -> None:
    assert normalize_street(street1, street2) == expected


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("163-18 Jamaica Avenue", "163-18 Jamaica Ave."),
        ("129B Howell Road", "129-B Howell Rd"),
        ("1480 North M-52", "1480 N Highway 52"),
        ("12345 IH-35 North", "12345 N Interstate 35"),
        ("500 Farm-to-Market Road 1960 West", "500 W FM 1960"),
        ("Highway Contract 1 Box 15", "HC 1, Box 15"),
        ("Carr 2 Km 11.5", "Carretera 2, Kilómetro 11.5"),
        ("Mile 66.5 Alder Highway", "66.5 Alder Hwy"),
        ("121 and 123 Seymour Street", "121-123 Seymour St"),
        ("22 Martin Luther King Boulevard", "22 Martin Luther King Blvd"),
    ],
)
def test_one_address_in_two_spellings(left: str, right: str) -> None:
    assert normalize_street(left) == normalize_street(right)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("Units C and D, 1st Floor", "Units C and D, Floor 1"),
        ("Suite 3-A", "Ste 3A"),
        ("2nd Floor", "Floor 2"),
    ],
)
def test_one_unit_in_two_spellings(left: str, right: str) -> None:
    assert normalize_street("1 Main Street", left).unit == normalize_street("1 Main Street", right).unit


def test_line_leaves_the_unit_out() -> None:
    assert normalize_street("53-57 North Beacon Street", "Suite 2").line == "53-57 N BEACON ST"
    assert normalize_street("PO Box 9").line == "PO BOX 9"
    assert normalize_street("HC 1 Box 15").line == "HC 1 BOX 15"
    assert normalize_street("12 Main St, PO Box 9").line == "12 MAIN ST"


@pytest.mark.parametrize(
    ("number", "span"),
    [
        ("12", (12, 12)),
        ("53-57", (53, 57)),
        ("2617-19", (2617, 2619)),
        ("163-18", (16318, 16318)),
        ("550A", (550, 550)),
        ("728 1/2", (728, 728)),
        ("W3272", None),
        ("", None),
    ],
)
def test_number_range(number: str, span: tuple[int, int] | None) -> None:
    assert number_range(number) == span


@given(st.text(max_size=60), st.text(max_size=30))
def test_anything_is_read_without_an_error(street1: str, street2: str) -> None:
    street = normalize_street(street1, street2)
    assert (street.kind == "withheld") == (street.line == "")

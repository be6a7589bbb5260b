"""Printed numbers → E.164."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.normalize.phone import e164, national_line, numbers_of, phones_in

PRINTED = [
    ("(617) 555-0123", "+16175550123"),
    ("617-555-0123", "+16175550123"),
    ("617.555.0123", "+16175550123"),
    ("6175550123", "+16175550123"),
    ("1-617-555-0123", "+16175550123"),
    ("+1 617 555 0123", "+16175550123"),
    ("tel:+16175550123", "+16175550123"),
    ("tel:1%20617%20555%200123", "+16175550123"),
    ("978-555-0102 x135", "+19785550102;ext=135"),
    ("617-555-0123 ext. 12", "+16175550123;ext=12"),
    ("617-555-0123 Extension 7", "+16175550123;ext=7"),
    ("617-555-0123;ext=9", "+16175550123;ext=9"),
    ("617-555-0123 #3", "+16175550123;ext=3"),
    ("1-800-GET-HELP", "+18004384357"),
    ("1-844-99-RENEW", "+18449973639"),
    ("617\u2010555\u20100123", "+16175550123"),
    ("781 555-0192", "+17815550192"),
    ("787-555-0123", "+17875550123"),
    ("+44 20 7946 0958", "+442079460958"),
    ("", None),
    (None, None),
    ("none", None),
    ("555-0123", None),
    ("(555) 123-4567", None),
    ("123-456-7890", None),
    ("911", None),
    ("617-911-0123", None),
    ("211-555-0123", None),
    ("888-311-0123", "+18883110123"),
    ("1-800-511-0123 x4", "+18005110123;ext=4"),
    ("(833) 911-0123", "+18339110123"),
    ("800-111-0123", None),
    ("340-555-0123", "+13405550123"),
    ("684-555-0123", "+16845550123"),
    ("617-055-0123", None),
    ("617-555-1234", None),
    ("617-222-2222", None),
    ("200-345-6789", None),
    ("+1 617 555 012", None),
    ("( 413 ) 555-0123", "+14135550123"),
    ("+1 ( 413 )555 - 0123", "+14135550123"),
    ("[ 413 ] 555 0123", "+14135550123"),
    ("4135550123.0", "+14135550123"),
    ("14135550123.00", "+14135550123"),
    ("4.135550123E+09", "+14135550123"),
    ("4.13555E+09", None),  # its last digits are lost
    ("413555012.3", None),
    ("tel:%28413%29%20555-0123", "+14135550123"),
    ("tel:%2B1%20413%20555%200123", "+14135550123"),
    ("TEL://413-555-0123", "+14135550123"),
    ("340-642-1234", "+13406421234"),
    ("684-622-1234", "+16846221234"),
    ("670-322-1234", "+16703221234"),
    ("671-472-1234", "+16714721234"),
    ("617-555-0123 (ext. 12)", "+16175550123;ext=12"),
    ("617-555-0123 (x12)", "+16175550123;ext=12"),
    ("617-555-0123 [ Ext 12 ]", "+16175550123;ext=12"),
    ("617-555-0123 EXTENSION 12", "+16175550123;ext=12"),
    ("617-555-0123 X12", "+16175550123;ext=12"),
    ("617-555-0123 EXTN. 12", "+16175550123;ext=12"),
    ("617-555-0123 (12 beds)", "+16175550123"),
]


@pytest.mark.parametrize(("printed", "number"), PRINTED)
def test_e164(printed: str | None, number: str | None) -> None:
    assert e164(printed) == number


def test_several_numbers_in_text() -> None:
    text = "Call 617-555-0123 or 866-555-0110 ext 4, fax 617.555.0124"
    assert [found.number for found in phones_in(text)] == [
        "+16175550123",
        "+18665550110;ext=4",
        "+16175550124",
    ]
    assert [text[found.start : found.end] for found in phones_in(text)][1] == "866-555-0110 ext 4"


def test_the_numbers_of_a_cell_are_told_once() -> None:
    assert numbers_of("( 413 ) 555-0123 / 413.555.0123 or 866-555-0110 (ext. 4)") == [
        "+14135550123",
        "+18665550110;ext=4",
    ]


def test_an_extension_in_brackets_ends_with_them() -> None:
    (found,) = phones_in("Call ( 413 ) 555-0123 (ext. 12).")
    assert (found.start, found.end, found.is_bare) == (5, 31, False)


def test_national_lines() -> None:
    assert national_line("988")
    assert national_line("+18006624357") == "SAMHSA National Helpline"
    assert national_line("+16175550123") is None


@given(st.text(max_size=80))
def test_any_text(text: str) -> None:
    number = e164(text)
    assert number is None or number.startswith("+")


@given(st.integers(0, 99), st.sampled_from(["617", "413", "212", "305"]))
def test_the_usual_print(line: int, area: str) -> None:
    assert e164(f"({area}) 555-01{line:02d} x12") == f"+1{area}55501{line:02d};ext=12"

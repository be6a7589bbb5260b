"""Telephone numbers by kind; numbers of others and figures that are no numbers are no fact."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.extract.facts.phones import find_phones
from pipeline.extract.parsing.page import Page
from pipeline.extract.parsing.parse import read_page
from pipeline.extract.parsing.plain import read_text
from pipeline.extract.words.context import PageContext
from pipeline.records import Assertion


def facts(page: Page) -> dict[str, str | None]:
    return {
        o.value: o.qualifier for o in find_phones(PageContext.of(page)) if o.assertion is Assertion.AFFIRMED
    }


OFFICE = [
    ("Billing questions? Call 617-555-0150.", "office"),
    ("Medical records: 617-555-0151", "office"),
    ("Careers: 617-555-0170", "office"),
    ("To file a complaint call 617-555-0191", "office"),
    ("Privacy Officer: 617-555-0190", "office"),
    ("Human Resources (617) 555-0123", "office"),
    ("TTY 617-555-0160", "tty"),
]


@pytest.mark.parametrize(("text", "kind"), OFFICE, ids=[row[0][:40] for row in OFFICE])
def test_numbers_that_are_no_facts_keep_their_kind(text: str, kind: str) -> None:
    found = find_phones(PageContext.of(read_text(text)))
    assert [(o.qualifier, o.assertion) for o in found] == [(kind, Assertion.GENERIC)]


KINDS: list[tuple[str, dict[str, str]]] = [
    ("Call (617) 555-0123 today.", {"+16175550123": "main"}),
    ("Phone: 617-555-0123 Fax: 617-555-0124", {"+16175550123": "main", "+16175550124": "fax"}),
    ("617.555.0123 (fax)", {"+16175550123": "fax"}),
    ("P: 617-555-0123 | F: 617-555-0124", {"+16175550123": "main", "+16175550124": "fax"}),
    ("Tel 617 555 0123\nFax 617 555 0124", {"+16175550123": "main", "+16175550124": "fax"}),
    ("Fax (617) 555-0124\nadmissions@river.example", {"+16175550124": "fax"}),
    ("Admissions: 866-555-0110", {"+18665550110": "admissions"}),
    ("Intake line 617-555-0123 x12", {"+16175550123;ext=12": "admissions"}),
    ("For admissions call 617-555-0123, ext. 4.", {"+16175550123;ext=4": "admissions"}),
    ("24-hour crisis line: 617-555-0199", {"+16175550199": "crisis"}),
    ("In a mental health crisis, call our team at 617-555-0198.", {"+16175550198": "crisis"}),
    (
        "Main 617-555-0100, Admissions 617-555-0101, Fax 617-555-0102",
        {"+16175550100": "main", "+16175550101": "admissions", "+16175550102": "fax"},
    ),
    ("Call us at 617-555-0123. Admissions: 617-555-0123.", {"+16175550123": "main"}),
    ("Dial 1-617-GET-HELP today", {"+16174384357": "main"}),
    ("Call 1-800-GET-WELL (1-800-438-9355).", {"+18004389355": "main"}),
    ("617-438-MIND is our line", {"+16174386463": "main"}),
    ("(617)\u00a0555\u20110123", {"+16175550123": "main"}),
    ("617\u2010555\u20100123", {"+16175550123": "main"}),
    ("617\u00ad-555\u00ad-0123", {"+16175550123": "main"}),
    ("Telephone: 6175550123", {"+16175550123": "main"}),
    ("e617-555-0123", {"+16175550123": "main"}),
    ("+1 (617) 555-0123", {"+16175550123": "main"}),
    ("Llame al 617-555-0123", {"+16175550123": "main"}),
    ("Text or call: 617/555-0123", {"+16175550123": "main"}),
    ("617-555-0123Fax: 617-555-0124", {"+16175550123": "main", "+16175550124": "fax"}),
    ("Toll free 888.555.0111", {"+18885550111": "main"}),
    ("Referrals may be faxed to 617-555-0131.", {"+16175550131": "fax"}),
    ("Send the referral by fax to 617-555-0131.", {"+16175550131": "fax"}),
    ("Phone/Fax: 617-555-0123", {"+16175550123": "main"}),
    ("Ph 617-555-0123 / Fx 617-555-0124", {"+16175550123": "main", "+16175550124": "fax"}),
    ("T 617-555-0123 F 617-555-0124", {"+16175550123": "main", "+16175550124": "fax"}),
    (
        "Fax referral form to (617) 555-0131 or call (617) 555-0132",
        {"+16175550131": "fax", "+16175550132": "main"},
    ),
    ("If you are in crisis, call 988 or our office at 617-555-0123.", {"+16175550123": "main"}),
    ("Toll-free: 1 (888) 555-0111 or local (617) 555-0123", {"+18885550111": "main", "+16175550123": "main"}),
]


@pytest.mark.parametrize(("text", "expected"), KINDS, ids=[row[0][:40] for row in KINDS])
def test_kinds(text: str, expected: dict[str, str]) -> None:
    assert facts(read_text(text)) == expected


NO_FACT = [
    "Call or text 988, or dial 911 in an emergency.",
    "Text HOME to 741741.",
    "SAMHSA's National Helpline: 1-800-662-4357",
    "National Suicide Prevention Lifeline 1-800-273-8255",
    "Samaritans: 617-555-0177",
    "You may also call the Department of Public Health at 617-555-0178.",
    "The Joint Commission can be reached at 617-555-0179.",
    "Jane Doe, cell: 617-555-0123",
    "Call (555) 123-4567 now",
    "+1 XXX XXX XXX",
    "(123) 456-7890",
    "602-555-1234",
    "NPI 1234567893",
    "NPI 6175550123 is our identifier",
    "Over 2,345,678,901 hours",
    "License 2024-11-2110",
    "$617-555-0123",
    "617-555-01234",
    "617 MAPLEWOOD STREET",
    "Between 200 and 300 people, 2015-2016",
    "ISBN 978-617-555-0123-4",
]


@pytest.mark.parametrize("text", NO_FACT)
def test_no_fact(text: str) -> None:
    assert facts(read_text(text)) == {}


def test_link_target_without_number() -> None:
    page = read_page('<p>Need help? <a href="tel:+16175550123">Call admissions now</a></p>')
    assert facts(page) == {"+16175550123": "admissions"}


def test_swapped_number_is_tracking() -> None:
    page = read_page('<p><a href="tel:+18665550110">(617) 555-0123</a></p>')
    assert facts(page) == {"+16175550123": "main", "+18665550110": "tracking"}


def test_json_ld_telephone_and_fax() -> None:
    page = read_page(
        '<script type="application/ld+json">{"@type":"Organization","telephone":"+1-617-555-0123","faxNumber":"+1-617-555-0124"}</script><p>Hi</p>'
    )
    assert facts(page) == {"+16175550123": "main", "+16175550124": "fax"}


def test_national_line_is_kept_as_evidence() -> None:
    found = find_phones(PageContext.of(read_text("Call SAMHSA at 1-800-662-4357.")))
    assert [(o.qualifier, o.assertion) for o in found] == [("national", Assertion.GENERIC)]


def test_header_and_footer_numbers_are_one() -> None:
    page = read_page(
        "<header><a href='tel:6175550123'>617-555-0123</a></header><p>Call 617.555.0123.</p><footer>(617) 555-0123</footer>"
    )
    assert [o.value for o in find_phones(PageContext.of(page))] == ["+16175550123"]


def test_cells_label_numbers() -> None:
    page = read_page(
        "<table><tr><th>Phone</th><td>617-555-0123</td></tr><tr><th>Fax</th><td>617-555-0124</td></tr></table>"
    )
    assert facts(page) == {"+16175550123": "main", "+16175550124": "fax"}


def check(page: Page) -> None:
    for one in find_phones(PageContext.of(page)):
        assert one.quote
        assert page.text[one.start : one.end] == one.quote


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.sampled_from([*(row[0] for row in KINDS), *NO_FACT, "\n", "(", "617", "-", "İ", "x"]), max_size=10
    ).map(" ".join)
)
def test_quotes_are_verbatim(text: str) -> None:
    check(read_text(text))


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=300))
def test_nothing_raises(text: str) -> None:
    check(read_text(text))


@pytest.mark.parametrize(
    "number", ["%28617%29%20555-0123", "%2B1-617-555-0123", "(%20617%20)5550123", "617.555.0123"]
)
def test_the_number_of_a_link_however_it_is_encoded(number: str) -> None:
    assert facts(read_page(f'<p>Call our office: <a href="tel:{number}">Call now</a></p>')).keys() == {
        "+16175550123"
    }

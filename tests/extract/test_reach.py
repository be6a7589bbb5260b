"""Where a virtual program may be attended from, and by whom (`reach_cases.csv`, own sentences)."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from pipeline.extract.facts.states import FIFTY
from pipeline.extract.parsing.parse import read_page
from pipeline.extract.reading import Reading, extract
from pipeline.records import Assertion, Demotion

CASES = [
    tuple(row.values())
    for row in csv.DictReader(
        Path(__file__).with_name("reach_cases.csv").open(encoding="utf-8"), delimiter="|"
    )
]
SITE = "https://harbor-recovery.example"
PAGES = {
    "iop": ("Intensive Outpatient Program", "/programs/iop"),
    "virtual": ("Virtual Intensive Outpatient Program", "/programs/virtual-iop"),
}


def read(page: str, body: str) -> Reading:
    title, path = PAGES[page]
    offer = "<p>Our IOP meets three days a week, and we treat anxiety.</p>"
    return extract(read_page(f"<body><main><h1>{title}</h1>{offer}{body}</main></body>", SITE + path))


def told(reading: Reading, field: str, assertion: Assertion = Assertion.AFFIRMED) -> set[str]:
    return {o.written for o in reading.observations if o.field == field and o.assertion is assertion}


def states(page: str, body: str) -> set[str]:
    return told(read(page, body), "virtual_state")


def test_there_are_enough_cases() -> None:
    assert len(CASES) >= 60 and sum(not named and not rule for _, _, named, rule in CASES) >= 20


@pytest.mark.parametrize(("page", "words", "named", "rule"), CASES, ids=[row[1][:50] for row in CASES])
def test_reach(page: str, words: str, named: str, rule: str) -> None:
    reading = read(page, f"<p>{words}</p>")
    assert told(reading, "virtual_state") == set(named.split())
    assert told(reading, "presence_rule") == ({rule} if rule else set())


def test_quotes_stand_on_the_page() -> None:
    for page, words, *_ in CASES:
        reading = read(page, f"<p>{words}</p>")
        found = [o for o in reading.observations if o.field in ("virtual_state", "presence_rule")]
        assert all(o.quote and o.quote == reading.page.text[o.start : o.end] for o in found)


LISTS = [
    "<h2>States we serve</h2><ul><li>Maine</li><li>Vermont</li></ul>",
    "<h2>Where we are licensed</h2><p>Maine | Vermont</p>",
    "<p>Virtual IOP is available in:</p><ul><li>Maine (ME)</li><li>Vermont – adults</li></ul>",
    "<h2>Telehealth service area</h2><h3>Maine</h3><p>Evenings.</p><h3>Vermont</h3><p>Mornings.</p>",
    "<h2>Where is virtual care offered?</h2><ul><li><a href='/me'>Maine</a></li><li><a href='/vt'>Vermont</a></li></ul>",
    "<h2>Our states</h2><table><tr><td>Maine</td></tr><tr><td>Vermont</td></tr></table>",
    "<h2>Estados donde atendemos</h2><ul><li>Maine</li><li>Vermont</li></ul>",
]


@pytest.mark.parametrize("body", LISTS)
def test_lists_under_a_title(body: str) -> None:
    assert states("virtual", body) == {"ME", "VT"}


def test_a_list_of_virtual_states_needs_no_virtual_page() -> None:
    body = "<h2>States where our virtual IOP is offered</h2><ul><li>Maine</li><li>Vermont</li></ul>"
    assert states("iop", body) == {"ME", "VT"}


NO_LISTS = [
    "<h2>States we serve</h2><ul><li>Maine</li></ul>",  # nothing says that it is virtually
    "<h2>Our offices</h2><ul><li>Maine</li><li>Vermont</li></ul>",
    "<h2>In-person states we serve</h2><ul><li>Maine</li></ul>",
    "<h2>Virtual IOP</h2><label>Which state do you live in? <select><option>Maine</option><option>Vermont</option></select></label>",
    "<h2>Virtual IOP</h2><h3>Our clinical team</h3><p>Licensed in Maine.</p>",
]


@pytest.mark.parametrize("body", NO_LISTS)
def test_lists_that_say_nothing_of_virtual_programs(body: str) -> None:
    assert states("iop", body) == set()


@pytest.mark.parametrize(
    ("words", "left_out"),
    [
        ("Our virtual IOP is available in all 50 states.", ""),
        ("Virtual care is offered in all fifty U.S. states.", ""),
        ("Our telehealth program serves all 50 states except Alaska and Hawaii.", "AK HI"),
        ("The online IOP is open to people in every state but New York.", "NY"),
        ("El programa virtual se ofrece en todos los estados excepto Texas.", "TX"),
    ],
)
def test_all_states_and_exceptions(words: str, left_out: str) -> None:
    reading = read("iop", f"<p>{words}</p>")
    assert told(reading, "virtual_state") == set(FIFTY) - set(left_out.split())
    assert told(reading, "virtual_state", Assertion.NEGATED) == set(left_out.split())


def test_there_are_fifty() -> None:
    assert len(FIFTY) == len(set(FIFTY)) == 50


def test_a_refusal_is_kept_as_evidence() -> None:
    reading = read("virtual", "<p>The program is not available to residents of Ohio.</p>")
    assert told(reading, "virtual_state", Assertion.NEGATED) == {"OH"}


def test_a_service_area_is_kept_as_unplaced() -> None:
    reading = read("iop", "<p>Serving families throughout Ohio.</p>")
    (found,) = (o for o in reading.observations if o.field == "virtual_state")
    assert (found.assertion, found.demoted) == (Assertion.GENERIC, (Demotion.UNPLACED,))

"""Intake status: accepting, waitlist, suspended, closed."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.extract.facts.accepting import find_accepting
from pipeline.extract.parsing.plain import read_text
from pipeline.extract.words.context import PageContext
from pipeline.records import Assertion


def facts(text: str) -> set[str]:
    return {
        o.value for o in find_accepting(PageContext.of(read_text(text))) if o.assertion is Assertion.AFFIRMED
    }


STATED: list[tuple[str, str]] = [
    ("We are now accepting new patients.", "accepting"),
    ("Currently accepting new clients, most major insurance accepted.", "accepting"),
    ("Our teen IOP is accepting referrals.", "accepting"),
    ("Now enrolling for the evening track.", "accepting"),
    ("Immediate openings in our adult program.", "accepting"),
    ("There is no waitlist.", "accepting"),
    ("No waiting list: start this week.", "accepting"),
    ("Same-day admissions are possible.", "accepting"),
    ("Spots are available now.", "accepting"),
    ("Estamos aceptando nuevos pacientes.", "accepting"),
    ("Enrollment is open.", "accepting"),
    ("We accept new patients every Monday.", "accepting"),
    ("We currently have a wait list of two weeks.", "waitlist"),
    ("Please call to be placed on our waiting list.", "waitlist"),
    ("Join the waitlist for the adolescent IOP.", "waitlist"),
    ("We are not accepting new patients at this time.", "suspended"),
    ("The program is currently not accepting new clients.", "suspended"),
    ("We're no longer taking new referrals.", "suspended"),
    ("Intakes are currently on hold.", "suspended"),
    ("Admissions are temporarily suspended.", "suspended"),
    ("The practice is closed to new patients.", "suspended"),
    ("Our evening group is currently full.", "suspended"),
    ("The evening IOP is temporarily paused.", "suspended"),
    ("Opening in Fall 2027.", "suspended"),
    ("The new clinic is in its pre-opening weeks.", "suspended"),
    ("The groups are not currently running.", "suspended"),
    ("This location has permanently closed.", "closed"),
    ("The IOP has been discontinued.", "closed"),
    ("We no longer offer intensive outpatient services.", "closed"),
    ("Our clinic has closed its doors.", "closed"),
]


@pytest.mark.parametrize(("text", "expected"), STATED, ids=[row[0][:40] for row in STATED])
def test_stated(text: str, expected: str) -> None:
    assert facts(text) == {expected}


NO_FACT = [
    "Are you accepting new patients?",
    "Ask whether the program is accepting new patients.",
    "Many programs have a waiting list.",
    "Saturday IOP: coming soon!",
    "Accepting yourself is the first step.",
    "The group is closed on holidays.",
    "Sign up for our newsletter, opening soon.",
    "A full schedule of groups.",
    "Space to heal.",
    "We accept most insurance.",
    "If we are not accepting new patients, we will refer you.",
    "Our new website is coming soon.",
    "Wait for the tone.",
]


@pytest.mark.parametrize("text", NO_FACT)
def test_no_fact(text: str) -> None:
    assert facts(text) == set()


def test_coming_soon_says_so() -> None:
    found = find_accepting(PageContext.of(read_text("Our Quincy clinic is opening in Spring 2027.")))
    assert [(o.value, o.qualifier) for o in found] == [("suspended", "coming_soon")]


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.sampled_from([*(row[0] for row in STATED), *NO_FACT, "İ", "\n"]), max_size=8).map(" ".join)
    | st.text(max_size=200)
)
def test_quotes_are_verbatim(text: str) -> None:
    page = read_text(text)
    for one in find_accepting(PageContext.of(page)):
        assert one.quote
        assert page.text[one.start : one.end] == one.quote

"""Accrediting and licensing bodies that a provider says it has."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.extract.facts.accreditation import find_accreditation
from pipeline.extract.parsing.page import Page
from pipeline.extract.parsing.parse import read_page
from pipeline.extract.parsing.plain import read_text
from pipeline.extract.words.context import PageContext
from pipeline.records import Assertion


def facts(page: Page) -> set[str]:
    return {o.value for o in find_accreditation(PageContext.of(page)) if o.assertion is Assertion.AFFIRMED}


HELD: list[tuple[str, set[str]]] = [
    ("We are accredited by The Joint Commission.", {"joint_commission"}),
    ("Joint Commission accredited and LegitScript certified.", {"joint_commission", "legitscript"}),
    ("CARF-accredited since 2012.", {"carf"}),
    ("Licensed by the Massachusetts Department of Public Health.", {"ma_dph"}),
    ("Licensed by BSAS.", {"bsas"}),
    ("Our program is licensed by the Bureau of Substance Addiction Services.", {"bsas"}),
    ("Licensed by the Massachusetts Department of Mental Health.", {"ma_dmh"}),
    ("We hold the Gold Seal of Approval.", {"joint_commission"}),
    ("Proud member of NAATP.", {"naatp"}),
    ("Accredited by the Council on Accreditation.", {"coa"}),
    ("A state-licensed outpatient clinic.", {"state_license"}),
    ("Certified by the Department of Mental Health and Addiction Services.", {"state_dmh"}),
    ("DHCS licensed and certified.", {"state_dph"}),
    ("ACHC accredited behavioral health center.", {"achc"}),
    ("We are licensed by the Commonwealth of Massachusetts.", {"state_license"}),
    ("ASAM Level of Care Certification by CARF.", {"asam_loc", "carf"}),
]


@pytest.mark.parametrize(("text", "expected"), HELD, ids=[row[0][:40] for row in HELD])
def test_held(text: str, expected: set[str]) -> None:
    assert facts(read_text(text + "\n")) == expected


NO_FACT = [
    "Our CARF accreditation is pending.",
    "We are seeking Joint Commission accreditation.",
    "Look for a program that is accredited by CARF.",
    "Is the program Joint Commission accredited?",
    "We are not accredited by CARF.",
    "Funded by the Department of Public Health.",
    "Concerns may be reported to the Joint Commission.",
    "According to the Department of Mental Health, one in five adults needs care.",
    "She worked at the Department of Public Health.",
    "Accreditation by the Joint Commission is expected next year.",
    "Call the Department of Public Health.",
    "carfare is free on weekends",
]


@pytest.mark.parametrize("text", NO_FACT)
def test_no_fact(text: str) -> None:
    assert facts(read_text(text)) == set()


def test_seal_in_footer() -> None:
    assert facts(
        read_page("<p>Care.</p><footer><img alt='CARF Accredited'><img alt='The Joint Commission'></footer>")
    ) == {"carf", "joint_commission"}


def test_kind_is_the_qualifier() -> None:
    found = find_accreditation(
        PageContext.of(read_text("Licensed by BSAS, accredited by CARF, certified by LegitScript."))
    )
    assert {(o.value, o.qualifier) for o in found} == {
        ("bsas", "license"),
        ("carf", "accreditation"),
        ("legitscript", "certification"),
    }


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.sampled_from([*(row[0] for row in HELD), *NO_FACT, "İ", "\n"]), max_size=8).map(" ".join)
    | st.text(max_size=200)
)
def test_quotes_are_verbatim(text: str) -> None:
    page = read_text(text)
    for one in find_accreditation(PageContext.of(page)):
        assert one.quote
        assert page.text[one.start : one.end] == one.quote

"""Languages in which services are offered."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.extract.facts.languages import find_languages
from pipeline.extract.parsing.page import Page
from pipeline.extract.parsing.parse import read_page
from pipeline.extract.parsing.plain import read_text
from pipeline.extract.words.context import PageContext
from pipeline.records import Assertion


def facts(page: Page) -> set[str]:
    return {o.value for o in find_languages(PageContext.of(page)) if o.assertion is Assertion.AFFIRMED}


OFFERED: list[tuple[str, set[str]]] = [
    ("We offer services in Spanish and Portuguese.", {"es", "pt"}),
    ("Se habla español.", {"es"}),
    ("Hablamos español en nuestra clínica.", {"es"}),
    ("Spanish-speaking clinicians are available.", {"es"}),
    ("Our staff is bilingual (English/Spanish).", {"es"}),
    ("Languages: English, Spanish, Haitian Creole", {"es", "ht"}),
    ("Languages spoken: Mandarin, Cantonese and Vietnamese", {"zh", "vi"}),
    ("Groups are offered in Cape Verdean Creole.", {"kea"}),
    ("American Sign Language interpreters are provided.", {"ase"}),
    ("ASL interpretation services are available.", {"ase"}),
    ("We have Spanish-speaking staff; interpreters are available.", {"es", "mul"}),
    ("Counseling is available in Yup'ik and Ojibwe.", {"ypk", "oj"}),
    ("Interpreter services are available at no cost to you.", {"mul"}),
    ("We speak Khmer and Russian.", {"km", "ru"}),
    ("Therapy is available in Arabic.", {"ar"}),
    ("Treatment conducted in Korean by fluent clinicians.", {"ko"}),
    ("Counselors are fluent in French.", {"fr"}),
    ("A Spanish-language IOP track meets on Mondays.", {"es"}),
    ("Ofrecemos servicios en español.", {"es"}),
    ("Our multilingual team speaks Spanish, Portuguese and Polish.", {"es", "pt", "pl"}),
]


@pytest.mark.parametrize(("text", "expected"), OFFERED, ids=[row[0][:40] for row in OFFERED])
def test_offered(text: str, expected: set[str]) -> None:
    assert facts(read_text(text + "\n")) == expected


NO_FACT = [
    "A Spanish-style estate near the sea.",
    "French toast is served at breakfast.",
    "She has a degree in Spanish literature.",
    "We use traditional Chinese medicine.",
    "Russian roulette with fentanyl.",
    "Do you offer services in Spanish?",
    "Groups are only in English; we are not able to offer Spanish.",
    "Services are not available in Spanish.",
    "A Spanish-speaking group is coming soon.",
    "ATENCIÓN: si habla español, tiene a su disposición servicios gratuitos de asistencia lingüística.",
    "His German shepherd is a therapy dog.",
    "Español",
    "Italian food on Fridays.",
    "Families of Greek descent settled here.",
]


@pytest.mark.parametrize("text", NO_FACT)
def test_no_fact(text: str) -> None:
    assert facts(read_text(text)) == set()


def test_translation_widget_is_no_language() -> None:
    options = "".join(f"<option>{name}</option>" for name in ("Spanish", "French", "German", "Arabic"))
    assert (
        facts(read_page(f"<p>Hello there.</p><select>{options}</select><nav><a href='/es'>Español</a></nav>"))
        == set()
    )


def test_heading_governs_list() -> None:
    assert facts(read_page("<h3>Languages</h3><ul><li>Spanish</li><li>Vietnamese</li></ul>")) == {"es", "vi"}


def test_refused_language_is_kept() -> None:
    found = find_languages(PageContext.of(read_text("Groups are not offered in Spanish.")))
    assert [(o.value, o.assertion) for o in found] == [("es", Assertion.NEGATED)]


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.sampled_from([*(row[0] for row in OFFERED), *NO_FACT, "İ", "\n"]), max_size=8).map(" ".join)
    | st.text(max_size=200)
)
def test_quotes_are_verbatim(text: str) -> None:
    page = read_text(text)
    for one in find_languages(PageContext.of(page)):
        assert one.quote
        assert page.text[one.start : one.end] == one.quote

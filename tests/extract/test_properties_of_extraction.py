"""What must hold for every page whatever it says: quotes are verbatim, nothing raises, articles give nothing."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.extract.parsing.parse import read_page
from pipeline.extract.parsing.plain import read_text
from pipeline.extract.reading import Reading, extract
from pipeline.extract.report.jsonl import as_row
from pipeline.records import Assertion

QUICK = settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
WORDS = st.sampled_from(
    "IOP PHP we treat depression not anxiety Monday Wednesday 9:00 am to 12 noon three days a week (adults) 18+ Aetna Medicaid "
    "617-555-0100 12 Main St, Salem, MA 01970 virtual in-person ? . ; : - – • \n | 6-8 weeks hours per day group therapy CBT".split(
        " "
    )
)
TAGS = st.sampled_from(
    "p div h1 h2 ul li table tr td th nav footer b a span dl dt dd section br img select option details".split()
)


def check(reading: Reading) -> None:
    """Quotes stand where they are said to stand; what is no listing affirms nothing; the row is JSON."""
    text = reading.page.text
    for observation in reading.observations:
        assert text[observation.start : observation.end] == observation.quote
        assert observation.quote
        assert 0.0 <= observation.confidence <= 1.0
        if not reading.is_listing:
            assert observation.assertion is not Assertion.AFFIRMED
    row = as_row(reading)
    assert json.loads(json.dumps(row)) == row
    if not reading.is_listing:
        assert not row["programs"] and not row["levels_of_care"] and not row["payers"]


@QUICK
@given(st.text(max_size=400))
def test_any_text(text: str) -> None:
    check(extract(read_text(text)))


@QUICK
@given(st.lists(WORDS, max_size=80).map(" ".join))
def test_any_words_of_the_trade(text: str) -> None:
    check(extract(read_text("Our IOP Program\n" + text, "https://harbor.example/programs/iop")))


@QUICK
@given(
    st.lists(st.one_of(WORDS, TAGS.map("<{}>".format), TAGS.map("</{}>".format)), max_size=80).map(" ".join)
)
def test_any_soup(markup: str) -> None:
    check(extract(read_page(markup, "https://harbor.example/programs/iop")))


@QUICK
@given(st.binary(max_size=300))
def test_any_bytes(content: bytes) -> None:
    check(extract(read_page(content)))


def pages(shared: Path) -> list[Path]:
    return sorted((shared / "data" / "pages" / "html").glob("*.html"))


def test_quotes_are_verbatim_on_real_pages(shared: Path) -> None:
    for path in pages(shared):
        check(extract(read_page(path.read_bytes(), f"https://{path.stem}.example/")))


def test_mutated_real_pages_raise_nothing(shared: Path) -> None:
    dice = random.Random(7)
    for path in dice.sample(pages(shared), 25):
        content = bytearray(path.read_bytes())
        for _ in range(40):
            at = dice.randrange(len(content))
            match dice.randrange(4):
                case 0:
                    del content[at : at + dice.randrange(200)]
                case 1:
                    content[at:at] = bytes(dice.randrange(256) for _ in range(dice.randrange(20)))
                case 2:
                    content[at:at] = b"<" + dice.choice([b"div", b"/p", b"table", b"nav", b"/section"]) + b">"
                case _:
                    content[at:at] = content[at : at + 400]
        check(extract(read_page(bytes(content))))


def test_general_articles_give_no_listing_and_no_fact(shared: Path) -> None:
    articles = sorted((shared / "data" / "articles").glob("*.txt"))
    assert articles
    for path in articles:
        reading = extract(read_text(path.read_text(encoding="utf-8")))
        assert not reading.is_listing
        assert not [o for o in reading.observations if o.assertion is Assertion.AFFIRMED]


@pytest.mark.parametrize("size", [150_000])
def test_long_pages_are_bounded(size: int) -> None:
    page = read_page(
        "<main><h1>IOP</h1>" + "<p>Our IOP meets three days a week.</p>" * (size // 40) + "</main>"
    )
    check(extract(page))

"""Answers in every form that models give them, quotes and values as they write them."""

from __future__ import annotations

import json

import pytest
from second_reading import TEXT, fact, read

from pipeline.extract.parsing.parse import read_page
from pipeline.extract.parsing.plain import read_text
from pipeline.second_reader.answers import AnswerError, parse
from pipeline.second_reader.quotes import places
from pipeline.second_reader.same_value import means
from pipeline.values import Address, Range, Session, Value

PLAIN = json.dumps({"own_page": True, "own_quote": "we", "facts": [fact("virtual", True, "online")]})


@pytest.mark.parametrize(
    "content",
    [
        PLAIN,
        f"```json\n{PLAIN}\n```",
        f"Here is what I found: {PLAIN} I hope that helps.",
        f"{{note}} {PLAIN}",
    ],
)
def test_an_answer_is_found_in_whatever_stands_around_it(content: str) -> None:
    read = parse(content)
    assert read.own_page is True and read.own_quote == "we"
    assert [(f.field, f.value, f.level_of_care) for f in read.facts] == [("virtual", "true", "iop")]


@pytest.mark.parametrize(
    "content", ["", "I cannot help with that.", "[1, 2]", "{", '"facts"', "{" * 5000, "[" * 100_000]
)
def test_what_is_no_answer_says_so(content: str) -> None:
    with pytest.raises(AnswerError):
        parse(content)


def test_of_an_answer_that_was_cut_off_the_whole_facts_count() -> None:
    facts = [fact("condition", "anxiety", "anxiety"), fact("condition", "ocd", "OCD")]
    whole = json.dumps({"own_page": True, "own_quote": "", "facts": facts})
    read = parse(whole[: whole.index('"OCD"')])
    assert [f.value for f in read.facts] == ["anxiety"] and read.own_page is True


def test_facts_that_have_no_form_are_counted_and_left_out() -> None:
    odd = [
        None,
        3,
        "x",
        {},
        {"field": "ages", "value": None, "quote": "a"},
        {"field": 1, "value": "a", "quote": "b"},
    ]
    odd += [fact("ages", "3", ""), fact("ages", [], "a", start="x")]
    read = parse(json.dumps({"facts": [*odd, fact("ages", [13, 17], "ages 13-17", start=True)]}))
    assert [f.value for f in read.facts] == ["[]", "[13, 17]"] and read.facts[1].start is None
    assert read.malformed == len(odd) - 1
    assert parse(json.dumps({"facts": [fact("ages", str(n), "a") for n in range(900)]})).malformed == 500


@pytest.mark.parametrize(
    ("quote", "found"),
    [
        ("We treat depression", True),
        ("  We treat\n depression ", True),
        ("- We treat depression", True),  # a mark of the prompt
        ("we treat depression", False),  # verbatim
        ("We treat  severe depression", False),
        ("depression. anxiety", False),
        ("", False),
        (TEXT * 2, False),
    ],
)
def test_a_quote_stands_on_the_page_verbatim(quote: str, found: bool) -> None:
    assert bool(places(read().page, quote)) == found


def test_quotation_marks_and_hyphens_are_alike() -> None:
    page = read_text("Our “step–down” program is the clinic’s own.\nMore follows here.")
    for quote in ('"step-down" program', "clinic's own"):
        ((start, end),) = places(page, quote)
        assert page.text[start:end] in ("“step–down” program", "clinic’s own")


def test_the_nearest_place_comes_first() -> None:
    page = read_text("DBT is offered.\nDBT is offered here too.\nLast line.")
    assert [places(page, "DBT", start)[0][0] for start in (None, 0, 14, 900)] == [0, 0, 16, 16]


def test_navigation_and_what_nobody_sees_is_no_place() -> None:
    page = read_page(
        "<nav><a href='/a'>Eating disorders</a></nav><main><h1>IOP</h1><p>We treat anxiety.</p></main>",
        "https://a.example/",
    )
    assert "Eating disorders" in page.text and not places(page, "Eating disorders")
    assert places(page, "We treat anxiety")


@pytest.mark.parametrize(
    ("said", "field", "value", "same"),
    [
        ("depression", "condition", "depression", True),
        ("Depression", "condition", "depression", True),
        ("anxiety", "condition", "depression", False),
        ("yes", "virtual", True, True),
        ("false", "virtual", True, False),
        ("false", "in_person", False, True),
        ("9-12", "hours_per_week", Range(9, 12), True),
        ("[9, 12]", "hours_per_week", Range(9, 12), True),
        ("12", "hours_per_week", Range(9, 12), False),
        ("18+", "ages", Range(18, None), True),
        ("3 to 3", "days_per_week", Range(3, 3), True),
        ("2.5", "hours_per_day", Range(2.5, 2.5), True),
        ("none", "ages", Range(18, None), False),
        ("mo,we,fr 09:00-12:00", "session", Session(("mo", "we", "fr"), "09:00", "12:00"), True),
        ("mo,we,fr", "session", Session(("mo", "we", "fr"), "09:00", "12:00"), True),
        ("Monday, Wednesday 9:00-12:00", "session", Session(("mo", "we"), "09:00", "12:00"), True),
        ("mo,tu 09:00-12:00", "session", Session(("mo", "we"), "09:00", "12:00"), False),
        ("09:00-13:00", "session", Session(None, "09:00", "12:00"), False),
        ("", "session", Session(None, "09:00", "12:00"), False),
        ("617.555.0142", "phone", "+16175550142", True),
        ("617-555-0142", "phone", "+16175550142;ext=3", True),
        ("617-555-0143", "phone", "+16175550142", False),
        ("12 Main St.; Salem; MA; 01970", "address", Address("12 Main St", "Salem", "MA", "01970"), True),
        ("; Salem; MA;", "address", Address("12 Main St", "Salem", "MA", "01970"), True),
        ("; Lynn; MA;", "address", Address("12 Main St", "Salem", "MA", "01970"), False),
        ("; ; MA;", "address", Address("12 Main St", "Salem", "MA", "01970"), False),
    ],
)
def test_a_models_word_for_a_value(said: str, field: str, value: Value, same: bool) -> None:
    assert means(said, field, value) == same

"""Levels of care: which are offered, which one governs a number, and what "day treatment" means."""

from __future__ import annotations

import json

import pytest

from pipeline.extract.parsing.parse import read_page
from pipeline.extract.parsing.plain import read_text
from pipeline.extract.reading import Reading, extract
from pipeline.records import Assertion

URL = "https://harbor-recovery.example/programs/iop/"


def read(text: str) -> Reading:
    return extract(
        read_text("Intensive Outpatient Program (IOP)\nWe offer care at our center.\n" + text, URL)
    )


def html(body: str) -> Reading:
    return extract(
        read_page(f"<main><h1>Intensive Outpatient Program</h1><p>Our program helps.</p>{body}</main>", URL)
    )


def range_of(reading: Reading, level: str, field: str) -> list[float | None] | None:
    """The value that the page gives a level for a one-valued field."""
    for program in reading.programs:
        if program.level_of_care == level and (found := program.best(field)):
            return json.loads(found.written)  # type: ignore[no-any-return]
    return None


OFFERED = (
    ("We offer partial hospitalization and residential treatment.", {"php", "residential"}),
    ("Levels of care: detox, residential, PHP, IOP.", {"detox", "residential", "php"}),
    ("Unlike residential treatment, you live at home.", set()),
    ("It is a step down from PHP or inpatient care.", set()),
    ("After completing detox, clients join us.", set()),
    ("We refer clients to partner facilities for detox.", set()),
    ("We do not provide PHP.", set()),
    ("Our PHP meets daily.", {"php"}),
    ("PHP: coming soon", set()),
    ("The most intensive outpatient service we know.", set()),
    ("Others may find a partial hospitalization program or outpatient more suited.", set()),
    ("If detox is needed first, our team helps you find it.", set()),
)


@pytest.mark.parametrize(("sentence", "others"), OFFERED)
def test_levels_offered_besides_the_subject(sentence: str, others: set[str]) -> None:
    assert set(read(sentence).levels_of_care) - {"iop"} == others


def test_navigation_names_what_is_offered_and_guides_do_not() -> None:
    page = "<nav><a href='/a'>Medical Detox</a> <a href='/b'>PHP</a></nav><footer><a href='/g'>Guide to Residential Treatment</a></footer>"
    reading = extract(read_page(f"<body>{page}<main><h1>IOP</h1><p>Our IOP helps.</p></main></body>", URL))
    assert set(reading.levels_of_care) == {"iop", "detox", "php"}


def test_a_level_that_partners_give_is_not_offered_anywhere() -> None:
    body = "<ul><li>Detox</li></ul><p>Detox is provided by trusted partners, not in-house.</p>"
    assert "detox" not in html(body).levels_of_care


NUMBERS = (
    ("PHP meets five days a week; IOP meets three days a week.", {"php": [5, 5], "iop": [3, 3]}),
    (
        "Our PHP is six hours a day. It runs five days a week. Our IOP runs three days a week.",
        {"php": [5, 5], "iop": [3, 3]},
    ),
    ("The program meets four days a week.", {"iop": [4, 4]}),
)


@pytest.mark.parametrize(("sentence", "days"), NUMBERS)
def test_days_belong_to_the_level_of_their_sentence(sentence: str, days: dict[str, list[int]]) -> None:
    reading = read(sentence)
    assert {level: range_of(reading, level, "days_per_week") for level in days} == days


def test_headings_and_table_headers_govern() -> None:
    reading = html(
        "<h2>Our Partial Hospitalization Program</h2><p>Clients attend five days a week.</p>"
        "<h2>Our Intensive Outpatient Program</h2><p>Clients attend three days a week.</p>"
        "<table><tr><th></th><th>PHP</th><th>IOP</th></tr><tr><td>Hours</td><td>30 hours per week</td><td>9 hours per week</td></tr></table>"
    )
    assert range_of(reading, "php", "days_per_week") == [5, 5]
    assert range_of(reading, "iop", "days_per_week") == [3, 3]
    assert range_of(reading, "php", "hours_per_week") == [30, 30]
    assert range_of(reading, "iop", "hours_per_week") == [9, 9]


def test_a_definition_gives_way_to_what_the_program_says_of_itself() -> None:
    reading = read("IOPs involve treatment for 2 to 5 days per week.\nOur program meets 3 days per week.")
    assert range_of(reading, "iop", "days_per_week") == [3, 3]


NAMES = (
    ("Day Treatment (IOP)", "Our day treatment helps.", "iop"),
    ("Day Treatment Program", "Also known as partial hospitalization (PHP), our program helps.", "php"),
    ("Day Treatment Program", "Our program meets three hours per day, four days a week.", "iop"),
    ("Day Treatment Program", "Our program meets six hours per day, five days a week.", "php"),
    ("SOAP", "Our Structured Outpatient Addictions Program meets at our center.", "iop"),
    ("Half Day Treatment", "Our program meets in the morning at our center.", "iop"),
)


@pytest.mark.parametrize(("title", "sentence", "level"), NAMES)
def test_names_that_mean_a_level(title: str, sentence: str, level: str) -> None:
    reading = extract(
        read_text(f"{title}\n{sentence}\nCall us today.", "https://harbor-recovery.example/programs/day/")
    )
    assert reading.levels_of_care == (level,)


BESIDE = (
    ("We run a Half Day Program and a Partial Hospital Program.", {"iop", "php"}),
    ("Our Half Day Program (PHP) meets at our center.", {"php"}),
    ("Our day treatment, also called partial hospitalization, meets daily.", {"php"}),
    ("This is rehabilitation. Our Psychiatric Day Treatment is not a partial hospital program.", set()),
    ("Our inten\u00adsive out\u00adpatient program meets at our center.", {"iop"}),
    ("Our inten&shy;sive out&#xAD;patient program meets at our center.", {"iop"}),
    ("Our intensive out\u2010patient program meets at our center.", {"iop"}),
)


@pytest.mark.parametrize(("sentence", "levels"), BESIDE)
def test_names_beside_each_other_and_broken_words(sentence: str, levels: set[str]) -> None:
    markup = f"<main><h1>Our programs</h1><p>{sentence}</p><p>Call us today.</p></main>"
    reading = extract(read_page(markup, "https://harbor-recovery.example/programs/"))
    found = {
        o.value
        for o in reading.observations
        if o.field == "level_of_care" and o.assertion is Assertion.AFFIRMED
    }
    assert found == levels
    assert all(reading.page.text[o.start : o.end] == o.quote for o in reading.observations)


IN_PERSON = (
    ("Clients spend their days at the facility and sleep at home.", True),
    ("Groups are held at both of our Salem locations.", True),
    ("Everyone checks into our center at nine.", True),
    ("We are members of the center of excellence network.", False),
)


@pytest.mark.parametrize(("sentence", "is_here"), IN_PERSON)
def test_attended_in_person(sentence: str, is_here: bool) -> None:
    reading = html(f"<h1>Intensive Outpatient Program</h1><p>{sentence}</p>")
    found = {o.written for o in reading.observations if o.field == "in_person"}
    assert found == ({"true"} if is_here else set())


def test_a_town_is_no_day_and_lunch_no_session() -> None:
    reading = html(
        "<table><tr><th>Office</th><th>Time</th></tr><tr><th>Weymouth</th><td>9 am - 12 pm</td></tr></table>"
        "<dl><dt>Lunch</dt><dd>12:15 pm to 12:45 pm</dd></dl>"
    )
    sessions = [o for o in reading.observations if o.field == "session" and o.assertion is Assertion.AFFIRMED]
    assert [json.loads(o.written) for o in sessions] == [{"days": None, "start": "09:00", "end": "12:00"}]

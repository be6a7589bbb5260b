"""JSON-LD as pages have it: faults are forgiven, strings stay whole, and no block costs more than its length."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.extract.facts.addresses import find_addresses
from pipeline.extract.parsing.json_ld import parse_json_ld, types_of
from pipeline.extract.parsing.lenient_json import DEEPEST, read_json
from pipeline.extract.parsing.parse import read_page
from pipeline.extract.words.context import PageContext

CLINIC = {"@type": "MedicalClinic", "name": "Birch Hollow", "telephone": "617-555-0100"}

FAULTY: list[tuple[str, Any]] = [
    ('{"a": 1};', [{"a": 1}]),
    ('{"a": 1,, "b": [1, 2,],};;', [{"a": 1, "b": [1, 2]}]),
    ('{"a": 1 "b": "x"\n"c": 3}', [{"a": 1, "b": "x", "c": 3}]),
    ('{"a": "https://birch.example/x", // a note\n"b": 2}', [{"a": "https://birch.example/x", "b": 2}]),
    ('{/* one */ "a": "/* not one */ // nor this", /* two\nlines */ "b": 2}', [{"a": "/* not one */ // nor this", "b": 2}]),
    ("//<![CDATA[\n{\"a\": 1}\n//]]>", [{"a": 1}]),
    ('// <![CDATA[ {"a": 1} // ]]>', [{"a": 1}]),
    ('<!-- {"a": 1} -->', [{"a": 1}]),
    ('<p>{"a": 1,</p>\n<p class="x">"b": "<b>x</b>, {y}; z"}</p>', [{"a": 1, "b": "<b>x</b>, {y}; z"}]),
    ('{"a": 1}\n{"b": 2}[3]', [{"a": 1}, {"b": 2}, [3]]),
    ("var data = {'a': 'x', b: true};", [{"a": "x", "b": True}]),
    (r'{"a": "Birch\'s \d \u00e9 \ud83c\udf33 \ud83c \uZZ"}', [{"a": "Birch's d é 🌳 � uZZ"}]),
    ('{"a": "the "best" clinic", "b": "He said "stay"."}', [{"a": 'the "best" clinic', "b": 'He said "stay".'}]),
    ('{"a": 01103, "b": nothing}', [{"a": "01103", "b": "nothing"}]),
    ('{"a": "two\nlines\tof text"}', [{"a": "two\nlines\tof text"}]),
    ('{"a": 1, "b": {"c": [1, {"d": "cut o', [{"a": 1, "b": {"c": [1, {}]}}]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), FAULTY)
def test_faults_are_forgiven(text: str, expected: Any) -> None:
    assert read_json(text) == expected


values = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**9), 10**9) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=12,
)


@given(st.dictionaries(st.text(), values) | st.lists(values))
def test_what_is_json_is_read_as_json(data: Any) -> None:
    plain = json.loads(json.dumps(data).encode("utf-16", "surrogatepass").decode("utf-16", "replace"))
    for text in (json.dumps(data), json.dumps(data, ensure_ascii=False, indent=1)):
        if r"\ud" not in text:
            assert read_json(text) == [plain]


@given(st.text(alphabet="{}[]:,\"'\\/*<>!-p \nau0&;"))
def test_nothing_raises_but_what_is_no_object(text: str) -> None:
    found = parse_json_ld(text)
    assert found is None or isinstance(found, list)


HOSTILE = (
    "[",
    '{"a":',
    "{",
    '{"a":"x,',
    '{"a" ',
    "/*",
    "{/*",
    "[,",
    "{'",
    '["',
    '"\\"',
    '{"a":"b" x',
    "<p>",
    '<a "',
    "{ &",
    "&quot;{",
)


@pytest.mark.parametrize("part", HOSTILE)
def test_time_is_bounded(part: str) -> None:
    began = time.process_time()
    parse_json_ld(part * (400_000 // len(part)))
    assert time.process_time() - began < 2


def test_what_is_nested_too_deep_is_refused() -> None:
    assert read_json('{"a":' * DEEPEST) != []
    with pytest.raises(ValueError, match="deep"):
        read_json('{"a":' * (DEEPEST + 1))


NODES: list[tuple[str, dict[str, Any]]] = [
    (json.dumps({"@graph": [CLINIC]}), CLINIC),
    ('{"type": "MedicalClinic", "name": "Birch Hollow", "telephone": "617-555-0100"}', CLINIC),
    (
        '{"@type": "schema:MedicalClinic", "schema:name": "Birch Hollow", "schema:telephone": "617-555-0100"}',
        CLINIC | {"@type": "schema:MedicalClinic"},
    ),
    (
        '[{"@type": ["http://schema.org/MedicalClinic"], "http://schema.org/name": {"@value": "Birch Hollow"}, '
        '"http://schema.org/telephone": [{"@value": "617-555-0100", "@language": "en"}]}]',
        CLINIC | {"@type": ["http://schema.org/MedicalClinic"], "telephone": ["617-555-0100"]},
    ),
    (
        "{&quot;@type&quot;: &quot;MedicalClinic&quot;, &quot;name&quot;: &quot;Birch Hollow&quot;, "
        "&quot;telephone&quot;: &quot;617-555-0100&quot;,}",
        CLINIC,
    ),
]


@pytest.mark.parametrize(("text", "node"), NODES)
def test_nodes_have_plain_names_and_values(text: str, node: dict[str, Any]) -> None:
    found = parse_json_ld(text)
    assert found == [node]
    assert types_of(found[0]) == {"MedicalClinic"}


PLACES = [
    '"streetAddress": "9 Elm Street", "addressLocality": "Holyoke", "addressRegion": "MA", "postalCode": "01040"',
    '"@type": "PostalAddress", "streetAddress": "9 Elm Street", "addressLocality": "Holyoke", "addressRegion": "MA", "postalCode": 1040',
    '"streetAddress": "9 Elm Street", "addressLocality": "Holyoke", "addressRegion": "MA", "postalCode": 1040.0',
    '"streetAddress": "9 Elm Street", "addressLocality": "Holyoke", "addressRegion": "MA", "postalCode": 01040',
    '"streetAddress": ["9 Elm Street"], "addressLocality": {"@value": "Holyoke"}, "addressRegion": {"@type": "State", "name": "MA"}, "postalCode": 10401234',
    '"schema:streetAddress": "9&nbsp;Elm Street", "schema:addressLocality": "<b>Holyoke</b>", "schema:addressRegion": "MA", "schema:postalCode": "1040"',
]  # fmt: skip


@pytest.mark.parametrize("media_type", ["application/ld+json", "Application/LD+JSON; charset=utf-8"])
@pytest.mark.parametrize("place", PLACES)
def test_an_address_is_read_however_it_is_written(place: str, media_type: str) -> None:
    script = f'<script type="{media_type}">{{"@type": "MedicalClinic", "address": {{{place}}}}}</script>'
    page = read_page(f"<html><head>{script}</head><body><p>Welcome.</p></body></html>")
    (found,) = find_addresses(PageContext.of(page))
    assert json.loads(found.written) == {
        "street": "9 Elm Street",
        "city": "Holyoke",
        "state": "MA",
        "zip": "01040",
    }


def test_lines_within_a_street_are_parted_by_commas() -> None:
    place = '"streetAddress": "9 Elm Street,<br />Suite 4<BR>Rear &amp; left", "addressLocality": "Holyoke"'
    page = read_page(
        f'<html><head><script type="application/ld+json">{{{place}}}</script></head><body><p>Hi</p></body></html>'
    )
    assert "9 Elm Street, Suite 4, Rear & left, Holyoke" in page.text

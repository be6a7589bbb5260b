"""Addresses of the provider: street, city, state and ZIP wherever the page prints them, JSON-LD and microdata too.

An address is read from its end: a state (with a ZIP code or without) is the anchor, the city stands before it and the
street line before that, over one to four lines. A city alone is a location only where the words place the provider
there ("our Lowell, MA location"); a town merely served is not. Addresses of other organizations are GENERIC.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice

from pipeline.extract.facts.address_parts import Found, distinct
from pipeline.extract.facts.city_parts import Named, placed_towns
from pipeline.extract.facts.street_parts import is_box, is_street, street_before, tidy
from pipeline.extract.parsing.page import Page
from pipeline.extract.parsing.structured import text_of
from pipeline.extract.parsing.text import places
from pipeline.extract.words.context import PageContext
from pipeline.extract.words.standing import judge_place
from pipeline.normalize.place import (
    STATES,
    city_key,
    find_zip,
    is_city,
    state_code,
    zip_fits_state,
)
from pipeline.records import Assertion, Observation, Region
from pipeline.values import Address

_FORMS = [form for name in sorted(STATES.values(), key=len, reverse=True) for form in (name, name.upper())]
_NAMES = "|".join(
    re.escape(form[1:]).replace(r"\ ", r"\s+")
    for form in (*_FORMS, "Mass", "Conn", "Calif", "Fla", "Ariz", "Wash", "Tenn", "Okla")
)
# A capital comes first, so that the scan skips from capital to capital; what the rest allows, `state_code` decides.
_ANCHOR = re.compile(
    rf"(?P<state>[A-Z](?<![\w@.-].)(?:\.?[A-Z]|[a-z](?=[\s,.|\u00a0]{{1,4}}\d{{5}})|{_NAMES}))(?!\w)\.?"
    r"(?:[\s,.|\u00a0]{1,4}(?P<zip>\d{5})(?:\s?[-\u2010-\u2015]\s?\d{4})?(?![\d,.]\d|\d))?"
)
_STATE_NEXT = re.compile(r"(?: City)?\s*,?\s*[A-Z]{2}\s+\d{5}|\s*,\s*[A-Z]{2}\b")
_STATED = re.compile(r"\s*,?\s*(?:[A-Z]{2}|\d{5})\b")
_AND = re.compile(r"[\s,;|&]{1,4}(?:(?:and|in)\s+){0,2}")
MAX_ANCHORS = 1_000  # of states on a page; what names more is no provider's page
_TAIL = re.compile(r"[A-ZÀ-Þa-z][\w.'’-]*+(?:[ \u00a0]++[A-ZÀ-Þa-z][\w.'’-]*+){0,4}+\Z")
_REACH = 170

_OTHERS = re.compile(
    r"\b(?:joint commission|office for civil rights|SAMHSA|u\.?s\.? department|attorney general|(?:web ?site|site|designed|powered|hosted) by|registered agent"
    r"|federal trade commission|ombuds|medicare\.gov|better business bureau|(?:licensing|medical|nursing) board|board of (?:registration|nursing|medicine|behavioral|examiners)"
    r"|(?:complaints?|grievances?|licens\w+|regulat\w+|reports?|write to|contact)\b[^.]{0,60}\b(?:department|bureau|division|office|agency|commission(?:er)?|authority) (?:of|for|on))\b",
    re.IGNORECASE,
)


def find_addresses(context: PageContext) -> list[Observation]:
    """Every address of the provider on the page, each once: the fullest form, at its first standing."""
    anchored, towns, states = _anchored(context)
    found = distinct((*_standing(context, anchored), *_structured(context.page)))
    known = {(one.city, one.state) for one in found if one.city and one.state and not one.others}
    found = distinct((*found, *_without_state(context, known)))
    near = dict.fromkeys(
        (*sorted({state for _, state in known}), *(code for code, _ in states.most_common()))
    )
    placed = placed_towns(context, towns, [*near], [one for one in found if one.street or one.zip])
    found = distinct((*found, *_standing(context, placed)))
    housed = {city_key(one.city or "") for one in found if one.street}
    kept = [one for one in found if one.street or one.zip or city_key(one.city or "") not in housed]
    return [_observation(context, one) for one in sorted(kept, key=lambda one: one.start)]


def _standing(context: PageContext, found: list[Found]) -> Iterator[Found]:
    """Addresses with what the words around say of the office."""
    lines = {context.page.text.rfind("\n", 0, one.end) + 1 for one in found}
    for one in found:
        if not context.page.is_printed(one.start):
            yield replace(one, is_printed=False)
        else:
            yield replace(one, standing=judge_place(context, one.start, one.end, lines))


def _without_state(context: PageContext, known: set[tuple[str, str]]) -> Iterator[Found]:
    """ "300 Elm Ave, Quincy": a street before a city whose state the page tells elsewhere."""
    if not known or len(known) > 60:
        return
    text, states = context.page.text, dict(sorted(known))
    named = (
        (start, -end, city)
        for city in states
        for start, end in places(text, city, begins=False)
        if not _STATED.match(text, end)
    )
    last = 0
    for start, minus_end, city in sorted(named):  # of several that begin at one place the longest
        if start < last:
            continue
        last = -minus_end
        block = context.block_at(start)
        low = max(block.start if block else 0, start - 80)
        street = street_before(text, low, start, anchored=False)
        if street and text[street[1] : start].strip() in (",", "in"):
            line = tidy(text[slice(*street)])
            yield Found(street[0], last, line, city, states[city], None, confidence=0.75)


def _anchored(context: PageContext) -> tuple[list[Found], list[Named], Counter[str]]:
    """Addresses with a street or a ZIP code, every other "City, ST", and how often each state is named."""
    text, last = context.page.text, 0
    found: list[Found] = []
    towns: list[Named] = []
    states: Counter[str] = Counter()
    for anchor in islice(_ANCHOR.finditer(text), MAX_ANCHORS):
        state = _state(anchor, text)
        if state is None:
            continue
        states[state] += 1
        code = anchor["zip"]
        if not code and len(anchor["state"]) > 2 and _STATE_NEXT.match(text, anchor.end()):
            continue  # "Virginia, MN 55792" and "Oklahoma City, OK" are cities
        if code and not zip_fits_state(code, state):
            continue
        city_end = len(text[last : anchor.start("state")].rstrip(" \t\n,.(|\u00a0")) + last
        city_start = _city_start(text, max(last, city_end - 60), city_end, state, code)
        if city_start is None:
            continue
        city = " ".join(text[city_start:city_end].split())
        street = street_before(
            text, _window(text, max(last, city_start - _REACH), city_start), city_start, bool(code)
        )
        start, end = (street[0] if street else city_start), anchor.end()
        if text[end - 1] == "." and not code:
            end -= 1
        if street or code:
            line = tidy(text[street[0] : street[1]]) if street else None
            others = bool(_OTHERS.search(_preceding(context, start)))
            found.append(Found(start, end, line, city, state, code, others, confidence=0.97 if code else 0.9))
            last = anchor.end()
        elif is_city(city, state):
            towns.append(Named(start, end, city, state))
    return found, towns, states


def _state(anchor: re.Match[str], text: str) -> str | None:
    printed = anchor["state"]
    code = state_code(printed)
    if code is None or len(printed) > 3:
        return code
    plain = printed.replace(".", "")
    if plain.isupper():
        return code
    comma = text[: anchor.start()].rstrip()[-1:] == ","
    return code if anchor["zip"] and (plain[0].isupper() or comma) else None


def _city_start(text: str, low: int, end: int, state: str, code: str | None) -> int | None:
    """Where the city before the state begins: the longest known name, else the capitalised words of that part."""
    tail = _TAIL.search(text, low, end)
    if not tail:
        return None
    entry = find_zip(code, state) if code else None
    starts = [tail.start(), *(match.end() for match in re.finditer(r"[ \u00a0]+", text[tail.start() : end]))]
    starts = [starts[0], *(tail.start() + at for at in starts[1:])]
    for start in starts:
        name = text[start:end]
        if (name[0].isupper() or code) and (is_city(name, state) or (entry and name in entry.cities)):
            return start
    if not code:
        return None
    words = text[tail.start() : end]
    return tail.start() if len(words.split()) <= 3 and words[0].isupper() and not is_street(words) else None


def _window(text: str, low: int, end: int) -> int:
    """Start of the last four lines before `end`."""
    at = end
    for _ in range(4):
        at = text.rfind("\n", low, at)
        if at < 0:
            return low
    return at + 1


def _preceding(context: PageContext, start: int) -> str:
    block = context.block_at(start)
    low = context.page.blocks[block.index - 1].start if block and block.index else 0
    return context.page.text[max(low, start - 90) : start]


def _structured(page: Page) -> Iterator[Found]:
    """PostalAddress nodes of JSON-LD and microdata, quoted where the page text holds their words."""
    for node in (*page.json_ld, *page.microdata):
        street, city = text_of(node, "streetAddress"), text_of(node, "addressLocality")
        state, code = state_code(text_of(node, "addressRegion")), text_of(node, "postalCode")
        if not (street or city) or (street and city and not state and not code):
            continue
        entry = find_zip(code, state)
        state = state or (entry.state if entry else None)
        span = _quote(page.text, street or city or "", code)
        if state is None or span is None or (code and not zip_fits_state(code[:5], state)):
            continue
        yield Found(
            *span,
            tidy(street) if street else None,
            city or (entry.city if entry else None),
            state,
            code[:5] if code else None,
            region=Region.STRUCTURED,
            confidence=0.9,
            is_printed=False,
        )


def _quote(text: str, words: str, code: str | None) -> tuple[int, int] | None:
    """Where the words stand, up to the ZIP code if it follows within the next 80 characters."""
    start = text.find(words)
    if start < 0:
        return None
    end = start + len(words)
    at = text.find(code, end, end + 80) if code else -1
    return start, at + len(code) if at >= 0 and code else end


def _observation(context: PageContext, found: Found) -> Observation:
    role = "mailing" if found.street and is_box(found.street) else "site" if found.street else "city"
    role = "other_organization" if found.others else role
    return context.observe(
        field="address",
        value=Address(found.street, found.city, found.state, found.zip),
        start=found.start,
        end=found.end,
        assertion=Assertion.GENERIC if found.others else found.standing.assertion,
        method="addresses",
        confidence=found.confidence,
        region=found.region,
        demoted=found.standing.demoted,
        qualifier=role,
    )

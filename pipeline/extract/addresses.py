"""Addresses of the provider: street, city, state and ZIP wherever the page prints them, JSON-LD and microdata too.

An address is read from its end: a state (with a ZIP code or without) is the anchor, the city stands before it and the
street line before that, over one to four lines. A city alone is a location only where the words place the provider
there ("our Worcester, MA location"); a town merely served is not. Addresses of other organizations are GENERIC.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pipeline.extract._context import Around
from pipeline.extract._street import is_box, is_street, street_before, tidy
from pipeline.extract.page import Kind, Page, Region
from pipeline.normalize.place import STATES, find_zip, is_city, state_code, zip_fits_state
from pipeline.records import Assertion, Observation

_NAMES = "|".join(sorted((re.escape(name).replace(r"\ ", r"\s+") for name in STATES.values()), key=len, reverse=True))
_ANCHOR = re.compile(
    rf"(?<![\w@.-])(?P<state>(?i:{_NAMES})|(?:[A-Za-z]\.?[A-Za-z])(?=[\s,.]|$|\W)|Mass|Conn|Calif|Fla|Ariz|Wash|Tenn|Mich|Minn|Okla)(?!\w)\.?"
    r"(?:[\s,.\u00a0]{1,4}(?P<zip>\d{5})(?:\s?[-\u2010-\u2015]\s?\d{4})?(?![\d,.]\d|\d))?"
)
_CODE = re.compile(rf"(?:{'|'.join(STATES)})")
_TAIL = re.compile(r"[A-ZÀ-Þa-z][\w.'’-]*(?:[ \u00a0]+[A-ZÀ-Þa-z][\w.'’-]*){0,4}$")
_REACH = 170

_OTHERS = re.compile(
    r"\b(?:joint commission|department of (?:health|public|mental|human|justice|labor)|office for civil rights|SAMHSA|board of|attorney general"
    r"|(?:web ?site|design(?:ed)?|powered|hosted) by|complaints?|registered (?:agent|office)|federal trade commission|ombuds|medicare\.gov"
    r"|licensing|commissioner|bureau of|better business bureau)\b",
    re.IGNORECASE,
)
_OWN_PLACE = re.compile(
    r"\b(?:(?P<sure>(?:conveniently |centrally )?(?:located|situated|headquartered|based)(?: right)?|(?:our|new|two|three|four|five) (?:\w+ ){0,3}?(?:offices?|locations?"
    r"|facilit(?:y|ies)|cent(?:er|re)s?|clinics?|campus(?:es)?|programs?|practice|sites?|home|headquarters)(?: (?:is|are)(?: \w+)?)?))"
    r"\s+(?:in|at|near the heart of|on the)\s+(?:(?:the )?(?:downtown|beautiful|historic|heart of|center of|scenic|sunny|nearby|city of|town of)\s+(?:of\s+)?)*$",
    re.IGNORECASE,
)
_PLACE_AFTER = re.compile(r"[\s,]*(?:location|office|campus|facility|clinic|center|site|program|IOP|PHP)s?\b", re.IGNORECASE)
_OUR_BEFORE = re.compile(r"\b(?:our|its|both its|and|at the|from the|at both)\s+(?:new |main |beautiful |downtown )?$", re.IGNORECASE)
_SERVED = re.compile(
    r"\b(?:serv(?:e[sd]?|ing|ices? (?:to|for|throughout|across))|areas?|communit|residents?|throughout|across|near(?:by)?|surrounding|minutes|miles|drive"
    r"|neighbou?r|count(?:y|ies)|towns|from|including|between|born|raised|graduat|universit|degree|licensed in|moved|live[sd]? in|formerly)",
    re.IGNORECASE,
)
_PIN = re.compile(r"^[\W_]*(?:location|address|visit us|headquarters)?[\W_]*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Found:
    """An address at `text[start:end]`. Without a street it is a city named as the place of the provider."""

    start: int
    end: int
    street: str | None
    city: str | None
    state: str | None
    zip: str | None
    others: bool = False
    method: str = "addresses.text"
    confidence: float = 0.95

    @property
    def key(self) -> tuple[str, str]:
        words = re.findall(r"[a-z0-9]+", (self.street or "").lower())
        return " ".join(words[:2]), (self.city or "").lower() if not words else ""


def find_addresses(page: Page) -> list[Observation]:
    """Every address of the provider on the page, each once: the fullest form, at its first standing."""
    around = Around(page)
    best: dict[tuple[str, str], Found] = {}
    for found in (*_anchored(around), *_structured(page)):
        known = best.get(found.key)
        if known is None or _fullness(found) > _fullness(known):
            best[found.key] = found
    cities = {found.city for found in best.values() if found.street}
    kept = [found for found in best.values() if found.street or found.zip or found.city not in cities]
    return [_observation(around, found) for found in kept]


def _fullness(found: Found) -> tuple[bool, int]:
    return not found.others, sum(part is not None for part in (found.street, found.city, found.state, found.zip))


def _anchored(around: Around) -> Iterator[Found]:
    text, last = around.page.text, 0
    lone: list[Found] = []
    for anchor in _ANCHOR.finditer(text):
        state = _state(anchor, text)
        if state is None:
            continue
        code = anchor["zip"]
        if code and not zip_fits_state(code, state):
            continue
        city_end = len(text[last : anchor.start("state")].rstrip(" \t\n,.(\u00a0")) + last
        city_start = _city_start(text, max(last, city_end - 60), city_end, state, code)
        if city_start is None:
            continue
        city = " ".join(text[city_start:city_end].split())
        street = street_before(text, _window(text, max(last, city_start - _REACH), city_start), city_start, bool(code))
        start, end = (street[0] if street else city_start), anchor.end()
        if text[end - 1] == "." and not code:
            end -= 1
        if street or code:
            line = tidy(text[street[0] : street[1]]) if street else None
            others = bool(_OTHERS.search(_preceding(around, start)))
            yield Found(start, end, line, city, state, code, others, confidence=0.97 if code else 0.9)
            last = anchor.end()
        elif is_city(city, state):
            found = Found(start, end, None, city, state, None, confidence=0.8)
            if _is_placed_here(around, found, anchor.end()):
                yield found
                yield from _joined_cities(text, found)
            elif _stands_alone(around, found):
                lone.append(found)
    if len({found.city for found in lone}) <= 2:
        yield from lone


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
    entry = find_zip(code)
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


def _preceding(around: Around, start: int) -> str:
    block = around.block(start)
    low = around.page.blocks[block.index - 1].start if block and block.index else 0
    return around.page.text[max(low, start - 90) : start]


def _is_placed_here(around: Around, found: Found, end: int) -> bool:
    text = around.page.text
    block = around.block(found.start)
    if block and (block.kind is Kind.HEADING or block.region is Region.NAV):
        return False
    low, _ = around.sentence(found.start, found.end, 200)
    before = text[low : found.start]
    if _PLACE_AFTER.match(text, end) and _OUR_BEFORE.search(before):
        return True
    placed = _OWN_PLACE.search(before)
    return bool(placed) and not _SERVED.search(before[max(0, len(before) - 80) :])


def _joined_cities(text: str, found: Found) -> Iterator[Found]:
    """"located in Citrus Heights & Sacramento, CA": the cities before it share its state and its words."""
    before = text[max(0, found.start - 60) : found.start]
    match = re.search(r"\b(?:in|at)\s+((?:[A-Z][\w.'-]*\s?){1,3}(?:,\s*(?:[A-Z][\w.'-]*\s?){1,3})*)\s*,?\s*(?:&|and)\s*$", before)
    for name in re.split(r",\s*", match[1]) if match else ():
        if found.state and is_city(name.strip(), found.state):
            start = text.index(name, found.start - len(before) + (match.start(1) if match else 0))
            yield Found(start, start + len(name.rstrip()), None, name.strip(), found.state, None, confidence=0.75)


def _stands_alone(around: Around, found: Found) -> bool:
    """A block that is only "City, ST" (with a pin or a label): how small sites say where they are."""
    block = around.block(found.start)
    if block is None or block.region is Region.NAV or block.kind in (Kind.HEADING, Kind.OPTION, Kind.IMAGE):
        return False
    head = _PIN.sub("", block.text[: found.start - block.start])
    tail = block.text[found.end - block.start :]
    return not head and not tail.strip(" .")


def _structured(page: Page) -> Iterator[Found]:
    """PostalAddress nodes of JSON-LD and microdata, quoted where the page text holds their words."""
    for node in (*page.json_ld, *page.microdata):
        street, city = _text(node, "streetAddress"), _text(node, "addressLocality")
        state, code = state_code(_text(node, "addressRegion")), _text(node, "postalCode")
        if not (street or city) or (street and city and not state and not code):
            continue
        entry = find_zip(code)
        state = state or (entry.state if entry else None)
        span = _quote(page.text, street or city or "", code)
        if state is None or span is None or (code and not zip_fits_state(code[:5], state)):
            continue
        yield Found(*span, tidy(street) if street else None, city or (entry.city if entry else None), state,
                    code[:5] if code else None, method="addresses.json_ld", confidence=0.9)  # fmt: skip


def _text(node: Mapping[str, Any], name: str) -> str | None:
    value = node.get(name)
    return " ".join(str(value).split()) or None if isinstance(value, str | int) else None


def _quote(text: str, words: str, code: str | None) -> tuple[int, int] | None:
    """Where the words stand, up to the ZIP code if it follows within the next 80 characters."""
    start = text.find(words)
    if start < 0:
        return None
    end = start + len(words)
    at = text.find(code, end, end + 80) if code else -1
    return start, at + len(code) if at >= 0 and code else end


def _observation(around: Around, found: Found) -> Observation:
    parts = {"street": found.street, "city": found.city, "state": found.state, "zip": found.zip}
    role = "other_organization" if found.others else "city" if not found.street else "mailing" if is_box(found.street) else "site"
    return Observation(
        "address", json.dumps(parts, ensure_ascii=False), around.page.text[found.start : found.end], found.start, found.end,
        assertion=Assertion.GENERIC if found.others else Assertion.AFFIRMED, method=found.method,
        confidence=found.confidence, qualifier=role, section=around.section(found.start), url=around.page.url,
    )  # fmt: skip

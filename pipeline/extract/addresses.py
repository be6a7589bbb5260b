"""Addresses of the provider: street, city, state and ZIP wherever the page prints them, JSON-LD and microdata too.

An address is read from its end: a state (with a ZIP code or without) is the anchor, the city stands before it and the
street line before that, over one to four lines. A city alone is a location only where the words place the provider
there ("our Worcester, MA location"); a town merely served is not. Addresses of other organizations are GENERIC.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from pipeline.extract._context import Around
from pipeline.extract._street import is_box, is_street, street_before, tidy
from pipeline.extract._structured import text_of
from pipeline.extract.page import Kind, Page, Region
from pipeline.normalize.place import (
    STATES,
    city_key,
    find_zip,
    is_city,
    state_code,
    states_of_city,
    zip_fits_state,
)
from pipeline.records import Assertion, Observation

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
MAX_ANCHORS = 1_000  # of states on a page; what names more is no provider's page
_TAIL = re.compile(r"[A-ZÀ-Þa-z][\w.'’-]*(?:[ \u00a0]+[A-ZÀ-Þa-z][\w.'’-]*){0,4}\Z")
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
_PLACE_AFTER = re.compile(
    r"[\s,]*(?:location|office|campus|facility|clinic|center|site|program|IOP|PHP)s?\b", re.IGNORECASE
)
_OUR_BEFORE = re.compile(
    r"\b(?:our|its|both its|and|at the|from the|at both)\s+(?:new |main |beautiful |downtown )?$",
    re.IGNORECASE,
)
_SERVED = re.compile(
    r"\b(?:serv(?:e[sd]?|ing|ices? (?:to|for|throughout|across))|areas?|communit|residents?|throughout|across|near(?:by)?|surrounding|minutes|miles|drive"
    r"|neighbou?r|count(?:y|ies)|towns|from|including|between|born|raised|graduat|universit|degree|licensed in|moved|live[sd]? in|formerly)",
    re.IGNORECASE,
)
_JOINED = re.compile(
    r"(?P<cities>[A-Z][\w.'-]*(?: [A-Z][\w.'-]*){0,2}(?:, [A-Z][\w.'-]*(?: [A-Z][\w.'-]*){0,2}){0,5}),?\s+(?:&|and)\s+$"
)
_LOCATED_IN = re.compile(
    r"\b(?:[Ll]ocated|[Ss]ituated|[Hh]eadquartered)\s+in\s+(?:downtown\s+|beautiful\s+|historic\s+)?(?P<city>(?:St\. |Mt\. |Ft\. )?[A-Z][a-z'’]+(?:[ -][A-Z][a-z'’]+){0,2})"
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
        words = city_key(self.street or "").replace(",", " ").split()
        return " ".join(words[:2]), (self.city or "").lower() if not words else ""


def find_addresses(page: Page) -> list[Observation]:
    """Every address of the provider on the page, each once: the fullest form, at its first standing."""
    around = Around(page)
    best: dict[tuple[str, str], Found] = {}
    for found in (*_anchored(around), *_structured(page)):
        known = best.get(found.key)
        if known is None or _fullness(found) > _fullness(known):
            best[found.key] = found
    for found in _stateless(around, {found.state for found in best.values() if found.state}):
        best.setdefault(found.key, found)
    cities = {found.city for found in best.values() if found.street}
    kept = [found for found in best.values() if found.street or found.zip or found.city not in cities]
    return [_observation(around, found) for found in kept]


def _fullness(found: Found) -> tuple[bool, int]:
    return not found.others, sum(
        part is not None for part in (found.street, found.city, found.state, found.zip)
    )


def _anchored(around: Around) -> Iterator[Found]:
    text, last = around.page.text, 0
    lone: list[Found] = []
    for anchor in islice(_ANCHOR.finditer(text), MAX_ANCHORS):
        state = _state(anchor, text)
        if state is None:
            continue
        code = anchor["zip"]
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
    return _places(before[: len(before) - len(_joined(before)[0])])


def _places(before: str) -> bool:
    """Whether the words before a city say that the provider is there, not that people are served or come from there."""
    return bool(_OWN_PLACE.search(before)) and not _SERVED.search(before[-80:])


def _joined(before: str) -> tuple[str, list[str]]:
    """ "located in Citrus Heights & Sacramento, CA": the words that list further cities, and those cities."""
    match = _JOINED.search(before)
    return (match[0], re.split(r",\s*", match["cities"])) if match else ("", [])


def _joined_cities(text: str, found: Found) -> Iterator[Found]:
    low = max(0, found.start - 80)
    words, names = _joined(text[low : found.start])
    at = found.start - len(words)
    for name in names:
        start = text.index(name, at)
        if found.state and is_city(name, found.state):
            yield Found(start, start + len(name), None, name, found.state, None, confidence=0.75)


def _stateless(around: Around, states: set[str]) -> Iterator[Found]:
    """ "Located in Santa Clarita.": without a state, a city is told by its name alone, if only one state has it."""
    text = around.page.text
    for match in _LOCATED_IN.finditer(text):
        words = match["city"].split()
        for count in range(len(words), 0, -1):
            name = " ".join(words[:count])
            homes = set(states_of_city(name))
            homes = homes & states or homes
            if len(homes) == 1 and not _SERVED.search(text[max(0, match.start() - 40) : match.start()]):
                start = match.start("city")
                end = start + len(re.match(r"\s+".join(map(re.escape, words[:count])), text[start:])[0])  # type: ignore[index]
                if not _ANCHOR.match(
                    text, end + len(text[end : end + 2]) - len(text[end : end + 2].lstrip(" ,"))
                ):
                    yield Found(start, end, None, name, homes.pop(), None, confidence=0.6)
                break


def _stands_alone(around: Around, found: Found) -> bool:
    """A block that is only "City, ST" (with a pin or a label): how small sites say where they are."""
    block = around.block(found.start)
    if block is None or block.region is Region.NAV or block.kind in (Kind.OPTION, Kind.IMAGE):
        return False
    head = _PIN.sub("", block.text[: found.start - block.start])
    tail = block.text[found.end - block.start :]
    return (
        not head
        and not tail.strip(" .")
        and not any(map(_SERVED.search, (around.before(found.start), *around.titles(found.start)[:1])))
    )


def _structured(page: Page) -> Iterator[Found]:
    """PostalAddress nodes of JSON-LD and microdata, quoted where the page text holds their words."""
    for node in (*page.json_ld, *page.microdata):
        street, city = text_of(node, "streetAddress"), text_of(node, "addressLocality")
        state, code = state_code(text_of(node, "addressRegion")), text_of(node, "postalCode")
        if not (street or city) or (street and city and not state and not code):
            continue
        entry = find_zip(code)
        state = state or (entry.state if entry else None)
        span = _quote(page.text, street or city or "", code)
        if state is None or span is None or (code and not zip_fits_state(code[:5], state)):
            continue
        yield Found(*span, tidy(street) if street else None, city or (entry.city if entry else None), state,
                    code[:5] if code else None, method="addresses.json_ld", confidence=0.9)  # fmt: skip


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
    role = (
        "other_organization"
        if found.others
        else "city"
        if not found.street
        else "mailing"
        if is_box(found.street)
        else "site"
    )
    return Observation(
        "address", json.dumps(parts, ensure_ascii=False), around.page.text[found.start : found.end], found.start, found.end,
        assertion=Assertion.GENERIC if found.others else Assertion.AFFIRMED, method=found.method,
        confidence=found.confidence, qualifier=role, section=around.section(found.start), url=around.page.url,
    )  # fmt: skip

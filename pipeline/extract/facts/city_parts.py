"""Cities that the words name as a place of the provider, without a street: "our Lowell, MA location".

A city counts only where the provider is said to be there. Towns merely served, and the places of other people's
lives, are not; nor is a list of "City, ST" lines, which is how doorway pages look.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.extract.facts.address_parts import Found
from pipeline.extract.parsing.page import Kind
from pipeline.extract.words.context import PageContext
from pipeline.normalize.place import is_city, state_code, states_of_city
from pipeline.records import Region

_SITES = r"(?:offices?|locations?|facilit(?:y|ies)|cent(?:er|re)s?|clinics?|campus(?:es)?|programs?|practices?|sites?|home|headquarters|IOPs?|PHPs?|groups?)"
_OWN_PLACE = re.compile(
    rf"(?:\b(?:(?:conveniently |centrally )?(?:located|situated|headquartered|based|held|housed)(?: right| in person)?|(?:meets?|meet in person)"
    rf"|(?:our|new|two|three|four|five|(?:we|which|that) (?:have|operate)|with|has|operates|main|central) (?:\w+ ){{0,3}}?{_SITES}(?: (?:is|are)(?: \w+)?)?)"
    r"\s+(?:in|at|near the heart of|on the)\s+(?:(?:the )?(?:downtown|beautiful|historic|heart of|center of|scenic|sunny|nearby|city of|town of)\s+(?:of\s+)?)*"
    r"|\b(?:location|address|office|campus|site|clinic)s?\s*:\s*)$",
    re.IGNORECASE,
)
_OPENING = re.compile(r"\A\s*(?:In|At)\s+\Z")  # "In Concord, NH, our IOP meets …"
_OPENED = re.compile(r",\s+(?:our|we)\b")
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
_STATE_NEXT = re.compile(r"[\s,]{0,3}(?P<state>[A-Z]{2}\b|[A-Z][a-z]+(?: [A-Z][a-z]+)?)")


def is_placed_here(context: PageContext, found: Found, end: int) -> bool:
    text = context.page.text
    block = context.block_at(found.start)
    if block and (block.kind is Kind.HEADING or block.region is Region.NAV):
        return False
    low, _ = context.full_sentence(found.start, found.end)
    before = text[low : found.start]
    if _OPENING.match(before) and _OPENED.match(text, end):
        return True
    if _PLACE_AFTER.match(text, end) and _OUR_BEFORE.search(before):
        return True
    return _places(before[: len(before) - len(_joined(before)[0])])


def _places(before: str) -> bool:
    """Whether the words before a city say that the provider is there, not that people are served or come from there."""
    return bool(_OWN_PLACE.search(before)) and not _SERVED.search(before[-80:])


def _joined(before: str) -> tuple[str, list[str]]:
    """ "located in Grass Valley & Fresno, CA": the words that list further cities, and those cities."""
    match = _JOINED.search(before)
    return (match[0], re.split(r",\s*", match["cities"])) if match else ("", [])


def joined_cities(text: str, found: Found) -> Iterator[Found]:
    low = max(0, found.start - 80)
    words, names = _joined(text[low : found.start])
    at = found.start - len(words)
    for name in names:
        start = text.index(name, at)
        if found.state and is_city(name, found.state):
            yield Found(start, start + len(name), None, name, found.state, None, confidence=0.75)


def stateless(context: PageContext, states: set[str]) -> Iterator[Found]:
    """ "Located in Chula Vista.": without a state, a city is told by its name alone, if only one state has it."""
    text = context.page.text
    for match in _LOCATED_IN.finditer(text):
        words = match["city"].split()
        for count in range(len(words), 0, -1):
            name = " ".join(words[:count])
            homes = set(states_of_city(name, states) or states_of_city(name))
            if len(homes) == 1 and not _SERVED.search(text[max(0, match.start() - 40) : match.start()]):
                start = match.start("city")
                end = start + len(re.match(r"\s+".join(map(re.escape, words[:count])), text[start:])[0])  # type: ignore[index]
                following = _STATE_NEXT.match(text, end)
                if not (following and state_code(following["state"])):
                    yield Found(start, end, None, name, homes.pop(), None, confidence=0.6)
                break


def stands_alone(context: PageContext, found: Found) -> bool:
    """A block that is only "City, ST" (with a pin or a label): how small sites say where they are."""
    block = context.block_at(found.start)
    if block is None or block.region is Region.NAV or block.kind in (Kind.OPTION, Kind.IMAGE):
        return False
    head = _PIN.sub("", block.text[: found.start - block.start])
    tail = block.text[found.end - block.start :]
    return (
        not head
        and not tail.strip(" .")
        and not any(map(_SERVED.search, (context.before(found.start), *context.titles(found.start)[:1])))
    )

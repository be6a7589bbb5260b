"""Runs of states as pages print them: "Massachusetts, New Hampshire and R.I.", "MA | NH | RI", "all 50 states except Alaska"."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from pipeline.extract.facts.reach_words import words
from pipeline.normalize.place import STATES, state_code
from sources.states import OTHER_NAMES

NOT_OF_THE_FIFTY = frozenset({"DC", "PR", "VI", "GU", "AS", "MP", "UM", "FM", "MH", "PW"})
FIFTY = tuple(code for code in STATES if code not in NOT_OF_THE_FIFTY)
LONGEST_RUN = 400  # characters before words that follow their states


def _printed(name: str) -> str:
    """A name, or a usual abbreviation with the points that may be printed: "n h" is "N.H." and never a bare "nh"."""
    *words_before, last = name.split(" ")
    if len(last) == 1:
        spelled = [word for word in words_before if len(word) > 1]
        initials = [*(word for word in words_before if len(word) == 1), last]
        return r",?\s+".join([*spelled, r"\.\s?".join(initials)]) + r"\."
    return r",?\s+".join([*words_before, last]) + (r"\.?" if name in OTHER_NAMES and not words_before else "")


_NAMES = sorted({*map(str.lower, STATES.values()), *OTHER_NAMES}, key=len, reverse=True)
# A capital is asked for: "mass" and "wash" are words too. A code stands in capitals.
_STATE = rf"(?:(?=[A-ZÁÉÍÓÚ])(?i:{'|'.join(map(_printed, _NAMES))})|(?:{'|'.join(STATES)}))(?![\w-]|'s)"
_JOINT = (
    rf"(?:\s*[,;/&+•·|\n]\s*(?:(?i:{words('between', 'joint')})\s+)?|\s+(?i:{words('between', 'joint')})\s+)"
    rf"(?:(?i:{words('between', 'again')})\s+){{0,3}}"
)
_ALL = rf"(?i:{words('between', 'all')})"
_ALL_BUT = rf"(?i:{words('between', 'all_but')})"
_EXCEPT = rf"\s*[,(–—-]?\s*(?i:{words('between', 'except')})\s+(?i:the\s+(?:state\s+of\s+)?)?"
_CODE = r"(?:\s*\([A-Z]{2}\))?"  # "Maine (ME)"
_LIST = rf"{_STATE}{_CODE}(?:{_JOINT}{_STATE}{_CODE})*"
_NEXT = re.compile(rf"(?P<state>{_STATE}){_CODE}(?:{_JOINT})?")
_RUN = re.compile(
    rf"(?P<all>{_ALL})(?:{_JOINT}(?P<more>{_LIST}))?(?:{_EXCEPT}(?P<but>{_LIST}))?|(?P<most>{_ALL_BUT}){_EXCEPT}(?P<less>{_LIST})|(?P<list>{_LIST})"
)
_FILLER = re.compile(rf"[\s:(\[|-]*(?:(?:{words('between', 'filler')})(?!\w)[\s:(|-]*){{0,6}}")
_NAME_GOES_ON = re.compile(rf" (?:(?-i:[A-Z0-9])|(?:{words('against', 'name')})\b)", re.IGNORECASE)
_EVERYWHERE = re.compile(rf"\b(?:{words('between', 'leading')})\s+(?:the\s+)?\Z")


@dataclass(frozen=True, slots=True)
class Run:
    """States named one after another at [start, end): code and the span of the words that name it."""

    start: int
    end: int
    states: tuple[tuple[str, int, int], ...]
    excepted: tuple[tuple[str, int, int], ...] = field(default=())


def run_after(text: str, folded: str, position: int) -> Run | None:
    """The run that begins at a position, after words such as "the following states:"."""
    filler = _FILLER.match(folded, position)
    places = (filler.end(), position) if filler else (position,)
    found = next((m for at in places if (m := _RUN.match(text, at))), None)
    return _read(text, found) if found else None


def run_before(text: str, position: int, low: int) -> Run | None:
    """The run that ends before a position: "Maine and Vermont residents"."""
    low = max(low, position - LONGEST_RUN)
    ending = [m for m in _RUN.finditer(text, low, position) if not text[m.end() : position].strip()]
    return _read(text, ending[0], is_named=True) if ending else None


def run_of_all(text: str, start: int, low: int, folded: str) -> Run | None:
    """ "In all 50 states", where a preposition or a verb of serving goes before."""
    found = _RUN.match(text, start)
    if found and not found["list"] and _EVERYWHERE.search(folded, max(low, start - 40), start):
        return _read(text, found)
    return None


def run_alone(text: str, start: int, end: int) -> Run | None:
    """The run that a line or an entry of a list consists of; what a dash, a colon or a bracket adds is left aside."""
    found = _RUN.match(text, start, end)
    if found is None or not re.match(r"\s*(?:[–—:(.-].*)?\Z", text[found.end() : end], re.DOTALL):
        return None
    return _read(text, found, is_named=True)


def _read(text: str, found: re.Match[str], is_named: bool = False) -> Run | None:
    named = [_states(text, *found.span(group)) for group in ("list", "more", "but", "less")]
    own, more, but, less = named
    whole = next((found.span(group) for group in ("all", "most") if found[group]), None)
    excepted = but or less
    if whole:
        out = {code for code, _, _ in excepted}
        states = [(code, *whole) for code in FIFTY if code not in out] + more
        return Run(found.start(), found.end(), tuple(states), tuple(excepted))
    if own and not is_named and _NAME_GOES_ON.match(text, found.end()):
        own = own[:-1]  # "Kansas City", "Texas Medicaid"
    return Run(found.start(), found.end(), tuple(own)) if own else None


def _states(text: str, start: int, end: int) -> list[tuple[str, int, int]]:
    if start < 0:
        return []
    found: dict[str, tuple[str, int, int]] = {}
    at = start
    while at < end and (one := _NEXT.match(text, at, end)):
        if code := state_code(one["state"]):
            found.setdefault(code, (code, *one.span("state")))
        at = one.end()
    return list(found.values())

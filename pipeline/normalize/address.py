"""Street lines in the manner of USPS Publication 28: number, directionals, name, suffix and unit apart.

Rules and a word table (`pipeline/vocabulary/street_words.csv`), no model: the same line gives the same parts in every
release, at some 100,000 lines a second. City, state and ZIP code are not read here.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Literal, NamedTuple

from pipeline.vocabulary.tables import by_kind

STREET_WORDS = by_kind("street_words.csv")
"""Words of street lines by kind: suffix (USPS Publication 28, appendix C), direction, unit, other words."""
Kind = Literal["street", "po_box", "highway", "campus", "withheld"]

_WITHHELD = re.compile(r"WITHHELD|CONFIDENTIAL|UNDISCLOSED|NOT (?:DISCLOSED|AVAILABLE|PUBLISHED)|UNLISTED")
_PO_BOX = re.compile(r"\b(?:P\s*O|POST\s*OFFICE|POST)\s*BOX\s*#?\s*([A-Z]?\d[\w-]*)")
_PLAIN_NUMBER = re.compile(r"\s*([1-9][0-9]*)(?= [A-Za-z]{2})")
_NUMBER = re.compile(
    r"^(?P<grid>[NSEW]\s?\d+\s+[NSEW]\s?\d+|[NSEW]\d+|\d+[NSEW]\d+)\s+"
    r"|^(?:(?P<ahead>NORTH|SOUTH|EAST|WEST|[NSEW])\s+(?=\d+\s))?(?P<low>\d+)(?:-?(?P<letter>[A-Z])(?=[\s-]))?"
    r"(?:,\s?\d+(?=\s?,|\s?&|\sAND\b))*(?:,?\s*(?:-|–|/|&|,|\bAND\b)\s*(?P<high>\d+)(?P<letter2>[A-Z])?(?=\s))?"
    r"(?P<half>\s+\d/\d)?\s+"
)
_COUNTS = {w: str(n) for n, w in enumerate("ONE TWO THREE FOUR FIVE SIX SEVEN EIGHT NINE TEN".split(), 1)}
_UNIT_WORD = (
    r"SUITES?|STES?|UNITS?|APTS?|APARTMENTS?|ROOMS?|RM|BLDGS?|BUILDINGS?|EDIFICIO|FLOORS?|FLR?|PISO|DEPT|"
    r"DEPARTMENT|SPACE|SPC|LOT|PMB|TRLR|TRAILER|OFFICE|OFC"
)
_UNIT_AHEAD = re.compile(
    rf"(?:\s*,\s*|\s+)(?:(?:{_UNIT_WORD})\b\.?\s?#?\s*(?=\d|[A-Z]\b|[A-Z]+-?\d|[A-Z]{{2}}$)|#|"
    r"(?:LOWER|UPPER)\s+LEVEL\b|BASEMENT\b|BSMT\b|REAR$|\d+(?:ST|ND|RD|TH)\s+(?:FLOOR|FL)\b).*$"
)
_ROUTE = re.compile(
    r"^(?:(?P<pre>NORTH|SOUTH|EAST|WEST|[NSEW])\s+)?"
    r"(?P<class>(?:(?:US|U S|STATE|COUNTY|CO|OLD|[A-Z]{2})\s+)?(?:HIGHWAY|HWY|ROUTE|RTE|RT|ROAD|RD|CARR|CARRETERA)|"
    r"I|INTERSTATE|US|SR|CR|FM|M|PR|[A-Z]{2}(?=-))[ -]?(?P<route>\d+[A-Z]?)\b(?:-(?P<branch>[A-Z])\b)?\s*(?P<rest>.*)$"
)
# Puerto Rico, Alaska: the place on the road
_MILESTONE = re.compile(r"\b(?:KM|MILE POST|MILEPOST|MILE)\s*(\d+)")
_NAME_AHEAD = re.compile(r"^([A-Z][A-Z ]*[A-Z]),? (\d+[A-Z]? [A-Z].*)$")
_CORNERS = ("NE", "NW", "SE", "SW")
_ORDINAL = re.compile(r"^(\d+)(?:ST|ND|RD|TH)$")
_RANGE = re.compile(r"(\d+)[A-Z]?(?:-(\d+)[A-Z]?)?")
_CLEAN = re.compile(r"[^\w\s#&/,–-]+")
_SPACES = re.compile(r"\s+")
_WORD = re.compile(r"\w")
_LETTERED_UNIT = re.compile(r"(?<=[A-Z])(?=\d)")


class Street(NamedTuple):
    """The parts of a street line, upper case, in USPS abbreviations; "" where a part is not printed.

    `number` keeps its printed form ("53-57", "163-18", "728 1/2", "N57 W24950"). A `po_box` has the box as its
    number, a `highway` the route as its name ("HWY 34"), a `campus` a name and no number; `withheld` says that no
    street is published (confidential homes print "- - -").
    """

    number: str = ""
    predirectional: str = ""
    name: str = ""
    suffix: str = ""
    postdirectional: str = ""
    unit: str = ""
    kind: Kind = "withheld"

    @property
    def line(self) -> str:
        """The delivery line without its unit: "53-57 N BEACON ST"."""
        if self.kind == "po_box":
            return f"PO BOX {self.number}"
        parts = (self.number, self.predirectional, self.name, self.suffix, self.postdirectional)
        return " ".join(part for part in parts if part)


def normalize_street(street1: str | None, street2: str | None = None) -> Street:
    """The parts of one or two street lines. Nothing raises; what cannot be read is a `campus` name."""
    plain = _PLAIN_NUMBER.match(street1) if street1 else None
    if plain and street1:  # the rest of the line is read once for all houses of a street
        street = _read(f"1{street1[plain.end() :]}", None)
        if street.number == "1" and street.kind != "po_box" and not (street.unit and street2):
            return Street(plain[1], *street[1:5], street.unit or _unit(_clean(street2)), street.kind)
    return _read(street1, street2)


@lru_cache(maxsize=65_536)
def _read(street1: str | None, street2: str | None) -> Street:
    first, second = _clean(street1), _clean(street2)
    if not _WORD.search(first):
        first, second = second, ""
    if not _WORD.search(first) or _WITHHELD.search(first):
        return Street()
    box = _PO_BOX.search(first)
    if box:
        return Street(number=box[1], unit=_unit(second), kind="po_box")
    if not first[0].isdigit() and second[:1].isdigit() and _NUMBER.match(second):
        plain = _parse(second, first)
        if plain.suffix:
            return plain
    street = _parse(first, second)
    nameless = not street.number and street.kind in ("campus", "street")
    ahead = _NAME_AHEAD.match(first) if nameless else None
    if ahead:  # "Harbor Hospital 780 Albany St"
        plain = _parse(ahead[2], f"{ahead[1]} {second}")
        return plain if plain.number and plain.suffix else street
    return street


def number_range(number: str) -> tuple[int, int] | None:
    """Lowest and highest house number that a printed number covers; None for grids and letters.

    "53-57" covers 53 to 57 and "2617-19" covers 2617 to 2619; a hyphen within one house number (Queens, Hawaii:
    "163-18", "79-7266") covers itself only, written as one integer.
    """
    found = _RANGE.match(number)
    if not found:
        return None
    low = int(found[1])
    if found[2] is None:
        return low, low
    tail = found[2]
    high = int(tail) if len(tail) >= len(found[1]) else int(found[1][: -len(tail)] + tail)
    if low < high <= low + 50:
        return low, high
    return int(found[1] + tail), int(found[1] + tail)


def _clean(text: str | None) -> str:
    if not text:
        return ""
    return " ".join(_CLEAN.sub("", text.upper()).split()).strip(" ,")


def _parse(line: str, extra: str) -> Street:
    unit = ""
    found = _UNIT_AHEAD.search(line)
    if found and found.start() > 0:
        line, unit = line[: found.start()], found[0]
    elif "," in line:
        line, _, unit = line.partition(",")
    unit = _unit(f"{unit} {extra}")
    head, _, tail = line.partition(" ")
    if " " in tail and head in _COUNTS:
        line = f"{_COUNTS[head]} {tail}"
    number = _NUMBER.match(line + " ")
    printed, rest = ("", line) if number is None else (_number(number), line[number.end() :])
    if not rest and number is not None:
        printed, rest = "", line
    way = _way(rest)
    if way.kind == "street" and not printed and not way.suffix:
        name = " ".join(filter(None, (way.predirectional, way.name, way.postdirectional)))
        return Street(name=name, unit=unit, kind="campus")
    return Street(printed or way.number, *way[1:5], unit, way.kind)


def _number(found: re.Match[str]) -> str:
    if found["grid"]:
        return _SPACES.sub(" ", found["grid"])
    text = (found["ahead"] or "")[:1] + found["low"] + (found["letter"] or "")
    if found["high"]:
        text += f"-{found['high']}{found['letter2'] or ''}"
    return text + (f" {found['half'].strip()}" if found["half"] else "")


def _way(text: str) -> Street:
    """The street or highway of a line without its number and unit; of a highway a milestone, to serve as a number."""
    route = _ROUTE.match(text)
    return _highway(route) if route else _street(text.replace(",", " ").split())


def _highway(route: re.Match[str]) -> Street:
    words = route["class"].replace("-", " ").split()
    kind = "I" if words[-1] in ("I", "INTERSTATE") else "FM" if words[-1] == "FM" else "HWY"
    if words[0] in ("COUNTY", "CO", "CR"):
        kind = "CR"
    directions = STREET_WORDS["direction"]
    rest = route["rest"].split()
    post = directions.get(rest[0], "") if rest else ""
    branch = f" {route['branch']}" if route["branch"] and route["branch"] not in directions else ""
    name = f"{kind} {route['route']}{branch}"
    pre = directions.get(route["pre"] or "", "")
    milestone = _MILESTONE.search(route["rest"])
    number = f"KM {milestone[1].lstrip('0')}" if milestone else ""
    return Street(number, pre, name, "", post, "", "highway")


def _street(words: list[str]) -> Street:
    directions, suffixes = STREET_WORDS["direction"], STREET_WORDS["suffix"]
    pre = post = suffix = ""
    words = [word for word in (word.strip("-&/") for word in words) if word]
    ends = words[-1] in suffixes if words else False
    corner = "".join(directions.get(word, "?") for word in words[:2])
    if len(words) > 2 + ends and corner in _CORNERS:
        pre, words = corner, words[2:]
    elif len(words) > 1 + ends and words[0] in directions:
        pre, words = directions[words[0]], words[1:]
    if len(words) > 1 and words[-1] in directions and not (len(words[-1]) == 1 and words[-2] == "AVENUE"):
        post, words = directions[words[-1]], words[:-1]
    if len(words) > 1 and words[-1] in suffixes:
        suffix, words = suffixes[words[-1]], words[:-1]
    name = " ".join(STREET_WORDS["word"].get(word) or word.replace("-", " ") for word in words)
    return Street("", pre, name, suffix, post, "", "street")


@lru_cache(maxsize=65_536)
def _unit(text: str) -> str:
    """Designators in USPS form and what follows them: "Suites 3-A and 3-B" → "STE 3A 3B", "2nd Floor" → "FL 2"."""
    text = text.replace("#", " # ").strip(" ,")
    if not text:
        return ""
    units = STREET_WORDS["unit"]
    out: list[str] = []
    for token in re.split(r"[\s,]+", _LETTERED_UNIT.sub(" ", text) if text[:2] == "ST" else text):
        word = units.get(token, token)
        if word in ("", "AND", "&", "#", "-", "LEVEL"):
            continue
        ordinal = _ORDINAL.match(word)
        if word == "FL" and out and out[-1].isdigit() and "FL" not in out[:-1]:
            out.insert(len(out) - 1, word)
            continue
        out.append(ordinal[1] if ordinal else word.replace("-", ""))
    return " ".join(out)

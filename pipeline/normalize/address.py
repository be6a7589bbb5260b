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
"""Words of street lines by kind (USPS Publication 28, appendix C): suffix, direction, highway, route with boxes, unit (those
that may stand without a number; those that do only after a street's last word), other words."""
Kind = Literal["street", "po_box", "highway", "campus", "withheld"]


def _any(*kinds: str) -> str:
    """A pattern of the words of some kinds, longest first."""
    return "|".join(sorted({word for kind in kinds for word in STREET_WORDS[kind]}, key=len, reverse=True))


_WITHHELD = re.compile(r"WITHHELD|CONFIDENTIAL|UNDISCLOSED|NOT (?:DISCLOSED|AVAILABLE|PUBLISHED)|UNLISTED")
_PO_BOX = re.compile(
    r"(?:\b(?:(?:P\s*O|POST\s*OFFICE|POST)\s*(?:BOX|DRAWER)|P\s*O\s*B|APARTADO|CALL BOX)|(?:^|(?<=, ))(?:BOX|DRAWER))"
    r"\s*#?\s*(?P<box>[A-Z]?\d[\w-]*)"
)
_BOX_WORD = re.compile(r"BOX|DRAWER|APARTADO|O ?B\b")
_ROUTE_BOX = re.compile(
    rf"\b(?P<route>{_any('box_route')})\s*#?\s*0*(?P<number>\d+)[\s,]*BOX\s*#?\s*(?P<box>[A-Z]?\d[\w-]*)"
)
HOUSE_AHEAD = r"(?s)^\s*([1-9][0-9]{0,8})( (?:[NSEW] )?[A-Za-z]{2}.*)$"
"""A plain house number and the rest of its line, as the regular expressions of Python and of Polars both read it."""
_HOUSE_AHEAD = re.compile(HOUSE_AHEAD)
_NUMBER = re.compile(
    r"^(?P<grid>[NSEW]\s?\d+\s+[NSEW]\s?\d+|[NSEW]\d+|\d+[NSEW]\d+)\s+"
    r"|^(?:(?P<ahead>NORTH|SOUTH|EAST|WEST|[NSEW])\s+(?=\d+\s))?(?P<low>\d+(?:\.\d+)?)(?:-?(?P<letter>[A-Z])(?=[\s-]))?"
    r"(?:,\s?\d+(?=\s?,|\s?&|\sAND\b))*(?:,?\s*(?:-|–|/|&|,|\bAND\b)\s*(?P<high>\d+)(?P<letter2>[A-Z])?(?=\s))?"
    r"(?P<half>\s+\d/\d)?\s+"
)
_COUNTS = {w: str(n) for n, w in enumerate("ONE TWO THREE FOUR FIVE SIX SEVEN EIGHT NINE TEN".split(), 1)}
_NUMBERED = "|".join(
    sorted(STREET_WORDS["unit"].keys() - STREET_WORDS["unit_last"].keys() - {"MAIL"}, key=len, reverse=True)
)
_UNIT_AHEAD = re.compile(
    rf"(?:\s*,\s*|\s+)(?:(?:MAIL )?(?:{_NUMBERED})\b\.?\s?[#-]?\s*(?=\d|[A-Z]\b|[A-Z]+-?\d|[A-Z]{{2}}$)|#|"
    rf"(?:LOWER|UPPER)\s+LEVEL\b|(?:{_any('unit_alone')})(?:\d+)?$|BASEMENT\b|BSMT\b|\d+(?:ST|ND|RD|TH)\s+(?:FLOOR|FL)\b).*$"
)
_UNIT_LAST = re.compile(
    rf"(?:,\s*|[A-Z]{{2}}\s+(?:{_any('suffix', 'direction')})\s+)(?P<unit>(?:{_any('unit_last')})(?:\s+(?:\d\w*|[A-Z]))?)$"
)
_UNIT_WORDS = {*STREET_WORDS["unit"], "#"}
_LETTERS = re.compile(r"[A-Z]+|#")
_HOUSE = re.compile(rf"\d[\w-]*\s+(?:(?:{_any('direction')})\s+)?")
_ROUTE_SIGN = re.compile(r"\b(CARR|CARRETERA|HWY|HIGHWAY|RTE|ROUTE) ?# ?(?=\d)")  # "Carr. #2", and no unit
# A comma before a directional or a milestone parts nothing.
_NO_PART = re.compile(
    rf"\s*,\s*(?=(?:{_any('direction')}|[NS] [EW])(?:\s*,|\s*$|\s+(?:#|(?:{_NUMBERED})\b))|(?:KM|KIL[OÓ]METRO|HM|MILE)\b)"
)
_CORNER_APART = re.compile(r"\b([NS]) ([EW])(?=\s*,|\s*$)")
_ROUTE = re.compile(
    r"^(?:(?P<pre>NORTH|SOUTH|EAST|WEST|[NSEW])\s+)?"
    rf"(?P<class>{_any('highway')}|(?:(?:US|U S|STATE|OLD|[A-Z]{{2}})\s+)?(?:HIGHWAY|HWY|ROUTE|RTE|RT|ROAD|RD|CARR|CARRETERA)|"
    r"[A-Z]{2}(?=-))(?:\s?-\s?|\s*(?:#|NO|NUM|NUMERO)?\s*)(?P<route>\d+[A-Z]?)\b(?:-(?P<branch>[A-Z])\b)?\s*(?P<rest>.*)$"
)
_ROADSIDE = frozenset("RD ROAD HWY HIGHWAY FRONTAGE SERVICE ACCESS FEEDER".split())
# Puerto Rico, Alaska: the place on the road, in Puerto Rico to the hectometre
_MILESTONE = re.compile(
    r"\b(?:KM|KIL[OÓ]METRO|MILE POST|MILEPOST|MILE)\s*(?P<whole>\d+(?:\.\d+)?)(?:,?\s*(?:HM|HECT[OÓ]METRO)\s*(?P<tenth>\d)\b)?"
)
_NAME_AHEAD = re.compile(r"^([A-Z][A-Z ]*[A-Z]),? (\d+[A-Z]? [A-Z].*)$")
_MORE = re.compile(
    r"^[\WNSEW]*$|NORTH|SOUTH|BOX|DRAWER|APARTADO|\bP\W*O\W*B\b", re.IGNORECASE
)  # a box or a corner
_CORNERS = ("NE", "NW", "SE", "SW")
_ORDINAL = re.compile(r"^(\d+)(?:ST|ND|RD|TH)$")
_RANGE = re.compile(r"(\d+)[A-Z]?(?:-(\d+)[A-Z]?)?")
_CLEAN = re.compile(r"[^\w\s#&/,.–-]+|(?<!\d)\.+|\.+(?!\d)")
_SPACES = re.compile(r"\s+")
_WORD = re.compile(r"\w")
_LETTERED_UNIT = re.compile(r"(?<=[A-Z])(?=\d)")


class Street(NamedTuple):
    """The parts of a street line, upper case, in USPS abbreviations; "" where a part is not printed.

    `number` keeps its printed form ("53-57", "163-18", "728 1/2", "N57 W24950"). A `po_box` has the box as its
    number, a `highway` the route as its name ("HWY 34") and perhaps a milestone as its number, a `campus` a name and no
    number; `withheld` says that no street is published (confidential homes print "- - -"). `box` is printed beside a street.
    """

    number: str = ""
    predirectional: str = ""
    name: str = ""
    suffix: str = ""
    postdirectional: str = ""
    unit: str = ""
    kind: Kind = "withheld"
    box: str = ""

    @property
    def line(self) -> str:
        """The delivery line without its unit: "53-57 N BEACON ST"."""
        if self.kind == "po_box":
            return self.number if " BOX " in self.number else f"PO BOX {self.number}"
        parts = (self.number, self.predirectional, self.name, self.suffix, self.postdirectional)
        return " ".join(part for part in parts if part)


def normalize_street(street1: str | None, street2: str | None = None) -> Street:
    """The parts of one or two street lines. Nothing raises; what cannot be read is a `campus` name."""
    plain = _HOUSE_AHEAD.match(street1) if street1 else None
    way, unit = (way_of(plain[2]), unit_of(street2)) if plain else (None, None)
    if plain and way and unit is not None and not (street2 and way.unit):
        return way._replace(number=plain[1], unit=way.unit or unit)
    return _read(street1, street2)


def way_of(rest: str) -> Street | None:
    """What follows a plain house number (`HOUSE_AHEAD`), read once for all houses of a street, which have the number 1; None
    where the number is a part of more than the house, so that the line is to be read as a whole."""
    street = _read(f"1{rest}", None)
    return street if street.number == "1" and street.kind != "po_box" else None


def unit_of(street2: str | None) -> str | None:
    """The unit that a second line gives; None where it may say more: a box, a corner, the side of a town."""
    return None if street2 and _MORE.search(street2) else _unit(_clean(street2))


@lru_cache(maxsize=65_536)
def _read(street1: str | None, street2: str | None) -> Street:
    first, box = _without_box(_clean(street1))
    second, other = _without_box(_clean(street2))
    corner = STREET_WORDS["direction"].get(second.replace(" ", ""), "")
    street = _lines(first, "" if corner in _CORNERS else second)
    if corner in _CORNERS and street.kind in ("street", "highway") and not street.postdirectional:
        street = street._replace(postdirectional=corner)
    box = box or other
    if box and not (street.number and street.kind in ("street", "highway")):
        return Street(number=box, unit=_unit(second), kind="po_box")
    return street._replace(box=box)


def _without_box(line: str) -> tuple[str, str]:
    """A line without its box, and the box: "246", or "HC 1 BOX 15"."""
    if not _BOX_WORD.search(line):
        return line, ""
    found = _ROUTE_BOX.search(line) or _PO_BOX.search(line)
    if not found:
        return line, ""
    parts = (part.strip(" ,") for part in (line[: found.start()], line[found.end() :]))
    route = STREET_WORDS["box_route"].get(found.groupdict().get("route") or "")
    box = f"{route} {found['number']} BOX {found['box']}" if route else found["box"]
    return ", ".join(filter(None, parts)), box


def _lines(first: str, second: str) -> Street:
    if not _WORD.search(first):
        first, second = second, ""
    if not _WORD.search(first) or _WITHHELD.search(first):
        return Street()
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
    if "," in line:
        line = _NO_PART.sub(" ", line)
    if "#" in line:
        line = _ROUTE_SIGN.sub(r"\1 ", line)
    line, unit = _without_unit(_CORNER_APART.sub(r"\1\2", line))
    unit = _unit(f"{unit} {extra}")
    milestone = _MILESTONE.match(line)
    along = line[milestone.end() :].strip(" ,") if milestone else ""
    if milestone and along:  # "Km 11.5 Carr 2", "Mile 66.5 Alder Highway"
        line = f"{along} {milestone[0]}" if _ROUTE.match(along) else f"{_kilometres(milestone)} {along}"
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


def _without_unit(line: str) -> tuple[str, str]:
    if not _UNIT_WORDS.isdisjoint(
        _LETTERS.findall(line)
    ):  # most lines hold none, and the patterns are slow to say so
        house = _HOUSE.match(line)
        ahead = _UNIT_AHEAD.search(line, house.end() if house else 1)
        if ahead:
            return line[: ahead.start()], ahead[0]
        last = _UNIT_LAST.search(line)
        if last:
            return line[: last.start("unit")].rstrip(" ,"), last["unit"]
    line, _, unit = line.partition(",")
    return line, unit


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
    kind = STREET_WORDS["highway"].get(route["class"], "HWY")
    directions = STREET_WORDS["direction"]
    rest = route["rest"].split()
    while rest and rest[0] in _ROADSIDE:
        rest.pop(0)
    pre = directions.get(route["pre"] or "", "")
    post = directions.get(rest[0], "") if rest else ""
    if not pre:  # a highway's direction stands before its number or after it
        pre, post = post, ""
    branch = f" {route['branch']}" if route["branch"] and route["branch"] not in directions else ""
    milestone = _MILESTONE.search(route["rest"])
    number = f"KM {_kilometres(milestone)}" if milestone else ""
    return Street(number, pre, f"{kind} {route['route']}{branch}", "", post, "", "highway")


def _kilometres(found: re.Match[str]) -> str:
    return f"{float(found['whole']) + int(found['tenth'] or 0) / 10:g}"


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

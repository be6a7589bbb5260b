"""The form of an American street line, read backwards from the city that follows it.

The parts and their abbreviations are those of USPS Publication 28 (street suffixes, appendix C1; secondary unit
designators, C2). A pattern is enough here, because the city and the state after it already say that an address
ends; a statistical tagger reads some 9,000 lines a second and is kept for lines without such an anchor.
"""

from __future__ import annotations

import re

_SUFFIXES = (
    "Alley Aly Avenue Ave Av Avenida Bend Bnd Boulevard Blvd Bl Branch Bridge Broadway Bypass Calle Camino Carretera Causeway Cswy Center"
    " Centre Ctr Circle Cir Close Common Commons Concourse Corner Corners Court Ct Courts Cove Cv Creek Crescent Cres Crossing Xing Cross"
    " Crossroad Dale Drive Dr Drives Estate Estates Expressway Expy Extension Ext Fenway Field Fields Forest Freeway Fwy Garden Gardens"
    " Gate Gateway Glen Green Grove Harbor Heights Hts Highlands Highway Hwy Hill Hills Hollow Island Junction Knoll Lake Lakes Landing"
    " Lndg Lane Ln Loop Mall Manor Meadow Meadows Mews Mill Oval Overlook Park Parkway Pkwy Pass Passage Path Pike Place Pl Plaza Plz Point"
    " Pt Port Promenade Ridge Rdg River Road Rd Roadway Rotary Route Rte Rt Row Run Shore Spring Springs Spur Square Sq Station Strand"
    " Street St Streets Summit Terrace Ter Terr Trace Trail Trl Tunnel Turnpike Tpke Tpk Valley View Village Vista Vía Walk Way Wharf Wood"
    " Woods Yard"
).split()
_SUFFIX = re.compile(rf"\b(?:{'|'.join(sorted(_SUFFIXES, key=len, reverse=True))})\b", re.IGNORECASE)
_VAGUE = set(  # suffixes that are common nouns of other things too; they need more than themselves
    "Branch Bridge Center Centre Ctr Common Commons Corner Corners Creek Cross Dale Drives Estate Estates Field Fields Forest Garden Gardens"
    " Gate Glen Green Grove Harbor Heights Hts Highlands Hill Hills Hollow Island Junction Lake Lakes Landing Manor Meadow Meadows Mill Park"
    " Pass Path Point Port Ridge River Run Shore Spring Springs Station Strand Summit Valley View Village Walk Wood Woods Yard Bl Ext Extension"
    " Close Cove Mall Passage Row".split()
)
_SURE = re.compile(
    rf"\b(?:{'|'.join(sorted(set(_SUFFIXES) - _VAGUE, key=len, reverse=True))}|Paseo|[A-Z]{{2}}-\d{{1,3}}|M-?\d{{1,3}})\b"
)
_DIRECTION = r"(?:[NSEW]|N\.?E|N\.?W|S\.?E|S\.?W|[Nn]orth|[Ss]outh|[Ee]ast|[Ww]est|(?:[Nn]orth|[Ss]outh)(?:east|west))\.?"
NUMBER = (
    r"(?:\d{1,6}(?:-?[A-Z])?(?:(?:[-–]|\s(?:and|&)\s)\d{1,6}[A-Z]?)?(?:\s?½|\s1/2)?|[NSEW]\d{1,5}\s?[NSEW]\d{2,6}"
    r"|(?:One|Two|Three|Four|Five|Six|Seven|Eight|Nine|Ten|ONE|TWO|THREE|FOUR|FIVE)(?=\s))"
)
_WORD = r"(?:[A-Z0-9À-Þ][\w'’.&/-]*|of|the|de|del|la|las|los|el|y|and)"
_LABEL = (
    r"(?:Suites?|Stes?|Units?|Apartment|Apt|Rooms?|Rm|Floors?|Fl|Buildings?|Bldgs?|Level|Lot|Office|Oficina|Piso|Department|Dept|Tower|Wing|PMB|Space"
    r"|Box|P\.?\s?O\.?\s?Box|Mailstop|Bay|Entrance|Door|Bin|Slip|Pier)"
)
_UNIT = (
    rf"(?:(?i:{_LABEL})\b\.?\s*\#?\s*(?:[A-Z]?\d[\w-]{{0,7}}|[A-Z]{{1,2}}|One|Two|Three)(?:\s*(?:&|and|/|-)\s*[\w-]{{1,6}})?"
    rf"|(?:\d{{1,2}}(?:st|nd|rd|th)\s+(?:(?:and|&)\s+)?){{1,3}}(?i:floors?|fl|level)\.?|(?i:first|second|third|fourth|fifth|ground|lower|upper|top|main)\s+(?i:floor|level)(?:\s+\w{{1,4}})?"
    rf"|\#\s?[\w-]{{1,8}}|(?i:rear|penthouse|basement))"
)
_FIRST = re.compile(
    rf"(?P<number>{NUMBER})\s+(?P<dir>{_DIRECTION}\s+)?(?P<name>(?:[A-Z0-9À-Þ]|the\s|de\s)[\w'’.&/-]*(?:\s+{_WORD}){{0,6}}?)"
    rf"(?:\s+{_UNIT})*(?:\s+[A-Z]?\d{{1,4}}[A-Z]?)?[.]?"
)
_BOX = re.compile(
    r"(?:P\.?\s?O\.?|Post Office|Apartado)\s*(?:(?:Box|Drawer)\s*)?(?:\#\s*)?\d{1,7}", re.IGNORECASE
)
_NUMBERS = r"[A-Z]?\d{1,4}[A-Z]?(?:\s*(?:and|&|-|–)\s*[A-Z]?\d{1,4}[A-Z]?)*"
_NAME = r"(?:[A-Z][\w'’.&-]*|of|the|at|and|&)"
_OTHER_PART = re.compile(
    rf"(?:{_UNIT}(?:\s+(?:and\s+)?{_UNIT})*|{_NAME}(?:\s+{_NAME}){{0,4}}|{_NUMBERS}|\d\s(?:North|South|East|West)|{_NAME}\s+{_UNIT})\.?"
)
_LOOSE_PART = re.compile(r"[\w#&/.'’() -]{1,45}")
_ISLAND = re.compile(
    r"(?:Carr(?:etera)?\.?\s+\d|Calle\s|Avenida\s|Urb(?:anizaci[oó]n)?\.?\s)[\w#.'’/ -]{1,60}"
)  # Puerto Rico
_GRID = re.compile(rf"\d{{1,4}}\s+{_DIRECTION}")  # Utah: "1212 South 300 East"
_START = re.compile(
    rf"(?<![\w.#/$-]){NUMBER}(?=\s)|(?<!\w)(?:P\.?\s?O\.?\s?Box|Post Office Box|Carretera|Carr|Calle|Avenida|Urb)(?=[\s.])",
    re.IGNORECASE,
)
_UNIT_BEFORE = re.compile(
    rf"(?:\b(?:{_LABEL}|Route|Rte|Rt|Highway|Hwy|US|State|Interstate|Exit|No|Number|County Road)\.?[ \t]*|\#[ \t]*)\Z",
    re.IGNORECASE,
)
_TRAILING = " \t\n,.|•·–—-\u00a0"
_IN = re.compile(r"\s+in(?:\s+(?:downtown|historic))?\Z", re.IGNORECASE)
_SOFT_LABEL = re.compile(
    r"(?:Department|Office|Unit|Level)\s", re.IGNORECASE
)  # how names end too: "Detox Unit 2040 2nd Ave"
_BOUNDARY = re.compile(r"[\n:,|•·–—-][ \t\u00a0]*\Z|(?:^|\s)(?:at|is)\s+\Z")
_SPLIT = re.compile(r"\s*[,\n|•·]+\s*|\s+[-–—]\s+")
_NAMED = re.compile(  # "75 Saxon Dye Works": a place by its name alone, and no count of something
    r"(?!(?:Hours?|Days?|Years?|Weeks?|Beds?|Minutes?|Programs?|Locations?|Miles?|Facts|Ways|Steps?)\b)[A-Z][\w'’.-]*(?:\s[A-Z][\w'’.-]*){2}"
)
_PLACEHOLDER = re.compile(
    r"\bStreet ?Name\b|^123 (?:Main|Any|Elm|Fake)\s*(?:St|Street)?\b.*\bAny|^1234? (?:Your|Street)\b|\bYour (?:Street|Address)\b",
    re.IGNORECASE,
)


def street_before(text: str, low: int, end: int, anchored: bool) -> tuple[int, int] | None:
    """Bounds of the street line (with its units) that ends where the city begins, within `text[low:end]`.

    `anchored` says that a ZIP code follows; then a name without suffix ("1930 N Jefferson") is one too.
    """
    stop = len(_IN.sub("", text[low:end].rstrip(_TRAILING)).rstrip(_TRAILING)) + low
    for match in _START.finditer(text, low, stop):
        start = match.start()
        label = _UNIT_BEFORE.search(text, max(low, start - 24), start)
        if label and not (len(match[0]) > 3 and _SOFT_LABEL.match(label[0])):
            continue
        at_line_start = not text[low:start].strip() or bool(
            _BOUNDARY.search(text, max(low, start - 12), start)
        )
        if is_street(text[start:stop], anchored, at_line_start):
            return start, stop
    return None


def is_street(line: str, anchored: bool = True, at_line_start: bool = True) -> bool:
    """Whether the whole of `line` is a street line, with units, floors and buildings after it if any."""
    parts = [part for part in _SPLIT.split(line.strip()) if part]
    if not parts or len(parts) > 5 or len(line) > 120:
        return False
    if _BOX.fullmatch(parts[0]):
        return len(parts) == 1
    if anchored and _ISLAND.fullmatch(parts[0]):
        return True
    first = _FIRST.fullmatch(parts[0])
    if not first or _PLACEHOLDER.search(line):
        return False
    named = parts[0][first.start("name") :]
    sure = bool(_SURE.search(named))
    rest = _LOOSE_PART if sure and anchored else _OTHER_PART
    if not all(rest.fullmatch(part) and len(part.split()) <= 6 for part in parts[1:]):
        return False
    if first["number"][0].isalpha() and first["number"][1].isalpha() and re.search(r"\b\d{2,}\b", named):
        return False  # "Four Rivers Center 118 East 5th Street" begins at 118
    if any(_SURE.search(part) and _FIRST.fullmatch(part) for part in parts[1:]):
        return False  # "400 Lake Street Inc, 26 Birch Road" begins at 26
    if re.match(r"\d+[A-Z]?\s", named):
        return bool(first["dir"] and (sure or _GRID.match(named))) or (sure and anchored and at_line_start)
    if sure or _SUFFIX.search(named):
        return sure or anchored or at_line_start
    words = len(named.split())
    if first["dir"]:
        return words <= 3 and anchored
    return (
        anchored
        and at_line_start
        and words <= 3
        and named[0].isupper()
        and (words <= 2 or _NAMED.fullmatch(named) is not None)
        and len(parts) <= 2
        and first["number"][0].isdigit()
    )


def tidy(line: str) -> str:
    """A street line on one line, with commas where it was broken."""
    return re.sub(r"\s*(?:\s*[,\n|•·]\s*)+", ", ", re.sub(r"[ \t\u00a0]+", " ", line.strip(" ,\n\t")))


def is_box(line: str) -> bool:
    return bool(_BOX.match(line))

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
_SURE = re.compile(
    r"\b(?:Street|St|Avenue|Ave|Av|Road|Rd|Drive|Dr|Lane|Ln|Boulevard|Blvd|Court|Ct|Circle|Cir|Parkway|Pkwy|Highway|Hwy|Turnpike|Tpke"
    r"|Terrace|Place|Pl|Plaza|Square|Sq|Way|Route|Rte|Broadway|Pike|Trail|Loop)\b"
)
_DIRECTION = r"(?:[NSEW]|N\.?E|N\.?W|S\.?E|S\.?W|[Nn]orth|[Ss]outh|[Ee]ast|[Ww]est|(?:[Nn]orth|[Ss]outh)(?:east|west))\.?"
NUMBER = (
    r"(?:\d{1,6}[A-Z]?(?:[-–]\d{1,5}[A-Z]?)?(?:\s?½|\s1/2)?|[NSEW]\d{1,5}\s?[NSEW]\d{2,6}"
    r"|(?:One|Two|Three|Four|Five|Six|Seven|Eight|Nine|Ten|ONE|TWO|THREE|FOUR|FIVE)(?=\s))"
)
_WORD = r"(?:[A-Z0-9À-Þ][\w'’.&/-]*|of|the|de|del|la|las|los|el|y|and)"
_LABEL = (
    r"(?:Suite|Ste|Unit|Apartment|Apt|Room|Rm|Floor|Fl|Building|Bldg|Level|Lot|Office|Oficina|Piso|Department|Dept|Tower|Wing|PMB|Space"
    r"|Box|P\.?\s?O\.?\s?Box|Mailstop|Bay|Entrance|Door|Bin|Slip|Pier)"
)
_UNIT = (
    rf"(?:(?i:{_LABEL})\b\.?\s*\#?\s*(?:[A-Z]?\d[\w-]{{0,7}}|[A-Z]{{1,2}}|One|Two|Three)(?:\s*(?:&|and|/|-)\s*[\w-]{{1,6}})?"
    rf"|\d{{1,2}}(?:st|nd|rd|th)\s+(?i:floor|fl|level)\.?|(?i:first|second|third|fourth|fifth|ground|lower|upper|top|main)\s+(?i:floor|level)"
    rf"|\#\s?[\w-]{{1,8}}|(?i:rear|penthouse|basement))"
)
_FIRST = re.compile(
    rf"(?P<number>{NUMBER})\s+(?P<dir>{_DIRECTION}\s+)?(?P<name>(?:[A-Z0-9À-Þ]|the\s|de\s)[\w'’.&/-]*(?:\s+{_WORD}){{0,6}}?)"
    rf"(?:\s+{_UNIT})*(?:\s+[A-Z]?\d{{1,4}}[A-Z]?)?[.]?"
)
_BOX = re.compile(r"(?:P\.?\s?O\.?|Post Office|Apartado)\s*(?:Box|Drawer)?\s*\#?\s*\d{1,7}", re.IGNORECASE)
_OTHER_PART = re.compile(
    rf"(?:{_UNIT}(?:\s+{_UNIT})*|(?:[A-Z][\w'’.&-]*|of|the|at|and|&)(?:\s+(?:[A-Z][\w'’.&-]*|of|the|at|and|&)){{0,4}}|[A-Z]?\d{{1,4}}[A-Z]?)\.?"
)
_START = re.compile(
    rf"(?<![\w.#/$-]){NUMBER}(?=\s)|(?<!\w)(?:P\.?\s?O\.?\s?Box|Post Office Box)(?=\s)", re.IGNORECASE
)
_UNIT_BEFORE = re.compile(
    rf"(?:\b(?:{_LABEL}|Route|Rte|Rt|Highway|Hwy|US|State|Interstate|Exit|No|Number|County Road)\.?[ \t]*|\#[ \t]*)\Z",
    re.IGNORECASE,
)
_TRAILING = " \t\n,.|•·–—-\u00a0"
_IN = re.compile(r"\s+in(?:\s+(?:downtown|historic))?\Z", re.IGNORECASE)
_SPLIT = re.compile(r"\s*[,\n|•·]+\s*|\s+[-–—]\s+")
_PLACEHOLDER = re.compile(
    r"\bStreet ?Name\b|^123 (?:Main|Any|Elm|Fake)\s*(?:St|Street)?\b.*\bAny|^1234? (?:Your|Street)\b|\bYour (?:Street|Address)\b",
    re.IGNORECASE,
)


def street_before(text: str, low: int, end: int, anchored: bool) -> tuple[int, int] | None:
    """Bounds of the street line (with its units) that ends where the city begins, within `text[low:end]`.

    `anchored` says that a ZIP code follows; then a name without suffix ("4420 N Lincoln") is one too.
    """
    stop = len(_IN.sub("", text[low:end].rstrip(_TRAILING)).rstrip(_TRAILING)) + low
    for match in _START.finditer(text, low, stop):
        start = match.start()
        if _UNIT_BEFORE.search(text, max(low, start - 24), start):
            continue
        at_line_start = (
            not text[low:start].rstrip(" \t\u00a0") or text[low:start].rstrip(" \t\u00a0")[-1] in "\n:,|•·–—-"
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
    first = _FIRST.fullmatch(parts[0])
    if not first or not all(_OTHER_PART.fullmatch(part) for part in parts[1:]) or _PLACEHOLDER.search(line):
        return False
    name = first["name"]
    if _SUFFIX.search(parts[0][first.start("name") :]):
        return bool(_SURE.search(parts[0])) or anchored or at_line_start
    words = len(name.split())
    if first["dir"]:
        return words <= 3 and anchored
    return (
        anchored
        and at_line_start
        and words <= 2
        and name[0].isupper()
        and len(parts) <= 2
        and not first["number"][0].isalpha()
    )


def tidy(line: str) -> str:
    """A street line on one line, with commas where it was broken."""
    return re.sub(r"\s*(?:\s*[,\n|•·]\s*)+", ", ", re.sub(r"[ \t\u00a0]+", " ", line.strip(" ,\n\t")))


def is_box(line: str) -> bool:
    return bool(_BOX.match(line))

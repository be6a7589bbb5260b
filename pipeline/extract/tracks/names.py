"""Names of tracks: the qualifiers that tell one offer of a level from another ("Evening Adult IOP", "60+ group")."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from pipeline.extract.parsing.text import fold
from pipeline.extract.words.vocabulary import find_levels

_QUALIFIERS: tuple[tuple[str, str], ...] = (
    ("virtual", r"virtual|online|telehealth|tele(?=-)|remote|by video"),
    ("in-person", r"in-?\s?person|on-?site"),
    ("hybrid", r"hybrid"),
    ("weekday", r"weekdays?"),
    ("weekend", r"weekends?"),
    ("evening", r"evenings?|nights?|night-?time"),
    ("morning", r"mornings?"),
    ("afternoon", r"afternoons?|after-?school"),
    ("day", r"day(?:time)?(?![ -]?(?:treatment|program|hospital))"),
    ("child", r"child(?:ren)?(?:'?s)?|kids?"),
    ("tween", r"tweens?"),
    ("teen", r"teen(?:age)?(?:r?s)?|adolescents?|youth"),
    ("young-adult", r"young adults?|emerging adults?|college(?: students?)?"),
    ("older-adult", r"seniors?|older adults?|geriatric"),
    ("adult", r"adults?(?! children)"),
    ("women", r"wom[ae]n(?:'?s)?"),
    ("men", r"m[ae]n(?:'?s)?"),
    ("first-responder", r"first responders?"),
    ("veteran", r"veterans?|military"),
    ("lgbtq", r"lgbtq\w*\+?"),
    ("professional", r"professionals?|executives?"),
    ("perinatal", r"perinatal|postpartum|maternal"),
    ("spanish", r"spanish|español"),
)
_FOCUS: tuple[tuple[str, str], ...] = (
    ("substance-use", r"substance[ -](?:use|abuse)(?: disorders?)?|chemical dependency|addictions?|sud"),
    ("mental-health", r"(?:primary )?mental health|psychiatric"),
    ("eating-disorder", r"eating disorders?"),
    ("dual-diagnosis", r"dual[ -]diagnosis|co-?occurring(?: disorders?)?"),
    ("trauma", r"trauma|ptsd"),
    ("ocd", r"ocd"),
    ("dbt", r"dbt"),
)
_WHO = tuple((name, re.compile(rf"\b(?:{words})(?!\w)")) for name, words in _QUALIFIERS)
_WHAT = tuple((name, re.compile(rf"\b(?:{words})(?!\w)")) for name, words in _FOCUS)
_ALL = (*_WHO, *_WHAT)
# What matches wherever any of them does: most titles hold none.
_ANY_WHO, _ANY = (
    re.compile(rf"\b(?:{'|'.join(words for _, words in table)})(?!\w)")
    for table in (_QUALIFIERS, (*_QUALIFIERS, *_FOCUS))
)
_ORDER = {name: number for number, (name, _) in enumerate((*_QUALIFIERS, *_FOCUS))}
_AGED = frozenset({"child", "tween", "teen", "young-adult", "adult", "older-adult"})
_AGES = re.compile(
    r"\b(?:ages? )?(\d{1,2})(?:\s?(?:-|–|to|through)\s?(\d{1,2})|(\+))(?!\d|\w| ?(?:hours|weeks|days))"
)
_GROUP = re.compile(r"\b(?:tracks?|groups?|cohorts?|iop|php|soap|classes)\b")
_FILLER = re.compile(
    r"\b(?:tracks?|groups?|cohorts?|class(?:es)?|programs?|programming|sessions?|schedule|hours|options?|services?|treatment|therapy|"
    r"intensive|outpatient|level|care|our|the|an?|for|with|and|or|of|in|at|to|by|who|ages?|years?|old|only|week|days?|is|new|"
    r"i{1,3}|[1-9])\b"
)
_PLACE = re.compile(r"\b(?:in|at|near) (?:[A-Z][\w.'’-]+[ ,]*)+")
_ASIDE = re.compile(r"\s*\([^)]*\)?\s*")
_WORD = re.compile(r"[^\W\d_][\w'’]*")
_REFUSED = re.compile(
    r"coming soon|opening soon|\bvs\b|versus|\bwhat\b|\bwhy\b|\bhow\b|\bwho\b|\bwhen\b|benefits|compar|difference|our other|learn"
    r"|\bfaqs?\b|closed|no longer|article|blog|resources|staff|team|jobs?\b|careers?|reviews?|testimonials?|visit"
)
LONGEST_NAME = 70


@dataclass(frozen=True, slots=True)
class TrackName:
    """What a title names: the level(s) of care in it, the track as a slug, and whether only its name is its own."""

    levels: tuple[str, ...]
    track: str | None
    is_proper: bool = False  # "River IOP": a name and no qualifier, which needs a sibling to be believed


@lru_cache(maxsize=8192)
def read_title(text: str, may_focus: bool = False) -> TrackName | None:
    """The track or the level that a title names and nothing besides; None where it is a title of something else.

    `may_focus`: conditions and therapies count without the word "group" too (the first heading of a program's page).
    """
    if not 2 <= len(text) <= LONGEST_NAME or text.endswith("?") or "\n" in text:
        return None
    if "(" in text:  # what stands in parentheses explains the name; it is the name where nothing else is
        named = read_title(_ASIDE.sub(" ", text).strip(), may_focus)
        if named and named.track and named.levels:
            return named
    folded = fold(text)
    if _REFUSED.search(folded):
        return None
    mentions = find_levels(text, folded)
    levels = tuple(dict.fromkeys(m.code for m in mentions))
    rest = _without(folded, [(m.start, m.end) for m in mentions])
    place = _PLACE.search(text)
    if place:
        rest = _without(rest, [place.span()])
    is_group = bool(levels) or bool(_GROUP.search(folded))
    known, any_known = (_ALL, _ANY) if is_group or may_focus else (_WHO, _ANY_WHO)
    is_qualified = any_known.search(rest) is not None
    if not is_group and not is_qualified:
        return None  # neither a level nor a qualifier
    parts: list[str] = []
    for name, pattern in known if is_qualified else ():
        if pattern.search(rest):
            parts.append(name)
            rest = pattern.sub(" ", rest)
    ages = _AGES.search(rest)
    if ages:
        if not parts and not is_group:
            return None  # "18+" alone is a value, not a name
        if not parts:
            parts.append(f"{ages[1]}-{ages[2]}" if ages[2] else f"{ages[1]}-plus")
        rest = _AGES.sub(" ", rest)
    left = _WORD.findall(_FILLER.sub(" ", _ASIDE.sub(" ", rest)))
    is_ahead = bool(mentions) and not re.search(
        r"\w{3}", _FILLER.sub(" ", rest[mentions[0].end :]).split("(")[0]
    )
    if left and levels and not parts and len(left) <= 2 and is_ahead and _are_names(text, left):
        return TrackName(levels, slug(" ".join(left)), is_proper=True)
    if left and not (may_focus and levels and parts):
        return None
    if not parts:
        return TrackName(levels, None) if levels else None
    return TrackName(levels, "-".join(parts[:3]))


@lru_cache(maxsize=4096)
def parts_of(track: str | None) -> frozenset[str]:
    """The qualifiers that a track's slug is made of."""
    left, parts = f"-{track or ''}-", set()
    for name in sorted(_ORDER, key=len, reverse=True):
        if f"-{name}-" in left:
            parts.add(name)
            left = left.replace(f"-{name}-", "-")
    if left.strip("-"):
        parts.add(left.strip("-"))
    return frozenset(parts)


def is_focus(track: str | None) -> bool:
    """Whether a track is named by a condition or therapy alone."""
    return bool(track) and parts_of(track) <= {name for name, _ in _FOCUS}


def is_proper(track: str | None) -> bool:
    """Whether a track is named by a word that no table knows ("river")."""
    return any(part not in _ORDER and not part[0].isdigit() for part in parts_of(track))


def covers(wide: str | None, narrow: str | None) -> bool:
    """Whether a track's name takes in another's: "adult" the evening group for adults, "teen and tween" the teens."""
    one, other = parts_of(wide), parts_of(narrow)
    if one - _AGED > other - _AGED:
        return False
    return one - _AGED <= other - _AGED and (
        not one & _AGED or (bool(other & _AGED) and one & _AGED >= other & _AGED)
    )


def joined(*tracks: str | None) -> str | None:
    """The slug of a track within tracks, outermost first: "adult" and "evening" are "evening-adult"; one within "teen
    and tween" is what it names itself."""
    parts: frozenset[str] = frozenset()
    for track in tracks:
        own = parts_of(track)
        parts = (parts - _AGED if own & _AGED else parts) | own
    return "-".join(sorted(parts, key=lambda p: (_ORDER.get(p, 99), p))) or None


@lru_cache(maxsize=512)
def words_for(track: str) -> re.Pattern[str]:
    """Matches a track's name in folded running text: a qualifier of it, and soon after it what it qualifies."""
    known = {name: pattern.pattern for name, pattern in (*_WHO, *_WHAT)}
    names = "|".join(known.get(p, rf"\b{re.escape(p.replace('-', ' '))}\b") for p in sorted(parts_of(track)))
    return re.compile(
        rf"(?:{names})[ -](?:\w+[ -]){{0,2}}(?:tracks?|groups?|cohorts?|iop|php|soap|programs?|sessions?)\b"
    )


def slug(text: str) -> str:
    """Lower-case words joined by hyphens."""
    return re.sub(r"[^a-z0-9]+", "-", fold(text).lower()).strip("-")


def _without(text: str, spans: list[tuple[int, int]]) -> str:
    for start, end in spans:
        text = text[:start] + " " * (end - start) + text[end:]
    return text


def _are_names(text: str, words: list[str]) -> bool:
    return all(re.search(rf"\b{re.escape(w)}\b", text, re.I) and w.capitalize() in text for w in words)

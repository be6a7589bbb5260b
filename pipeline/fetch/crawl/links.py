"""How likely a page tells of IOPs, places, insurance or contact, by its address and the words of a link to it.

The words and what they are worth are `links.csv`. A site may offer 50,000 names, so only those patterns are tried
whose first letters a word has.
"""

from __future__ import annotations

import csv
import re
from functools import cache, lru_cache
from pathlib import Path
from typing import NamedTuple
from urllib.parse import parse_qsl, unquote, urlsplit

from sources.urls import INDEX

HOME_SCORE = 8.0
UNNAMED_SCORE = 0.6  # a page whose name says nothing is read when the budget allows
PARENT_SHARE = 0.7  # of what the folders' names say, as against the page's own
AGREED_SHARE = 0.4  # of the lesser of the two: a service that is called behavioral is more than any service
DEPTH_COST = 0.3  # of each folder after the second
UNNAMED_DEPTH_COST = 0.8  # the same where the page's own name says nothing
LENGTH_COST = 0.1  # of each word of a name,
TITLE_COST = 0.3  # and of each after the fifth more: titles of posts are long
MAX_ANCHOR = 80  # characters
# Other languages' copies of a site; not those whose code is a state's too (/de/, /ar/, /vi/).
TONGUES = r"es|fr|pt|zh|ru|ht|ko|pl|it|ja|km|tl"
LANGUAGE = re.compile(
    rf"^/(?:(?:{TONGUES})(?:[-_][a-z]{{2,4}})?|(?:en[-_])?(?:spanish|espa(?:n|ñ|%C3%B1)ol|french|fran(?:c|%C3%A7|ç)ais|"
    r"portugu[eê]se?|portugues|russian|chinese|korean|vietnamese|haitian|kreyol))(?:/|$)",
    re.IGNORECASE,
)
TONGUE = re.compile(rf"(?:{TONGUES}|de|ar|vi|spanish|espanol)(?:[-_][a-z]{{2,4}})?", re.IGNORECASE)
LANGUAGE_KEY = re.compile(r"lang|language|locale|hl|lng", re.IGNORECASE)
# Keys whose value names the kind of the page, not the page (Joomla, DotNetNuke and others)
MACHINE_KEY = re.compile(r"option|view|layout|task|controller|itemid|tmpl|format|type", re.IGNORECASE)
DATED = re.compile(r"/(?:19|20)\d\d/(?:0?[1-9]|1[0-2])(?:/|$)")  # as blogs file their posts
LINKS = Path(__file__).with_name("links.csv")
NEVER = -5.0  # blogs, jobs, people, legal pages: whatever else their names say
EXTENSION = re.compile(r"\.(?:html?|php|aspx?|jsp|cfm)$", re.IGNORECASE)
CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
SEPARATORS = re.compile(r"[\W_]+")
MAX_GLUED = 40


class Rating(NamedTuple):
    """A page's worth, its topic, and those that it is alike with: one shape of folder, the same known words."""

    score: float
    topic: str = ""
    family: str = ""
    folder: str = ""  # the centre whose page it is; "" where it is none


class Phrase(NamedTuple):
    """One alternative of a row's pattern, matched from the beginning of a word."""

    topic: str
    score: float
    pattern: re.Pattern[str]


class Weight(NamedTuple):
    """What words speak for and against, of which topic they are, and the words that said so."""

    good: float = 0.0
    bad: float = 0.0
    topic: str = ""
    key: str = ""  # equal for names that differ in words that we do not know: towns, titles, numbers
    length: int = 0  # in words


def _alternatives(pattern: str) -> list[str]:
    """A pattern's alternatives, those in brackets left together."""
    found, depth = [""], 0
    for letter in pattern:
        depth += (letter == "(") - (letter == ")")
        if letter == "|" and not depth:
            found.append("")
        else:
            found[-1] += letter
    return found


@cache
def rows(topic: str) -> tuple[tuple[float, str], ...]:
    """Scores and patterns of one topic."""
    with LINKS.open(encoding="utf-8", newline="") as file:
        return tuple((float(r["score"]), r["pattern"]) for r in csv.DictReader(file) if r["topic"] == topic)


TOPICS = ("iop", "program", "place", "town", "contact", "payment", "entry", "about", "away", "unless_iop")


@cache
def _phrases() -> dict[str, tuple[Phrase, ...]]:
    """By the two letters that a word must begin with; under "" those to be searched for in the whole."""
    found: dict[str, list[Phrase]] = {"": []}
    for topic in TOPICS:
        for score, pattern in rows(topic):
            for alternative in _alternatives(pattern):
                plain = re.match(r"\^?([a-z]{2})(?![?*])", alternative)
                phrase = Phrase(topic, score, re.compile(rf"\b(?:{alternative})(?!\w)"))
                found.setdefault(plain[1] if plain else "", []).append(phrase)
    return {start: tuple(phrases) for start, phrases in found.items()}


@cache
def _iop() -> re.Pattern[str]:
    said = "|".join(pattern for _, pattern in rows("iop")).replace(" ", r"[^a-z]")
    return re.compile(rf"(?<![a-z])(?:{said})(?![a-z])", re.IGNORECASE)


def names_iop(url: str) -> bool:
    """Whether an address has a name of an IOP or of what shares a page with it: a glance, twenty times as quick as `rate`."""
    return _iop().search(url) is not None


@lru_cache(maxsize=20_000)
def weigh(words: str) -> Weight:
    """What words speak for, in lower case and parted by one space each."""
    found: set[tuple[float, str]] = set()
    key: set[str] = set()
    for phrase, match in _found(words):
        found.add((phrase.score, phrase.topic))
        if phrase.score > 0:
            key.add("@" if phrase.topic == "town" else match.rstrip("s"))
    length = words.count(" ") + 1
    if not found:
        return Weight(length=length)
    good = sorted((f for f in found if f[0] > 0), reverse=True)
    named = [f for f in good if f[1] != "town"]  # a town adds nothing to what else a name says
    topic = named[0][1] if named else "place" if good else ""
    told = [score for score, _ in named or good]
    # An IOP for clinicians is no page about clinicians.
    bad = [score for score, t in found if score < 0 and (topic != "iop" or t != "unless_iop")]
    worth = told[0] + 0.2 * sum(told[1:3]) if told else 0.0
    return Weight(worth, min(bad, default=0.0), topic, " ".join(sorted(key)), length)


def _found(words: str) -> list[tuple[Phrase, str]]:
    """The phrases in words, with what they matched. Of those that speak for a page the longest at a place counts,
    and what is within it does not: a "service area" is no service."""
    found: list[tuple[Phrase, str]] = []
    table, position, covered = _phrases(), 0, 0
    for word in words.split(" "):
        best: tuple[int, list[tuple[Phrase, str]]] = (0, [])
        for phrase in table.get(word[:2], ()):
            if match := phrase.pattern.match(words, position):
                if phrase.score < 0:
                    found.append((phrase, match[0]))
                elif position >= covered and match.end() >= best[0]:
                    best = match.end(), [*(best[1] if match.end() == best[0] else ()), (phrase, match[0])]
        found += best[1]
        covered = max(covered, best[0])
        position += len(word) + 1
    for phrase in table[""]:
        if match := phrase.pattern.search(words):
            found.append((phrase, match[0]))
    return found


def words_of(text: str) -> str:
    """A text's words in lower case, parted by one space each."""
    return SEPARATORS.sub(" ", text.lower()).strip()


@cache
def _glued() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Names made of known words alone, and one such word; the longest first."""
    known = sorted(rows("word")[0][1].split("|"), key=len, reverse=True)
    return re.compile(f"(?:{'|'.join(known)}){{2,}}"), re.compile("|".join(known))


@lru_cache(maxsize=20_000)
def name_of(segment: str) -> str:
    """The words of a path's segment: "OurLocations.aspx", "our-locations" and "ourlocations" are alike."""
    text = EXTENSION.sub("", segment) if "." in segment else segment
    if not text.islower():
        text = CAMEL.sub(" ", text)
    text = words_of(text)
    if 8 <= len(text) <= MAX_GLUED and text.isalpha():
        whole, one = _glued()
        if whole.fullmatch(text):
            text = " ".join(one.findall(text))
    return text


@lru_cache(maxsize=10_000)
def rate(url: str, anchor: str = "") -> Rating:
    """The rating of a page, by its address and the text of a link to it."""
    parts = urlsplit(url)
    path = INDEX.sub("/", parts.path)
    values = parse_qsl(parts.query, keep_blank_values=True) if parts.query else []
    if path in ("", "/") and not values:
        return Rating(HOME_SCORE, "home")
    if _never(path, values):
        return Rating(NEVER)
    segments = [weigh(name_of(s)) for s in unquote(path).split("/") if s]
    segments += [name for name in map(weigh, map(name_of, _names(values))) if name.key or name.bad]
    *parents, last = segments or [Weight()]
    link = weigh(words_of(anchor)[:MAX_ANCHOR]) if anchor else Weight()
    score = _bad(last, link, parents)
    own = last if last.good >= link.good else link
    worth, topic = _worth(own, parents)
    if score > NEVER:
        depth = max(0, len(segments) - 2) * (DEPTH_COST if own.good else UNNAMED_DEPTH_COST)
        score += UNNAMED_SCORE + worth - depth
        score -= LENGTH_COST * last.length + TITLE_COST * max(0, last.length - 5)
    centre = len(parents) > 1 and any(p.topic == "place" for p in parents)
    folder = path.rstrip("/").rpartition("/")[0] if centre else ""
    if topic == "place":  # centres are alike however their tree is laid out
        return Rating(score, topic, f"place:{parents[0].key if parents else ''}", folder)
    shape = "/".join([p.key or "*" for p in parents])
    keys = ",".join([k for k, _ in values]) if values else ""
    return Rating(score, topic, f"{topic}:{shape}?{keys}:{last.key or link.key}", folder)


def _worth(own: Weight, parents: list[Weight]) -> tuple[float, str]:
    """What a page's name and its folders' speak for, and its topic.

    What stands in a folder of places is a place, whatever its name; but not a centre's page on insurance.
    """
    if not parents:
        return own.good, own.topic
    parent = max(parents, key=lambda p: p.good)
    if parent.topic == "place" and (
        not own.good or (parents[-1].topic == "place" and own.topic in ("program", "place"))
    ):
        return max(own.good, parent.good), "place"
    shared = PARENT_SHARE * parent.good
    if parent.topic == "place":
        return max(own.good, shared), own.topic
    worth = max(own.good, shared) + AGREED_SHARE * min(own.good, shared)
    return worth, own.topic if own.good >= shared else parent.topic


def _never(path: str, values: list[tuple[str, str]]) -> bool:
    """Posts filed by their dates, and copies in other languages."""
    return (
        DATED.search(path) is not None
        or LANGUAGE.match(path) is not None
        or any(LANGUAGE_KEY.fullmatch(k) and v and not v.lower().startswith("en") for k, v in values)
    )


def _names(values: list[tuple[str, str]]) -> list[str]:
    """What a query names: "?page=iop" and Drupal's "?q=programs/php" are as good as paths."""
    return [
        name
        for key, value in values
        if not MACHINE_KEY.fullmatch(key)
        for name in value.split("/")
        if name and not name.isdigit()
    ]


def _bad(last: Weight, link: Weight, parents: list[Weight]) -> float:
    """What speaks against a page. A folder such as "day-programs-employment-services" has words for both: its
    pages are doubtful, not bad; and a link may ask "What is DBT?" where the page is the program's."""
    told = link.bad if link.bad <= NEVER else link.bad / 2
    return min([last.bad, told, *[p.bad / 2 if p.good else p.bad for p in parents]])

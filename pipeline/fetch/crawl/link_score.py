"""How likely a page tells of IOPs, places, insurance or contact, by its address and the words of a link to it."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import parse_qsl, unquote, urlsplit

from pipeline.fetch.crawl.link_words import NEVER, Said, name_of, say, words_of
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


class Rating(NamedTuple):
    """A page's worth, its topic, and those that it is alike with: one shape of folder, the same known words."""

    score: float
    topic: str = ""
    family: str = ""
    folder: str = ""  # the centre whose page it is; "" where it is none


def score_link(url: str, anchor: str = "") -> float:
    """How likely a page tells of IOPs, places, insurance or contact. Above 0 is worth a request."""
    return rate(url, anchor).score


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
    segments = [say(name_of(s)) for s in unquote(path).split("/") if s]
    segments += [name for name in map(say, map(name_of, _names(values))) if name.key or name.bad]
    *parents, last = segments or [Said()]
    said = say(words_of(anchor)[:MAX_ANCHOR]) if anchor else Said()
    score = _bad(last, said, parents)
    own = last if last.good >= said.good else said
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
    return Rating(score, topic, f"{topic}:{shape}?{keys}:{last.key or said.key}", folder)


def _worth(own: Said, parents: list[Said]) -> tuple[float, str]:
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


def _bad(last: Said, said: Said, parents: list[Said]) -> float:
    """What speaks against a page. A folder such as "day-programs-employment-services" has words for both: its
    pages are doubtful, not bad; and a link may ask "What is DBT?" where the page is the program's."""
    told = said.bad if said.bad <= NEVER else said.bad / 2
    return min([last.bad, told, *[p.bad / 2 if p.good else p.bad for p in parents]])

"""The names of all features of a page's kind, and which way each may count: cues (`cues.csv`) and what else is seen."""

from __future__ import annotations

import csv
import re
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from pipeline.fields import Trait, with_traits

CUES = Path(__file__).with_name("cues.csv")
OWN = frozenset(
    {"program", "location", "contact", "organization", "insurance"}
)  # classes of a provider's own pages
ANY = "any"  # class of cues that pages of all classes have, such as the address of a home page
NAMED = with_traits(Trait.TERM)  # what is treated, how and whom
AT_OPENING = ", at the opening"
MORE_OWN, MOST_OWN, MORE_OTHER = (
    "more signs of an own page",
    "three times as many signs of an own page",
    "more signs of another page",
)
ONLY_OWN, ONLY_OTHER, TWO_OTHER = (
    "of an own page alone",
    "of another page alone",
    "two signs of another page",
)
NO_ADDRESS = "address: unknown"
IN_GENERAL = frozenset({"levels of care in the plural"})
JOB_SIGNS = frozenset({"address: jobs", "a job"})  # an opening, whatever it says of the program that has it
SPEAKS = frozenset(
    {"says we: much", "says we: some", "our program", "our place and staff", "the text names the site"}
)
NOBODYS = "speaks in general, and nobody of their own"
SEEN = {  # what is no cue: feature → 1 for an own page, -1 against one, 0 either way
    **{f"{place}: {name}": 1 for place in ("text", "opening") for name in (MORE_OWN, MOST_OWN)},
    **{f"{place}: {MORE_OTHER}": -1 for place in ("text", "opening")},
    **{f"{place}: {ONLY_OWN}": 1 for place in ("title", "address")},
    **{f"{place}: {name}": -1 for place in ("title", "address") for name in (ONLY_OTHER, TWO_OTHER)},
    "the title names the site": 1,
    "the text names the site": 1,
    "the first heading names the site": 1,
    "the text says what the site's namesake does": 1,
    "marked as an article": -1,
    "marked as a provider": 1,
    "marked as questions": 0,
    "marked as a job": -1,
    "marked as a list": -1,
    "marked as a contact or about page": 0,
    "marked as a person": -1,
    "template of a post": -1,
    "og:type is article": -1,
    "carries a time of publication": -1,
    "first heading: a sentence": -1,
    "first heading: a name": 1,
    "first heading: a person": -1,
    "headings explain a subject": -1,
    "headings ask": 0,
    "headings of an article's end": -1,
    "links to many other sites": -1,
    "many phones": -1,
    "many addresses": 0,
    NO_ADDRESS: 0,
    NOBODYS: -1,
    "a level of care offered": 1,
    "a level of care in a heading": 1,
    "a level of care offered in a sentence": 1,
    "levels of care in the plural": -1,
    "no level of care named": 0,
    **{f"first heading: names a {field}": 0 for field in NAMED},
    **{f"names a {field}{AT_OPENING}": 1 for field in NAMED},
    **{
        f"says {name}: {band}": 1 if name == "we" else 0
        for name in ("we", "I", "you", "may and can", "treatment", "the past")
        for band in ("much", "some")
    },
}


class Cue(NamedTuple):
    """A pattern, the feature that it is a sign of, the class of pages that uses it, and where it is looked for."""

    feature: str
    kind: str
    where: str
    pattern: re.Pattern[str]


@lru_cache(maxsize=1)
def cues() -> list[Cue]:
    """The rows of the table."""
    with CUES.open(encoding="utf-8", newline="") as rows:
        return [
            Cue(r["feature"], r["kind"], r["where"], re.compile(r["pattern"])) for r in csv.DictReader(rows)
        ]


@lru_cache(maxsize=1)
def signs() -> dict[str, int]:
    """Every feature that there is → which way it may count: 1 for an own page, -1 against one, 0 either way."""
    found = dict(SEEN)
    for cue in cues():
        sign = 0 if cue.kind == ANY else 1 if cue.kind in OWN else -1
        found[cue.feature] = sign
        if cue.where == "text":
            found[cue.feature + AT_OPENING] = sign
    return found

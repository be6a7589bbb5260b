"""Service codes and labels of directories and license lists → facts, by `vocabulary/service_codes.csv`.

SAMHSA prints codes in its workbooks and labels in its API; labels change wording between years, so they are
compared without case, punctuation and bracketed remarks, and the file keeps earlier wordings as aliases.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import NamedTuple, Protocol, TypeVar

from pipeline.vocabulary.tables import cells, rows

REMARK = re.compile(r"\([^)]*\)?|[®™]")
NOT_WORD = re.compile(r"[^a-z0-9]+")


class Mention(Protocol):
    """A code or label as a source gives it (`sources.records.ServiceMention`)."""

    @property
    def text(self) -> str: ...


M = TypeVar("M", bound=Mention)


class Fact(NamedTuple):
    """What a code says: a field of `fields.csv` and its value; `denied` where the code says no."""

    field: str
    value: str
    denied: bool = False


@dataclass(frozen=True, slots=True)
class ServiceCode:
    """One code. `unless`: codes beside which this one is only the heading of its group and says nothing. `asked_by`: the
    questionnaires that have a box for it, in any edition."""

    code: str
    facts: tuple[Fact, ...]
    unless: frozenset[str]
    asked_by: frozenset[str]


@cache
def service_codes() -> dict[str, ServiceCode]:
    """Every code, and every label in its compared form → what it means."""
    known: dict[str, ServiceCode] = {}
    for row in rows("service_codes.csv"):
        facts = tuple(map(_fact, cells(row["facts"])))
        asked = frozenset(paper.partition(":")[0] for paper in cells(row["asked_by"]))
        code = ServiceCode(row["code"] or row["label"], facts, frozenset(row["unless"].split()), asked)
        if row["code"]:
            known[row["code"]] = code
        for label in (row["label"], *cells(row["aliases"])):
            if compared(label):
                known.setdefault(compared(label), code)
    return known


@lru_cache(maxsize=65_536)
def lookup(text: str) -> ServiceCode | None:
    """The code that a printed code or label means; None where no vocabulary knows it."""
    codes = service_codes()
    return codes.get(text) or codes.get(compared(text))


def codes_of(mentions: Iterable[M]) -> list[tuple[M, ServiceCode | None]]:
    """Each mention with its code, None where it is unknown."""
    return [(mention, lookup(mention.text)) for mention in mentions]


def facts_of(read: Sequence[tuple[M, ServiceCode | None]]) -> Iterator[tuple[M, Fact]]:
    """What the codes of a row state, each beside the others, and the mention that states it."""
    present = {code.code for _, code in read if code}
    for mention, code in read:
        if code and code.facts and code.unless.isdisjoint(present):
            for fact in code.facts:
                yield mention, fact


@cache
def compared(label: str) -> str:
    """The form in which labels are compared."""
    return " ".join(NOT_WORD.sub(" ", REMARK.sub(" ", label).casefold()).split())


def _fact(text: str) -> Fact:
    field, _, value = text.partition("=")
    return Fact(field, value.removeprefix("!"), value.startswith("!"))

"""What a page is (program, location, contact, organization, insurance, article, news, directory, job, other), and how
probable it is that it is a provider's own page about its program, service or site.

A linear model (`learned/kind.csv`) adds up the weights of the page's features (`kinds/features.py`). From THRESHOLD on the
page is a listing; the probability multiplies the confidence of all that it says.
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from urllib.parse import urlsplit

from pipeline.extract.kinds.features import kind_features
from pipeline.extract.kinds.signs import ANY, AT_OPENING, JOB_SIGNS, OWN, cues
from pipeline.extract.learned.linear import probability_of
from pipeline.extract.words.context import PageContext
from pipeline.extract.words.levels import Levels

HOSTS = Path(__file__).with_name("non_provider_hosts.csv")
THRESHOLD = 0.5  # of the probability, from which a page's facts are published
LOUD = 0.5
OPENING = -8.0  # log-odds of a job: its address and its words both say so
KNOWN_HOST = -8.0  # log-odds of a page on a host that is known to be no provider's


@dataclass(frozen=True, slots=True)
class PageKind:
    """The kind; the log-odds (`score`) that the page is a provider's own, and what they are made of."""

    kind: str
    score: float
    reasons: tuple[tuple[str, float], ...] = ()

    @property
    def probability(self) -> float:
        """How probable it is that the page is a provider's own."""
        return probability_of(self.score)

    @property
    def is_listing(self) -> bool:
        """Whether the page's facts are published: it is probable enough that it is a provider's own."""
        return self.probability >= THRESHOLD


@lru_cache(maxsize=1)
def _hosts() -> dict[str, str]:
    with HOSTS.open(encoding="utf-8", newline="") as rows:
        return {r["host"]: r["kind"] for r in csv.DictReader(rows)}


@lru_cache(maxsize=1)
def _classes() -> dict[str, str]:
    """Feature → the class of pages that it is a sign of."""
    return {name: cue.kind for cue in cues() for name in (cue.feature, cue.feature + AT_OPENING)}


def read_kind(context: PageContext, levels: Levels) -> PageKind:
    """Judge the page by its features and by its host."""
    model, features = context.models.kind, kind_features(context, levels)
    reasons = [(name, model.weights[name]) for name in features if model.weights.get(name)]
    score = model.log_odds(features)
    parts = urlsplit((context.page.url or context.page.canonical or "").lower())
    host = _known_host(parts.hostname or "")
    if host:
        score += KNOWN_HOST
        reasons.append((f"known host: {host}", KNOWN_HOST))
    if features >= JOB_SIGNS:
        score += OPENING
        reasons.append(("address and words of a job", OPENING))
    if probability_of(score) >= THRESHOLD:
        kind = _own_kind(context, levels, parts.path)
    else:
        kind = _hosts()[host] if host else _other_kind(reasons)
    ranked = sorted(reasons, key=lambda reason: (-abs(reason[1]), reason[0]))
    return PageKind(kind, score, tuple(ranked))


def _known_host(host: str) -> str | None:
    labels = host.split(".")
    parents = (".".join(labels[i:]) for i in range(len(labels) - 1))
    return next((parent for parent in parents if parent in _hosts()), None)


def _other_kind(reasons: Iterable[tuple[str, float]]) -> str:
    """The class of page whose signs speak loudest against an own page; `other` where none does so for LOUD in log-odds."""
    against: Counter[str] = Counter()
    for name, weight in reasons:
        kind = _classes().get(name)
        if kind and kind not in (*OWN, ANY) and weight < 0:
            against[kind] -= weight  # type: ignore[assignment]
    loudest = max(against, key=lambda kind: (against[kind], kind), default="other")
    return loudest if against[loudest] >= LOUD else "other"


_NAMES = (
    ("contact", re.compile(r"contact|directions|get-help|schedule")),
    ("location", re.compile(r"location|facilit|area|directions|campus")),
    ("organization", re.compile(r"about|home|insurance|rates|admission|faq|verify|team|payment")),
)


def _own_kind(context: PageContext, levels: Levels, path: str) -> str:
    head = (path or context.page.title).lower()
    for kind, pattern in _NAMES:
        if pattern.search(head) and not any(m.is_offer and m.strength > 0.9 for m in levels.mentions):
            return kind
    if path in ("/", ""):
        return "program" if levels.subject else "organization"
    is_program = levels.subject or any(m.field == "modality" for m in context.mentions)
    return "program" if is_program else "organization"

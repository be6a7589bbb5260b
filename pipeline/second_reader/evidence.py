"""What a second reader's word is worth, in one place: likelihoods, and from what on a value is published.

What it is worth is an expectation, no fit: no labelled answers of a model were to be had. Two careful people agree on these
pages at 0.82–0.92; a second reader is taken to name 85 of 100 facts, and 15 of 100 things that look like facts and are none.
"""

from __future__ import annotations

import math
from dataclasses import replace

from pipeline.extract.page_kind import PageKind
from pipeline.records import Assertion, Demotion, Observation

NAMES_FACTS = 0.85
NAMES_OTHERS = 0.15
NAMED = NAMES_FACTS / NAMES_OTHERS
NOT_NAMED = (1 - NAMES_FACTS) / (1 - NAMES_OTHERS)
DIFFERS = NOT_NAMED  # it names another value instead: of ours it says no more than by silence
KNOWS_PAGES = 0.95 / 0.05  # whose page it is, a model tells more surely than any one fact
# More likely a fact than not. (F1 gains from half the F1 on, some 0.45; a false fact costs trust beside.)
PUBLISH_FROM = 0.5
# How often words are a fact that we took for none, before the second reader is heard: what we read of them on the page,
# or None where we read nothing and its words alone say so. Counted on labelled pages of providers that nobody worked with:
# 11 facts of 42 general ones, 1 of 7 hedged ones, 0 of 10 under a condition; None is an expectation.
PRIORS = {
    None: 0.4,
    Assertion.GENERIC: 0.25,
    Assertion.HEDGED: 0.14,
    Assertion.CONDITIONAL: 0.05,
    Assertion.QUESTION: 0.05,
}
_HIGHEST = 0.995  # two readers that agree can both be wrong


def after(confidence: float, likelihood: float) -> float:
    """A probability after evidence of a likelihood ratio."""
    odds = min(confidence, _HIGHEST) * likelihood
    return min(odds / (odds + 1 - min(confidence, _HIGHEST)), max(_HIGHEST, confidence))


def prior(ours: Observation | None, own: float) -> float:
    """Of words that we took for no fact (None: of which we read nothing), on a page that is the provider's own with the
    probability `own`. Where the model of facts doubted them, it knows how likely they are one."""
    if ours is not None and Demotion.UNLIKELY in ours.demoted:
        return max(own - ours.confidence, 0.0)
    return own * PRIORS.get(ours.assertion if ours else None, 0.0)


def kind_after(kind: PageKind, own_page: bool) -> PageKind:
    """The kind of a page, given whether the second reader takes it for a provider's own."""
    score = kind.score + math.log(KNOWS_PAGES if own_page else 1 / KNOWS_PAGES)
    after_all = replace(kind, score=score)
    if after_all.is_listing == kind.is_listing:
        return after_all
    return replace(after_all, kind="program" if after_all.is_listing else "other")


def may_change(kind: PageKind) -> bool:
    """Whether its word could decide whether a page is a listing."""
    return kind_after(kind, True).is_listing != kind_after(kind, False).is_listing

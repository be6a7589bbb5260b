"""Examples for the model of facts: every mention of a vocabulary on a page that both readers hold for a provider's own.

A value that both readers name is a fact, one that neither names is none; what one alone names, and the broader
condition of a named one, is no example. The mentions of one value of a page are a bag: the value is a fact if one is.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path

from pipeline.extract.evaluation.calibration import Verdict, verdict_of
from pipeline.extract.evaluation.fitting import Example
from pipeline.extract.evaluation.labelled import LabelledPage, labelled_pages
from pipeline.extract.evaluation.score import SETS, facts
from pipeline.extract.facts.fact_features import PageFacts, fact_features
from pipeline.extract.facts.terms import FACT_FIELDS, judged_terms
from pipeline.extract.parsing.page import Page
from pipeline.extract.parsing.plain import read_text
from pipeline.extract.words.context import PageContext, mark_menus
from pipeline.extract.words.page_levels import read_levels
from pipeline.vocabulary.tables import cells

Told = Callable[[str, str], bool | None]  # field and code → whether it is a fact; None: nobody can say
INVENTED = (
    2.0  # what a page of one invented sentence counts beside a real one's: where F1 held out is best on both
)
SENTENCES = Path(__file__).with_name("fact_sentences.csv")


def fact_examples(data: Path) -> Iterator[Example]:
    """The mentions of all labelled pages of a folder, and of the invented sentences (`fact_sentences.csv`)."""
    for labelled in labelled_pages(data):
        if labelled.is_listing:
            yield from _examples(labelled.page(), _told(labelled), labelled.provider, str(labelled.row["id"]))
    yield from _invented()


def _told(labelled: LabelledPage) -> Told:
    one, other = facts(labelled.first, False), facts(labelled.second, False)

    def told(field: str, code: str) -> bool | None:
        name = SETS[field]
        verdict = verdict_of(name, code, one[name], other[name])
        return None if verdict is Verdict.DISPUTED else verdict is Verdict.RIGHT

    return told


def _invented() -> Iterator[Example]:
    """A group of sentences stands for a provider: what is learned of one way of saying is tried on others."""
    with SENTENCES.open(encoding="utf-8", newline="") as rows:
        for row in csv.DictReader(rows):
            labels = dict.fromkeys(cells(row["facts"]), True) | dict.fromkeys(cells(row["no_facts"]), False)
            page = read_text(row["text"].replace("\\n", "\n"))
            yield from _examples(page, partial(_labelled, labels), row["group"], row["text"], INVENTED)


def _labelled(labels: Mapping[str, bool], field: str, code: str) -> bool | None:
    return labels.get(f"{field}:{code}")


def _examples(page: Page, told: Told, provider: str, name: str, weight: float = 1.0) -> Iterator[Example]:
    mark_menus(page)
    context = PageContext.of(page)
    levels = read_levels(context)
    observed = [o for o in judged_terms(context, levels) if o.field in FACT_FIELDS]
    alike = PageFacts.of(context, observed)
    for observation in observed:
        label = told(observation.field, observation.written)
        if label is not None:
            bag = f"{name}|{observation.field}|{observation.written}"
            yield Example(fact_features(context, levels, alike, observation), label, provider, bag, weight)

"""Examples for the model of page kinds: labelled pages, each a provider's own or not."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

from pipeline.extract.evaluation.fitting import Example
from pipeline.extract.evaluation.folds import provider_of
from pipeline.extract.evaluation.labelled import GOLD, read_gold
from pipeline.extract.kinds.features import kind_features
from pipeline.extract.kinds.signs import NO_ADDRESS
from pipeline.extract.parsing.page import Page
from pipeline.extract.parsing.parse import read_page
from pipeline.extract.parsing.plain import read_text
from pipeline.extract.words.context import PageContext, mark_menus
from pipeline.extract.words.page_levels import read_levels

# Invented pages of which neither address nor words tell anything, half of them own: as likely as not.
UNDECIDED = 12


def kind_examples(data: Path) -> list[Example]:
    """The examples of all sets in a folder of labelled data."""
    return [example for examples in kind_sets(data).values() for example in examples]


def kind_sets(data: Path) -> dict[str, list[Example]]:
    """Set → its examples. Rows that are doubtful or on whose kind two readers disagree are left out."""
    sets = {"kinds": _kinds(data / "kinds"), "articles": _articles(data / "articles")}
    sets |= {name: _gold(data / name) for name in GOLD if (data / name).exists()}
    found = {name: [_example(*one) for one in labelled] for name, labelled in sets.items()}
    return found | {
        "no signs": [Example(frozenset({NO_ADDRESS}), bool(i % 2), f"nobody {i}") for i in range(UNDECIDED)]
    }


Labelled = Iterator[
    tuple[Page, bool, str]
]  # the page, whether it is a provider's own, and whose site it is on


def _example(page: Page, is_own: bool, provider: str) -> Example:
    mark_menus(page)
    context = PageContext.of(page)
    return Example(kind_features(context, read_levels(context)), is_own, provider)


def _kinds(folder: Path) -> Labelled:
    with (folder / "kinds.csv").open(encoding="utf-8", newline="") as rows:
        for row in csv.DictReader(rows):
            if row["doubtful"] != "true":
                html = (folder / "html" / f"{row['id']}.html").read_bytes()
                yield read_page(html, row["url"]), row["is_listing"] == "true", provider_of(row)


def _gold(path: Path) -> Labelled:
    for labelled in read_gold(path):
        if labelled.is_listing is not None:
            yield labelled.page(), labelled.is_listing, labelled.provider


def _articles(folder: Path) -> Labelled:
    for path in sorted(folder.glob("*.txt")):
        yield read_text(path.read_text(encoding="utf-8")), False, f"article {path.stem}"

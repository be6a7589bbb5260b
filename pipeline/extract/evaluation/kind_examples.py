"""Labelled pages as examples of "this is a provider's own page": what the model `kind` is fitted on and measured by."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pipeline.extract.evaluation.fitting import Example
from pipeline.extract.evaluation.folds import provider_of
from pipeline.extract.kind_features import kind_features
from pipeline.extract.parsing.page import Page
from pipeline.extract.parsing.parse import read_page
from pipeline.extract.parsing.plain import read_text
from pipeline.extract.words.context import PageContext, mark_menus
from pipeline.extract.words.levels import read_levels


def kind_examples(data: Path) -> dict[str, list[Example]]:
    """The examples of each labelled set in a folder as `../shared/data`: set → examples. Doubtful rows are left out."""
    parts = {"kinds": _kinds, "pages": _pages, "snippets": _snippets, "articles": _articles}
    return {
        name: [_example(page, label, provider) for page, label, provider in read(data / name)]
        for name, read in parts.items()
    }


Labelled = Iterator[tuple[Page, bool, str]]


def _example(page: Page, label: bool, provider: str) -> Example:
    mark_menus(page)
    context = PageContext.of(page)
    return Example(kind_features(context, read_levels(context)), label, provider)


def _kinds(folder: Path) -> Labelled:
    with (folder / "kinds.csv").open(encoding="utf-8", newline="") as rows:
        for row in csv.DictReader(rows):
            if row["doubtful"] != "true":
                html = (folder / "html" / f"{row['id']}.html").read_bytes()
                yield read_page(html, row["url"]), row["is_listing"] == "true", provider_of(row)


def _pages(folder: Path) -> Labelled:
    for row, label in _agreed(folder / "gold.jsonl"):
        yield read_page((folder / row["html"]).read_bytes(), row.get("url")), label, provider_of(row)


def _snippets(folder: Path) -> Labelled:
    for row, label in _agreed(folder / "dev.jsonl"):
        yield read_text(row["text"], row.get("url")), label, provider_of(row)


def _agreed(gold: Path) -> Iterator[tuple[Mapping[str, Any], bool]]:
    """The rows on whose kind both readers agree."""
    for line in gold.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        label = bool(row["gold"]["is_listing"])
        if bool(row.get("second", row["gold"])["is_listing"]) == label:
            yield row, label


def _articles(folder: Path) -> Labelled:
    for path in sorted(folder.glob("*.txt")):
        yield read_text(path.read_text(encoding="utf-8"), None), False, f"article {path.stem}"

"""The labelled pages that models are fitted on and measured by: pages and texts with their facts."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from pipeline.extract.evaluation.folds import provider_of
from pipeline.extract.parsing.page import Page
from pipeline.extract.report.jsonl import page_of

GOLD = ("pages/gold.jsonl", "snippets/dev.jsonl")  # within a folder of labelled data
LABELS = ("gold", "second")  # what two readers found, each on their own


@dataclass(frozen=True)
class LabelledPage:
    """A row of a gold file in `folder`, read by two people."""

    row: Mapping[str, Any]
    folder: Path

    @cached_property
    def provider(self) -> str:
        """Whose page it is."""
        return provider_of(self.row)

    @property
    def first(self) -> Mapping[str, Any]:
        """What the first reader found."""
        found: Mapping[str, Any] = self.row["gold"]
        return found

    @property
    def second(self) -> Mapping[str, Any]:
        """What the second reader found; the first where there was one alone."""
        found: Mapping[str, Any] = self.row.get("second", self.row["gold"])
        return found

    @property
    def is_listing(self) -> bool | None:
        """Whether it is a provider's own page; None where the readers disagree."""
        one, other = bool(self.first["is_listing"]), bool(self.second["is_listing"])
        return one if one is other else None

    def bare(self) -> dict[str, Any]:
        """The row without its labels."""
        return {name: value for name, value in self.row.items() if name not in LABELS}

    def page(self) -> Page:
        """The page, parsed anew."""
        return page_of(self.bare(), self.folder)


def read_gold(path: Path) -> list[LabelledPage]:
    """The rows of one gold file."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return [LabelledPage(json.loads(line), path.parent) for line in lines if line.strip()]


def labelled_pages(data: Path) -> Iterator[LabelledPage]:
    """All rows of the gold files in a folder of labelled data."""
    for name in GOLD:
        if (data / name).exists():
            yield from read_gold(data / name)

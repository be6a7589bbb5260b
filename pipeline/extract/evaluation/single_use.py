"""Words and cues that stand on the pages of one provider only: learned from a page, perhaps, and not from the language.

Each entry of a table is counted as it is written there: a word, a phrase, or one with alternatives ("(may|might) offer").
An entry that no page holds is general vocabulary, and not listed.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from rich.markup import escape
from rich.table import Table

from pipeline.extract.evaluation.folds import provider_of
from pipeline.extract.parsing.parse import read_page
from pipeline.extract.parsing.text import fold, spaced
from pipeline.extract.words import assertion, heads, vocabulary
from pipeline.extract.words.automaton import automaton
from pipeline.vocabulary.tables import written_out


class Use(NamedTuple):
    """An entry of a table as written, and whose pages hold it."""

    table: str
    entry: str
    providers: frozenset[str]


def uses(data: Path) -> list[Use]:
    """Every entry that the pages, snippets and articles of a folder hold, and at which providers."""
    entries = [*vocabulary.written(), *heads.written(), *assertion.written()]
    phrases: dict[str, list[tuple[int, bool]]] = {}
    for index, (_, entry) in enumerate(entries):
        for phrase in written_out(entry):
            phrases.setdefault(spaced(fold(phrase)), []).append((index, vocabulary.is_acronym(phrase)))
    words = automaton(phrases)
    found: dict[int, set[str]] = {}
    for provider, text in _documents(data):
        plain = spaced(fold(text))
        for last, (length, owners) in words.iter(plain):
            start, end = last + 1 - length, last + 1
            if vocabulary.ending(plain, start, end) is not None:
                for index, capitals in owners:
                    if not capitals or text[start:end].isupper():
                        found.setdefault(index, set()).add(provider)
    return [Use(*entries[index], frozenset(own)) for index, own in sorted(found.items())]


def single(found: list[Use]) -> list[Use]:
    """Those that one provider alone has."""
    return [use for use in found if len(use.providers) == 1]


def render(found: list[Use]) -> Table:
    """The entries of one provider, by table."""
    alone = single(found)
    table = Table(
        "table", "entry", "provider", title=f"{len(alone)} of {len(found)} entries match one provider"
    )
    for use in alone:
        table.add_row(*map(escape, (use.table, use.entry, *use.providers)))
    return table


def _documents(data: Path) -> Iterator[tuple[str, str]]:
    """(provider, text) of every page, snippet and article; an article is its own provider."""
    for row in _json_lines(data / "pages" / "gold.jsonl"):
        yield provider_of(row), read_page((data / "pages" / row["html"]).read_bytes()).text
    with (data / "kinds" / "kinds.csv").open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            yield (
                provider_of(row),
                read_page((data / "kinds" / "html" / f"{row['id']}.html").read_bytes()).text,
            )
    for row in _json_lines(data / "snippets" / "dev.jsonl"):
        yield provider_of(row), row["text"]
    for file in sorted((data / "articles").glob("*.txt")):
        yield f"article {file.stem}", file.read_text(encoding="utf-8")


def _json_lines(file: Path) -> Iterator[dict[str, str]]:
    return map(json.loads, file.read_text(encoding="utf-8").splitlines())

"""What a model answered → what it says of the page: lenient in form, and nothing of it believed yet."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

MOST_FACTS = 400  # of one page
LONGEST_VALUE = 200
MOST_TRIED = 20  # beginnings of an object
_OBJECT = re.compile(r"\{")
_NEXT = re.compile(r"[\s,]*(?=\{)")
_FACTS = re.compile(r'"facts"\s*:\s*\[')


class AnswerError(ValueError):
    """An answer that says nothing of the page: a refusal, or no JSON of any form."""


@dataclass(frozen=True, slots=True)
class Said:
    """One value that the answer gives, with the words that it names for it; `start`: where it says they stand."""

    field: str
    value: str
    level_of_care: str | None
    quote: str
    start: int | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """A model's answer about one page. `own_page` is None where it does not say; `malformed` facts were left out."""

    own_page: bool | None = None
    own_quote: str = ""
    facts: tuple[Said, ...] = ()
    malformed: int = 0


def parse(content: str) -> Answer:
    """Read an answer: the JSON object in it, with or without words and fences around it; of one that was cut off, the
    facts that are whole. Raises AnswerError."""
    found = _object(content)
    if found is None:
        raise AnswerError("no JSON object")
    given = found.get("facts")
    items = given if isinstance(given, list) else []
    read = [_said(item) for item in items[:MOST_FACTS]]
    facts = tuple(dict.fromkeys(said for said in read if said is not None))
    own, quote = found.get("own_page"), found.get("own_quote")
    return Answer(
        own if isinstance(own, bool) else None,
        quote if isinstance(quote, str) else "",
        facts,
        sum(said is None for said in read) + max(len(items) - MOST_FACTS, 0),
    )


def _object(content: str) -> Mapping[str, Any] | None:
    decoder = json.JSONDecoder()
    starts = [match.start() for match in islice(_OBJECT.finditer(content), MOST_TRIED)]
    for start in starts:
        try:
            found, _ = decoder.raw_decode(content, start)
        except (ValueError, RecursionError):
            continue
        if isinstance(found, dict) and ("facts" in found or "own_page" in found):
            return found
    return _cut_off(content, starts[0], decoder) if starts else None


def _cut_off(content: str, start: int, decoder: json.JSONDecoder) -> dict[str, Any] | None:
    """The facts before the end of an object that has none."""
    begin = _FACTS.search(content, start)
    if begin is None:
        return None
    items, at = [], begin.end()
    while (following := _NEXT.match(content, at)) is not None:
        try:
            item, at = decoder.raw_decode(content, following.end())
        except (ValueError, RecursionError):
            break
        items.append(item)
    head = re.search(r'"own_page"\s*:\s*(true|false)', content[start : begin.start()])
    return {"facts": items, "own_page": head[1] == "true" if head else None}


def _said(item: Any) -> Said | None:
    """One fact; None where its form is none."""
    if not isinstance(item, dict):
        return None
    field, quote, level, start = (item.get(n) for n in ("field", "quote", "level_of_care", "start"))
    value = _text(item.get("value"))
    if not isinstance(field, str) or not isinstance(quote, str) or not quote.strip() or not value:
        return None
    place = start if isinstance(start, int) and not isinstance(start, bool) else None
    return Said(field, value, level if isinstance(level, str) and level else None, quote.strip(), place)


def _text(value: Any) -> str:
    """A value as text, however the model wrote it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return f"{value:g}"
    if isinstance(value, (list, dict)):
        return json.dumps(value)[:LONGEST_VALUE]
    return value.strip()[:LONGEST_VALUE] if isinstance(value, str) else ""

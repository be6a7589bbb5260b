"""JSON-LD blocks, read as leniently as pages write them: comments, stray commas, control characters, @graph."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

_COMMENT = re.compile(r"^\s*(?://.*|<!--|-->|/\*.*?\*/|<!\[CDATA\[|\]\]>)\s*$", re.M)
_COMMA = re.compile(r",(\s*[}\]])")
MAX_NODES = 500


def parse_json_ld(raw: str) -> list[Mapping[str, Any]] | None:
    """The flattened nodes of one block; None where it does not parse even after repair."""
    for text in (raw, _COMMA.sub(r"\1", _COMMENT.sub("", raw)), html.unescape(raw)):
        try:
            return list(_nodes(json.loads(text.strip() or "[]", strict=False)))[:MAX_NODES]
        except (ValueError, RecursionError):
            continue
    return None


def _nodes(data: Any, depth: int = 0) -> Iterator[Mapping[str, Any]]:
    """Every object with an @type, outermost first."""
    if depth > 12:
        return
    if isinstance(data, dict):
        if "@type" in data:
            yield data
        for value in data.values():
            if isinstance(value, dict | list):
                yield from _nodes(value, depth + 1)
    elif isinstance(data, list):
        for item in data:
            yield from _nodes(item, depth + 1)


def types_of(node: Mapping[str, Any]) -> set[str]:
    """Its schema.org types, without the vocabulary's address."""
    kinds = node.get("@type")
    listed = kinds if isinstance(kinds, list) else [kinds]
    return {str(kind).rsplit("/", 1)[-1] for kind in listed if kind}

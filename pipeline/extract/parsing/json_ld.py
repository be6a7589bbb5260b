"""JSON-LD blocks → flat nodes of schema.org, however the block is written: @graph, lists, prefixes, expanded values."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any

from pipeline.extract.parsing.lenient_json import read_json
from sources import well_formed
from warehouse.unseen import without_acting

_IS_ESCAPED = re.compile(
    r"""[^"']*?[{\[]\s*+&(?:quot|apos|#0*3[49]|#[xX]0*2[27]);"""
)  # the quotes themselves
_CONTACT = frozenset({"streetAddress", "addressLocality", "postalCode", "telephone"})
MAX_NODES = 500
DEEPEST = 12


def parse_json_ld(raw: str) -> list[Mapping[str, Any]] | None:
    """The flattened nodes of one block; None where nothing can be read in it."""
    if not raw.strip():
        return []
    try:
        return _flat(well_formed.read_json(raw, strict=False))
    except (ValueError, RecursionError):
        pass
    try:
        told = read_json(html.unescape(raw) if _IS_ESCAPED.match(raw) else raw)
        return _flat(well_formed.mended(told)) or None
    except ValueError:
        return None


def _flat(data: Any) -> list[Mapping[str, Any]]:
    return list(islice(_nodes(_plain(data)), MAX_NODES))


def _plain(data: Any, depth: int = 0) -> Any:
    """Keys without the vocabulary's prefix, {"@value": …} as the value itself; nothing deeper than DEEPEST."""
    if isinstance(data, dict):
        if "@value" in data:
            return None if isinstance(data["@value"], dict | list) else _plain(data["@value"])
        return (
            {_term(key): _plain(value, depth + 1) for key, value in data.items()} if depth <= DEEPEST else {}
        )
    if isinstance(data, list):
        return [_plain(item, depth + 1) for item in data] if depth <= DEEPEST else []
    return without_acting(data) if isinstance(data, str) else data


def _term(name: str) -> str:
    """ "schema:name", "https://schema.org/name" → "name"; "type" is JSON-LD's own word in schema.org's context."""
    term = name.rstrip("/").rpartition("/")[2].rpartition(":")[2]
    return "@type" if term == "type" else term


def _nodes(data: Any) -> Iterator[Mapping[str, Any]]:
    """Every object that has a type, or tells a place or a number; outermost first."""
    if isinstance(data, dict):
        if "@type" in data or not _CONTACT.isdisjoint(data):
            yield data
        for value in data.values():
            if isinstance(value, dict | list):
                yield from _nodes(value)
    elif isinstance(data, list):
        for item in data:
            yield from _nodes(item)


def types_of(node: Mapping[str, Any]) -> set[str]:
    """Its schema.org types, without the vocabulary's address or prefix."""
    kinds = node.get("@type")
    listed = kinds if isinstance(kinds, list) else [kinds]
    return {_term(kind) for kind in listed if isinstance(kind, str) and kind}

"""schema.org microdata, as flat as JSON-LD nodes: {"@type": …, property: text or node}."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lxml import etree

MAX_ITEMS = 200


def read_microdata(root: etree._Element) -> list[Mapping[str, Any]]:
    """Every item of the page (https://html.spec.whatwg.org/multipage/microdata.html), nested ones inside theirs too."""
    items: list[Mapping[str, Any]] = []
    nodes: dict[Any, dict[str, Any]] = {}
    for element in root.xpath("//*[@itemscope or @itemprop]"):
        scope = element.get("itemscope") is not None
        node: dict[str, Any] = {}
        if scope:
            if len(items) >= MAX_ITEMS:
                break
            node = {"@type": (element.get("itemtype") or "").rstrip("/").rsplit("/", 1)[-1]}
            nodes[element] = node
            items.append(node)
        name = element.get("itemprop")
        owner = next((nodes[up] for up in element.iterancestors() if up in nodes), None) if name else None
        if name and owner is not None:
            value: Any = (
                node if scope else element.get("content") or " ".join("".join(element.itertext()).split())
            )
            for each in name.split():
                owner.setdefault(each, value)
    return items

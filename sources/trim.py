"""Corrections of one site's markup, written by hand in the registry: what to keep of its pages, and what to drop.

For the site that defeats the general reader: a carousel of other clinics, a list of every condition on every page.
Selectors are CSS, as BeautifulSoup (soupsieve) reads them.
"""

from __future__ import annotations

from collections.abc import Sequence

from bs4 import BeautifulSoup, Tag
from soupsieve import SelectorSyntaxError, compile


class TrimError(ValueError):
    """What was to be kept is not on the page: the site's layout changed, or the selector was never right."""


def trimmed(html: str, keep: Sequence[str] = (), drop: Sequence[str] = ()) -> str:
    """The page with only what `keep` selects in its body, and without what `drop` selects.

    Raises TrimError where a `keep` selector finds nothing.
    """
    if not (keep or drop):
        return html
    soup = BeautifulSoup(html, "lxml")
    for selector in drop:
        for element in soup.select(selector):
            element.decompose()
    if keep and soup.body is not None:
        chosen = [element for selector in keep for element in _found(soup, selector)]
        ids = {id(element) for element in chosen}
        outermost = [e for e in chosen if ids.isdisjoint(map(id, e.parents))]
        soup.body.clear()
        soup.body.extend(dict.fromkeys(outermost))
    return str(soup)


def _found(soup: BeautifulSoup, selector: str) -> list[Tag]:
    elements = soup.select(selector)
    if not elements:
        raise TrimError(f"nothing on the page is {selector!r}")
    return list(elements)


def wrong_selector(selector: str) -> str | None:
    """What is wrong with a CSS selector; None where it can be used."""
    try:
        compile(selector)
    except SelectorSyntaxError as error:
        return str(error).splitlines()[0]
    return None

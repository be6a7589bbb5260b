"""Corrections of a site's markup by hand."""

from __future__ import annotations

import pytest

from sources.trim import TrimError, trimmed, wrong_selector

PAGE = """<html><head><title>IOP</title></head><body><nav>Menu</nav><main><h1>Our IOP</h1>
<div class="others">Other clinics</div></main><footer>1 Elm Street</footer></body></html>"""


def test_nothing_to_do_changes_nothing() -> None:
    assert trimmed(PAGE) == PAGE


def test_what_is_dropped_is_gone_and_the_rest_stays() -> None:
    html = trimmed(PAGE, drop=[".others", ".nowhere"])
    assert "Other clinics" not in html
    assert "Our IOP" in html and "Menu" in html


def test_only_what_is_kept_stays_in_its_order() -> None:
    html = trimmed(PAGE, keep=["main", "footer", "main .others"], drop=["nav"])
    assert "<title>IOP</title>" in html and "Menu" not in html
    assert html.index("Our IOP") < html.index("1 Elm Street")
    assert html.count("Other clinics") == 1


def test_what_cannot_be_kept_is_told() -> None:
    with pytest.raises(TrimError, match="article"):
        trimmed(PAGE, keep=["article"])


def test_selectors_are_checked() -> None:
    assert wrong_selector("main > p:first-child") is None
    assert wrong_selector("main >> p[") is not None

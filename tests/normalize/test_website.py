"""Web addresses of cells: one that leads somewhere, or none."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.normalize.website import web_addresses
from sources.urls import canonical_url


@pytest.mark.parametrize(
    ("printed", "found"),
    [
        ("http://http://elm.example", ["http://elm.example"]),
        ("http://http//elm.example/iop", ["http://elm.example/iop"]),
        ("http://https://elm.example", ["https://elm.example"]),
        ("http:/elm.example", ["http://elm.example"]),
        ("https:\\\\elm.example", ["https://elm.example"]),
        ("elm.example; oak.example", ["elm.example", "oak.example"]),
        ("www.elm.example, www.oak.example", ["www.elm.example", "www.oak.example"]),
        ("http://elm.example or http://elm.example", ["http://elm.example"]),
        ("<https://elm.example>.", ["https://elm.example"]),
        ("https://elm.example/a,b?u=http://oak.example", ["https://elm.example/a,b?u=http://oak.example"]),
        ("https://elm.example:8443/", ["https://elm.example:8443/"]),
        ("file:///home/elm/index.html", []),
        ("file:///", []),
        ("mailto:intake@elm.example", []),
        ("intake@elm.example", []),
        ("javascript:void(0)", []),
        ("ftp://elm.example", []),
        ("n.a", []),
        ("http://", []),
        ("http://[", []),
        ("ask at the desk", []),
        ("", []),
    ],
)
def test_addresses(printed: str, found: list[str]) -> None:
    assert web_addresses(printed) == found


@given(
    st.one_of(st.text(max_size=40), st.from_regex(r"(?:https?:/{0,3}){0,3}[a-z.@;, ]{0,20}", fullmatch=True))
)
def test_what_is_found_can_be_asked_for(printed: str) -> None:
    assert all(canonical_url(url if "://" in url else f"https://{url}") for url in web_addresses(printed))

"""Characters that act unseen leave every text where it enters: pages, entities, JSON-LD, and all that goes on the stage."""

from __future__ import annotations

import pytest

from pipeline.extract.parsing.json_ld import parse_json_ld
from pipeline.extract.parsing.parse import read_page
from pipeline.html import parse_html
from pipeline.stage.rows import as_frame
from warehouse.exports.csv import safe_cell
from warehouse.unseen import without_acting

PRINTED = (  # in a page, and what is read of it
    ("IOP \x1b]0;PWNED\x07 daily", "IOP ]0;PWNED daily"),
    ("IOP &#27;[31m &#x1B;[2J daily", "IOP [31m [2J daily"),
    ("IOP &#x202e;ylid&#8236; &rlm;&lrm;daily", "IOP ylid daily"),
    ("IOP \u2066daily\u2069 \u061c", "IOP daily"),
    ("9 &#150; 12, &#147;daily&#148;", "9 – 12, “daily”"),  # C1 by number is windows-1252 (WHATWG HTML)
    ("Q&amp;A &#39;daily&#39; &lt;b&gt;", "Q&A 'daily' <b>"),
    ("IOP&#13;daily", "IOP daily"),
)


@pytest.mark.parametrize(("printed", "read"), PRINTED)
def test_pages(printed: str, read: str) -> None:
    html = f"<html><body><h1>Program</h1><p>{printed}</p></body></html>"
    tree = parse_html(html)
    assert tree is not None
    assert " ".join("".join(tree.itertext()).removeprefix("Program").split()) == read
    assert " ".join(read_page(html).text.split()) == f"Program {read}"


def test_json_ld() -> None:
    nodes = parse_json_ld(
        '{"@type": "Clinic", "name": "A\\u001b[31m\\u202eb", "alternateName": {"@value": "c\\u0007"}}'
    )
    assert nodes is not None
    assert (nodes[0]["name"], nodes[0]["alternateName"]) == ("A[31mb", "c")


def test_stage() -> None:
    row = ("s", "line 2", "no_address", None, "a\x1b[31m\x9b\u202eb\tc\nd", None)
    assert as_frame("quarantine", [row])["raw"].to_list() == ["a[31mb\tc\nd"]
    listing = as_frame("listing", [{"listing_id": "s:1", "service_codes": ["O\x00P"]}])
    assert listing["service_codes"].to_list() == [["OP"]]


def test_cells_and_words() -> None:
    assert safe_cell("\x1b=cmd()") == "'=cmd()"
    assert without_acting("plain – ünï\ncode\t") == "plain – ünï\ncode\t"

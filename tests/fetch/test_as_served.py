"""Sitemaps and charsets as servers send them, not as their standards ask."""

from __future__ import annotations

import time

import pytest

from pipeline.fetch.crawl.sitemap import parse_sitemap
from pipeline.fetch.outcome.judge import judge_page
from pipeline.fetch.wire.messages import Response
from pipeline.html import decode

IOP, PHP = "https://birch.example/iop", "https://birch.example/php?a=1&b=2"
URLS = f"<urlset><url><loc>{IOP}</loc><lastmod>2026-01-05</lastmod></url><url><loc>{{}}</loc></url></urlset>"
ESCAPED = PHP.replace("&", "&amp;")
DECLARED = '<?xml version="1.0" encoding="UTF-8"?>'

SITEMAPS: dict[str, bytes] = {
    "a list with a byte order mark": f"\ufeff{IOP}\r\n{PHP}\r\n".encode(),
    "a list in UTF-16": f"{IOP}\n{PHP}\n".encode("utf-16"),
    "blanks ahead": (" " * 500 + "\n" + DECLARED + URLS.format(ESCAPED)).encode(),
    "a mark and blanks ahead": ("\ufeff\n\n" + DECLARED + URLS.format(ESCAPED)).encode(),
    "a bare ampersand": URLS.format(PHP).encode(),
    "character data": URLS.format(f"<![CDATA[{PHP}]]>").encode(),
    "UTF-16": (DECLARED.replace("8", "16") + URLS.format(PHP)).encode("utf-16"),
    "RSS": f"<rss><channel><link>https://birch.example/</link><image><url>https://birch.example/a.png</url></image>"
    f"<item><title>IOP</title><link>{IOP}</link></item><item><link> {PHP} </link></item></channel></rss>".encode(),
    "RSS 1.0": f'<rdf:RDF xmlns:rdf="r" xmlns="s"><channel/><item><link>{IOP}</link></item><item><link>{ESCAPED}</link></item></rdf:RDF>'.encode(),
    "Atom": '<feed xmlns="http://www.w3.org/2005/Atom"><link rel="self" href="https://birch.example/feed"/>'
    f'<entry><link rel="edit" href="https://birch.example/e/1"/><link href="{IOP}"/></entry>'
    f'<entry><link rel="alternate" href="{ESCAPED}"/></entry></feed>'.encode(),
}  # fmt: skip


@pytest.mark.parametrize("name", SITEMAPS)
def test_a_sitemap_is_read_as_it_is_served(name: str) -> None:
    assert [url for url, _ in parse_sitemap(SITEMAPS[name]).pages] == [IOP, PHP]


def test_the_date_of_an_entry_is_kept() -> None:
    atom = f'<feed xmlns="http://www.w3.org/2005/Atom"><entry><link href="{IOP}"/><updated>2026-01-05T10:00:00Z</updated></entry></feed>'
    assert parse_sitemap(atom.encode()).pages == ((IOP, "2026-01-05T10:00:00Z"),)
    assert parse_sitemap(URLS.format(PHP).encode()).pages == ((IOP, "2026-01-05"), (PHP, None))


@pytest.mark.parametrize("part", [b"&", b"<![CDATA[", b"<![CDATA[]", b"&amp", b"<url>"])
def test_a_hostile_sitemap_takes_bounded_time(part: bytes) -> None:
    began = time.process_time()
    parse_sitemap(b"<urlset>" + part * (1_000_000 // len(part)))
    assert time.process_time() - began < 2


TEXT = "<p>Café – Mon–Thu 9 AM – 12 PM, niños y jóvenes</p>"
PAGES: dict[str, tuple[bytes, str | None, str]] = {
    "UTF-8 with one bad byte, nothing declared": (TEXT.encode() + b"\x96", None, "utf-8"),
    "UTF-8 with one bad byte, by its header": (TEXT.encode() + b"\x96", "text/html; charset=utf-8", "utf-8"),
    "UTF-8 that meta calls UTF-16": (b"<meta charset=utf-16>" + TEXT.encode(), None, "utf-8"),
    "UTF-8 that the header calls UTF-16": (TEXT.encode(), "text/html; charset=UTF-16", "utf-8"),
    "windows-1252 that meta calls UTF-16LE": (b"<meta charset='utf-16le'>" + TEXT.encode("cp1252"), None, "windows-1252"),
    "windows-1252, nothing declared": (TEXT.encode("cp1252"), None, "windows-1252"),
    "windows-1252 by its header": (TEXT.encode("cp1252"), "text/html; charset=iso-8859-1", "windows-1252"),
    "UTF-16 with its mark": (TEXT.encode("utf-16"), None, "utf-16-le"),
    "UTF-16 by its header": (TEXT.encode("utf-16-be"), "text/html; charset=utf-16be", "utf-16-be"),
}  # fmt: skip


@pytest.mark.parametrize("name", PAGES)
def test_fetching_and_reading_decode_alike(name: str) -> None:
    data, content_type, charset = PAGES[name]
    text, found = decode(data, content_type)
    assert found == charset
    assert TEXT in text
    headers = {"content-type": content_type or "text/html"}
    kept = judge_page(
        Response("https://birch.example/", "https://birch.example/", 200, headers, data)
    ).charset
    assert decode(data, charset=kept) == (text, found), "what the log keeps says all that reading needs"

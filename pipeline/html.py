"""Bytes → text → tree, once for fetching and reading, in bounded time: hostile pages must not keep the good ones waiting."""

from __future__ import annotations

import html as html_module
import re

from lxml import etree
from w3lib.encoding import (
    html_body_declared_encoding,
    html_to_unicode,
    http_content_type_encoding,
    resolve_encoding,
)
from webencodings.labels import LABELS

from warehouse.unseen import without_acting

MAX_CHARS = 3_000_000  # of HTML; what follows is not looked at
MAX_TAG = 20_000  # of one tag: beyond it its attributes are dropped (libxml2 compares attributes pairwise)
MARKUP = 4_096  # bytes at the start of a document that hold markup
# Python's codecs of the encodings that pages may declare (WHATWG Encoding): others, such as Punycode, are slow or no text.
CODECS = frozenset(filter(None, map(resolve_encoding, LABELS)))
WIDE = ("utf-16", "utf-32", "utf16", "utf32")  # charsets in which markup has zero bytes
# Numeric references, of which few are needed for what is printed, and the names of marks of direction.
REFERENCE = re.compile(
    r"&(?:#(?P<decimal>[0-9]{1,7})(?![0-9])|#[xX](?P<hex>[0-9a-fA-F]{1,6})(?![0-9a-fA-F])|lrm|rlm)(?:;|\b)"
)
LONG_TAG = re.compile(rf"<([a-zA-Z][\w:-]{{0,30}})\s[^<>]{{{MAX_TAG},}}>?")


def parse_html(html: str) -> etree._Element | None:
    """The tree of a document; None where there is none. What is nested deeper than 256 elements (libxml2's limit, far
    beyond any page for people) is left out."""
    markup, _ = without_long_tags(html[:MAX_CHARS])
    data = seen(markup).encode("utf-8", "replace")
    if not data.strip():
        return None
    parser = etree.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
    try:
        return etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError):
        return None


def seen(markup: str) -> str:
    """Markup without characters that act unseen, as such or by reference (`&#27;`, `&rlm;`), line ends all alike. References to C1
    controls are characters of windows-1252, as HTML has them (WHATWG HTML, numeric character reference end state)."""
    markup = REFERENCE.sub(_character, markup) if "&" in markup else markup
    return without_acting(markup.replace("\r\n", "\n").replace("\r", "\n").replace("\f", "\n"))


def _character(found: re.Match[str]) -> str:
    character = html_module.unescape(found[0] if found[0].endswith(";") else f"{found[0]};")
    number = found["decimal"] or found["hex"]
    code = int(number, 16 if found["hex"] else 10) if number else 0
    if len(character) == 1 and (not without_acting(character) or 0x80 <= code <= 0x9F):
        return character
    return "" if code and not character else found[0]


def without_long_tags(markup: str) -> tuple[str, int]:
    """Markup without the attributes of tags that have more than anyone writes, and how many such tags there are."""
    half = MAX_TAG // 2  # where so long a tag is, one of these blocks has no other that begins
    if all(markup.find("<", at, at + half) >= 0 for at in range(0, len(markup) - half + 1, half)):
        return markup, 0
    return LONG_TAG.subn(r"<\1>", markup)


def decode(data: bytes, content_type: str | None = None, charset: str | None = None) -> tuple[str, str]:
    """Text of a document, and its charset: byte order mark, header (or the charset that one named), meta, else UTF-8 if
    it is that but for a few bytes, else windows-1252 (WHATWG Encoding; a wrong declaration never raises: bad bytes
    become U+FFFD). UTF-16 that is declared in bytes of ASCII is none."""
    said = content_type or (f"text/html; charset={charset}" if charset else None)
    if http_content_type_encoding(said) not in CODECS:
        said = None
        if html_body_declared_encoding(data) not in (None, *CODECS):
            said = f"text/html; charset={_detect(data)}"
    try:
        found, text = html_to_unicode(said, data, auto_detect_fun=_detect)
    except (LookupError, UnicodeError):
        found = ""
    if not found or (found.startswith(WIDE) and b"\0" not in data[:MARKUP]):
        found = _detect(data)
        text = data.decode(found, "replace")
    return text, "windows-1252" if found == "cp1252" else found


def _detect(data: bytes) -> str:
    """UTF-8 where most of what is not ASCII reads as such: one byte pasted from elsewhere does not change a page."""
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        text = data.decode("utf-8", "replace")
        bad = text.count("\ufffd")
        good = len(text) - bad - sum(map(str.isascii, text))
        return "utf-8" if good > bad else "cp1252"
    return "utf-8"

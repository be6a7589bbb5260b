"""Bytes → text, the way browsers guess: byte-order mark, HTTP header, `<meta>`, then UTF-8, then Windows-1252.

Follows the encoding sniffing of HTML (https://html.spec.whatwg.org/#determining-the-character-encoding): labels
`iso-8859-1` and `ascii` mean Windows-1252.
"""

from __future__ import annotations

import codecs
import re

_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_META = re.compile(rb"<meta[^>]{0,400}?charset\s*=\s*[\"']?\s*([\w.:-]{2,40})", re.I)
_LATIN = {"iso-8859-1", "iso8859-1", "latin-1", "latin1", "ascii", "us-ascii"}


def decode(content: bytes, charset: str | None = None) -> str:
    """The text of `content`; undecodable bytes become U+FFFD, never an error."""
    for bom, name in _BOMS:
        if content.startswith(bom):
            return content[len(bom) :].decode(name, "replace")
    found = _META.search(content[:4096])
    for label in (charset, found[1].decode("ascii", "replace") if found else None, "utf-8"):
        if label:
            try:
                name = label.strip().lower()
                return content.decode("cp1252" if name in _LATIN else name)
            except (LookupError, UnicodeError, ValueError):
                continue
    try:
        return content.decode("cp1252")
    except UnicodeError:
        return content.decode("utf-8", "replace")

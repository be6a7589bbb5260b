"""Contact data that only stands in JSON-LD or microdata, written out as text so that it can be quoted.

The lines go to the end of the page text, as blocks of the footer: what holds for a printed footer (it may name an
address or a telephone number, never a condition) holds for them.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping
from typing import Any

from pipeline.extract.parsing.page import Block, Kind, Page
from pipeline.normalize.phone import e164, phones_in
from pipeline.records import Refused, Region

_PHONES = {"telephone": "Telephone", "faxNumber": "Fax"}
_ADDRESS = ("streetAddress", "addressLocality", "addressRegion", "postalCode")
MAX_LINES = 200
MAX_VALUE = 1_000  # characters looked at of a value
ZIP, ZIP_PLUS_4 = 5, 9
_LINE_END = re.compile(r",?\s*<br\s*/?>\s*", re.IGNORECASE)
_TAG = re.compile(r"</?[a-zA-Z][^<>]*>")


def append_contacts(page: Page) -> None:
    """Append one block for each address and number of the structured data that the text does not hold yet."""
    if not (page.json_ld or page.microdata):
        return
    printed = {found.number for found in phones_in(page.text)}
    for line in list(dict.fromkeys(_lines(page, printed)))[:MAX_LINES]:
        page.structured_from = page.structured_from or len(page.text)
        start = len(page.text) + (not page.text.endswith("\n"))
        page.text += ("" if page.text.endswith("\n") else "\n") + line + "\n"
        page.blocks.append(
            Block(len(page.blocks), line, start, start + len(line), Kind.DEFINITION, Region.FOOTER)
        )


def address_line(node: Mapping[str, Any]) -> str:
    """A PostalAddress on one line: "130 Maple St, Suite 2, Springfield, MA 01103"; parts said twice are said once."""
    line = text_of(node, "streetAddress") or ""
    for name in _ADDRESS[1:]:
        part = text_of(node, name)
        if part and part.lower() not in line.lower():
            line += (" " if name == "postalCode" else ", ") + part if line else part
    return line


def text_of(node: Mapping[str, Any], name: str) -> str | None:
    """A property as text on one line, without the markup that templates leave in it; of an object its name, of a list
    the first. None where it is absent or says nothing. A ZIP code that lost its zeros as a number has them again.
    """
    value = node.get(name)
    if isinstance(value, list) and value:
        value = value[0]
    if isinstance(value, dict):
        value = value.get("name")
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, str | int):
        return None
    text = str(value)[:MAX_VALUE]
    if "&" in text or "<" in text:
        text = _TAG.sub(" ", _LINE_END.sub(", ", html.unescape(text)))
    text = " ".join(text.split())[:200]
    if name == "postalCode" and text.isdecimal():
        text = text.zfill(ZIP if len(text) <= ZIP else ZIP_PLUS_4)
    return text or None


def _lines(page: Page, printed: set[str]) -> Iterator[str]:
    for node in (*page.json_ld, *page.microdata):
        written = text_of(node, "address")
        line = written if written and any(map(str.isdigit, written)) else address_line(node)
        if line and any(map(str.isdigit, line)) and line not in page.text:
            yield line
        for name, label in _PHONES.items():
            stated = text_of(node, name)
            number = e164(stated)
            if stated and number is None:
                page.refused.append(Refused("phone", "bad_phone", stated))
            if number and number not in printed:
                about = f" ({kind})" if (kind := text_of(node, "contactType")) else ""
                yield f"{label}{about}: {stated}"

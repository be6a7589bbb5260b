"""Cells of tables as people meant them: what web forms, spreadsheets and data frames leave in a text taken out.

`pipeline/vocabulary/says_nothing.csv` holds what stands in cells of which nothing is known ("N/A", "nan", "see website").
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache
from typing import Any

from pipeline.records import Refused
from pipeline.vocabulary.tables import rows
from sources.records import SETTING, SourceRecord

_WORDS = "|".join(row["text"].replace(" ", r"[\W_]*") for row in rows("says_nothing.csv"))
SAYS_NOTHING = rf"(?i)^[\W_]*(?:(?:{_WORDS})[\W_]*)?$"
"""A cell without information, as the regular expressions of Python and of Polars both read it."""
_NOTHING = re.compile(SAYS_NOTHING)
_BREAK = re.compile(r"<br\b[^<>]*>|</(?:p|div|li)>", re.IGNORECASE)
_TAG = re.compile(r"</?[a-z][^<>]*>|<!--.*?-->", re.IGNORECASE | re.DOTALL)
_UNSEEN = re.compile(r"[\u00ad\u200b-\u200f\u2028-\u202e\u2060\ufeff\ufffd\x00-\x08\x0b-\x1f\x7f-\x9f]")
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z]\w{1,30});")
_LINES = re.compile(r"[ ,;]*\n[ ,;]*")
_ZEROS = re.compile(r"[0\W_]*")
ADDRESS_LINES = ("street1", "street2", "full_address")
TEXTS = ("name1", "name2", "organization", "city", "state", "zip", "website", "latitude", "longitude")


@lru_cache(maxsize=65_536)
def clean(cell: str, joint: str = " ") -> str:
    """A cell on one line, `joint` between its lines; "" where it says nothing."""
    text = _readable(cell)
    return "" if _NOTHING.match(text) else _LINES.sub(joint, text).strip()


def is_identifier(text: str) -> bool:
    """Whether an identifier can be told from others: "0000" and "N/A" cannot."""
    return not (_NOTHING.match(text) or _ZEROS.fullmatch(text))


def clean_row(row: SourceRecord) -> tuple[SourceRecord, tuple[Refused, ...]]:
    """The row with clean cells, and those of which cleaning left nothing although something was printed."""
    texts: dict[str, Any] = {name: clean(getattr(row, name)) for name in TEXTS}
    texts |= {name: clean(getattr(row, name), ", ") for name in ADDRESS_LINES}
    changed = {name: text for name, text in texts.items() if text != getattr(row, name)}
    phones = tuple((kind, text) for kind, printed in row.phones if (text := clean(printed)))
    ids = tuple(
        (scheme, text) for scheme, printed in row.external_ids if is_identifier(text := clean(printed))
    )
    services = tuple(s for s in row.services if s.category != SETTING or clean(s.text))
    if not changed and (phones, ids, services) == (row.phones, row.external_ids, row.services):
        return row, ()
    cleaned = replace(row, **changed, phones=phones, external_ids=ids, services=services)
    return cleaned, tuple(_emptied(row))


def _emptied(row: SourceRecord) -> Iterator[Refused]:
    plain = ((name, getattr(row, name)) for name in (*TEXTS, *ADDRESS_LINES))
    phones = (("phone", printed) for _, printed in row.phones)
    for name, printed in (*plain, *phones, *row.external_ids):
        said = "\ufffd" in printed or not _NOTHING.match(_unescaped(printed))
        if said and not clean(printed):
            yield Refused(name, "bad_text", printed)


def _unescaped(text: str) -> str:
    """Entities as characters. Without its semicolon "&sect" is a part of a web address."""
    return _ENTITY.sub(lambda found: html.unescape(found[0]), text) if "&" in text else text


def _readable(text: str) -> str:
    """No entities (nor those of "&amp;amp;"), no markup, nothing that cannot be seen, blanks once."""
    text = _unescaped(_unescaped(text))
    if "<" in text:
        text = _TAG.sub(" ", _BREAK.sub("\n", text))
    lines = (" ".join(_UNSEEN.sub("", line).split()) for line in text.replace("\r", "\n").split("\n"))
    return "\n".join(filter(None, lines))

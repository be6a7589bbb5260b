"""Our fields in WARC records (ISO 28500): what a Document says, so that it comes back as it was.

The address and the date have fields of the standard. Everything else stands in extension fields, which readers that
do not know them ignore (clause 4): `IOP-Outcome`, `IOP-Final-Url` and so on, one per field of a Document, repeated
for lists. A value that is not plain ASCII stands under the name with a `*`, as RFC 8187 writes such values.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import Any
from urllib.parse import quote, unquote

from pipeline.archive.archive import COLUMNS, from_row
from pipeline.records import Document
from sources.registry import SOURCE_ID

Field = tuple[str, str]

VISIT = "IOP-Visit"  # the source whose visit a metadata record holds
SERVER_SAYS = re.compile(r"https?:", re.IGNORECASE)  # addresses that HTTP answers come from
PLAIN = re.compile(r"[!-~](?:[ -~]*[!-~])?")  # what a header line keeps as it is
EXTENDED = "UTF-8''"
URI_CHARACTERS = "!#$%&'()*+,/:;=?@[]"  # RFC 3986, beside letters and digits; an escape stays one
HEADER_OF = {name: f"IOP-{name.replace('_', '-').title()}" for name in COLUMNS if name != "fetched_at"}
COLUMN_OF = {header.lower(): name for name, header in HEADER_OF.items()}


def target_uri(url: str) -> str:
    """A URL as WARC-Target-URI takes it. Names of local files may have spaces, which no URI has."""
    return quote(url, safe=URI_CHARACTERS)


def warc_date(moment: datetime) -> str:
    """To the microsecond (WARC 1.1)."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def moment_of(date: str | None) -> datetime:
    """The moment of a WARC-Date, which is UTC. Raises ValueError where it does not name a day at least."""
    try:
        moment = datetime.fromisoformat(date or "")
    except ValueError:
        raise ValueError("its date cannot be read") from None
    return as_utc(moment)


def as_utc(moment: datetime) -> datetime:
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)


def document_fields(document: Document) -> list[Field]:
    """The extension fields of a Document. What is not stated has none."""
    found: list[Field] = []
    for name, header in HEADER_OF.items():
        stated = getattr(document, name)
        if name == "url" and target_uri(stated) == stated:
            continue
        values = stated if isinstance(stated, tuple) else (stated,)
        found += [_field(header, str(value)) for value in values if value not in (None, "")]
    return found


def stated_document(headers: Iterable[Field], url: str, date: str | None) -> Document | None:
    """The Document that a record of ours holds; None for another tool's. Raises ValueError where it holds none."""
    stated: dict[str, list[str]] = {}
    for header, value in headers:
        extended = header.endswith("*")
        column = COLUMN_OF.get(header.lower().removesuffix("*"))
        if column is not None:
            stated.setdefault(column, []).append(unquote(value.removeprefix(EXTENDED)) if extended else value)
    if not {"source_id", "outcome"} <= stated.keys():
        return None
    row = {name: _typed(kind, stated.get(name)) for name, kind in COLUMNS.items()}
    if not SOURCE_ID.fullmatch(str(row["source_id"])):
        raise ValueError(f"{row['source_id']!r} is no id of a source")
    return from_row(row | {"url": row["url"] or url, "fetched_at": moment_of(date)})


def _field(header: str, value: str) -> Field:
    return (header, value) if PLAIN.fullmatch(value) else (f"{header}*", EXTENDED + quote(value, safe=""))


def _typed(kind: str, values: list[str] | None) -> Any:
    if kind.endswith("[]"):
        return values
    if not values:
        return None
    if kind == "DATE":
        return date.fromisoformat(values[-1])
    return int(values[-1]) if kind in ("INTEGER", "BIGINT") else values[-1]

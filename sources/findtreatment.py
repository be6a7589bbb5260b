"""SAMHSA FindTreatment API → records: `GET https://findtreatment.gov/locator/exportsAsJson/v2`.

Answers are pages `{page, totalPages, recordCount, rows}`. A row's `_irow` is a position, not an id; `services`
may be null, and the type of facility comes under two spellings.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from sources.records import FACILITY_TYPE, BadRecord, ServiceMention, SourceFormatError, SourceRecord
from sources.well_formed import read_json

TYPE_KEYS = ("typeFacility", "type_facility")
LABEL = re.compile(r"[^;\s](?:[^;]*[^;\s])?")
MAX_PAGES = 2000  # the locator holds some 23,000 rows, at 30 a page by default


def page_urls(url: str, first: bytes) -> list[str]:
    """The addresses of the pages after the first, as the first answer counts them."""
    total = _load(first).get("totalPages") or 1
    if not isinstance(total, int | str) or not str(total).isdigit():
        raise SourceFormatError(f"totalPages is {total!r}, not a number")
    return [_with_page(url, page) for page in range(2, min(int(total), MAX_PAGES) + 1)]


def read_answer(content: bytes) -> Iterator[SourceRecord | BadRecord]:
    """The rows of one page of the API.

    Raises SourceFormatError where the content is no such answer.
    """
    rows = _load(content).get("rows")
    if not isinstance(rows, list):
        raise SourceFormatError('the answer has no list "rows"')
    for number, row in enumerate(rows):
        locator = f"rows[{number}]"
        if not isinstance(row, Mapping):
            yield BadRecord(locator, "unreadable_row", "the row is no object", repr(row)[:2000])
        elif not _text(row, "name1"):
            yield BadRecord(locator, "no_name", "the row has no name1", json.dumps(row)[:2000])
        else:
            yield _record(locator, row)


def _record(locator: str, row: Mapping[str, Any]) -> SourceRecord:
    kinds = (("main", "phone"), ("admissions", "intake1"), ("admissions", "intake2"), ("crisis", "hotline1"))
    return SourceRecord(
        locator=locator,
        name1=_text(row, "name1"),
        name2=_text(row, "name2"),
        street1=_text(row, "street1"),
        street2=_text(row, "street2"),
        city=_text(row, "city"),
        state=_text(row, "state"),
        zip=_text(row, "zip"),
        phones=tuple((kind, _text(row, key)) for kind, key in kinds if _text(row, key)),
        website=_text(row, "website"),
        latitude=_text(row, "latitude"),
        longitude=_text(row, "longitude"),
        services=tuple(_services(locator, row)),
        raw={k: str(v) for k, v in row.items() if k != "services" and v is not None},
    )


def _services(locator: str, row: Mapping[str, Any]) -> Iterator[ServiceMention]:
    for key in TYPE_KEYS:
        if _text(row, key):
            text = _text(row, key)
            yield ServiceMention(text, FACILITY_TYPE, f"{locator}.{key}", 0, len(text))
    groups = row.get("services")
    for number, group in enumerate(groups if isinstance(groups, list) else ()):
        if isinstance(group, Mapping):
            cell = f"{locator}.services[{number}].f3"
            for found in LABEL.finditer(str(group.get("f3") or "")):
                category = str(group.get("f2") or "") or None
                yield ServiceMention(found[0], category, cell, found.start(), found.end())


def _load(content: bytes) -> Mapping[str, Any]:
    try:
        answer = read_json(content)
    except (ValueError, RecursionError) as error:
        raise SourceFormatError(f"not JSON: {error}") from error
    if not isinstance(answer, Mapping):
        raise SourceFormatError("the answer is no JSON object")
    return answer


def _text(row: Mapping[str, Any], key: str) -> str:
    value = row.get(key)
    return "" if value is None else str(value).strip()


def _with_page(url: str, page: int) -> str:
    parts = urlsplit(url)
    query = [(k, v) for k, v in parse_qsl(parts.query, keep_blank_values=True) if k != "page"]
    return urlunsplit(parts._replace(query=urlencode([*query, ("page", page)], safe=",")))

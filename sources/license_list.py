"""State license lists (CSV) → records, by the column mapping of the registry.

`[<source>.columns]` names, for each of our fields (`records.RECORD_FIELDS`), the list's own column.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping

from sources.records import BadRecord, ServiceMention, SourceFormatError, SourceRecord

IDENTIFIERS = ("license_number", "npi", "record_id")
PLAIN = ("name1", "name2", "organization", "street1", "street2", "full_address", "city", "state", "zip")


def read_list(content: bytes, columns: Mapping[str, str]) -> Iterator[SourceRecord | BadRecord]:
    """Every data row of the list.

    Raises SourceFormatError where the list lacks a mapped column, naming it and those that it has.
    """
    rows = csv.reader(io.StringIO(_decode(content), newline=""), strict=True)
    first = _next(rows)
    if first is None or isinstance(first, csv.Error):
        raise SourceFormatError(f"no header line: {first or 'the list is empty'}")
    header = [name.strip() for name in first]
    missing = [column for column in columns.values() if column not in header]
    if missing:
        raise SourceFormatError(
            f"no column {', '.join(map(repr, missing))}; the list has {', '.join(header)}"
        )
    while (row := _next(rows)) is not None:
        locator = f"line {rows.line_num}"
        if isinstance(row, csv.Error):
            yield BadRecord(locator, "unreadable_row", str(row), "")
        elif any(cell.strip() for cell in row):
            yield _record(locator, header, row, columns)


def _next(rows: Iterator[list[str]]) -> list[str] | csv.Error | None:
    try:
        return next(rows, None)
    except csv.Error as error:
        return error


def _record(
    locator: str, header: list[str], row: list[str], columns: Mapping[str, str]
) -> SourceRecord | BadRecord:
    if len(row) != len(header):
        detail = f"the row has {len(row)} cells, the header {len(header)}"
        return BadRecord(locator, "wrong_number_of_cells", detail, ",".join(row)[:2000])
    raw = dict(zip(header, (cell.strip() for cell in row), strict=True))
    cells = {name: raw[column] for name, column in columns.items()}
    if not (cells.get("name1") or cells.get("organization")):
        return BadRecord(locator, "no_name", "the row has no name", repr(raw))
    setting = cells.get("setting", "")
    return SourceRecord(
        locator=locator,
        **{name: cells.get(name, "") for name in PLAIN},
        phones=(("main", cells["phone"]),) if cells.get("phone") else (),
        website=cells.get("website", ""),
        latitude=cells.get("latitude", ""),
        longitude=cells.get("longitude", ""),
        services=(ServiceMention(setting, "setting", locator, 0, len(setting)),) if setting else (),
        external_ids=tuple((name, cells[name]) for name in IDENTIFIERS if cells.get(name)),
        raw=raw,
    )


def _decode(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")

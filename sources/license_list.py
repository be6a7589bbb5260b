"""State license lists (CSV) → records, by the column mapping of the registry.

`[<source>.columns]` names, for each of our fields (`records.RECORD_FIELDS`), the list's own column. The header is the row
that holds the mapped names, whatever stands above it, and the delimiter the one that parts them.
"""

from __future__ import annotations

import codecs
import csv
import io
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from sources.nearest import did_you_mean, nearest
from sources.records import SETTING, BadRecord, ServiceMention, SourceFormatError, SourceRecord, heading_key
from sources.well_formed import well_formed

IDENTIFIERS = ("license_number", "npi", "record_id")
PLAIN = ("name1", "name2", "organization", "street1", "street2", "full_address", "city", "state", "zip")
DELIMITERS = ",;\t|"
HEADER_SEARCH_ROWS = 30
BYTE_ORDER_MARKS = (  # the longer first: that of UTF-32 begins with that of UTF-16
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


@dataclass(frozen=True, slots=True)
class _Header:
    """The header row as read with one delimiter, and the line at which it ends."""

    names: tuple[str, ...]
    line: int
    delimiter: str

    @property
    def keys(self) -> list[str]:
        return [_key(name) for name in self.names]

    def missing(self, columns: Mapping[str, str]) -> list[str]:
        return [column for column in columns.values() if _key(column) not in self.keys]


def read_list(content: bytes, columns: Mapping[str, str]) -> Iterator[SourceRecord | BadRecord]:
    """Every data row of the list.

    Raises SourceFormatError where the list lacks a mapped column, naming it and those that it has, and where two columns
    have a mapped name.
    """
    text = well_formed(_decode(content))
    header = _header(text, columns)
    if missing := header.missing(columns):
        raise SourceFormatError(
            f"no column {', '.join(map(repr, missing))}; the list has {', '.join(filter(None, header.names))}"
            f"{_meant(missing, header)}"
        )
    places = {name: _place(header, column) for name, column in columns.items()}
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=header.delimiter, strict=True)
    while (row := _next(rows)) is not None:
        locator = f"line {rows.line_num}"
        if rows.line_num <= header.line:
            continue
        if isinstance(row, csv.Error):
            yield BadRecord(locator, "unreadable_row", str(row), "")
        elif any(cell.strip() for cell in row):
            yield _record(locator, header.names, row, places)


def _header(text: str, columns: Mapping[str, str]) -> _Header:
    """The first row that holds all mapped names; else the one that holds the most of them."""
    best: _Header | None = None
    for delimiter in DELIMITERS:
        rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
        for _ in range(HEADER_SEARCH_ROWS):
            row = _next(rows)
            if row is None:
                break
            if isinstance(row, csv.Error) or not any(cell.strip() for cell in row):
                continue
            found = _Header(_trimmed(row), rows.line_num, delimiter)
            if not found.missing(columns):
                return found
            if best is None or len(found.missing(columns)) < len(best.missing(columns)):
                best = found
    if best is None:
        raise SourceFormatError("no header line: the list is empty")
    return best


def _meant(missing: Sequence[str], header: _Header) -> str:
    """The columns of the list whose names are near those that it lacks, as a question."""
    by_key = {_key(name): name for name in header.names if name}
    near = [nearest(_key(name), list(by_key)) for name in missing]
    return did_you_mean(*(repr(by_key[key]) for key in near if key))


def _place(header: _Header, column: str) -> int:
    places = [place for place, key in enumerate(header.keys) if key == _key(column)]
    if len(places) > 1:
        twins = " and ".join(f"{header.names[place]!r} (column {place + 1})" for place in places)
        raise SourceFormatError(f"{column!r} is mapped, and the list has more than one: {twins}")
    return places[0]


def _key(name: str) -> str:
    return heading_key(name.replace("\ufeff", ""))


def _trimmed(row: Sequence[str], width: int = 0) -> tuple[str, ...]:
    """Cells without their outer blanks, and without empty cells behind the first `width`."""
    cells = [cell.strip() for cell in row]
    while len(cells) > width and not cells[-1]:
        cells.pop()
    return tuple(cells)


def _next(rows: Iterator[list[str]]) -> list[str] | csv.Error | None:
    try:
        return next(rows, None)
    except csv.Error as error:
        return error


def _record(
    locator: str, header: Sequence[str], row: Sequence[str], places: Mapping[str, int]
) -> SourceRecord | BadRecord:
    printed = _trimmed(row, len(header))
    if len(printed) != len(header):
        detail = f"the row has {len(printed)} cells, the header {len(header)}"
        return BadRecord(locator, "wrong_number_of_cells", detail, ",".join(row)[:2000])
    raw = dict(zip(_numbered(header), printed, strict=True))
    cells = {name: printed[place] for name, place in places.items()}
    if not (cells.get("name1") or cells.get("organization")):
        return BadRecord(locator, "no_name", "the row has no name", repr(raw))
    setting = cells.get(SETTING, "")
    return SourceRecord(
        locator=locator,
        **{name: cells.get(name, "") for name in PLAIN},
        phones=(("main", cells["phone"]),) if cells.get("phone") else (),
        website=cells.get("website", ""),
        latitude=cells.get("latitude", ""),
        longitude=cells.get("longitude", ""),
        services=(ServiceMention(setting, SETTING, locator, 0, len(setting)),) if setting else (),
        external_ids=tuple((name, cells[name]) for name in IDENTIFIERS if cells.get(name)),
        raw=raw,
    )


def _numbered(names: Sequence[str]) -> Iterator[str]:
    """Names of columns, each once: "Notes", "Notes (2)"."""
    seen: Counter[str] = Counter()
    for name in names:
        seen[name] += 1
        yield name if seen[name] == 1 else f"{name} ({seen[name]})"


def _decode(content: bytes) -> str:
    marked = next((name for mark, name in BYTE_ORDER_MARKS if content.startswith(mark)), None)
    if marked:
        return content.decode(marked, errors="replace")
    head = content[:200]
    if head.count(0) > len(head) // 3:  # UTF-16 without its mark: of Latin letters, every other byte is 0
        return content.decode(
            "utf-16-le" if head[1::2].count(0) > head[::2].count(0) else "utf-16-be", errors="replace"
        )
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")

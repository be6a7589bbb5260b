"""SAMHSA National Directory workbook → records. One row a facility, one column of codes joined by spaces.

Both directories (substance use, mental health) and every edition since 2022 share the columns, in varying case
and order; some editions carry more of them. The key sheet is not needed: `service_codes.csv` knows the codes.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from functools import cache
from importlib.resources import files

from sources.records import BadRecord, ServiceMention, SourceFormatError, SourceRecord, heading_key
from sources.workbook import read_sheets

PLACED = (
    {"street1", "city", "state", "zip"},
    {"full_address"},
)  # the columns of an address, whole or in parts
CODES = "service_code_info"
INTAKES = ("intake1", "intake2", "intake1a", "intake2a")
CODE = re.compile(r"[^\s*,;|]+")
HEADER_SEARCH_ROWS = 20


def read_workbook(content: bytes) -> Iterator[SourceRecord | BadRecord]:
    """Every facility row of the workbook, in order; rows that are wholly blank are not rows.

    Raises SourceFormatError where the file is no workbook or no sheet has the directory's columns.
    """
    sheets = read_sheets(content)
    for name, rows in sheets:
        for top, row in enumerate(rows[:HEADER_SEARCH_ROWS]):
            columns = _columns(row)
            if columns.keys() >= {"name1", "phone"} and any(columns.keys() >= address for address in PLACED):
                yield from _facilities(name, rows, top, columns)
                return
    needed = "name1, phone, street1, city, state, zip (or full_address)"
    raise SourceFormatError(
        f"no sheet has the columns {needed}; sheets: {', '.join(name for name, _ in sheets)}"
    )


@cache
def _names() -> dict[str, str]:
    """Every heading of a column, folded → our name of it: editions differ (`directory_columns.csv`)."""
    text = files("sources").joinpath("directory_columns.csv").read_text(encoding="utf-8")
    rows = list(csv.DictReader(io.StringIO(text)))
    aliases = {alias.strip(): row["column"] for row in rows for alias in row["aliases"].split(";")}
    return aliases | {row["column"]: row["column"] for row in rows}


def _columns(row: Sequence[str]) -> dict[str, int]:
    """Our names of the columns → their numbers; of two with one name the one that is called so itself, then the first."""
    printed = {heading_key(cell): i for i, cell in reversed([*enumerate(row)]) if cell}
    found: dict[str, int] = {}
    for heading in sorted(printed, key=lambda heading: (heading not in _names().values(), printed[heading])):
        found.setdefault(_names().get(heading, heading), printed[heading])
    return found


def _facilities(
    sheet: str, rows: Sequence[Sequence[str]], top: int, columns: dict[str, int]
) -> Iterator[SourceRecord | BadRecord]:
    codes_column = columns.get(CODES)
    letter = _letter(codes_column) if codes_column is not None else ""
    for number, row in enumerate(rows[top + 1 :], start=top + 2):
        cells = {name: row[i] for name, i in columns.items() if i < len(row)}
        if not any(cells.values()):
            continue
        locator = f"{sheet}!{number}"
        if not cells.get("name1"):
            yield BadRecord(locator, "no_name", "the row has no name1", repr(cells))
            continue
        cell = f"{sheet}!{letter}{number}"
        yield SourceRecord(
            locator=locator,
            name1=cells["name1"],
            name2=cells.get("name2", ""),
            street1=cells.get("street1", ""),
            full_address="" if cells.get("street1") else cells.get("full_address", ""),
            street2=cells.get("street2", ""),
            city=cells.get("city", ""),
            state=cells.get("state", ""),
            zip=_zip(cells.get("zip", "")),
            phones=_phones(cells),
            website=cells.get("website", ""),
            latitude=cells.get("latitude", ""),
            longitude=cells.get("longitude", ""),
            services=tuple(
                ServiceMention(found[0], None, cell, *found.span())
                for found in CODE.finditer(cells.get(CODES, ""))
            ),
            raw=cells,
        )


def _phones(cells: dict[str, str]) -> tuple[tuple[str, str], ...]:
    intakes = dict.fromkeys(cells[k] for k in INTAKES if cells.get(k))
    main = (("main", cells["phone"]),) if cells.get("phone") else ()
    return main + tuple(("admissions", phone) for phone in intakes)


def _zip(printed: str) -> str:
    """Spreadsheets that hold ZIP codes as numbers lose the leading zeros of New England."""
    return printed.zfill(5) if printed.isdigit() and 3 <= len(printed) < 5 else printed


def _letter(column: int) -> str:
    """The spreadsheet's name of a column: 0 → A, 26 → AA."""
    name = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name

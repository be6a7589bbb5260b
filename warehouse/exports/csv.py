"""CSV that a spreadsheet opens without running it, and that reads back as it was.

Null is an empty cell, a list is joined by `; `, a list of structs is JSON, times are ISO 8601 in UTC.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from itertools import chain
from pathlib import Path
from typing import Any

from warehouse.exports.release_file import DIRECTORY, OpenRelease, iso
from warehouse.types import Type
from warehouse.unseen import without_acting

# A cell that starts like this is a formula to a spreadsheet (OWASP, "CSV Injection").
_FORMULA = re.compile(r"'*[=+\-@\t\r\n＝＋－＠]")
_MARKED = re.compile(r"''*[=+\-@\t\r\n＝＋－＠]")
_NUMBER = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?")  # also a telephone number in E.164, which must stay usable


def safe_cell(value: Any) -> Any:
    """Text that a spreadsheet would run as a formula, with an apostrophe before it; anything else as it is.

    Numbers and telephone numbers (`+16175550100`) run nothing and stay as they are. `plain_cell` is the inverse. Characters that act
    unseen on a terminal are left out (`warehouse.unseen`).
    """
    if not isinstance(value, str):
        return value
    if value[:1].isalnum() and value.isascii() and value.isprintable():
        return value  # nearly every text, and cheaper to see than that it is no formula
    value = without_acting(value)
    return f"'{value}" if _FORMULA.match(value) and not _NUMBER.fullmatch(value) else value


def plain_cell(text: str) -> str:
    """What `safe_cell` was given."""
    return text[1:] if _MARKED.match(text) else text


def cell(value: Any) -> Any:
    """A value of any column type as the text of a cell."""
    if value is None:
        return ""
    if isinstance(value, str):
        return safe_cell(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, date):
        return iso(value)
    if isinstance(value, list):
        if any(not isinstance(item, str) for item in value):
            return json.dumps(value, ensure_ascii=False)
        return safe_cell("; ".join(item.replace("\\", "\\\\").replace(";", "\\;") for item in value))
    return value


def parse_cell(text: str, type: Type) -> Any:
    """The value of a cell, by the type that the column's contract gives: the inverse of `cell`."""
    if text == "":
        return None
    if type.kind == "list" and type.item.kind != "text":
        return json.loads(text)
    if type.kind == "list":
        parts = re.split(r"(?<!\\)((?:\\\\)*); ", plain_cell(text))
        whole = [a + b for a, b in zip(parts[::2], [*parts[1::2], ""], strict=True)]
        return [re.sub(r"\\(.)", r"\1", part) for part in whole]
    if type.kind == "boolean":
        return text == "true"
    if type.kind == "timestamp":
        return datetime.fromisoformat(text.removesuffix("Z"))
    if type.kind == "date":
        return date.fromisoformat(text)
    if type.kind in ("integer", "bigint"):
        return int(text)
    return float(text) if type.kind == "double" else plain_cell(text)


def write_table(source: OpenRelease, sql: str, path: Path, *more: Iterable[tuple[Any, ...]]) -> int:
    """The answer of a query as a CSV file with a header (RFC 4180, UTF-8), and `more` rows of the same columns; gives the number
    of rows."""
    count = 0
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(source.names(sql))
        for row in chain(source.tuples(sql), *more):
            writer.writerow(map(cell, row))
            count += 1
    return count


def write_csv(source: OpenRelease, to: Path) -> Mapping[str, int]:
    """The table `directory` as one CSV file."""
    return {"directory": write_table(source, DIRECTORY, to)}

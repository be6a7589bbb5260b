"""Rows of pages by host: which are read together, and what a page then has of its sisters (`iop extract --by-site`)."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import BinaryIO
from urllib.parse import urlsplit

from pipeline.extract.reading import Reading
from pipeline.extract.site.inherit import with_site
from pipeline.extract.site.pages import PageReading

MOST_PAGES = 300  # of one host in memory; a larger site is read in parts of as many
UNDATED = datetime.min.replace(tzinfo=UTC)
_log = logging.getLogger(__name__)


def grouped(rows: BinaryIO) -> Iterator[list[tuple[int, bytes]]]:
    """Lines with their numbers, those of one host together, in order of the host's first row. A row without a readable
    `url` is alone. Of the file only where each line begins is kept in memory, and the lines of one group."""
    places: dict[str, list[tuple[int, int]]] = {}
    number = 0
    while True:
        offset, number = rows.tell(), number + 1
        if not (line := rows.readline()):
            break
        if line.strip():
            places.setdefault(_host(line) or f"line {number}", []).append((number, offset))
    for lines in places.values():
        for first in range(0, len(lines), MOST_PAGES):
            yield [(number, _line_at(rows, offset)) for number, offset in lines[first : first + MOST_PAGES]]


def _line_at(rows: BinaryIO, offset: int) -> bytes:
    rows.seek(offset)
    return rows.readline()


def _host(line: bytes) -> str | None:
    """The host of a row's `url`, without "www."; None where it has none or cannot be read."""
    try:
        given = json.loads(line.decode("utf-8-sig"))
        host = urlsplit(given["url"]).hostname
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None
    return host.removeprefix("www.") if host else None


def beside_sisters(readings: Sequence[Reading]) -> list[Reading]:
    """The readings of one site's pages with what each has of the others; as they are where they cannot be put together."""
    try:
        return with_site([PageReading(r, r.page.url or "", None, UNDATED) for r in readings])
    except Exception:  # one odd site never stops the others
        _log.exception("pages of %s are read one by one", readings[0].page.url)
        return list(readings)

"""The Census batch geocoder's two CSV dialects: the file that is sent, and the answer of each line.

Sent: id, street, city, state, ZIP code. Answered in any order: id, the address as sent, then `No_Match`, `Tie`, or `Match`
with Exact or Non_Exact, the matched address, "longitude,latitude", TIGER line, side of it and, of `geographies`, the codes of
state, county, tract and block (Census Geocoding Services API, "Batch Geocoding").
"""

from __future__ import annotations

import csv
import math
import re
from collections.abc import Sequence
from io import StringIO

from pipeline.geocode.addresses import StreetAddress
from pipeline.geocode.geocoder import Answer, Outcome

LOCATED, WITH_BLOCK = 8, 12  # columns of a match
UNPLACED = {"No_Match": Outcome.NO_MATCH, "Tie": Outcome.TIE}
_EXACT = {"Exact": True, "Non_Exact": False}
_BLOCK = re.compile(r"\d{15}")


def written(addresses: Sequence[StreetAddress]) -> bytes:
    """The file to send; a line's id is the position of its address."""
    text = StringIO()
    csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\n").writerows(
        (number, *address) for number, address in enumerate(addresses)
    )
    return text.getvalue().encode()


def read(answer: str, addresses: Sequence[StreetAddress]) -> dict[StreetAddress, Answer]:
    """What an answer says of the addresses that were sent, in their order. A line that cannot be understood, or was
    cut off, says nothing; a page of HTML says nothing at all."""
    found: dict[StreetAddress, Answer] = {}
    for line in answer.splitlines():
        try:
            cells = next(csv.reader([line], strict=True), [])
        except csv.Error:
            continue
        number = int(cells[0]) if cells and re.fullmatch(r"\d{1,9}", cells[0], re.ASCII) else -1
        told = _answer(cells)
        if told and 0 <= number < len(addresses):
            found.setdefault(addresses[number], told)
    return found


def _answer(cells: Sequence[str]) -> Answer | None:
    outcome = cells[2] if len(cells) > 2 else ""
    if outcome in UNPLACED:
        return Answer(UNPLACED[outcome])
    if outcome != "Match" or len(cells) not in (LOCATED, WITH_BLOCK) or cells[3] not in _EXACT:
        return None
    point = _point(cells[5])
    if point is None:
        return None
    block = "".join(cells[LOCATED:])
    return Answer(
        Outcome.MATCH,
        *point,
        is_exact=_EXACT[cells[3]],
        matched_address=cells[4] or None,
        block_geoid=block if _BLOCK.fullmatch(block) else None,
    )


def _point(cell: str) -> tuple[float, float] | None:
    """Latitude and longitude of "longitude,latitude"."""
    try:
        longitude, latitude = map(float, cell.split(","))
    except ValueError:
        return None
    return (latitude, longitude) if math.isfinite(latitude) and math.isfinite(longitude) else None

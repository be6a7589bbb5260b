"""An address in one cell → street, city, state, ZIP code, and what else stands in such cells: a point, a telephone number.

Read from its end: a ZIP code and a state are the anchor, whatever follows them is no part of the address, the city stands
before the state, and the street before the city, with a comma between them or without.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

from pipeline.normalize.phone import phones_in
from pipeline.normalize.place import find_zip, is_city, state_code, zip5, zip_fits_state
from sources.records import SourceRecord

_NUMBER = r"(-?\d{1,3}\.\d+)"
_POINT = re.compile(rf"\(?\s*{_NUMBER}\s*°?,\s*{_NUMBER}\s*°?\s*\)?")  # Socrata's "(42.1, -72.5)"
_WKT = re.compile(rf"POINT\s*\(\s*{_NUMBER}\s+{_NUMBER}\s*\)", re.IGNORECASE)  # longitude first
_PHONE_LABEL = re.compile(r"(?:\b(?:tele)?phone|\btel|\bph|\bcall|\bfax)\b[\s.:#]*$", re.IGNORECASE)
_COUNTRY = re.compile(
    r"[\s,]*\b(?:U\.?\s?S\.?\s?A\.?|U\.S\.|United States(?: of America)?)[\s,.]*$", re.IGNORECASE
)
_SEPARATOR = re.compile(r"\s*[,;|]\s*")
_ZIP = re.compile(r"\d{5}(?:[-–](?:\d{4})?)?")
_ZIP_AFTER_STATE = re.compile(r"\d{4,5}(?:\.0|[-–](?:\d{4})?)?")  # its zero may be lost
LONGEST_STATE = 4  # words: "Federated States of Micronesia"
LONGEST_CITY = 5


class FullAddress(NamedTuple):
    """What one cell says; "" (of the ZIP code None) where it does not. `state` is printed, `point` as printed too."""

    street: str
    city: str
    state: str
    zip: str | None
    phone: str = ""
    point: tuple[str, str] = ("", "")  # latitude, longitude


def spread(row: SourceRecord, state: str | None) -> SourceRecord:
    """The row with its parts in cells of their own; what a cell of its own says goes before. `state`: the source's."""
    if row.full_address:
        found = split_address(row.full_address, zip5(row.zip), state_code(row.state) or state)
        row = replace(
            row,
            street1=found.street,
            city=row.city or found.city,
            state=row.state or found.state,
            zip=row.zip or found.zip or "",
            phones=row.phones or ((("main", found.phone),) if found.phone else ()),
            latitude=row.latitude or found.point[0],
            longitude=row.longitude or found.point[1],
        )
    return _with_plain_city(row, state_code(row.state) or state)


def _with_plain_city(row: SourceRecord, state: str | None) -> SourceRecord:
    """ "Springfield, MA 01103" in the cell of the city, where that is the row's state."""
    if not row.city or (state and is_city(row.city, state)):
        return row
    found = split_address(row.city, zip5(row.zip))
    if not found.city or found.street or state_code(found.state) != (state or state_code(found.state)):
        return row
    return replace(row, city=found.city, state=row.state or found.state, zip=row.zip or found.zip or "")


def split_address(cell: str, code: str | None = None, state: str | None = None) -> FullAddress:
    """The parts of an address in one cell. `code`, `state`: its ZIP code and its state (postal code), where they are told
    elsewhere."""
    text, point = _without_point(cell)
    text, phone = _without_phone(text)
    words = _SEPARATOR.sub(" , ", _COUNTRY.sub("", text)).split()
    size, printed_state, printed_zip = _anchor(words, code)
    code = zip5(printed_zip) or code
    while size and words[size - 1] == ",":
        size -= 1
    street, city = _street_and_city(words[:size], state_code(printed_state) or state, code)
    return FullAddress(street, city, printed_state, code, phone, point)


def _without_point(text: str) -> tuple[str, tuple[str, str]]:
    for pattern, latitude, longitude in ((_WKT, 2, 1), (_POINT, 1, 2)):
        found = pattern.search(text)
        if found:
            return f"{text[: found.start()]} , {text[found.end() :]}", (found[latitude], found[longitude])
    return text, ("", "")


def _without_phone(text: str) -> tuple[str, str]:
    found = next(phones_in(text), None)
    if found is None:
        return text, ""
    return f"{_PHONE_LABEL.sub('', text[: found.start])} , {text[found.end :]}", text[found.start : found.end]


def _anchor(words: list[str], code: str | None) -> tuple[int, str, str]:
    """Words before the state (before the end, where there is none), the state and the ZIP code as printed.

    The last ZIP code with a state before it is the anchor; without one, the state that the words end with.
    """
    for end in range(len(words) - 1, 0, -1):
        if _ZIP_AFTER_STATE.fullmatch(words[end]):
            size, state = _state_before(words[:end], zip5(words[end]))
            if state:
                return size, state, words[end]
    while words and words[-1] == ",":
        words = words[:-1]
    if words and _ZIP.fullmatch(words[-1]):
        return len(words) - 1, "", words[-1]
    return *_state_before(words, code), ""


def _state_before(words: list[str], code: str | None) -> tuple[int, str]:
    """Words before the state that they end with, and the state: the one that the ZIP code is in, or else the longest."""
    end = len(words)
    while end and words[end - 1] == ",":
        end -= 1
    found = [
        (end - size, " ".join(words[end - size : end]))
        for size in range(min(LONGEST_STATE, end), 0, -1)
        if "," not in words[end - size : end] and state_code(" ".join(words[end - size : end]))
    ]
    fitting = [one for one in found if code and zip_fits_state(code, state_code(one[1]) or "")]
    return next(iter((*fitting, *found)), (len(words), ""))


def _street_and_city(words: list[str], state: str | None, code: str | None) -> tuple[str, str]:
    """The city is one of the ZIP code's, or what follows the last comma, or the longest name that the state has a city of."""
    for size in _cities(words, state, code):
        return _joined(words[:-size]), _joined(words[-size:])
    return _joined(words), ""


def _cities(words: list[str], state: str | None, code: str | None) -> Iterator[int]:
    """Numbers of words that a city at the end may have, the likeliest first."""
    known = find_zip(code)
    sizes = range(min(LONGEST_CITY, len(words)), 0, -1)
    names = {size: " ".join(words[-size:]) for size in sizes if "," not in words[-size:]}
    of_zip = {name.casefold() for name in known.cities} if known else set()
    yield from (size for size, name in names.items() if name.casefold() in of_zip)
    after = next((n for n, word in enumerate(reversed(words)) if word == ","), None)
    if after and not any(map(str.isdigit, "".join(words[-after:]))):
        yield after
    if state:
        yield from (size for size, name in names.items() if is_city(name, state))
    if after:
        yield after


def _joined(words: list[str]) -> str:
    return re.sub(r"(?:\s*,)+", ",", " ".join(words)).strip(" ,")

"""What became of the programs of one code between two editions of a directory, counted from the sheets alone."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from workbooks import printed_in

Address = tuple[str, str]  # street and city as printed
Row = dict[str, str]


@dataclass(frozen=True)
class ByHand:
    """Addresses by what became of them. `gone` and `new` are all that left and came, whatever the reason."""

    stayed: set[Address]
    gone: set[Address]
    new: set[Address]
    recoded_out: set[Address]  # gone: the sheet still has the address, without the code
    recoded_in: set[Address]
    moved: dict[
        Address, set[Address]
    ]  # new: those that are gone from which it was reached under the same telephone
    closed: set[Address]
    opened: set[Address]


def by_hand(old: Path, new: Path, state: str, code: str) -> ByHand:
    """The two sheets compared address by address, as they print them."""
    before, now = (printed_in(file, state) for file in (old, new))
    had, has = with_code(before, code), with_code(now, code)
    gone, came = places(had) - places(has), places(has) - places(had)
    out, in_ = gone & places(now), came & places(before)
    stays = places(has) & places(had)
    lines = {r["phone"].split()[0] for r in had + has if address(r) in stays and r["phone"].strip()}
    moved: dict[Address, set[Address]] = {}
    for row in has:
        number = row["phone"].split()[0]
        left = {address(r) for r in had if r["phone"].split()[0] == number} & (gone - out)
        if address(row) in came - in_ and left and number not in lines:
            moved[address(row)] = left
    left_for = set().union(*moved.values())
    return ByHand(stays, gone, came, out, in_, moved, gone - out - left_for, came - in_ - moved.keys())


def address(row: Row) -> Address:
    return row["street1"].strip(), row["city"].strip()


def places(rows: list[Row]) -> set[Address]:
    return {address(row) for row in rows}


def with_code(rows: list[Row], code: str) -> list[Row]:
    return [row for row in rows if code in row["service_code_info"].split()]

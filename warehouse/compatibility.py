"""Whether a contract breaks the readers of another: compared as releases carry it, in `contract_column`.

`contracts/baseline.csv` is the contract of the last tagged version; `python -m warehouse.compatibility` writes it anew
when the version goes up. A test compares it with the contracts of today.

Breaking: a table or column that is gone or has another type, a value that may now be missing, an enum with fewer
values. Adding tables, columns and enum values is not.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import duckdb

from warehouse.contracts import FOLDER, Contract, contract_version, release_tables
from warehouse.ddl import contract_rows

BASELINE = FOLDER / "baseline.csv"
Row = tuple[str, str, str, str | None, str | None]  # table, column, type, null meaning, allowed


@dataclass(frozen=True, slots=True)
class Breaking:
    """One change that a reader can trip over."""

    table: str
    column: str
    what: str


def breaking_changes(connection: duckdb.DuckDBPyConnection, old: str, new: str) -> list[Breaking]:
    """What breaks between the contracts of two attached releases, by database name."""
    query = "SELECT table_name, column_name, type, null_meaning, allowed FROM {}.contract_column ORDER BY ALL"
    before, after = (connection.execute(query.format(name)).fetchall() for name in (old, new))
    return compare(before, after)


def contract_shape(contracts: Mapping[str, Contract]) -> list[Row]:
    """The part of contracts that readers depend on, in the form that `compare` takes."""
    return [(row[0], row[1], row[3], row[5], row[7]) for row in contract_rows(contracts)]  # type: ignore[misc]


def compare(before: Sequence[Row], after: Sequence[Row]) -> list[Breaking]:
    """Breaking changes from one contract to the next."""
    now = {(row[0], row[1]): row for row in after}
    found = []
    for table, column, kind, null, allowed in before:
        row = now.get((table, column))
        if row is None:
            found.append(Breaking(table, column, "the column is gone"))
        elif row[2] != kind:
            found.append(Breaking(table, column, f"the type was {kind} and is {row[2]}"))
        elif null is None and row[3] is not None:
            found.append(Breaking(table, column, "a value was always there and may now be missing"))
        else:
            lost = _values(allowed) - _values(row[4])
            if lost and row[4]:
                found.append(Breaking(table, column, f"values are gone: {', '.join(sorted(lost))}"))
    return found


def _values(allowed: str | None) -> set[str]:
    """The values of an enum that is spelled out; vocabularies may grow and shrink with a release of their own."""
    return set(allowed.split("|")) if allowed and "|" in allowed else set()


def read_baseline() -> tuple[str, list[Row]]:
    """Version and shape of the last tagged contract."""
    with BASELINE.open(encoding="utf-8", newline="") as file:
        (_, version), *rows = csv.reader(file)
    return version, [
        (table, column, kind, null or None, codes or None) for table, column, kind, null, codes in rows
    ]


def write_baseline() -> None:
    """Tag the contracts of today."""
    with BASELINE.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["version", contract_version()])
        writer.writerows(contract_shape(release_tables()))


if __name__ == "__main__":
    write_baseline()

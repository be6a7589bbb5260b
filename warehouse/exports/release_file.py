"""How exports read a release: attached read-only under one name, with what it says of itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb

from warehouse.engine import threads
from warehouse.exports.errors import ExportError
from warehouse.exports.selection import ALL, Selection, narrow
from warehouse.sql import literal

ROWS = 1_000  # fetched at once
SERVICES = 500  # in a batch
BATCHES = f"""SELECT min(service_id) AS first, max(service_id) AS last
    FROM (SELECT service_id, (row_number() OVER (ORDER BY service_id) - 1) // {SERVICES} AS batch FROM service)
    GROUP BY batch ORDER BY batch"""
# Whether a service is in the batch, of which the variables tell; without them every service is.
IN_BATCH = """CREATE MACRO iop.main.in_batch(id) AS
    coalesce(id BETWEEN getvariable('first') AND getvariable('last'), TRUE)"""
DIRECTORY = "SELECT * FROM directory ORDER BY service_id, location_id"


@dataclass(frozen=True, slots=True)
class OpenRelease:
    """An open release. `built_at` is the moment that its ages are counted to, in UTC."""

    connection: duckdb.DuckDBPyConnection
    release: int
    built_at: datetime
    contract_version: str
    chosen: Selection = ALL

    @property
    def moment(self) -> str:
        """`built_at` as ISO 8601."""
        return iso(self.built_at)

    def rows(self, sql: str, **variables: str) -> Iterator[dict[str, Any]]:
        """The answer of a query, row by row, by column name. `variables` are what its `getvariable` gives."""
        cursor = self._ask(sql, variables)
        names = [column[0] for column in cursor.description or ()]
        yield from (dict(zip(names, row, strict=True)) for row in _fetched(cursor))

    def tuples(self, sql: str, **variables: str) -> Iterator[tuple[Any, ...]]:
        """As `rows`, without the names, which cost more than the rest where there are many rows."""
        yield from _fetched(self._ask(sql, variables))

    def batches(self) -> Iterator[dict[str, str]]:
        """The `first` and `last` of the services that fit in memory with all that is said of them: variables of `in_batch`."""
        yield from self.rows(BATCHES)

    def _ask(self, sql: str, variables: Mapping[str, str]) -> duckdb.DuckDBPyConnection:
        cursor = self.connection.cursor()
        cursor.execute("USE iop")
        for name, value in variables.items():
            cursor.execute(f"SET VARIABLE {name} = {literal(value)}")
        return cursor.execute(sql)

    def names(self, sql: str) -> Sequence[str]:
        """Column names of a query."""
        self.connection.execute(f"SELECT * FROM ({sql}) LIMIT 0")
        return [column[0] for column in self.connection.description or ()]


def _fetched(cursor: duckdb.DuckDBPyConnection) -> Iterator[tuple[Any, ...]]:
    while batch := cursor.fetchmany(ROWS):
        yield from batch
    cursor.close()


def iso(day: date) -> str:
    """A date, or a moment of the warehouse (UTC without a mark) with its mark, as ISO 8601."""
    return day.isoformat() + ("Z" if isinstance(day, datetime) else "")


def plain(value: Any) -> Any:
    """A value of a row as JSON has it: dates and moments as ISO 8601."""
    return iso(value) if isinstance(value, date) else value


@contextmanager
def open_release(release: Path, chosen: Selection = ALL) -> Iterator[OpenRelease]:
    """The release at a path, which may be the stable one: it is resolved first, so one version is read throughout. Its tables are of
    the chosen services alone.

    A release of an older contract is read in the shape of today's: exports are of today's contract.
    """
    from warehouse.contracts import release_tables  # slow to load, and `iop query` needs neither
    from warehouse.inputs import in_todays_shape

    path = release.resolve()
    if not path.is_file():
        raise ExportError(f"there is no release at {release}: run `iop run` first")
    with duckdb.connect(config={"threads": threads(path), "preserve_insertion_order": True}) as connection:
        try:
            connection.execute(f"ATTACH {literal(str(path))} AS release (READ_ONLY)")
            row = connection.execute(
                "SELECT release, built_at, contract_version FROM release.release_info"
            ).fetchone()
            connection.execute("ATTACH ':memory:' AS iop")
            if chosen:
                connection.execute("CREATE SCHEMA iop.whole")
            in_todays_shape(connection, "release", "iop.whole" if chosen else "iop.main", release_tables())
            if chosen:
                narrow(connection, "iop.whole", "iop.main", chosen, release_tables())
            connection.execute(IN_BATCH)
            connection.execute("USE iop")
        except duckdb.Error as error:
            raise ExportError(f"{release} cannot be read as a release: {error}") from error
        if row is None:
            raise ExportError(f"{release} does not say which release it is")
        number, built_at, version = row
        yield OpenRelease(connection, number, built_at, version, chosen)

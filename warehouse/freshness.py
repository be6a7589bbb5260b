"""How old a published release is *now*: facts against their days, sources against their cadence.

A release counts ages to the day it was built; these functions count them to any moment, so that a check fails as
time passes even though nothing is built. Limits are in `policy.toml`, `[sla]`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import duckdb

from warehouse.contracts import Contract, release_tables
from warehouse.engine import opened
from warehouse.policy import policy
from warehouse.sql import quoted


@dataclass(frozen=True, slots=True)
class FactAge:
    """Age of the chosen facts of one field. `within` is the share that was verified within the field's days."""

    field: str
    facts: int
    verify_days: int
    median_days: float
    p95_days: float
    within: float

    @property
    def ok(self) -> bool:
        return self.within >= float(policy()["sla"]["facts_within"])

    def __str__(self) -> str:
        return f"{self.within:.0%} of {self.facts:,} facts verified within {self.verify_days} days"


@dataclass(frozen=True, slots=True)
class SourceAge:
    """When a source last answered, against its cadence; `overdue_days` is None where it never answered."""

    source_id: str
    cadence_days: int
    last_success: datetime | None
    overdue_days: float | None

    @property
    def ok(self) -> bool:
        return (
            self.overdue_days is not None
            and self.overdue_days <= self.cadence_days * policy()["sla"]["cadence_grace"]
        )


@dataclass(frozen=True, slots=True)
class RowAge:
    """Age of the rows of one mart, by the day on which each was last verified. `within`: share younger than
    `expire_days`."""

    mart: str
    rows: int
    expire_days: int
    median_days: float | None
    within: float

    @property
    def ok(self) -> bool:
        return self.within >= float(policy()["sla"]["facts_within"])

    def __str__(self) -> str:
        return f"{self.within:.0%} of {self.rows:,} rows verified within {self.expire_days} days"


def row_ages(release: Path, now: datetime) -> list[RowAge]:
    """Ages at `now` (UTC) of every mart that dates its rows (`last_verified`); the others are counts of those."""
    expire = int(policy()["freshness"]["expire_days"])
    dated = [
        contract.table
        for contract in release_tables().values()
        if contract.layer == "mart" and _dates_what_is(contract)
    ]
    with opened(release) as connection:
        return [RowAge(mart, *_rows(connection, mart, expire, now)) for mart in dated]


def _dates_what_is(contract: Contract) -> bool:
    """Whether its rows are dated, and speak of now: history grows old by its nature."""
    names = {column.name for column in contract.columns}
    return "last_verified" in names and "valid_to" not in names


def _rows(
    connection: duckdb.DuckDBPyConnection, mart: str, expire: int, now: datetime
) -> tuple[int, int, float | None, float]:
    """Rows, days, median of ages, share within the days; an empty mart has nothing stale."""
    row = connection.execute(
        f"""SELECT count(*), median(age), count(*) FILTER (age <= $expire) / greatest(count(*), 1)
        FROM (SELECT date_diff('day', last_verified, $now)::DOUBLE AS age FROM {quoted(mart)})""",
        {"now": now.replace(tzinfo=None), "expire": expire},
    ).fetchone()
    rows, middle, within = row or (0, None, 0.0)
    return rows, expire, middle, within if rows else 1.0


def fact_ages(release: Path, now: datetime) -> list[FactAge]:
    """Ages by field at `now` (UTC), the worst first."""
    with opened(release) as connection:
        rows = connection.execute(
            """SELECT field, count(*), any_value(verify_days), median(age), quantile_cont(age, 0.95),
                count(*) FILTER (age <= verify_days) / count(*) AS within
            FROM (SELECT field, date_diff('day', last_verified, $now)::DOUBLE AS age FROM claim WHERE chosen)
            JOIN vocabulary_field USING (field)
            GROUP BY field ORDER BY within, field""",
            {"now": now.replace(tzinfo=None)},
        ).fetchall()
    return [FactAge(*row) for row in rows]


def source_ages(release: Path, now: datetime) -> list[SourceAge]:
    """Sources with a cadence at `now` (UTC), the most overdue first. Local files have none."""
    with opened(release) as connection:
        rows = connection.execute(
            """SELECT source_id, cadence_days, last_success,
                date_diff('minute', last_success, $now) / 1440.0 - cadence_days AS overdue
            FROM source_health WHERE cadence_days IS NOT NULL AND status <> 'local'
            ORDER BY overdue DESC NULLS FIRST, source_id""",
            {"now": now.replace(tzinfo=None)},
        ).fetchall()
    return [SourceAge(*row) for row in rows]

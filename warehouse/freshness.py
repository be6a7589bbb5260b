"""How old a published release is *now*: facts against their days, sources against their cadence.

A release counts ages to the day it was built; these functions count them to any moment, so that a check fails as
time passes even though nothing is built. Limits are in `policy.toml`, `[sla]`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import duckdb

from warehouse.policy import policy
from warehouse.sql import literal


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


def fact_ages(release: Path, now: datetime) -> list[FactAge]:
    """Ages by field at `now` (UTC), the worst first."""
    with _open(release) as connection:
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
    with _open(release) as connection:
        rows = connection.execute(
            """SELECT source_id, cadence_days, last_success,
                date_diff('minute', last_success, $now) / 1440.0 - cadence_days AS overdue
            FROM source_health WHERE cadence_days IS NOT NULL AND status <> 'local'
            ORDER BY overdue DESC NULLS FIRST, source_id""",
            {"now": now.replace(tzinfo=None)},
        ).fetchall()
    return [SourceAge(*row) for row in rows]


def _open(release: Path) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    connection.execute(f"ATTACH {literal(str(release))} AS release (READ_ONLY)")
    connection.execute("USE release")
    return connection

"""When the clock alone changes what a release says: a fact passes a limit of freshness, a source is late.

Which value is chosen does not depend on the day of the build (`age_then` in the models), ages and confidence are no news
(`moving.csv`), and days are counted from midnight to midnight, in UTC. So until the next of these moments a build of the
same says the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

import duckdb

from warehouse.contracts import Contract
from warehouse.policy import policy
from warehouse.sql import quoted

# A fact passes a limit on the day after so many; any statement may be the newest of some fact.
LIMITS = """SELECT day + unnest([verify_days, verify_days + getvariable('grace_days'), getvariable('expire_days')])::INTEGER + 1
    FROM (SELECT DISTINCT least(o.observed_at, s.published)::DATE AS day, f.verify_days
        FROM observation o JOIN source s USING (source_id) JOIN vocabulary_field f USING (field)
        WHERE o.claim_id IS NOT NULL)"""
LATE = "SELECT last_success + to_days(cadence_days) FROM source_health WHERE status IN ('healthy', 'silent')"
# What the build dates itself: it has no date, or one that is still to come.
DATED = """SELECT EXISTS (FROM observation WHERE observed_at >= getvariable('now'))
    OR EXISTS (FROM quarantine WHERE observed_at >= getvariable('now'))"""


def next_change(
    connection: duckdb.DuckDBPyConnection, contracts: Mapping[str, Contract], now: datetime
) -> datetime | None:
    """The first moment after `now` (UTC) at which a build of the same would say something else than the one that ends in the
    current database, or its audit might; None: never. It may be too early, and is never too late."""
    changes = [LIMITS, LATE, *_too_old(contracts)]
    moments = [
        _one(
            connection,
            f"SELECT min(moment)::TIMESTAMP FROM ({change}) AS changes (moment) WHERE moment > getvariable('now')",
        )
        for change in changes
    ]
    if _one(connection, DATED):
        moments.append(now + timedelta(hours=policy()["release"]["dates_hours"]))
    return min(filter(None, moments), default=None)


def _too_old(contracts: Mapping[str, Contract]) -> list[str]:
    """When rows become too old for a check of their contract."""
    return [
        f"SELECT {quoted(check.options['column'])} + to_days({int(check.options['max_age_days'])}) FROM {quoted(contract.table)}"
        for contract in contracts.values()
        for check in contract.checks
        if check.kind == "freshness"
    ]


def _one(connection: duckdb.DuckDBPyConnection, query: str) -> datetime | None:
    row = connection.execute(query).fetchone()
    return row[0] if row else None

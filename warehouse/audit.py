"""The audit of a release before it is published: every contract rule, and how it stands to the previous release."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from warehouse.checks import contract_checks
from warehouse.contracts import Contract, contract_version, release_tables
from warehouse.drift import drift_checks
from warehouse.engine import opened
from warehouse.findings import AuditReport, Finding
from warehouse.sanity import sanity_checks
from warehouse.sql import literal

__all__ = ["AuditReport", "Finding", "audit"]


def audit(
    candidate: Path,
    previous: Path | None,
    now: datetime,
    *,
    contracts: Mapping[str, Contract] | None = None,
    version: str | None = None,
) -> AuditReport:
    """Check a built release against its contracts and against the previous release, at the time `now`.

    Reads only, and does not raise for what the data are like: that is in the report. `contracts` and `version` are
    those of the project unless given.
    """
    with opened(candidate, "candidate") as connection:
        if previous:
            connection.execute(f"ATTACH {literal(str(previous))} AS previous (READ_ONLY)")
        outcomes = [
            *contract_checks(connection, contracts or release_tables(), now),
            *sanity_checks(connection, now),
            *(drift_checks(connection, version or contract_version()) if previous else ()),
        ]
    return AuditReport(candidate, len(outcomes), tuple(found for found in outcomes if found))

"""Drift kept in the release that it is of: what differs from the release before, and what a person accepted."""

from __future__ import annotations

import duckdb

from warehouse.build import STORAGE_VERSION
from warehouse.engine import opened, threads
from warehouse.findings import Acceptance, AuditReport, Finding
from warehouse.sql import insert_rows, literal

Key = tuple[str, str, str, str]


def record_drift(report: AuditReport) -> None:
    """Write what the audit of a built, unpublished file says of its drift into the file's table `drift`."""
    rows = [
        (f.check, f.table, f.column, f.sample, f.severity, f.rows, f.message, *_accepted(f))
        for f in report.drift
    ]
    with duckdb.connect(config={"threads": threads(report.path)}) as connection:
        file = f"{literal(str(report.path))} AS candidate (STORAGE_VERSION {literal(STORAGE_VERSION)})"
        connection.execute(f"ATTACH {file}")
        connection.execute("DELETE FROM candidate.drift")
        if rows:
            connection.execute(insert_rows("candidate.drift", rows))


def as_recorded(report: AuditReport) -> AuditReport:
    """The report with all accepted that its file's table `drift` says was."""
    with opened(report.path, "candidate") as connection:
        rows = connection.execute(
            """SELECT "check", table_name, column_name, about, accepted_by, accepted_why, accepted_at
            FROM candidate.drift WHERE accepted_by IS NOT NULL"""
        ).fetchall()
    found: dict[Key, Acceptance] = {(a, b, c, d): Acceptance(*rest) for a, b, c, d, *rest in rows}
    return report.accept(lambda finding: found.get(_key(finding)))


def _key(finding: Finding) -> Key:
    return finding.check, finding.table, finding.column, finding.sample


def _accepted(finding: Finding) -> tuple[object, ...]:
    given = finding.accepted
    return (given.by, given.why, given.at) if given else (None, None, None)

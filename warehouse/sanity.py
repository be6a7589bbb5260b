"""What must be so of any release, whatever came before: no personal data, sane matching, sources that are read.

The limits are in `policy.toml`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta

import duckdb

from warehouse.findings import Finding, Outcomes, example
from warehouse.people.names import Kind, told
from warehouse.policy import policy
from warehouse.rules import mail, may_hold_mail, sign_of_mail
from warehouse.sql import quoted

Connection = duckdb.DuckDBPyConnection


def sanity_checks(connection: Connection, now: datetime) -> Outcomes:
    """What must be so of any release, whatever came before."""
    yield from _mail(connection)
    yield _people(connection)
    limits = policy()["matching"]
    for kind, most, what in (
        ("location", limits["max_listings_per_location"], "listings are one location"),
        ("organization", limits["max_listings_per_organization"], "listings are one organization"),
    ):
        # few have so many rows, and only theirs need to be told apart
        row = connection.execute(
            f"""SELECT entity_id, count(DISTINCT listing_id) AS n FROM crosswalk SEMI JOIN (
                SELECT entity_id FROM crosswalk WHERE entity_type = '{kind}' GROUP BY ALL HAVING count(*) > {most}
            ) USING (entity_id) WHERE entity_type = '{kind}'
            GROUP BY ALL HAVING n > {most} ORDER BY n DESC, entity_id LIMIT 1"""
        ).fetchone()
        if row is None:
            yield None
            continue
        cause = "a chain over a shared phone is the usual cause; part it with different.csv"
        message, remedy = f"{row[1]:,} {what}", f"Read `iop explain {row[0]}`: {cause}"
        yield Finding("matching", "warning", "crosswalk", "entity_id", row[1], row[0], message, remedy)
    yield _unlinked(connection)
    yield _late(connection)
    yield _clock(connection, now.replace(tzinfo=None))


def _clock(connection: Connection, now: datetime) -> Finding | None:
    built = (connection.execute("SELECT max(built_at) FROM release_info").fetchone() or (None,))[0]
    if built and abs(now - built) < timedelta(days=1):
        return None
    message = f"the file was not built today ({now:%Y-%m-%d})"
    remedy = "Build again: ages in a release are counted to the day it was built"
    return Finding("clock", "warning", "release_info", "built_at", 1, str(built), message, remedy)


def _unlinked(connection: Connection) -> Finding | None:
    """Listings that matching lost: every published listing belongs to an organization or a location."""
    lost = "FROM listing ANTI JOIN crosswalk USING (listing_id)"
    rows = (connection.execute(f"SELECT count(*) {lost}").fetchone() or (0,))[0]
    if not rows:
        return None
    sample = connection.execute(f"SELECT listing_id {lost} ORDER BY ALL LIMIT 1").fetchone()
    message = "the listing is in no entity"
    remedy = "Run the matching again on these stage tables: crosswalk and listings are of different runs"
    return Finding("matching", "error", "listing", "listing_id", rows, example(sample), message, remedy)


def _late(connection: Connection) -> Finding | None:
    """Sources that are not read as often as agreed."""
    bad = "status IN ('late', 'failing', 'silent', 'never_read')"
    rows, total = connection.execute(
        f"SELECT count(*) FILTER ({bad}), count(*) FROM source_health WHERE status <> 'local'"
    ).fetchone() or (0, 0)
    if rows <= policy()["sources"]["warn_late"] * total:
        return None
    sample = connection.execute(
        f"SELECT source_id, status FROM source_health WHERE {bad} ORDER BY overdue_days DESC NULLS FIRST, source_id"
    ).fetchone()
    message = f"{rows} of {total} sources are late, failing, silent or were never read"
    remedy = "See `SELECT * FROM source_health WHERE status <> 'healthy'`"
    return Finding("freshness", "warning", "source_health", "status", rows, example(sample), message, remedy)


def _mail(connection: Connection) -> Outcomes:
    """No e-mail address in any text of the release, addresses of pages apart. Views say what the tables do."""
    tables: dict[str, dict[str, str]] = {}
    for table, column, kind in connection.execute(
        """SELECT table_name, column_name, data_type FROM duckdb_columns()
        SEMI JOIN duckdb_tables() USING (database_name, table_name) WHERE database_name = current_database()
            AND table_name NOT IN ('contract_column', 'release_info') AND NOT starts_with(table_name, 'vocabulary')"""
    ).fetchall():
        if may_hold_mail(column, kind):
            tables.setdefault(table, {})[column] = kind
    message = "the text holds an e-mail address"
    remedy = "Pass the column through work.public_words in the model that fills it"
    for table, columns in sorted(tables.items()):
        suspect = _with_at(connection, table, columns)
        yield from [None] * (len(columns) - len(suspect))
        for column, rows in zip(suspect, _count(connection, table, suspect.values()), strict=True):
            found = Finding("privacy", "error", table, column, rows, "(not shown)", message, remedy)
            yield found if rows else None


def _with_at(connection: Connection, table: str, columns: Mapping[str, str]) -> dict[str, str]:
    """The rules of columns that hold the sign at all: to prepare the rules costs more than to read a small release."""
    signs = _count(connection, table, [sign_of_mail(*column) for column in columns.items()])
    found = [column for column, rows in zip(columns.items(), signs, strict=True) if rows]
    return {column: mail(column, kind) for column, kind in found}


def _count(connection: Connection, table: str, rules: Collection[str]) -> Sequence[int]:
    """Rows of a table that fulfil each rule."""
    if not rules:
        return ()
    counted = ", ".join(f"count_if({rule})" for rule in rules)
    return connection.execute(f"SELECT {counted} FROM {quoted(table)}").fetchone() or ()


def _people(connection: Connection) -> Finding | None:
    """Clinicians listed under their own names and degrees."""
    named = """SELECT organization_id AS id, name FROM organization UNION ALL SELECT service_id, name FROM service
        UNION ALL SELECT location_id, name FROM location ORDER BY ALL"""
    found = [
        id for id, name in connection.execute(named).fetchall() if name and told(name).kind is Kind.PERSON
    ]
    if not found:
        return None
    message = "the name is a clinician's, with a degree"
    remedy = "models/10_admission.sql leaves such listings out: look at how this name came in"
    return Finding("privacy", "error", "organization", "name", len(found), found[0], message, remedy)

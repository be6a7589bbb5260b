"""How a release stands to the one before: volume, extraction rates, staleness, vanished entities, the contract itself.

The limits are in `policy.toml`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import NamedTuple

import duckdb

from warehouse.compatibility import breaking_changes
from warehouse.editions import edition_checks, find_editions
from warehouse.findings import Finding, Outcomes, example
from warehouse.policy import policy

Connection = duckdb.DuckDBPyConnection

# By group: its rows, and those of them that nothing but new editions of sources speaks of (a source is judged as a whole).
VOLUME = {
    ("listing", "source_id"): "SELECT source_id, count(*), 0 FROM {side}.listing GROUP BY ALL",
    ("listing", "state"): "SELECT coalesce(state, 'no state') AS name, count(*), count(edition) "
    "FROM {side}.listing LEFT JOIN renewed USING (source_id) GROUP BY name",
    ("directory", "level_of_care, state"): "SELECT concat_ws(' ', level_of_care, state) AS name, count(*), "
    "count(entity_id) FROM {side}.directory LEFT JOIN {side}_of_editions ON entity_id = service_id GROUP BY name",
}
ACCEPT = "If the change is real: `iop run --accept drift --why …`"
VOLUME_REMEDY = (
    "Look at `source_health` and `quarantine` for the source: a blocked site or a changed layout is the usual cause. "
    + ACCEPT
)


class Group(NamedTuple):
    """Rows of a group, and those that nothing but new editions speaks of."""

    rows: int = 0
    of_editions: int = 0


def drift_checks(connection: Connection, version: str) -> Outcomes:
    """Against the release attached as `previous`."""
    yield from _contract(connection, version)
    find_editions(connection)
    for found in (
        *edition_checks(connection),
        *_volume(connection),
        *_extraction(connection),
        _stale(connection),
        _vanished(connection),
    ):
        yield replace(found, drift=True) if found else None


def _contract(connection: Connection, version: str) -> Outcomes:
    row = connection.execute("SELECT contract_version FROM previous.release_info").fetchone()
    if row is None or row[0].split(".")[0] != version.split(".")[0]:
        yield None  # a new major says so itself
        return
    broken = breaking_changes(connection, "previous", "candidate")
    remedy = "Keep the old column beside the new one, or raise the major version in contracts/version.toml"
    for change in broken:
        message = f"breaks readers of contract {row[0]}: {change.what}"
        yield Finding("contract", "error", change.table, change.column, 0, "", message, remedy)
    if not broken:
        yield None


def _volume(connection: Connection) -> Outcomes:
    for (table, column), query in VOLUME.items():
        before, after = (
            {name: Group(*counts) for name, *counts in connection.execute(query.format(side=side)).fetchall()}
            for side in ("previous", "candidate")
        )
        findings = list(_changed(table, column, before, after))
        yield from findings
        if not findings:
            yield None


def _changed(
    table: str, column: str, before: Mapping[str, Group], after: Mapping[str, Group]
) -> Iterator[Finding]:
    limits = policy()["volume"]
    for group, was in sorted(before.items()):
        old, now = was.rows, after.get(group, Group())
        new = now.rows
        if old < limits["small"]:
            continue
        drop = 1 - new / old
        if drop > limits["warn_drop"]:
            severity = "error" if _too_much(was, now) else "warning"
            message = f"{old - new:,} of {old:,} rows are gone since the previous release ({drop:.0%})"
            if was.of_editions:
                message += ", in which a source has a new edition"
        elif new > old * (1 + limits["warn_growth"]):
            severity, message = "warning", f"rows grew from {old:,} to {new:,} since the previous release"
        else:
            continue
        yield Finding("volume", severity, table, column, new, group, message, VOLUME_REMEDY)


def _too_much(was: Group, now: Group) -> bool:
    """Whether a loss stops the release: of a small group, what an edition dropped does not until next to nothing is left."""
    edition = policy()["edition"]
    most: float = policy()["volume"]["stop_drop"] * was.rows
    lost = was.rows - now.rows
    if not was.of_editions or was.rows >= edition["large"]:
        return lost > most
    steadily_lost = lost - (was.of_editions - now.of_editions)
    dropped: float = edition["stop_drop"] * was.rows
    return steadily_lost > most or lost > dropped


def _extraction(connection: Connection) -> Outcomes:
    limits = policy()["extraction"]
    rows = connection.execute(
        """SELECT p.source_id, p.field, p.rate, coalesce(c.rate, 0) AS now_rate, coalesce(c.found, 0)
        FROM previous.extraction_rate p
        JOIN (SELECT DISTINCT source_id FROM candidate.listing) s USING (source_id)
        LEFT JOIN candidate.extraction_rate c USING (source_id, field)
        WHERE p.listings >= ? AND p.found >= ? / 2 AND now_rate < p.rate * (1 - ?)
        ORDER BY now_rate / p.rate, p.source_id, p.field""",
        [limits["small"], limits["small"], limits["warn_drop"]],
    ).fetchall()
    remedy = "Compare a page of the source with the archive: changed layout, or a reader that broke (`iop inspect`). "
    remedy += ACCEPT
    for source, field, before, now, found in rows:
        severity = "error" if now < before * (1 - limits["stop_drop"]) else "warning"
        message = f"found in {now:.0%} of the listings of {source}, before in {before:.0%}"
        yield Finding("extraction", severity, "observation", field, found, source, message, remedy)
    if not rows:
        yield None


def _stale(connection: Connection) -> Finding | None:
    limits = policy()["stale"]
    share = "SELECT count(*) FILTER (freshness IN ('stale', 'expired')) / greatest(count(*), 1), count(*) FILTER (freshness IN ('stale', 'expired')) FROM {db}.claim WHERE chosen"
    before, _ = connection.execute(share.format(db="previous")).fetchone() or (0, 0)
    now, rows = connection.execute(share.format(db="candidate")).fetchone() or (0, 0)
    if now - before <= limits["warn_rise"]:
        return None
    oldest = connection.execute(
        "SELECT source_id, count(*) AS n FROM claim WHERE chosen AND freshness IN ('stale', 'expired') "
        "GROUP BY ALL ORDER BY n DESC, source_id LIMIT 1"
    ).fetchone()
    severity = "error" if now - before > limits["stop_rise"] else "warning"
    message = f"{now:.0%} of the facts are stale or expired, {before:.0%} in the previous release"
    remedy = (
        f"Sources are not being read: see `source_health`, run them, or take up a newer edition. {ACCEPT}"
    )
    return Finding("freshness", severity, "claim", "freshness", rows, example(oldest), message, remedy)


def _vanished(connection: Connection) -> Finding | None:
    limits = policy()["matching"]
    # What a new edition dropped is judged with its source. An id that lost a record which is still there is not of that.
    gone = """FROM (
            SELECT x.entity_id, bool_and(r.edition IS NOT NULL AND c.entity_id IS NULL) AS dropped
            FROM previous.crosswalk x LEFT JOIN previous.listing USING (listing_id) LEFT JOIN renewed r USING (source_id)
            LEFT JOIN candidate.crosswalk c ON c.entity_type = x.entity_type AND c.listing_id = x.listing_id
                AND c.service_key IS NOT DISTINCT FROM x.service_key
            GROUP BY x.entity_id) p
        ANTI JOIN (SELECT DISTINCT entity_id FROM candidate.crosswalk) c USING (entity_id)
        LEFT JOIN candidate.ledger l ON l.entity_id = p.entity_id
        WHERE l.redirect_to IS NULL AND NOT dropped"""
    rows, total = connection.execute(
        f"SELECT (SELECT count(*) {gone}), (SELECT count(DISTINCT entity_id) FROM previous.crosswalk)"
    ).fetchone() or (0, 0)
    if rows <= limits["warn_vanished"] * total:
        return None
    sample = connection.execute(f"SELECT p.entity_id {gone} ORDER BY ALL LIMIT 1").fetchone()
    severity = "error" if rows > limits["stop_vanished"] * total else "warning"
    message = f"{rows / total:.0%} of the entities of the previous release are gone without a redirect"
    remedy = f"Was the identity ledger of the previous release given to the matching? Then look for lost sources. {ACCEPT}"
    return Finding("matching", severity, "crosswalk", "entity_id", rows, example(sample), message, remedy)

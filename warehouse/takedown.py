"""What a takedown means outside the release that is built: for the ledger of ids, for older releases, for what is exported.

A release that speaks of what was taken down is not kept, whoever wanted it kept: a rollback would publish it again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path

from warehouse.engine import opened
from warehouse.overrides import Takedown, load_overrides
from warehouse.policy import TAKEN
from warehouse.sql import literal, quoted

# Which rows of a release are of an id, by table; `{ids}` is a list of SQL.
SPEAKS = {
    "crosswalk": "entity_id IN {ids} OR listing_id IN {ids} OR listing_id || '#' || service_key IN {ids}",
    "listing": "listing_id IN {ids}",
    "changes": "entity_id IN {ids}",
    "directory_history": "service_id IN {ids} OR location_id IN {ids} OR organization_id IN {ids}",
    "ledger": "entity_id IN {ids} AND label IS NOT NULL",
}


def taken_ids(overrides: Path) -> list[str]:
    """The ids of `takedown.csv`. Raises OverrideError."""
    return [row.id for row in load_overrides(overrides).of(Takedown)]


def member_mark(member: str) -> str:
    """How the ledger of a release names a record that was taken down (`models/10_admission.sql`)."""
    return TAKEN + hashlib.sha256(member.encode()).hexdigest()[:16]


def with_records(members: Iterable[str] | None, marked: Mapping[str, str]) -> list[str] | None:
    """Members of the ledger with those marked that are known, by their marks, named again."""
    return None if members is None else [marked.get(member, member) for member in members]


def with_redirects(ids: Collection[str], redirects: Iterable[tuple[str, str]]) -> set[str]:
    """The ids, what stands for them now, and what these stand for, by (id, id that stands for it)."""
    known, pairs = set(ids), list(redirects)
    while more := {one for pair in pairs if known & set(pair) for one in pair} - known:
        known |= more
    return known


def speaks_of(release: Path, ids: Collection[str]) -> bool:
    """Whether a release holds anything of these ids."""
    listed = f"({', '.join(map(literal, sorted(ids)))})"
    with opened(release) as connection:
        tables = {name for (name,) in connection.execute("SELECT table_name FROM duckdb_tables()").fetchall()}
        found = [
            f"EXISTS (FROM {quoted(table)} WHERE {rows.format(ids=listed)})"
            for table, rows in SPEAKS.items()
            if table in tables
        ]
        row = connection.execute(f"SELECT {' OR '.join(found)}").fetchone()
    return bool(row and row[0])


def redirects_of(release: Path) -> list[tuple[str, str]]:
    """Of the ledger of a release: ids, and what stands for them."""
    with opened(release) as connection:
        return connection.execute(
            "SELECT entity_id, redirect_to FROM ledger WHERE redirect_to IS NOT NULL ORDER BY ALL"
        ).fetchall()

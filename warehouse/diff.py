"""What differs between two releases, for people: rows, entities that came or went, facts by field, and examples."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

from warehouse.engine import threads
from warehouse.sql import literal, quoted

if TYPE_CHECKING:
    from rich.console import Group

EXAMPLES = 15

FACTS = """CREATE OR REPLACE TEMP TABLE {side}_fact AS
    SELECT entity_type, entity_id, field,
        array_to_string(list_sort(list(value || coalesce(' (' || qualifier || ')', ''))), '; ') AS said
    FROM {side}.claim WHERE chosen GROUP BY ALL"""
NAMES = """CREATE OR REPLACE TEMP TABLE names AS
    SELECT * FROM (
        SELECT organization_id AS id, name FROM {side}.organization
        UNION ALL SELECT location_id, coalesce(name, organization_name)
            FROM (SELECT l.location_id, l.name, o.name AS organization_name
                FROM {side}.location l LEFT JOIN {side}.organization o USING (organization_id))
        UNION ALL SELECT service_id, concat_ws(', ', o.name, coalesce(s.name, s.level_of_care))
            FROM {side}.service s LEFT JOIN {side}.organization o USING (organization_id))"""
CHANGED = """CREATE OR REPLACE TEMP TABLE changed AS
    SELECT coalesce(a.entity_type, b.entity_type) AS entity_type, entity_id, field, a.said AS old, b.said AS new
    FROM a_fact a FULL JOIN b_fact b USING (entity_id, field)
    WHERE a.said IS DISTINCT FROM b.said
        AND entity_id IN (SELECT entity_id FROM a.crosswalk) AND entity_id IN (SELECT entity_id FROM b.crosswalk)"""


@dataclass(frozen=True, slots=True)
class Change:
    """One fact that reads differently: `old` or `new` is None where there was or is nothing."""

    entity_type: str
    entity_id: str
    name: str | None
    field: str
    old: str | None
    new: str | None


@dataclass(frozen=True, slots=True)
class Diff:
    """The difference from release `a` to release `b`."""

    a: int
    b: int
    rows: dict[str, tuple[int, int]]  # table: rows in a, rows in b; only where they differ
    entities: dict[str, tuple[int, int]]  # kind: came, went
    fields: dict[tuple[str, str], tuple[int, int, int]]  # (kind, field): added, removed, changed
    examples: tuple[Change, ...]

    def __rich__(self) -> Group:
        from rich.console import Group
        from rich.markup import escape
        from rich.table import Table

        head = Table("", "came", "went", title=f"Release {self.a:d} → {self.b:d}", title_justify="left")
        for kind, (came, went) in self.entities.items():
            head.add_row(escape(kind), f"{came:,}", f"{went:,}")
        rows = Table("table", f"rows in {self.a:d}", f"rows in {self.b:d}")
        for table, (before, after) in self.rows.items():
            rows.add_row(escape(table), f"{before:,}", f"{after:,}")
        fields = Table("fact", "added", "removed", "changed")
        for (kind, field), counts in self.fields.items():
            fields.add_row(escape(f"{kind}.{field}"), *(f"{n:,}" for n in counts))
        examples = Table("of", "fact", "was", "is")
        for change in self.examples:
            name = f"{escape(change.name or '')} [dim]{escape(change.entity_id)}[/dim]"
            examples.add_row(name, escape(change.field), escape(change.old or "—"), escape(change.new or "—"))
        return Group(head, *(part for part in (rows, fields, examples) if part.row_count))


def diff(a: Path, b: Path, *, examples: int = EXAMPLES) -> Diff:
    """Compare two release files, older first. Reads only."""
    with duckdb.connect(config={"threads": threads(a, b)}) as connection:
        for name, path in (("a", a), ("b", b)):
            connection.execute(f"ATTACH {literal(str(path))} AS {name} (READ_ONLY)")
            connection.execute(FACTS.format(side=name))
        connection.execute(CHANGED)
        connection.execute(NAMES.format(side="b"))
        a_number, b_number = (
            connection.execute(f"SELECT release FROM {side}.release_info").fetchone() for side in "ab"
        )
        fields = connection.execute(
            """SELECT entity_type, field, count(*) FILTER (old IS NULL), count(*) FILTER (new IS NULL),
                count(*) FILTER (old IS NOT NULL AND new IS NOT NULL)
            FROM changed GROUP BY ALL ORDER BY count(*) DESC, entity_type, field"""
        ).fetchall()
        shown = connection.execute(
            """SELECT entity_type, entity_id, name, field, old, new
            FROM changed LEFT JOIN names ON id = entity_id
            QUALIFY row_number() OVER (PARTITION BY field ORDER BY entity_id) <= 3
            ORDER BY field, entity_id LIMIT ?""",
            [examples],
        ).fetchall()
        return Diff(
            a=a_number[0] if a_number else 0,
            b=b_number[0] if b_number else 0,
            rows=dict(_rows(connection)),
            entities=dict(_entities(connection)),
            fields={(row[0], row[1]): (row[2], row[3], row[4]) for row in fields},
            examples=tuple(Change(*row) for row in shown),
        )


def _rows(connection: duckdb.DuckDBPyConnection) -> Iterator[tuple[str, tuple[int, int]]]:
    names: dict[str, list[str]] = {"a": [], "b": []}
    for side, table in connection.execute(
        "SELECT database_name, table_name FROM duckdb_tables() WHERE database_name IN ('a', 'b') ORDER BY ALL"
    ).fetchall():
        names[side].append(table)
    for table in sorted({*names["a"], *names["b"]}):
        counts = [_count(connection, side, table) if table in names[side] else 0 for side in ("a", "b")]
        if counts[0] != counts[1]:
            yield table, (counts[0], counts[1])


def _count(connection: duckdb.DuckDBPyConnection, side: str, table: str) -> int:
    row = connection.execute(f"SELECT count(*) FROM {side}.{quoted(table)}").fetchone()
    return int(row[0]) if row else 0


def _entities(connection: duckdb.DuckDBPyConnection) -> Iterator[tuple[str, tuple[int, int]]]:
    for kind in ("organization", "location", "service"):
        key = f"SELECT {kind}_id FROM {{}}.{kind}"
        row = connection.execute(
            f"SELECT (SELECT count(*) FROM ({key.format('b')} EXCEPT {key.format('a')})), "
            f"(SELECT count(*) FROM ({key.format('a')} EXCEPT {key.format('b')}))"
        ).fetchone()
        yield kind, (row[0], row[1]) if row else (0, 0)

"""The directory as a SQLite file, for Datasette and whatever else reads SQLite. Needs `duckdb` only.

    python examples/to_sqlite.py data/demo/releases/current directory.sqlite

Lists and sessions are JSON, moments ISO 8601, truth 1 and 0; null stays null. The file is replaced as a whole.
"""

from __future__ import annotations

import sqlite3
import sys
from pathlib import Path

import duckdb

FORMS = {
    "[]": "to_json({})::VARCHAR",
    "TIMESTAMP": "strftime({}, '%Y-%m-%dT%H:%M:%S')",
    "DATE": "{}::VARCHAR",
}
SEARCHED = "organization_name, operator_name, location_name, service_name, city, county, zip"


def copy(release: str, to: str) -> None:
    """Write `directory` of a release, indexed by id and for search by words (FTS5)."""
    draft = Path(f"{to}.tmp")
    draft.unlink(missing_ok=True)
    with duckdb.connect(release, read_only=True) as source:
        kinds = source.execute("SELECT column_name, column_type FROM (DESCRIBE directory)").fetchall()
        asked = [
            FORMS.get("[]" if kind.endswith("[]") else kind, "{}").format(f'"{name}"') for name, kind in kinds
        ]
        rows = source.execute(f"SELECT {', '.join(asked)} FROM directory").fetchall()
    target = sqlite3.connect(draft)
    with target:
        target.execute("CREATE TABLE directory (" + ", ".join(f'"{name}"' for name, _ in kinds) + ")")
        target.executemany(f"INSERT INTO directory VALUES ({', '.join('?' * len(kinds))})", rows)
        target.execute("CREATE INDEX by_id ON directory (service_id)")
        target.execute(f"CREATE VIRTUAL TABLE directory_fts USING fts5({SEARCHED}, content='directory')")
        target.execute("INSERT INTO directory_fts (directory_fts) VALUES ('rebuild')")
    target.close()
    draft.replace(to)


if __name__ == "__main__":
    copy(*sys.argv[1:3])

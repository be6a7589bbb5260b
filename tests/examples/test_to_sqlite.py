"""The copy for Datasette: SQLite says what the release says."""

from __future__ import annotations

import json
import runpy
import sqlite3
from pathlib import Path

import pytest
from asking import EXAMPLES
from warehouse_world import ask


def test_sqlite_says_what_the_release_says(
    release: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "directory.sqlite"
    target.write_text("an older copy")
    monkeypatch.setattr("sys.argv", ["to_sqlite.py", str(release), str(target)])
    runpy.run_path(str(EXAMPLES / "to_sqlite.py"), run_name="__main__")
    columns = "service_id, location_id, zip, min_age, has_evening"
    with sqlite3.connect(target) as copy:
        order = "ORDER BY service_id, location_id"
        assert copy.execute(f"SELECT {columns} FROM directory {order}").fetchall() == ask(
            release, f"SELECT {columns} FROM directory {order} NULLS FIRST"
        )
        lists = dict(copy.execute("SELECT service_id, conditions_all FROM directory").fetchall())
        by_id = dict(ask(release, "SELECT service_id, conditions_all FROM directory"))
        assert {id: text and json.loads(text) for id, text in lists.items()} == by_id
        verified = "SELECT {} FROM directory WHERE service_id = 'svc_000a'"
        assert copy.execute(verified.format("last_verified")).fetchall() == [
            (ask(release, verified.format("last_verified"))[0][0].isoformat(),)
        ]
        found = "SELECT rowid FROM directory_fts WHERE directory_fts MATCH 'manchester'"
        assert {
            row[0] for row in copy.execute(f"SELECT state FROM directory WHERE rowid IN ({found})").fetchall()
        } == {"NH"}
    assert [path.name for path in tmp_path.iterdir()] == ["directory.sqlite"]

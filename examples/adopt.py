"""A long-lived app that notices and adopts new releases. Needs `duckdb` only, nothing of this project.

One process keeps one connection; every request takes a cursor of it. Before a cursor is given, the stable path is
looked at (microseconds); where it leads to another file, one statement adopts it. A cursor that is still reading keeps
the release that it began with, so no answer is ever a mixture of two.
"""

from __future__ import annotations

import json
import sys
import threading
from pathlib import Path

import duckdb


class Directory:
    """The directory as an app holds it: `Directory("…/releases/current").cursor().execute("FROM iop LIMIT 5")`."""

    def __init__(self, stable_path: str | Path) -> None:
        self._path = Path(stable_path)
        self._connection = duckdb.connect()
        self._lock = threading.Lock()
        self._seen: Path | None = None

    def cursor(self) -> duckdb.DuckDBPyConnection:
        """A cursor on the newest release. Take a new one for each request, and close it."""
        with self._lock:
            self._adopt()
            cursor = self._connection.cursor()
            cursor.execute("USE iop")
            return cursor

    def _adopt(self) -> None:
        newest = self._newest()
        if newest != self._seen:
            quoted = str(newest).replace("'", "''")
            self._connection.execute(f"ATTACH OR REPLACE '{quoted}' AS iop (READ_ONLY)")
            self._seen = newest

    def _newest(self) -> Path:
        """Where the stable path leads. Without symbolic links it is a copy, and `current.json` says of which release."""
        pointer = self._path.with_name("current.json")
        if self._path.is_symlink() or not pointer.exists():
            return self._path.resolve()
        return self._path.with_name(f"release-{json.loads(pointer.read_text())['number']}.duckdb")


if __name__ == "__main__":
    with Directory(sys.argv[1]).cursor() as directory:
        directory.sql(
            "SELECT release, built_at, (SELECT count(*) FROM iop) AS programs FROM release_info"
        ).show()

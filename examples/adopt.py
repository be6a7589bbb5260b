"""A long-lived app that notices and adopts new releases. Needs `duckdb` only, nothing of this project.

One process keeps one connection; every request takes a cursor of it. Before a cursor is given, the stable path is
looked at (a `stat`, microseconds); where it leads to another file, one statement adopts it. A cursor that is still
reading keeps the release that it began with, so no answer is ever a mixture of two.
"""

from __future__ import annotations

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
        self._seen: tuple[int, int] | None = None

    def cursor(self) -> duckdb.DuckDBPyConnection:
        """A cursor on the newest release. Take a new one for each request, and close it."""
        with self._lock:
            self._adopt()
            cursor = self._connection.cursor()
            cursor.execute("USE iop")
            return cursor

    def _adopt(self) -> None:
        found = self._path.stat()  # of the file that the path leads to now
        if self._seen != (found.st_dev, found.st_ino):
            quoted = str(self._path).replace("'", "''")
            self._connection.execute(f"ATTACH OR REPLACE '{quoted}' AS iop (READ_ONLY)")
            self._seen = (found.st_dev, found.st_ino)


if __name__ == "__main__":
    with Directory(sys.argv[1]).cursor() as directory:
        directory.sql("SELECT release, built_at, (SELECT count(*) FROM iop) AS programs FROM release_info").show()

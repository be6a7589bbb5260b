"""The schemas and types of a release's JSON, which travel in it, as files."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from warehouse.exports.release_file import OpenRelease
from warehouse.exports.target import write_manifest


def write_schema(source: OpenRelease, to: Path) -> Mapping[str, int]:
    """One file a row of `schema_file`; a release of a contract before 2.2 has none."""
    rows = {"files": 0}
    for row in source.rows("SELECT file, content FROM schema_file ORDER BY file"):
        (to / row["file"]).write_text(row["content"], encoding="utf-8")
        rows["files"] += 1
    write_manifest(to, source, "schema", rows)
    return rows

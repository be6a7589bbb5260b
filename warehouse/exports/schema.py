"""The schemas and types of a release's JSON, which travel in it, as files."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from warehouse.exports.errors import ExportError
from warehouse.exports.release_file import OpenRelease
from warehouse.exports.target import write_manifest


def write_schema(source: OpenRelease, to: Path) -> Mapping[str, int]:
    """One file a row of `schema_file`. ExportError for a release of a contract before 2.2, which has none."""
    rows = {"files": 0}
    for row in source.rows("SELECT file, content FROM schema_file ORDER BY file"):
        (to / row["file"]).write_text(row["content"], encoding="utf-8")
        rows["files"] += 1
    if not rows["files"]:
        raise ExportError(
            f"release {source.release} is of contract {source.contract_version} and carries no schemas: "
            "releases from 2.2 on do, and the next run makes one"
        )
    write_manifest(to, source, "schema", rows)
    return rows

"""The directory as Parquet in Hive partitions: `state=MA/directory.parquet`."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from urllib.parse import quote

from warehouse.contracts import release_tables
from warehouse.exports.attribution import licence
from warehouse.exports.release_file import OpenRelease
from warehouse.exports.target import write_manifest
from warehouse.sql import literal, quoted

NO_STATE = "virtual"  # the partition of services that are at no place, or at one whose state is not stated


def write_parquet(source: OpenRelease, to: Path) -> Mapping[str, int]:
    """One file a state. Readers get the state from the path; `virtual` there is null in the directory."""
    rows: dict[str, int] = {}
    facts = metadata(source)
    states = source.connection.execute(
        "SELECT DISTINCT state FROM directory ORDER BY state NULLS LAST"
    ).fetchall()
    for (state,) in states:
        name = NO_STATE if state is None else state
        path = to / f"state={quote(name, safe='')}" / "directory.parquet"
        path.parent.mkdir()
        wanted = "state IS NULL" if state is None else f"state = {literal(state)}"
        rows[name] = copy_rows(source, f"* EXCLUDE (state) FROM directory WHERE {wanted}", path, facts)
    write_manifest(to, source, "parquet", rows)
    return rows


def copy_rows(
    source: OpenRelease, chosen: str, path: Path, facts: Mapping[str, str], options: str = ""
) -> int:
    """What is chosen of the directory (SQL after SELECT) as a Parquet file in the directory's order, with facts in its metadata;
    gives the number of rows."""
    order = ", ".join(quoted(name) for name in release_tables()["directory"].sort)
    kept = ", ".join(f"{name}: {literal(value)}" for name, value in facts.items())
    count = source.connection.execute(
        f"COPY (SELECT {chosen} ORDER BY {order}) TO {literal(str(path))} "
        f"(FORMAT parquet, COMPRESSION zstd, {options} KV_METADATA {{{kept}}})"
    ).fetchone()
    return int(count[0]) if count else 0


def metadata(source: OpenRelease) -> Mapping[str, str]:
    """What a file says of itself."""
    facts = {"release": str(source.release), "built_at": source.moment, "contract": source.contract_version}
    found = licence(source)
    return facts | ({"attribution": found.line, "licence": found.url} if found else {})

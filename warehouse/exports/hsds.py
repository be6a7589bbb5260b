"""HSDS 3.0 (Open Referral): a tabular data package, one CSV file a table and a `datapackage.json`.

`hsds.sql` says what each table holds, `hsds-3.0.json` what the specification asks of it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from warehouse.exports.csv import write_table
from warehouse.exports.descriptor import CSV, TITLE, package
from warehouse.exports.release_file import OpenRelease
from warehouse.exports.target import write_manifest
from warehouse.exports.zones import zone_at, zone_name
from warehouse.sql import insert_rows, quoted

FOLDER = Path(__file__).parent
NO_ROWS = "SELECT NULL::VARCHAR AS id WHERE FALSE"  # tables of the specification that a directory of programs has not


@cache
def specification() -> Mapping[str, Any]:
    """The specification's tables: names, types and constraints, as a data package writes them."""
    found: Mapping[str, Any] = json.loads((FOLDER / "hsds-3.0.json").read_text(encoding="utf-8"))
    return found


def write_hsds(source: OpenRelease, to: Path) -> Mapping[str, int]:
    """Every table of the specification; those that we have nothing for have a header only.

    Rows per table are given. Ids are UUIDs made of the release's ids, which stand beside them as identifiers.
    """
    _zones(source)
    source.connection.execute((FOLDER / "hsds.sql").read_text(encoding="utf-8"))
    source.connection.execute("USE iop")
    found = source.connection.execute(
        "SELECT view_name FROM duckdb_views() WHERE database_name = 'memory' AND schema_name = 'hsds'"
    ).fetchall()
    views = {name for (name,) in found}
    rows = {
        resource["name"]: _write(source, resource, views, to / resource["path"])
        for resource in specification()["resources"]
    }
    about = package(
        source,
        f"{TITLE}, in HSDS 3.0",
        schema_source=specification()["about"],
        resources=[CSV | resource for resource in specification()["resources"]],
    )
    (to / "datapackage.json").write_text(about, encoding="utf-8")
    write_manifest(to, source, "hsds", rows)
    return rows


def _write(source: OpenRelease, resource: Mapping[str, Any], views: set[str], path: Path) -> int:
    """A table, and what of it is of services, of which `hsds.sql` makes a batch at a time."""
    name, of_services = resource["name"], f"{resource['name']}_of_service"
    batches = source.batches() if of_services in views else ()
    parts = (source.tuples(_query(source, resource, of_services), **batch) for batch in batches)
    return write_table(source, _query(source, resource, name if name in views else None), path, *parts)


def _query(source: OpenRelease, resource: Mapping[str, Any], view: str | None) -> str:
    """A table with all columns of the specification, in its order; null where we have none."""
    table = f"SELECT * FROM memory.hsds.{quoted(view)}" if view else NO_ROWS
    ours = set(source.names(table))
    columns = ", ".join(
        quoted(field["name"]) if field["name"] in ours else f"NULL AS {quoted(field['name'])}"
        for field in resource["schema"]["fields"]
    )
    return f"SELECT {columns} FROM ({table}) ORDER BY id"


def _zones(source: OpenRelease) -> None:
    """`zone`: the time zone of every place with sessions, as far as its ZIP code tells it."""
    connection = source.connection
    connection.execute(
        """CREATE TABLE memory.main.place AS SELECT DISTINCT location_id, zip
        FROM service_at_location JOIN address USING (location_id) SEMI JOIN schedule USING (service_id) WHERE zip IS NOT NULL"""
    )
    codes = connection.execute("SELECT DISTINCT zip FROM memory.main.place ORDER BY zip").fetchall()
    named = ((code, zone_name(code)) for (code,) in codes)
    rows = [(code, *zone_at(name, source.built_at)) for code, name in named if name]
    connection.execute(
        "CREATE TABLE memory.main.zip_zone (zip VARCHAR, zone VARCHAR, hours DOUBLE, mark VARCHAR, until DATE)"
    )
    if rows:
        connection.execute(insert_rows("memory.main.zip_zone", rows))
    connection.execute(
        "CREATE TABLE memory.main.zone AS SELECT location_id, z.* EXCLUDE (zip) FROM memory.main.place JOIN memory.main.zip_zone z USING (zip)"
    )

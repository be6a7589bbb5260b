"""The directory as one GeoParquet 1.1 file: all columns, and `geometry`, the point in WKB, null where there is none."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from warehouse.exports.parquet import metadata, order
from warehouse.exports.release_file import OpenRelease
from warehouse.sql import literal

POINT = """CASE WHEN latitude IS NOT NULL AND longitude IS NOT NULL
    THEN ST_AsWKB(format('POINT({} {})', longitude, latitude)::GEOMETRY)::BLOB END"""
BOUNDS = """SELECT min(longitude), min(latitude), max(longitude), max(latitude) FROM directory
    WHERE latitude IS NOT NULL AND longitude IS NOT NULL"""


def write_geoparquet(source: OpenRelease, to: Path) -> Mapping[str, int]:
    """Positions are longitude, latitude in WGS 84 (OGC:CRS84, the default of the format)."""
    facts = {**metadata(source), "geo": json.dumps(_geo(source))}
    kept = ", ".join(f"{name}: {literal(value)}" for name, value in facts.items())
    count = source.connection.execute(
        f"COPY (SELECT *, {POINT} AS geometry FROM directory ORDER BY {order()}) TO {literal(str(to))} "
        f"(FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 10000, GEOPARQUET_VERSION 'NONE', KV_METADATA {{{kept}}})"
    ).fetchone()
    return {"directory": int(count[0]) if count else 0}


def _geo(source: OpenRelease) -> dict[str, object]:
    bounds = source.connection.execute(BOUNDS).fetchone() or ()
    column: dict[str, object] = {"encoding": "WKB", "geometry_types": ["Point"]}
    if None not in bounds:
        column["bbox"] = list(bounds)
    return {"version": "1.1.0", "primary_column": "geometry", "columns": {"geometry": column}}

"""The directory as one GeoParquet 1.1 file: all columns, and `geometry`, the point in WKB, null where there is none."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from warehouse.exports.parquet import copy_rows, metadata
from warehouse.exports.release_file import OpenRelease

POINT = """CASE WHEN latitude IS NOT NULL AND longitude IS NOT NULL
    THEN ST_AsWKB(format('POINT({} {})', longitude, latitude)::GEOMETRY)::BLOB END"""
OPTIONS = "ROW_GROUP_SIZE 10000, GEOPARQUET_VERSION 'NONE',"
BOUNDS = """SELECT min(longitude), min(latitude), max(longitude), max(latitude) FROM directory
    WHERE latitude IS NOT NULL AND longitude IS NOT NULL"""


def write_geoparquet(source: OpenRelease, to: Path) -> Mapping[str, int]:
    """Positions are longitude, latitude in WGS 84 (OGC:CRS84, the default of the format)."""
    facts = {**metadata(source), "geo": json.dumps(_geo(source))}
    rows = copy_rows(source, f"*, {POINT} AS geometry FROM directory", to, facts, OPTIONS)
    return {"directory": rows}


def _geo(source: OpenRelease) -> dict[str, object]:
    bounds = source.connection.execute(BOUNDS).fetchone() or ()
    column: dict[str, object] = {"encoding": "WKB", "geometry_types": ["Point"]}
    if None not in bounds:
        column["bbox"] = list(bounds)
    return {"version": "1.1.0", "primary_column": "geometry", "columns": {"geometry": column}}

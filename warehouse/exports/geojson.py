"""The directory as GeoJSON (RFC 7946): one Feature a row; virtual and unlocated services have no geometry."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from warehouse.exports.attribution import licence
from warehouse.exports.release_file import DIRECTORY, OpenRelease, plain


def write_geojson(source: OpenRelease, to: Path) -> Mapping[str, int]:
    """One FeatureCollection, one Feature a line, so that files of two releases can be compared by line."""
    head = {"type": "FeatureCollection", "release": source.release, "built_at": source.moment}
    found = licence(source)
    if found:
        head |= {"attribution": found.line, "licence": found.url}
    count = 0
    with to.open("w", encoding="utf-8", newline="\n") as file:
        file.write(json.dumps(head)[:-1] + ', "features": [')
        for row in source.rows(DIRECTORY):
            file.write((",\n" if count else "\n") + json.dumps(feature(row), ensure_ascii=False))
            count += 1
        file.write("\n]}\n")
    return {"directory": count}


def feature(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row of the directory as a Feature. Positions are longitude, latitude in WGS 84; null is *not stated*."""
    located = row["latitude"] is not None and row["longitude"] is not None
    point = {"type": "Point", "coordinates": [row["longitude"], row["latitude"]]} if located else None
    properties = {name: plain(value) for name, value in row.items() if name not in ("latitude", "longitude")}
    key = "/".join(part for part in (row["service_id"], row["location_id"]) if part)
    return {"type": "Feature", "id": key, "geometry": point, "properties": properties}

"""CSV, GeoJSON and Parquet hold the directory, and read back as it is."""

from __future__ import annotations

import csv
import json
from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb
import frictionless
import polars as pl
import pytest
import shapely
from export_world import FORMULA
from hypothesis import given
from hypothesis import strategies as st
from warehouse_world import ask

from warehouse.contracts import release_tables
from warehouse.exports.csv import cell, parse_cell, plain_cell, safe_cell
from warehouse.exports.formats import export
from warehouse.types import parse_type
from warehouse.unseen import without_acting

CONTRACT = release_tables()["directory"]


@pytest.fixture(scope="module")
def directory(release: Path) -> list[dict[str, Any]]:
    rows = ask(release, "SELECT * FROM directory ORDER BY service_id, location_id")
    assert len(rows) == 15
    return [dict(zip(CONTRACT.names, row, strict=True)) for row in rows]


def test_csv_reads_back(release: Path, directory: list[dict[str, Any]], tmp_path: Path) -> None:
    export(release, "csv", tmp_path / "d.csv")
    with (tmp_path / "d.csv").open(encoding="utf-8", newline="") as file:
        rows = [
            {n: parse_cell(t, CONTRACT.column(n).type) for n, t in row.items()}
            for row in csv.DictReader(file)
        ]
    assert rows == directory


def test_csv_runs_nothing_in_a_spreadsheet(release: Path, tmp_path: Path) -> None:
    export(release, "csv", tmp_path / "d.csv")
    with (tmp_path / "d.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    cells = [text for row in rows for text in row.values() if text]
    assert f"'{FORMULA}" in cells
    assert "+16175550100" in cells  # a telephone number stays usable
    starts = {text for text in cells if text[0] in "=+-@\t\r\n"}
    assert all(text.lstrip("+-").replace(".", "", 1).isdigit() for text in starts)


@given(st.text(alphabet=st.sampled_from("=+-@'\t\r\n＝1.a;\\ "), max_size=8))
def test_safe_cells_have_an_inverse(text: str) -> None:
    assert plain_cell(safe_cell(text)) == without_acting(text)


@given(st.lists(st.text(alphabet=st.sampled_from("a=;\\ '"), min_size=1, max_size=5), min_size=1, max_size=4))
def test_lists_of_text_have_an_inverse(items: list[str]) -> None:
    assert parse_cell(cell(items), parse_type("list<text>")) == items


@pytest.mark.parametrize(
    ("value", "safe"),
    [
        ("=1+1", "'=1+1"),
        ("+1 617 555 0100", "'+1 617 555 0100"),
        ("+16175550100", "+16175550100"),
        ("-71.104", "-71.104"),
        ("-2+3", "'-2+3"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'\t=1"),
        ("＝1", "'＝1"),
        ("'=1", "''=1"),
        ("a=1", "a=1"),
        ("", ""),
        (None, None),
        (-3, -3),
    ],
)
def test_safe_cell(value: object, safe: object) -> None:
    assert safe_cell(value) == safe


def test_the_descriptor_of_csv_is_valid_and_keeps_zip_codes_text(
    release: Path, directory: list[dict[str, Any]], tmp_path: Path
) -> None:
    export(release, "csv", tmp_path / "d.csv")
    package = frictionless.Package(str(tmp_path / "d.csv.datapackage.json"))
    assert package.validate().flatten(["rowNumber", "fieldName", "message"]) == []
    with package.get_resource("directory").open() as resource:
        assert resource.schema.field_names == list(CONTRACT.names)
        rows = [row.to_dict() for row in resource.row_stream]
    for name in ("zip", "virtual", "source_count", "city", "level_of_care", "service_id"):
        assert [row[name] for row in rows] == [row[name] for row in directory], name
    assert "02139" in {row["zip"] for row in rows}
    text = (tmp_path / "d.csv").read_text(encoding="utf-8")
    (tmp_path / "d.csv").write_text(text.replace("hybrid", "both ways"), encoding="utf-8")
    wrong = frictionless.Package(str(tmp_path / "d.csv.datapackage.json")).validate()
    assert {name for (name,) in wrong.flatten(["fieldName"])} == {"delivery"}


def test_geoparquet_reads_back(release: Path, directory: list[dict[str, Any]], tmp_path: Path) -> None:
    export(release, "geoparquet", tmp_path / "d.parquet")
    columns = ", ".join(f'"{name}"' for name in CONTRACT.names)
    found = duckdb.sql(
        f"SELECT {columns} FROM '{tmp_path}/d.parquet' ORDER BY service_id, location_id"
    ).fetchall()
    assert [dict(zip(CONTRACT.names, row, strict=True)) for row in found] == directory
    frame = pl.read_parquet(tmp_path / "d.parquet")
    assert frame.schema["geometry"] == pl.Binary
    for row in frame.select("geometry", "longitude", "latitude").to_dicts():
        point = shapely.from_wkb(row["geometry"]) if row["geometry"] else None
        assert (row["longitude"], row["latitude"]) == ((point.x, point.y) if point else (None, None))
    assert 0 < frame["geometry"].null_count() < len(frame)


def test_geoparquet_says_where_its_points_are(
    release: Path, directory: list[dict[str, Any]], tmp_path: Path
) -> None:
    export(release, "geoparquet", tmp_path / "d.parquet")
    said = pl.read_parquet_metadata(tmp_path / "d.parquet")
    geo = json.loads(said["geo"])
    assert (geo["version"], geo["primary_column"]) == ("1.1.0", "geometry")
    column = geo["columns"]["geometry"]
    assert (column["encoding"], column["geometry_types"]) == ("WKB", ["Point"])
    points = [(row["longitude"], row["latitude"]) for row in directory if row["latitude"] is not None]
    x, y = zip(*points, strict=True)
    assert column["bbox"] == [min(x), min(y), max(x), max(y)]
    assert said["release"] == "2" and "CC BY" in said["attribution"]


def test_geojson_reads_back(release: Path, directory: list[dict[str, Any]], tmp_path: Path) -> None:
    export(release, "geojson", tmp_path / "d.geojson")
    collection = json.loads((tmp_path / "d.geojson").read_text(encoding="utf-8"))
    assert (collection["type"], collection["release"]) == ("FeatureCollection", 2)
    times, dates = (
        [c.name for c in CONTRACT.columns if c.type.kind == kind] for kind in ("timestamp", "date")
    )
    rows = []
    for feature in collection["features"]:
        longitude, latitude = feature["geometry"]["coordinates"] if feature["geometry"] else (None, None)
        row = feature["properties"] | {"latitude": latitude, "longitude": longitude}
        row |= {n: datetime.fromisoformat(row[n].removesuffix("Z")) for n in times if row[n]}
        row |= {n: date.fromisoformat(row[n]) for n in dates if row[n]}
        rows.append({name: row[name] for name in CONTRACT.names})
    assert rows == directory


def test_geojson_is_rfc_7946(release: Path, tmp_path: Path) -> None:
    export(release, "geojson", tmp_path / "d.geojson")
    collection = json.loads((tmp_path / "d.geojson").read_text(encoding="utf-8"))
    features = collection["features"]
    assert len({feature["id"] for feature in features}) == len(features)
    for feature in features:
        assert set(feature) == {"type", "id", "geometry", "properties"}
        if point := feature["geometry"]:
            longitude, latitude = point["coordinates"]
            assert point["type"] == "Point"
            assert -180 <= longitude < 0 < latitude <= 90  # longitude first; the United States
    virtual = next(f for f in features if f["properties"]["service_id"] == "svc_virtual_iop")
    assert virtual["geometry"] is None


def test_parquet_reads_back(release: Path, directory: list[dict[str, Any]], tmp_path: Path) -> None:
    export(release, "parquet", tmp_path / "d")
    assert sorted(p.name for p in (tmp_path / "d").iterdir()) == [
        "ATTRIBUTION.txt",
        "export.json",
        "state=MA",
        "state=NH",
        "state=virtual",
    ]
    columns = ", ".join(
        "nullif(state, 'virtual') AS state" if name == "state" else f'"{name}"' for name in CONTRACT.names
    )
    found = duckdb.sql(
        f"SELECT {columns} FROM read_parquet('{tmp_path}/d/*/*.parquet', hive_partitioning = true) "
        "ORDER BY service_id, location_id"
    ).fetchall()
    assert [dict(zip(CONTRACT.names, row, strict=True)) for row in found] == directory


def test_parquet_says_which_release_it_is(release: Path, tmp_path: Path) -> None:
    export(release, "parquet", tmp_path / "d")
    found = duckdb.sql(
        f"SELECT DISTINCT decode(value) FROM parquet_kv_metadata('{tmp_path}/d/*/*.parquet') WHERE decode(key) = 'release'"
    ).fetchall()
    assert found == [("2",)]

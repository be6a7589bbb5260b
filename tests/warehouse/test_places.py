"""Places: what the point of a location is the point of."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from warehouse_world import World, ask


@pytest.mark.parametrize(("printed", "precision"), [("02139", "zip"), (None, "city")])
def test_a_point_is_of_a_zip_code_only_where_the_address_has_one(
    make: Callable[..., Path], printed: str | None, precision: str
) -> None:
    """The page prints no ZIP code, the directory's row does: whose it is, the address does not say."""
    world = World(providers=1)
    for row in world.rows["listing"]:
        row["geo_precision"] = "zip"
    for said in world.find("observation", source_id="site_000", field="address"):
        said["value"] = json.dumps(json.loads(said["value"]) | {"zip": printed})
    release = make(world)
    assert ask(release, "SELECT DISTINCT zip, geo_precision FROM directory") == [(printed, precision)]


def test_the_finest_point_of_a_place_is_taken(make: Callable[..., Path]) -> None:
    world = World(providers=1)
    own, row = world.rows["listing"]
    own.update(geo_precision="city", latitude=42.0)
    row.update(geo_precision="zip", latitude=42.1)
    assert ask(make(world), "SELECT latitude, geo_precision FROM location") == [(42.1, "zip")]

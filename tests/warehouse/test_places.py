"""Places: what the point of a location is the point of."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from warehouse_world import World, ask, build_world


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Points of ZIP codes: of an address that prints it, of one that prints none, and of a row beside a page that has a town's."""
    world = World(providers=3)
    for row in world.rows["listing"]:
        row["geo_precision"] = "zip"
    for said in world.find("observation", source_id="site_001", field="address"):
        said["value"] = json.dumps(json.loads(said["value"]) | {"zip": None})
    world.site(2).update(geo_precision="city", latitude=42.0)
    world.find("listing", listing_id="su_2025:2")[0]["latitude"] = 42.1
    return build_world(world, tmp_path_factory.mktemp("places"))


@pytest.mark.parametrize(("number", "printed", "precision"), [(0, "02139", "zip"), (1, None, "city")])
def test_a_point_is_of_a_zip_code_only_where_the_address_has_one(
    release: Path, number: int, printed: str | None, precision: str
) -> None:
    """The page prints no ZIP code, the directory's row does: whose it is, the address does not say."""
    found = "SELECT DISTINCT zip, geo_precision FROM directory WHERE location_id = ?"
    assert ask(release, found, f"loc_{number:03}") == [(printed, precision)]


def test_the_finest_point_of_a_place_is_taken(release: Path) -> None:
    found = ask(release, "SELECT latitude, geo_precision FROM location WHERE location_id = 'loc_002'")
    assert found == [(42.1, "zip")]

"""The world of exports on a map, with what a site must cope with: hostile words, a list without a page, an old row, a merged id."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import shapely
from export_world import export_world, offer
from warehouse_world import World, build_world

BASE = "https://programs.example/find"
SCRIPT = '<script>alert("1")</script> & Sons'
CLOSING = "</script><img src=x onerror=alert(2)>"
STATES = {
    "MA": ("25", "Massachusetts", (-73.5, 41.2, -69.9, 42.9)),
    "NH": ("33", "New Hampshire", (-72.6, 42.9, -70.6, 45.3)),
}
COUNTIES = (
    ("25017", "Middlesex", "MA", (-71.9, 42.2, -71.1, 42.9)),
    ("25025", "Suffolk", "MA", (-71.1, 42.2, -70.0, 42.9)),
    ("25027", "Worcester", "MA", (-73.5, 41.2, -71.9, 42.9)),
    ("33011", "Hillsborough", "NH", (-72.6, 42.9, -71.2, 43.5)),
)  # fmt: skip
ZIPS = (
    ("02139", "MA", "25017", 42.365, -71.104),
    ("02118", "MA", "25025", 42.338, -71.073),
    ("01608", "MA", "25027", 42.262, -71.802),
    ("03101", "NH", "33011", 42.993, -71.463),
)


def site_world() -> World:
    world = export_world()
    _map(world)
    hostile = offer(world, "hostile_iop", SCRIPT, name=CLOSING)
    world.say(
        hostile, "condition", "ptsd", "iop", quote="<b onmouseover=alert(3)>trauma</b>", locator="<i>row</i>"
    )
    world.say(hostile, "website", "javascript:alert(4)")
    offer(world, "old_iop", "Example Old House", name="Old IOP")
    long_ago = world.now - timedelta(days=500)
    for table in ("listing", "observation"):
        for row in world.find(table, source_id="old_iop"):
            row.update(observed_at=long_ago)
    _only_listed(world)
    _two_places(world)
    teens = offer(world, "teen_iop", "Example Youth Center", name="Teen evening IOP")
    for field, value in (
        ("ages", "[13, 17]"),
        ("evening", "true"),
        ("population", "adolescents"),
        ("condition", "anxiety"),
    ):
        world.say(teens, field, value, "iop", quote=f"words of {field}")
    world.say(teens, "payer", "masshealth", qualifier="in_network")
    world.say(teens, "session", json.dumps({"days": ["mo", "we"], "start": "17:00", "end": "20:00"}), "iop")
    world.add("ledger", entity_type="service", entity_id="svc_0ldone", status="redirected", redirect_to="svc_000a",
              minted_at=world.now, last_seen=world.now)  # fmt: skip
    return world


def _two_places(world: World) -> None:
    """One program that meets in two states."""
    here = offer(world, "two_iop", "Example Two Rivers", name="Two-state IOP")
    place = {
        "street1": "5 Oak St",
        "city": "Manchester",
        "state": "NH",
        "zip": "03101",
        "county": "Hillsborough",
    }
    there = world.add("listing", **(here | {"listing_id": "two_iop:2", "record_key": "2"} | place))
    world.add(
        "listing_service",
        listing_id="two_iop:2",
        service_key="iop",
        level_of_care="iop",
        name="Two-state IOP",
    )
    world.say(there, "level_of_care", "iop", "iop")
    world.entity("location", "loc_two_iop_2", [(there, None)])
    (link,) = world.find("crosswalk", entity_id="svc_two_iop")
    world.add("crosswalk", **(link | {"listing_id": "two_iop:2"}))


def _only_listed(world: World) -> None:
    """The directory is a workbook on somebody's machine, and nobody but it has these rows."""
    for table in ("listing", "observation"):
        for row in world.find(table, source_id="su_2025"):
            row.update(url="file:///home/somebody/su.xlsx")


def _map(world: World) -> None:
    dataset = {"dataset_id": "made_up"}
    world.add("geography", dataset_id="made_up", title="Made up", kind="counties", year=2020, url="https://made.example", sha256="0", rows=1)  # fmt: skip
    for code, (fips, name, box) in STATES.items():
        whole = {"area_kind": "state", "area_id": fips, "name": name, "state": code, **dataset}
        world.add("area", **whole)
        world.add("boundary", **whole, geometry=shapely.to_wkb(shapely.box(*box)))
    for fips, name, code, box in COUNTIES:
        county = {"area_kind": "county", "area_id": fips, "name": name, "state": code, **dataset}
        world.add("area", **county, county_fips=fips, population=1000)
        world.add("boundary", **county, geometry=shapely.to_wkb(shapely.box(*box)))
    for kind, name, shown, code, geoid, latitude, longitude in PLACES:
        world.add(
            "place",
            place_kind=kind,
            place_id=shown.lower(),
            name=name,
            display_name=shown,
            state=code,
            geoid=geoid,
            latitude=latitude,
            longitude=longitude,
        )
    for zip_code, code, county, latitude, longitude in ZIPS:
        world.add("area", area_kind="zcta", area_id=zip_code, name=zip_code, state=code, county_fips=county, latitude=latitude, longitude=longitude, population=1000, **dataset)  # fmt: skip


PLACES = (
    ("zip", "01608", "Worcester, MA 01608", "MA", "01608", 42.262, -71.802),
    ("town", "Worcester", "Worcester, MA", "MA", None, 42.27, -71.81),
    ("county", "Worcester County", "Worcester County, MA", "MA", "25027", 42.35, -71.91),
    ("town", "Worcester", "Worcester, NY", "NY", None, 42.59, -74.75),
)


def build_site_world(folder: Path) -> Path:
    return build_world(site_world(), folder, "site")

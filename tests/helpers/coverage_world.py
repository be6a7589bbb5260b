"""The small world of the warehouse's tests with people and areas: releases of it hold `coverage_…`. Every number is invented."""

from __future__ import annotations

import shapely
from warehouse_world import World

MADE_UP = {"dataset_id": "made_up"}
# GEOID, name and state of an area, its people, its box in degrees
COUNTIES = (
    ("25017", "Middlesex", "MA", 450_000, (-71.6, 42.35, -71.09, 42.9)),
    ("25025", "Suffolk", "MA", 300_000, (-71.09, 42.2, -70.9, 42.5)),
    ("25027", "Worcester", "MA", 200_000, (-72.3, 42.0, -71.6, 42.7)),
    ("25003", "Berkshire", "MA", 50_000, (-73.5, 42.0, -73.0, 42.7)),
    ("33011", "Hillsborough", "NH", 100_000, (-72.0, 42.9, -71.2, 43.2)),
)
STATES = (
    ("25", "Massachusetts", "MA", 1_000_000, (-73.5, 42.0, -70.9, 42.9)),
    ("33", "New Hampshire", "NH", 100_000, (-72.0, 42.9, -71.2, 43.2)),
    ("39", "Ohio", "OH", 11_000_000, (-85.0, 38.0, -80.0, 42.0)),  # where no operator is
)
POINTS = (  # county, latitude, longitude, people
    ("25017", 42.370, -71.110, 400_000),  # beside the places of Cambridge
    ("25017", 42.820, -71.463, 50_000),  # some 20 km from the places of New Hampshire, and nearer to no other
    ("25025", 42.340, -71.070, 300_000),
    ("25027", 42.260, -71.800, 200_000),
    ("25003", 42.450, -73.250, 50_000),  # more than 100 km from any
    ("33011", 42.990, -71.460, 100_000),
)


def coverage_world(providers: int = 10) -> World:
    """Operators in two states whose list asks whom they take; number 1 ticks no payer, of number 2 nobody asks."""
    world = World(providers)
    for row in world.find("listing", source_id="su_2025"):
        row |= {"questionnaire": "samhsa_su", "focus": "substance_use"}
    for number in (1, 2):
        for source in (f"site_{number:03}", "su_2025"):
            world.drop("observation", listing_id=f"{source}:{number}", field="payer")
    world.find("listing", listing_id="su_2025:2")[0]["questionnaire"] = None
    _geography(world)
    return world


def _geography(world: World) -> None:
    words = dict.fromkeys(("title", "publisher", "vintage", "licence", "sha256"), "made up")
    gives = ["area", "population_point", "boundary"]
    world.add("geography", **MADE_UP, **words, year=2020, gives=gives, rows=len(POINTS))
    for fips, name, state, people, box in STATES:
        whole = {"area_kind": "state", "area_id": fips, "name": name, "state": state, **MADE_UP}
        world.add("area", **whole, population=people)
        world.add("boundary", **whole, geometry=shapely.to_wkb(shapely.box(*box)))
    for fips, name, state, people, box in COUNTIES:
        county = {"area_kind": "county", "area_id": fips, "name": name, "state": state, **MADE_UP}
        world.add("area", **county, county_fips=fips, population=people, land_km2=1000.0)
        world.add("boundary", **county, geometry=shapely.to_wkb(shapely.box(*box)))
    for number, (fips, latitude, longitude, people) in enumerate(POINTS):
        state = next(of for county, _, of, *_ in COUNTIES if county == fips)
        where = {"county_fips": fips, "latitude": latitude, "longitude": longitude, "state": state}
        point_id = f"{fips}{number:07}"
        world.add(
            "population_point",
            point_id=point_id,
            point_kind="block_group",
            population=people,
            **where,
            **MADE_UP,
        )

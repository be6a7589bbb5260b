"""Two neighbouring states of square counties and towns, for a made-up world: small enough to count by hand."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from warehouse_world import World

Box = tuple[float, float, float, float]  # west, south, east, north, in degrees


@dataclass(frozen=True, slots=True)
class Square:
    """An area with a square outline."""

    state: str
    name: str
    box: Box
    county: str = ""  # of a town

    def points(self, seed: int, count: int) -> list[tuple[float, float, int]]:
        """Latitude, longitude and people of points strewn over it."""
        chance, (west, south, east, north) = np.random.default_rng(seed), self.box
        return [
            (float(chance.uniform(south, north)), float(chance.uniform(west, east)), int(chance.integers(50, 3_000)))
            for _ in range(count)
        ]  # fmt: skip


STATES = {"25": Square("MA", "Massachusetts", (-72.5, 42, -69.5, 42.9)), "33": Square("NH", "New Hampshire", (-72.5, 42.9, -70, 44)),
          "50": Square("VT", "Vermont", (-74, 42.9, -72.5, 44))}  # fmt: skip
COUNTIES = {
    "25027": Square("MA", "Worcester", (-72.5, 42, -71.5, 42.9)),
    "25017": Square("MA", "Middlesex", (-71.5, 42, -71.09, 42.9)),
    "25025": Square("MA", "Suffolk", (-71.09, 42, -70.5, 42.9)),
    "25001": Square("MA", "Barnstable", (-70.5, 42, -69.5, 42.9)),  # without a program
    "33011": Square("NH", "Hillsborough", (-72.5, 42.9, -71, 44)),
    "33001": Square("NH", "St. Belknap", (-71, 42.9, -70, 44)),
}
TOWNS = {
    "2502735000": Square("MA", "Saint Leicester", (-72.5, 42, -72, 42.9), "25027"),
    "2502782000": Square("MA", "Worcester", (-72, 42, -71.5, 42.9), "25027"),
    "2501711000": Square("MA", "Cambridge", (-71.5, 42, -71.09, 42.9), "25017"),
    "2502507000": Square("MA", "Boston", (-71.09, 42, -70.5, 42.9), "25025"),
    "2500159735": Square("MA", "Sandwich", (-70.5, 42, -69.5, 42.9), "25001"),
}
ZCTAS = {  # state, county, latitude, longitude, land in km²
    "01608": ("MA", "25027", 42.26, -71.80, 10.0),
    "01524": ("MA", "25027", 42.25, -72.20, 90.0),
    "02139": ("MA", "25017", 42.36, -71.10, 4.0),
    "02118": ("MA", "25025", 42.34, -71.07, 3.0),
    "03101": ("NH", "33011", 42.99, -71.46, 20.0),
    "03246": ("NH", "33001", 43.60, -70.40, 200.0),
}
UNCOUNTED = "2500159735"  # a town whose points do not come to its own count
POINTS_A_TOWN = 12


def add_geography(world: World) -> World:
    """Put it into the stage tables of a world: block groups in Massachusetts, ZCTAs in New Hampshire, no people in Vermont."""
    for dataset, year in (("counts", 2020), ("ages", 2022), ("outlines", 2023)):
        world.add("geography", dataset_id=dataset, title=f"Made-up {dataset}", publisher="Nobody", vintage=str(year), year=year,
                  licence="public domain", sha256=dataset, gives=["area"], rows=1)  # fmt: skip
    for seed, (geoid, town) in enumerate(TOWNS.items()):
        for n, (latitude, longitude, people) in enumerate(town.points(seed, POINTS_A_TOWN)):
            _point(
                world,
                f"{geoid}{n:02}",
                "block_group",
                town.state,
                town.county,
                geoid,
                latitude,
                longitude,
                people,
            )
    for n, (code, (state, county, latitude, longitude, _)) in enumerate(ZCTAS.items()):
        people = 4_000 + 900 * n
        if state == "NH":
            _point(world, code, "zcta", state, county, None, latitude, longitude, people)
        _area(world, "zcta", code, code, state, county, (latitude, longitude), ZCTAS[code][4], people)
    for geoid, town in TOWNS.items():
        people = _living(world, town_geoid=geoid) + 5_000 * (geoid == UNCOUNTED)
        _area(world, "town", geoid, town.name, town.state, town.county, _middle(town.box), 500, people)
    for fips, county in COUNTIES.items():
        people = _living(world, county_fips=fips)
        _area(world, "county", fips, county.name, county.state, fips, _middle(county.box), 1_000, people)
    for fips, state in STATES.items():
        people = _living(world, state=state.state) or None
        _area(world, "state", fips, state.name, state.state, None, None, 5_000, people)
    _outlines(world)
    return world


def _living(world: World, **of: Any) -> int:
    return sum(point["population"] for point in world.find("population_point", **of))


def _point(
    world: World, point: str, kind: str, state: str, county: str, town: str | None, *where: Any
) -> None:
    latitude, longitude, people = where
    world.add("population_point", point_id=point, point_kind=kind, state=state, county_fips=county, town_geoid=town,
              latitude=latitude, longitude=longitude, population=people, dataset_id="counts", **_ages(people))  # fmt: skip


def _area(world: World, kind: str, geoid: str, name: str, state: str, county: str | None, at: Any, land: float, people: int | None) -> None:  # fmt: skip
    latitude, longitude = at or (None, None)
    world.add("area", area_kind=kind, area_id=geoid, name=name, state=state, county_fips=county, latitude=latitude, longitude=longitude,
              land_km2=land, population=people, dataset_id="counts", ages_dataset_id="ages", **_ages(people))  # fmt: skip


def _ages(people: int | None) -> dict[str, int]:
    if people is None:
        return {}
    return {"under_18": people // 5, "adults": people - people // 5, "age_65_up": people // 6}


def _middle(box: Box) -> tuple[float, float]:
    west, south, east, north = box
    return (south + north) / 2, (west + east) / 2


def _outlines(world: World) -> None:
    for kind, squares in (("state", STATES), ("county", COUNTIES), ("town", TOWNS)):
        for geoid, square in squares.items():
            world.add("boundary", area_kind=kind, area_id=geoid, name=square.name, state=square.state,
                      geometry=shapely.box(*square.box).wkb, dataset_id="outlines")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Spot:
    """An address, with what its county is called and its point."""

    city: str
    zip: str
    county: str | None
    latitude: float | None
    longitude: float | None
    state: str = "MA"


WORCESTER = Spot("Worcester", "01608", "Worcester", 42.262, -71.802)
LEICESTER = Spot("St. Leicester", "01524", "Worcester", 42.245, -72.21)
CAMBRIDGE = Spot("Cambridge", "02139", "Middlesex", 42.365, -71.104)
BOSTON = Spot("Boston", "02118", "Suffolk", 42.338, -71.073)
MANCHESTER = Spot("Manchester", "03101", "Hillsborough", 42.993, -71.463, "NH")
SANDWICH = Spot("Sandwich", "02563", "Barnstable", 42.16, -69.95)
LACONIA = Spot("Laconia", "03246", "Saint Belknap", 43.55, -70.5, "NH")
LISTS = {"su_2025": ("samhsa_su", "substance_use"), "mh_2025": ("samhsa_mh", "mental_health")}


class CoverageWorld(World):
    """That geography, two lists with their questionnaires, and whatever programs are put into it."""

    def __init__(self) -> None:
        super().__init__(providers=0)
        self.source("mh_2025", "samhsa_directory", published=self.find("source")[0]["published"])
        add_geography(self)

    def program(
        self,
        name: str,
        spot: Spot,
        level: str = "iop",
        listed: str | None = None,
        operator: str = "",
        says: Iterable[Sequence[str]] = (),
        **printed: Any,
    ) -> dict[str, Any]:
        """A program at a place of its own, in the list `listed` or on a page of its own; `says`: field, value, assertion."""
        source = listed or f"site_{name}"
        if not self.find("source", source_id=source):
            self.source(source, "provider_site", state=spot.state)
        row = self.listing(source, 0, f"Example {name}", len(self.rows["listing"]))
        questionnaire, focus = LISTS.get(source, (None, None))
        row.update(city=spot.city, zip=spot.zip, county=spot.county, state=spot.state, latitude=spot.latitude, longitude=spot.longitude,
                   site_name=name, street1=f"{len(self.rows['listing'])} Elm St", external_ids=None, phone=None, website=None,
                   questionnaire=questionnaire, focus=focus)  # fmt: skip
        row.update(printed)
        self.drop("observation", listing_id=row["listing_id"])
        self.say(row, "organization", row["organization_name"])
        street, city = row["street1"], row["city"]
        self.say(
            row,
            "address",
            json.dumps({"street": street, "city": city, "state": row["state"], "zip": row["zip"]}),
        )
        self.offer(row, level, f"svc_{name}", says)
        for kind, entity in (("organization", operator or f"org_{name}"), ("location", f"loc_{name}")):
            self.entity(kind, entity, [(row, None)])
        return row

    def offer(
        self, row: dict[str, Any], level: str, service: str, says: Iterable[Sequence[str]] = ()
    ) -> None:
        """A service of a listing."""
        self.add("listing_service", listing_id=row["listing_id"], service_key=level, level_of_care=level)
        self.say(row, "level_of_care", level, level)
        for field, value, *assertion in says:
            self.say(row, field, value, level, assertion=assertion[0] if assertion else "affirmed")
        self.entity("service", service, [(row, level)])

"""A release of the made-up states, built once where a test only reads it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from made_up_geography import BOSTON, LEICESTER, MANCHESTER, WORCESTER, CoverageWorld
from made_up_programs import programs
from warehouse_world import ask, build_world


@pytest.fixture(scope="session")
def covered(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A release file: read it only."""
    return build_world(programs(), tmp_path_factory.mktemp("covered"))


@pytest.fixture
def told(covered: Path) -> Callable[..., list[tuple[Any, ...]]]:
    """Ask that release."""
    return lambda sql, *values: ask(covered, sql, *values)


@pytest.fixture(scope="session")
def alone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A release of one place, in Massachusetts, that offers no IOP: read it only."""
    world = CoverageWorld()
    world.program("outpatient", WORCESTER, "op", listed="su_2025")
    return build_world(world, tmp_path_factory.mktemp("alone"))


@pytest.fixture(scope="session")
def peculiar(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A release of programs and areas that are each peculiar in another way: read it only."""
    world = CoverageWorld()
    world.program("here", WORCESTER, listed="su_2025", says=[("population", "adolescents")])
    world.rows["population_point"][0]["under_18"] = None
    for area in world.find("area", area_id="25027", area_kind="county"):
        area["land_km2"] = None
    world.program("uncounted", BOSTON, listed="su_2025")
    for area in world.find("area", area_id="25025"):
        area.update(population=None, under_18=None, adults=None, age_65_up=None)
    _two_tracks(world)
    _two_levels(world)
    _two_states(world)
    return build_world(world, tmp_path_factory.mktemp("peculiar"))


def _two_tracks(world: CoverageWorld) -> None:
    """Two IOPs of mental health at one place."""
    listing = world.program("tracks", WORCESTER, says=[("condition", "ptsd")])
    world.add(
        "listing_service", listing_id=listing["listing_id"], service_key="iop/teens", level_of_care="iop"
    )
    for field, value in (("level_of_care", "iop"), ("condition", "ptsd"), ("population", "adolescents")):
        world.say(listing, field, value, "iop/teens")
    world.entity("service", "svc_teens", [(listing, "iop/teens")])


def _two_levels(world: CoverageWorld) -> None:
    """An IOP, and a program of another level on the same page, which says more."""
    listing = world.program("levels", LEICESTER)
    world.offer(listing, "php", "svc_php", [("evening", "true")])
    world.say(listing, "payer", "medicaid")  # of all that it lists


def _two_states(world: CoverageWorld) -> None:
    """One partial hospitalization program of mental health at two places."""
    world.program("states", WORCESTER, "php", says=[("condition", "ptsd")])
    other = world.program("other", MANCHESTER, "php", says=[("condition", "ptsd")])
    world.drop("crosswalk", entity_id="svc_other")
    world.drop("ledger", entity_id="svc_other")
    world.entity("service", "svc_states", [(other, "php")])
    world.rows["ledger"].pop()

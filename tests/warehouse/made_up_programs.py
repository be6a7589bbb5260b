"""Programs of the made-up states: what each says stands here, and tests count it by hand."""

from __future__ import annotations

from dataclasses import replace

from made_up_geography import (
    BOSTON,
    CAMBRIDGE,
    LACONIA,
    LEICESTER,
    MANCHESTER,
    SANDWICH,
    WORCESTER,
    CoverageWorld,
)

TEEN, MEDICAID, SPANISH = ("population", "adolescents"), ("payer", "medicaid"), ("language", "es")
PTSD, ALCOHOL = ("condition", "ptsd"), ("condition", "alcohol")


def programs() -> CoverageWorld:
    """A list of substance use (a, a2, a3, b; f offers no IOP), one of mental health (e, i), and pages."""
    world = CoverageWorld()
    world.program("a", WORCESTER, listed="su_2025", operator="org_1", says=[TEEN, MEDICAID])
    world.program("a2", WORCESTER, listed="su_2025", operator="org_1", street1="1 Oak St Suite 2")
    world.program("a3", WORCESTER, listed="su_2025", says=[TEEN], street1="1 Oak St, Floor 5")
    world.program("b", CAMBRIDGE, listed="su_2025", says=[MEDICAID])
    world.program("c", WORCESTER, says=[TEEN, PTSD, ("evening", "true")])
    world.program("d", MANCHESTER, says=[PTSD, ALCOHOL, MEDICAID, SPANISH])
    world.program("e", BOSTON, "php", listed="mh_2025", says=[TEEN])
    world.program("f", LEICESTER, "op", listed="su_2025")
    late = replace(BOSTON, latitude=42.40, longitude=-71.0)
    world.program("g", late, says=[ALCOHOL, ("evening", "false")], geo_precision="zip")
    both_ways = [("virtual", "true"), ("in_person", "true"), PTSD]
    world.program("h", CAMBRIDGE, says=both_ways, latitude=None, longitude=None, geo_precision=None)
    world.program("i", SANDWICH, "op", listed="mh_2025")
    world.program("j", LACONIA)
    _virtual(world, "v1", ["MA", "NH"], PTSD)
    _virtual(world, "v2", [], ALCOHOL)
    return world


def _virtual(world: CoverageWorld, name: str, states: list[str], condition: tuple[str, str]) -> None:
    """A virtual program without a place, that names these states."""
    row = world.program(name, WORCESTER, says=[condition, ("virtual", "true"), ("in_person", "false")])
    row.update(dict.fromkeys(("street1", "city", "state", "zip", "county", "latitude", "longitude", "geo_precision")), is_virtual=True)  # fmt: skip
    world.drop("observation", listing_id=row["listing_id"], field="address")
    for table in ("crosswalk", "ledger"):
        world.drop(table, entity_id=f"loc_{name}")
    for state in states:
        world.say(row, "virtual_state", state, "iop")

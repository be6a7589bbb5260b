"""The small world of the warehouse's tests, with what exports must cope with: virtual, closed, unnamed, dangerous."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from warehouse_world import World, build_world

FORMULA = '=HYPERLINK("https://evil.example";"click")'


def export_world(providers: int = 6) -> World:
    """Six operators in two states, and what is odd: a virtual program, a closed one, a formula as a name."""
    world = World(providers)
    virtual = offer(world, "virtual_iop", "Example Online Care", name="Virtual Teen IOP")
    for state in ("MA", "NH"):
        world.say(virtual, "virtual_state", state, "iop")
    world.say(virtual, "virtual", "true", "iop")
    world.say(virtual, "in_person", "false", "iop")
    world.say(virtual, "population", "adolescents", "iop")
    world.say(virtual, "ages", "[12, 17]", "iop")
    world.say(virtual, "language", "es", "iop")
    world.say(virtual, "session", json.dumps({"days": ["tu", "th"], "start": "16:00", "end": "19:00"}), "iop")
    closed = offer(world, "closed_iop", "Example Gone", name="Closed IOP")
    world.say(closed, "accepting", "closed", "iop")
    waiting = offer(world, "waiting_iop", FORMULA, name="@Evening; weekend IOP")
    world.say(waiting, "accepting", "waitlist", "iop")
    world.say(waiting, "session", json.dumps({"days": ["sa"], "start": "09:00", "end": None}), "iop")
    world.say(waiting, "accreditation", "carf; of 2024")
    world.say(waiting, "phone", "+16175550177;ext=012", qualifier="admissions")
    world.say(waiting, "phone", "+16175550178", qualifier="fax")
    for row in world.find("listing", record_key="2"):
        row["geo_precision"] = "zip"
    for row in world.find("listing", record_key="2", source_id="su_2025"):
        row["site_name"] = "Worcester clinic"  # its own site calls it "Worcester center"
    return world


def offer(world: World, source_id: str, organization: str, name: str) -> dict[str, Any]:
    """An IOP of a source of its own: in Worcester by its address, or virtual."""
    is_virtual = source_id.startswith("virtual")
    world.source(source_id, "provider_site", state="MA")
    place = (
        {}
        if is_virtual
        else {
            "street1": "9 Elm St",
            "city": "Worcester",
            "state": "MA",
            "zip": "01608",
            "county": "Worcester",
        }
    )
    listing = world.add(
        "listing",
        listing_id=f"{source_id}:1",
        source_id=source_id,
        record_key="1",
        organization_name=organization,
        website="www.example.example" if is_virtual else None,
        is_virtual=is_virtual,
        document_sha256=f"sha-{source_id}",
        url=f"https://{source_id}.example/iop",
        observed_at=world.now,
        **place,
    )
    world.add(
        "listing_service", listing_id=listing["listing_id"], service_key="iop", level_of_care="iop", name=name
    )
    world.say(listing, "level_of_care", "iop", "iop")
    world.entity("organization", f"org_{source_id}", [(listing, None)])
    if not is_virtual:
        world.entity("location", f"loc_{source_id}", [(listing, None)])
    world.entity("service", f"svc_{source_id}", [(listing, "iop")])
    return listing


def build_export_world(folder: Path) -> Path:
    """A second release of it, so that there are changes: the first had another phone and no Spanish."""
    world = export_world()
    world.say(world.site(0), "phone", "+16175550199", qualifier="main")
    first = build_world(world, folder, "first")
    world = export_world()
    world.say(world.site(1), "language", "es", "iop/evening")
    return build_world(world, folder, "second", previous=first)

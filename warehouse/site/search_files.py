"""The files that the search loads: one a state, one for the programs without a state, places by their first letters, and an index of all."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from warehouse.exports.release_file import OpenRelease
from warehouse.site.facts import layout
from warehouse.site.maps import StateMap
from warehouse.site.places import PLACES, place_files
from warehouse.site.shards import Shard, compact
from warehouse.site.site import Site
from warehouse.sql import literal

WHERE = "SELECT DISTINCT unnest(searched_in) AS code FROM memory.site.program ORDER BY code"
ROWS = """
SELECT d.*, p.home, r.refused FROM directory d
JOIN memory.site.program p ON p.service_id = d.service_id AND p.location_id IS NOT DISTINCT FROM d.location_id
LEFT JOIN (
    SELECT service_id, list_sort(list(payer)) AS refused FROM service_payer WHERE network = 'not_accepted' GROUP BY service_id
) r ON r.service_id = d.service_id
WHERE list_contains(p.searched_in, {code}) ORDER BY d.service_id, d.location_id"""
ABOVE = {
    "conditions": "SELECT code, list_sort(list(ancestor)) AS above FROM condition_ancestor GROUP BY code ORDER BY code",
    "payers": "SELECT code, list_sort(list(ancestor)) AS above FROM payer_ancestor GROUP BY code ORDER BY code",
}


def write_search_files(site: Site, source: OpenRelease, maps: Mapping[str, StateMap | None]) -> int:
    """Files under `data/r<release>/`, so that a browser never mixes two releases; gives how many."""
    folder = f"data/r{site.release}"
    states: dict[str, Any] = {}
    codes = [row["code"] for row in source.rows(WHERE)]
    for code in codes:
        shard = Shard(code)
        for row in source.rows(ROWS.format(code=literal(code))):
            shard.add(row)
        drawn = maps.get(code)
        site.put(f"{folder}/{code.lower()}.json", shard.text(map=drawn.plan if drawn else None))
        states[code] = {"n": shard.count, "cells": sorted(shard.cells)}
    places = place_files(source.rows(PLACES))
    for key, text in places.items():
        site.put(f"{folder}/places/{key}.json", text)
    above = {
        name: {row["code"]: row["above"] for row in source.rows(sql) if len(row["above"]) > 1}
        for name, sql in ABOVE.items()
    }
    index = {"states": states, "above": above, "ages": layout()["ages"], "places": sorted(places)}
    site.put(f"{folder}/index.json", compact(index))
    return len(codes) + len(places) + 1

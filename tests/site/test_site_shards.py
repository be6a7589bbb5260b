"""The files of the search say what the directory says."""

from __future__ import annotations

import json
from collections import defaultdict
from datetime import datetime
from pathlib import Path
from typing import Any

from warehouse_world import ask

from warehouse.site.place_names import folded, slug
from warehouse.site.shards import Shard


def rows(site: Path, code: str) -> list[dict[str, Any]]:
    """A shard as the script reads it."""
    file = json.loads((site / "data" / "r1" / f"{code}.json").read_text(encoding="utf-8"))
    words, codes = file["words"], file["codes"]
    sets = [[codes[n] for n in one] for one in file["sets"]]
    meaning = dict.fromkeys(
        ("name", "operator", "town", "county", "zip", "phone", "home", "sessions", "site"), words
    )
    meaning |= dict.fromkeys(
        ("state", "fips", "level", "accepting", "freshness", "focus", "precision"), codes
    )
    names = ("serves", "refused", "conditions", "payers", "languages", "populations")
    meaning |= dict.fromkeys((*names, *(f"{name}_asked" for name in names)), sets)
    found = []
    for n in range(file["n"]):
        cells = {name: column[n] for name, column in file["columns"].items()}
        found.append(
            {
                name: meaning[name][cell] if cell is not None and name in meaning else cell
                for name, cell in cells.items()
            }
        )
    return found


def test_a_shard_holds_what_is_in_the_state_or_serves_it(site: Path, release: Path) -> None:
    expected = ask(
        release,
        """SELECT service_id, organization_name, city, zip, level_of_care, min_age, virtual, has_evening, list_sort(conditions) FROM directory
        WHERE state = 'NH' OR list_contains(virtual_states, 'NH') ORDER BY 1""",
    )
    found = [
        (f"svc_{row['id']}", row["operator"], row["town"], row["zip"], row["level"], row["from"], row["virtual"], row["evening"],
         sorted(row["conditions"]) if row["conditions"] else None)
        for row in rows(site, "nh")
    ]  # fmt: skip
    assert found == [
        (
            *r[:5],
            r[5] and int(r[5]),
            None if r[6] is None else int(r[6]),
            None if r[7] is None else int(r[7]),
            r[8],
        )
        for r in expected
    ]
    assert any(row["virtual"] is None for row in rows(site, "nh")) and any(
        row["virtual"] for row in rows(site, "nh")
    )


def test_what_was_asked_and_not_ticked_is_told_apart(site: Path, release: Path) -> None:
    for service, conditions, not_ticked in ask(
        release, "SELECT service_id, conditions, conditions_not_ticked FROM directory WHERE state = 'NH'"
    ):
        (row,) = (row for row in rows(site, "nh") if f"svc_{row['id']}" == service)
        asked = set(row.get("conditions_asked") or ())
        assert asked - set(row["conditions"] or ()) == set(not_ticked or ())
        assert set(row["conditions"] or ()) == set(conditions or ())


def test_codes_are_numbered_alike_in_whatever_order_they_come() -> None:
    texts = set()
    for refused in (["aetna", "cigna"], ["cigna", "aetna"]):
        shard = Shard("MA")
        shard.add(
            defaultdict(lambda: None, service_id="svc_1", last_verified=datetime(2026, 3, 2), refused=refused)
        )
        texts.add(shard.text())
    assert len(texts) == 1


def test_places_are_found_by_their_first_letters(site: Path) -> None:
    folder = site / "data" / "r1" / "places"
    (zip_code,) = (p for p in json.loads((folder / "02.json").read_text()) if p[0] == "02139")
    assert zip_code[1:] == ["zip", "MA", 423624, -711023, "02139", 39856, "Cambridge, MA 02139"]
    assert ["Worcester County", "county", "MA"] in [
        p[:3] for p in json.loads((folder / "wo.json").read_text())
    ]


def test_names_are_folded() -> None:
    assert (folded("Peñasco  D'Iberville"), slug("St. Mary’s")) == ("penasco diberville", "st-marys")
    assert slug("東京") == "x"

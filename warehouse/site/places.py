"""Places that can be searched for: small files by the first two letters or digits of a name, so that a phone loads what it needs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from warehouse.site.place_names import folded
from warehouse.site.shards import compact, position

Row = Mapping[str, Any]
LETTERS = 2
# States are in the index. A site of some states knows the places of these alone.
PLACES = """
SELECT name, place_kind AS kind, state, latitude, longitude, geoid, population, nullif(display_name, name || ', ' || state) AS shown
FROM place WHERE place_kind <> 'state' AND (getvariable('states') IS NULL OR list_contains(getvariable('states'), state))
ORDER BY place_kind, place_id"""


def place_files(rows: Iterable[Row]) -> Mapping[str, str]:
    """Files by the beginning of names, of the rows of `PLACES`.

    A place: name, kind, state, latitude and longitude in ten-thousandths, GEOID, people, and how it is written where that is
    not its name and state.
    """
    found: dict[str, list[Sequence[Any]]] = defaultdict(list)
    for row in rows:
        key = folded(row["name"]).replace(" ", "")[:LETTERS]
        if len(key) < LETTERS:
            continue
        point = [position(row[axis]) for axis in ("latitude", "longitude")]
        place = [row["name"], row["kind"], row["state"], *point, row["geoid"], row["population"] or 0]
        found[key].append([*place, row["shown"]] if row["shown"] else place)
    return {key: compact(places) for key, places in sorted(found.items())}

"""What changed since a release, as NDJSON for those who keep a copy: one line per entity and release, oldest first.

It is made of the directory's history in one release; `examples/apply_changes.py` brings a copy up to date with it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from heapq import merge
from itertools import groupby
from pathlib import Path
from typing import Any

from warehouse.exports.errors import ExportError
from warehouse.exports.release_file import OpenRelease, plain

Row = Mapping[str, Any]
Line = dict[str, Any]
KEYS = ("service_id", "location_id")
OF_HISTORY = ("valid_from", "valid_to", "from_release", "to_release", "row_hash")
NO_FIELDS = frozenset({*KEYS, *OF_HISTORY, "release", "built_at", "entity_type", "id", "was", "goes_on"})

# Rows of a program at each release that changed it: those that it ended, those that it began, and those that went on.
STEPS = """WITH step AS (
    SELECT from_release AS release, service_id FROM directory_history WHERE from_release > {since}
    UNION
    SELECT to_release, service_id FROM directory_history WHERE to_release > {since})
SELECT h.*, step.release, l.built_at, 'service' AS entity_type, h.service_id AS id,
    h.from_release < step.release AS was, h.to_release IS NULL OR h.to_release > step.release AS goes_on
FROM step
JOIN directory_history h ON h.service_id = step.service_id AND h.from_release <= step.release
    AND (h.to_release IS NULL OR h.to_release >= step.release)
JOIN release_history l ON l.release = step.release
ORDER BY step.release, entity_type DESC, h.service_id, h.location_id NULLS FIRST"""
# Ids that came to an end; what is called how is known of those that were joined alone.
ENDS = """SELECT b.release, b.changed_at AS built_at, b.entity_type, b.old_id AS id, b.why, b.new_id,
    c.name, coalesce(c.states, []) AS states
FROM id_bridge b
LEFT JOIN (SELECT release, entity_id, any_value(name) AS name, any_value(states) AS states
    FROM changes WHERE field = 'entity' GROUP BY ALL) c ON c.release = b.release AND c.entity_id = b.old_id
WHERE b.release > {since} AND b.why <> 'split'
ORDER BY b.release, b.entity_type DESC, b.old_id"""
SPLITS = """SELECT release, new_id, min(old_id) AS old_id FROM id_bridge
WHERE release > {since} AND why = 'split' AND entity_type = 'service' GROUP BY ALL"""
RELEASES = "SELECT release, built_at FROM release_history ORDER BY release"


def write_changes(source: OpenRelease, to: Path, since: str | None = None) -> Mapping[str, int]:
    """Lines since a release, given by its number or by a date: that of the last release built on or before it. By default since the
    release before; 0 is before the first."""
    first = since_release(source, since)
    counts: dict[str, int] = {}
    with to.open("w", encoding="utf-8", newline="\n") as file:
        for line in changes(source, first):
            file.write(json.dumps(line, ensure_ascii=False) + "\n")
            counts[line["kind"]] = counts.get(line["kind"], 0) + 1
    return counts or {"changes": 0}


def since_release(source: OpenRelease, since: str | None) -> int:
    """The number of the release that somebody has. ExportError where this release does not go on from it."""
    known = {row["release"]: row["built_at"] for row in source.rows(RELEASES)}
    if not known:
        raise ExportError(
            f"release {source.release} is of contract {source.contract_version} and does not say which it goes on from: "
            "releases from 2.2 on do, and the next run makes one"
        )
    if since is None:
        return max((number for number in known if number < source.release), default=0)
    if since.isdecimal():
        if int(since) and int(since) not in known:
            raise ExportError(
                f"release {source.release} does not go on from release {since}: take the release whole, "
                f"or the changes since one of {', '.join(map(str, known))}"
            )
        return int(since)
    try:
        day = date.fromisoformat(since)
    except ValueError:
        raise ExportError(f"--since {since} is no number of a release and no date (2026-03-01)") from None
    return max((number for number, built in known.items() if built.date() <= day), default=0)


def changes(source: OpenRelease, since: int) -> Iterator[Line]:
    """The lines of all releases after `since`; of each release first programs, then operators, then places, by id."""
    parts = {
        (row["release"], row["new_id"]): row["old_id"] for row in source.rows(SPLITS.format(since=since))
    }
    steps, ends = (source.rows(sql.format(since=since)) for sql in (STEPS, ENDS))
    for _, rows in groupby(merge(steps, ends, key=_order), key=_order):
        line = _line(list(rows))
        if line is not None:
            if line["kind"] == "appeared" and (line["release"], line["id"]) in parts:
                line["split_from"] = parts[line["release"], line["id"]]
            yield line


def _order(row: Row) -> tuple[int, int, str]:
    return row["release"], ("service", "organization", "location").index(row["entity_type"]), row["id"]


def _line(rows: Sequence[Row]) -> Line | None:
    """One entity at one release; None where its rows were written anew and say the same."""
    ends = [row for row in rows if "why" in row]
    history = [row for row in rows if "why" not in row]
    before, after = ({row["location_id"]: row for row in history if row[side]} for side in ("was", "goes_on"))
    line = _head(rows[0], after or before)
    if after:
        places = list(_places(before, after))
        return line | {"kind": "changed" if before else "appeared", "places": places} if places else None
    line["kind"] = ends[-1]["why"] if ends else "disappeared"
    if ends and ends[-1]["new_id"]:
        line["new_id"] = ends[-1]["new_id"]
    if ends and not history:
        line |= {"name": ends[-1]["name"], "states": ends[-1]["states"]}
    return line


def _head(row: Row, rows: Mapping[str | None, Row]) -> Line:
    """What a line says of itself, so that its reader may leave it out: whose it is, and where."""
    shown = next(iter(rows.values()), {})
    states = {row["state"] for row in rows.values() if row["state"]}
    return {
        "release": row["release"],
        "built_at": plain(row["built_at"]),
        "kind": "",
        "entity_type": row["entity_type"],
        "id": row["id"],
        "name": shown.get("service_name"),
        "operator": shown.get("organization_name"),
        "states": sorted(states or shown.get("virtual_states") or ()),
    }


def _places(before: Mapping[str | None, Row], after: Mapping[str | None, Row]) -> Iterator[Line]:
    """Rows of the directory that came, went or say otherwise."""
    for place in sorted({*before, *after}, key=lambda place: place or ""):
        if place not in after:
            yield {"location_id": place, "kind": "disappeared"}
        elif place not in before:
            yield {"location_id": place, "kind": "appeared", "fields": dict(_fields({}, after[place]))}
        elif fields := dict(_fields(before[place], after[place])):
            yield {"location_id": place, "kind": "changed", "fields": fields}


def _fields(old: Row, new: Row) -> Iterable[tuple[str, Line]]:
    for name, value in new.items():
        if name not in NO_FIELDS and value != old.get(name):
            yield name, {"old": plain(old.get(name)), "new": plain(value)}

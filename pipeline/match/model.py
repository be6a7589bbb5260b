"""Records to organizations and locations: block, compare, score, cluster, twice.

First places: records at one address are one location unless phone and names say otherwise. Then operators: the
locations are the items, joined by the best pair of records between them. A location has one organization.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
import polars as pl

from pipeline.match.arrays import Flags, Floats, Ints
from pipeline.match.block import identifier_pairs, location_pairs, merge, organization_pairs
from pipeline.match.cluster import cluster
from pipeline.match.compare import Comparison, code, compare
from pipeline.match.prepare import prepare
from pipeline.match.records import STREET, Records
from pipeline.match.score import DOUBT, JOIN, VETO, contributions, probability, reasons

BEST = 3  # joined pairs kept for each record
PAIRS = {
    "level": pl.String,
    "left_id": pl.String,
    "right_id": pl.String,
    "probability": pl.Float64,
    "decision": pl.String,
    "reasons": pl.String,
}


@dataclass(frozen=True, slots=True)
class Told:
    """What reviewers decided, as pairs of record ids by level: (left, right) → same?, with the words to show."""

    same: dict[tuple[str, str, str], str] = field(default_factory=dict)
    different: dict[tuple[str, str, str], str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class MatchResult:
    """Assignments (record_id, organization_id, location_id) and the pairs worth keeping, with reasons."""

    assignments: pl.DataFrame
    pairs: pl.DataFrame


@dataclass(frozen=True, slots=True)
class _Scored:
    left: Ints
    right: Ints
    probability: Floats
    vetoed: Flags
    explain: Callable[[Ints], list[str]]


def match_records(records: pl.DataFrame, told: Told | None = None) -> MatchResult:
    """One location and one organization for every record.

    Columns: record_id, source, name1, name2, street1, street2, city, state, zip, phone; and where known intake,
    website, organization, external_ids (list of scheme and identifier), is_virtual. The result does not depend on
    the order of the rows. Raises ValueError for missing columns and for missing or repeated record ids.
    """
    r = prepare(records)
    told = told or Told()
    places = _score_locations(r, told)
    home = np.where(r.located == STREET, r.low * (r.street.max(initial=0) + 1) + r.street, 0)
    location = cluster(len(r), places.left, places.right, places.probability, places.vetoed, JOIN, home)
    location = _reviewed(r, location, told, "location")
    operators = _score_organizations(r, location, told)
    organization = _reviewed(r, _cluster_locations(location, operators), told, "organization")
    location = _one_virtual_place(r, location, organization)
    frame = pl.DataFrame(
        {
            "record_id": r.ids,
            "organization_id": _ids("org", organization, r.signature),
            "location_id": _ids("loc", location, r.signature),
        }
    )
    pairs = [_kept("location", r, places, location), _kept("organization", r, operators, organization)]
    return MatchResult(frame, pl.concat(pairs))


def _score_locations(r: Records, told: Told) -> _Scored:
    left, right = merge([location_pairs(r), identifier_pairs(r), _told_pairs(r, told, "location")], len(r))
    c = compare(r, left, right)
    points = contributions("location", c)
    chance = probability("location", points)
    apart = c.relation["street"] == code("street", "different")
    departments = (c.relation["department"] > 0) & (chance < JOIN)
    vetoed = apart | departments | (chance < VETO)
    chance = np.where(apart, np.minimum(chance, VETO), chance)
    return _decided(r, c, "location", chance, vetoed, points, told)


def _score_organizations(r: Records, location: Ints, told: Told) -> _Scored:
    """Pairs between locations only; one record stands for all that present a place in the same way."""
    looks = pl.DataFrame(np.column_stack([location, r.name, r.label, r.alias, r.phone, r.domain, r.others]))
    profile = (
        looks.with_row_index("row")
        .unique(looks.columns, keep="first")["row"]
        .sort()
        .cast(pl.Int64)
        .to_numpy()
    )
    found = merge([organization_pairs(r, profile), _told_pairs(r, told, "organization")], len(r))
    between = location[found[0]] != location[found[1]]
    c = compare(r, found[0][between], found[1][between])
    points = contributions("organization", c)
    chance = probability("organization", points)
    return _decided(r, c, "organization", chance, chance < VETO, points, told)


def _told_pairs(r: Records, told: Told, level: str) -> tuple[Ints, Ints]:
    place = {record: row for row, record in enumerate(r.ids)} if told.same or told.different else {}
    pairs = [
        (place[a], place[b])
        for of, a, b in (*told.same, *told.different)
        if of == level and a in place and b in place
    ]
    table = np.array(pairs, dtype=np.int64).reshape(-1, 2)
    return table[:, 0], table[:, 1]


def _decided(
    r: Records,
    c: Comparison,
    level: str,
    chance: Floats,
    vetoed: Flags,
    points: dict[str, Floats],
    told: Told,
) -> _Scored:
    """Reviewed decisions win over the model."""
    said: dict[int, str] = {}
    if told.same or told.different:
        for row, (a, b) in enumerate(zip(c.left.tolist(), c.right.tolist(), strict=True)):
            for table, outcome in ((told.same, 1.0), (told.different, 0.0)):
                words = table.get((level, r.ids[a], r.ids[b])) or table.get((level, r.ids[b], r.ids[a]))
                if words:
                    chance[row], vetoed[row], said[row] = outcome, outcome == 0.0, words

    def explain(rows: Ints) -> list[str]:
        texts = reasons(level, c, points, rows)
        return [said.get(row, text) for row, text in zip(rows.tolist(), texts, strict=True)]

    return _Scored(c.left, c.right, chance, vetoed, explain)


def _reviewed(r: Records, group: Ints, told: Told, level: str) -> Ints:
    """Groups joined because a reviewer said so, whatever other members make the model doubt."""
    place = {record: row for row, record in enumerate(r.ids)} if told.same else {}
    for of, a, b in sorted(told.same):
        if of != level or a not in place or b not in place:
            continue
        one, two = group[place[a]], group[place[b]]
        apart = any(
            x == level and y in place and z in place and {group[place[y]], group[place[z]]} == {one, two}
            for x, y, z in told.different
        )
        if not apart:
            group = np.where(group == max(one, two), min(one, two), group)
    return group


def _cluster_locations(location: Ints, scored: _Scored) -> Ints:
    """Organization of each record: clusters of locations, told by their best pair."""
    size = np.int64(len(location))
    a, b = location[scored.left], location[scored.right]
    key = np.minimum(a, b) * size + np.maximum(a, b)
    order = np.lexsort((-scored.probability, key))
    unique, first = np.unique(key[order], return_index=True)
    best = order[first]
    group = cluster(
        len(location), unique // size, unique % size, scored.probability[best], scored.vetoed[best], JOIN
    )
    return group[location]


def _one_virtual_place(r: Records, location: Ints, organization: Ints) -> Ints:
    """All virtual offers of one organization stand at one virtual place."""
    out = location.copy()
    first: dict[int, int] = {}
    for row in np.flatnonzero(r.virtual).tolist():
        out[row] = first.setdefault(int(organization[row]), row)
    return out


def _ids(prefix: str, group: Ints, signature: Sequence[str]) -> list[str]:
    """Ids minted from what the first member in content order says; equal contents in two groups are numbered."""
    minted: dict[int, str] = {}
    used: dict[str, int] = {}
    for item in np.unique(group).tolist():
        text = signature[item]
        count = used[text] = used.get(text, 0) + 1
        minted[item] = mint(prefix, text if count == 1 else f"{text}#{count}")
    return [minted[item] for item in group.tolist()]


def mint(prefix: str, content: str) -> str:
    """An id from content: prefix and 60 bits of SHA-256 in hexadecimal."""
    return f"{prefix}_{hashlib.sha256(content.encode()).hexdigest()[:15]}"


def _best(scored: _Scored, rows: Ints) -> Flags:
    """The pairs that are among the best few of one of their records: enough to say why it was joined."""
    pairs = pl.DataFrame(
        {"left": scored.left[rows], "right": scored.right[rows], "chance": scored.probability[rows]}
    )
    best = pl.col("chance").rank("ordinal", descending=True) <= BEST
    shown = pairs.select(best.over("left").alias("a"), best.over("right").alias("b"))
    return np.asarray((shown["a"] | shown["b"]).to_numpy())


def _nearest(scored: _Scored, rows: Ints, group: Ints) -> Flags:
    """The best pair between each two groups: one question for a reviewer, not one for every pair of records."""
    a, b = group[scored.left[rows]], group[scored.right[rows]]
    pairs = pl.DataFrame(
        {"low": np.minimum(a, b), "high": np.maximum(a, b), "chance": scored.probability[rows]}
    )
    best = pl.col("chance").rank("ordinal", descending=True).over("low", "high") == 1
    return np.asarray(pairs.select(best).to_series().to_numpy())


def _kept(level: str, r: Records, scored: _Scored, group: Ints) -> pl.DataFrame:
    """Pairs that a person may ask about: joined, vetoed although much agrees, uncertain, or kept apart narrowly."""
    together = group[scored.left] == group[scored.right]
    likely = scored.probability >= JOIN
    joined = np.flatnonzero(likely & together)
    others = np.flatnonzero(
        (likely & ~together) | (~likely & ((scored.probability >= VETO) | scored.vetoed & together))
    )
    rows = np.sort(np.concatenate([joined[_best(scored, joined)], others[_nearest(scored, others, group)]]))
    decision = np.where(
        scored.vetoed & likely,
        "vetoed",
        np.where(likely & together, "joined", np.where(likely, "vetoed", "apart")),
    )
    decision = np.where(~likely & (scored.probability >= DOUBT) & ~together, "review", decision)
    return pl.DataFrame(
        {
            "level": [level] * len(rows),
            "left_id": [r.ids[i] for i in scored.left[rows].tolist()],
            "right_id": [r.ids[i] for i in scored.right[rows].tolist()],
            "probability": scored.probability[rows],
            "decision": decision[rows],
            "reasons": scored.explain(rows),
        },
        schema=PAIRS,
    )

"""Records to organizations and locations: block, compare, score, cluster, twice.

First places: records at one address are one location unless phone and names say otherwise. Then operators: the
locations are the items, joined by the best pair of records between them. A location has one organization.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import chain

import numpy as np
import polars as pl

from pipeline.match.arrays import Ints, changes
from pipeline.match.block import identifier_pairs, location_pairs, merge, organization_pairs
from pipeline.match.cluster import cluster
from pipeline.match.cohesion import Cohesion, Pair
from pipeline.match.pairs import Scored, bridges, cut, score, worth_keeping
from pipeline.match.prepare import prepare
from pipeline.match.records import STREET, Records
from pipeline.match.relations import code
from pipeline.match.score import JOIN
from pipeline.match.verdicts import Verdict, Verdicts


@dataclass(frozen=True, slots=True)
class MatchResult:
    """Assignments (record_id, organization_id, location_id) and the pairs worth keeping, with reasons."""

    assignments: pl.DataFrame
    pairs: pl.DataFrame


def match_records(records: pl.DataFrame, verdicts: Verdicts | None = None) -> MatchResult:
    """One location and one organization for every record.

    Columns: record_id, source, name1, name2, street1, street2, city, state, zip, phone; and where known intake,
    website, organization, external_ids (list of scheme and identifier), is_virtual. The result does not depend on
    the order of the rows. Raises ValueError for missing columns and for missing or repeated record ids.
    """
    r = prepare(records)
    told = verdicts or Verdicts()
    of_places, of_operators = (told.positions(level, r.ids) for level in ("location", "organization"))
    places, location = _places(r, of_places)
    operators, organization = _operators(r, location, of_operators)
    location = _one_virtual_place(r, location, organization)
    ids, signature = r.ids, r.signature
    del r  # as large as what follows
    frame = pl.DataFrame(
        {
            "record_id": ids,
            "organization_id": _ids("org", organization, signature),
            "location_id": _ids("loc", location, signature),
        }
    )
    operators = cut(operators, bridges(operators, organization))
    pairs = [worth_keeping(places, ids, location), worth_keeping(operators, ids, organization)]
    return MatchResult(frame, pl.concat(pairs))


def _places(r: Records, verdicts: Mapping[Pair, Verdict]) -> tuple[Scored, Ints]:
    """The compared pairs of records, and the location of each record."""
    left, right = merge(chain(location_pairs(r), [identifier_pairs(r), _columns(verdicts)]), len(r))
    scored = score("location", r, left, right, verdicts)
    home = np.where(r.located == STREET, r.low * np.int64(len(r.street)) + r.street.code, 0)
    location = cluster(len(r), left, right, scored.probability, scored.vetoed, JOIN, home)
    return scored, _reviewed(location, verdicts)


def _operators(r: Records, location: Ints, verdicts: Mapping[Pair, Verdict]) -> tuple[Scored, Ints]:
    """The compared pairs of records between locations, and the organization of each record."""
    left, right = merge(chain(organization_pairs(r, _profiles(r, location)), [_columns(verdicts)]), len(r))
    between = location[left] != location[right]
    scored = score("organization", r, left[between], right[between], verdicts)
    return scored, _reviewed(_cluster_locations(r, location, scored), verdicts)


def _columns(verdicts: Mapping[Pair, Verdict]) -> tuple[Ints, Ints]:
    """The pairs of verdicts, as candidates."""
    left, right = np.array(list(verdicts), dtype=np.int64).reshape(-1, 2).T
    return left, right


def _profiles(r: Records, location: Ints) -> Ints:
    """One record for all that present a place in the same way."""
    columns = (location, r.name, r.label, r.alias, r.phone, r.domain.code, *r.others.T)
    look = pl.DataFrame({str(n): column for n, column in enumerate(columns)}).hash_rows().to_numpy()
    order = np.argsort(look, kind="stable")
    return np.sort(order[changes(look[order])]).astype(np.int32)


def _reviewed(group: Ints, verdicts: Mapping[Pair, Verdict]) -> Ints:
    """Groups joined because a reviewer said so, whatever other members make the model doubt."""
    for a, b in (pair for pair, (same, _) in verdicts.items() if same):
        one, two = sorted((group[a], group[b]))
        if not any({group[x], group[y]} == {one, two} for (x, y), (same, _) in verdicts.items() if not same):
            group = np.where(group == two, one, group)
    return group


def _cluster_locations(r: Records, location: Ints, scored: Scored) -> Ints:
    """Organization of each record: clusters of locations that hold together, linked by their best pairs."""
    size = np.int64(len(location))
    a, b = location[scored.left], location[scored.right]
    key = np.minimum(a, b) * size + np.maximum(a, b)
    order = np.lexsort((-scored.probability, key))
    best = order[changes(key[order])]
    left, right = key[best] // size, key[best] % size
    chance, vetoed = scored.probability[best], scored.vetoed[best]
    linked = (chance >= JOIN) & ~vetoed
    cohesion = Cohesion(
        len(location),
        location,
        lambda rows: np.column_stack([r.names.marks(r.name[rows]), r.names.marks(r.alias[rows])]),
        left[linked],
        right[linked],
        scored.comparison.relation["alone"][best][linked] >= code("alone", "own"),
    )
    return cluster(len(location), left, right, chance, vetoed, JOIN, cohesion=cohesion)[location]


def _one_virtual_place(r: Records, location: Ints, organization: Ints) -> Ints:
    """All virtual offers of one organization stand at one virtual place."""
    out = location.copy()
    first: dict[int, int] = {}
    for row in np.flatnonzero(r.virtual).tolist():
        out[row] = first.setdefault(int(organization[row]), row)
    return out


def _ids(prefix: str, group: Ints, signature: pl.Series) -> pl.Series:
    """Ids minted from what the first member in content order says; equal contents in two groups are numbered."""
    used = np.zeros(len(group), dtype=bool)
    used[group] = True
    texts = pl.DataFrame({"text": signature.filter(pl.Series(used))})
    same = texts.select(pl.int_range(1, pl.len() + 1).over(pl.col("text").rle_id())).to_series()
    minted = (
        mint(prefix, text if count == 1 else f"{text}#{count}")
        for text, count in zip(texts["text"], same, strict=True)
    )
    return pl.Series(minted, dtype=pl.String).gather((np.cumsum(used) - 1)[group])


def mint(prefix: str, content: str) -> str:
    """An id from content: prefix and 60 bits of SHA-256 in hexadecimal."""
    return f"{prefix}_{hashlib.sha256(content.encode()).hexdigest()[:15]}"

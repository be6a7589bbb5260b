"""Candidate pairs: records that share a key rare enough to be worth comparing.

Blocks larger than `LIMIT` are not compared all against all: each record meets its `WINDOW` next neighbours in name
order, so that the work grows with the number of records whatever a key is shared by.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np
import polars as pl

from pipeline.match.arrays import Flags, Ints, changes, distinct
from pipeline.match.records import CAMPUS, PO_BOX, STREET, Records
from pipeline.match.texts import Texts

Pairs = tuple[Ints, Ints]

LIMIT = 80
WINDOW = 6


def location_pairs(r: Records) -> Iterator[Pairs]:
    """Pairs that may be one place: a house number in common nearby, or one of them not located and a phone or name."""
    rows = np.arange(len(r), dtype=np.int32)
    numbered = (r.located == STREET) & (r.number > 0) & ~r.virtual
    ranged = numbered & (r.high != r.low)
    numbers = np.concatenate([np.where(r.low > 0, r.low, -r.number)[numbered], r.high[ranged]])
    where = np.concatenate([rows[numbered], rows[ranged]])
    boxes, campus = (r.located == PO_BOX) & ~r.virtual, (r.located == CAMPUS) & ~r.virtual
    for area in (r.zip, r.city, r.phone):
        yield _within(r, where, numbers, area[where])
    yield _within(r, rows[boxes], r.number[boxes], r.zip[boxes])
    for area in (r.zip, r.city):
        yield _within(r, rows[campus], r.street.code[campus], area[campus])
    yield from _unlocated(r, ~r.virtual)


def _unlocated(r: Records, physical: Flags) -> Iterator[Pairs]:
    """Records without a street meet all that share phone or name in the same ZIP code or city."""
    vague = (r.located != STREET) & physical
    for key in (r.phone, r.name, r.label):
        rows = np.flatnonzero(np.isin(key, key[vague]) & physical)
        for area in (r.zip, r.city):
            left, right = _within(r, rows, key[rows], area[rows])
            keep = vague[left] | vague[right]
            yield left[keep], right[keep]


def organization_pairs(r: Records, profile: Ints) -> Iterator[Pairs]:
    """Pairs that may be one operator, among the records in `profile` (one for each way a place presents itself)."""
    numbers = np.column_stack([r.phone, r.others])[profile]
    yield _within(r, np.repeat(profile, numbers.shape[1]), numbers.ravel())
    yield _within(r, profile, r.domain.code[profile])
    names = np.concatenate([r.name[profile], r.alias[profile], r.label[profile]])
    whole = np.concatenate([np.ones(2 * len(profile), bool), np.isin(r.label[profile], r.name[profile])])
    yield _within(r, np.tile(profile, 3)[whole], names[whole])
    city = r.city[profile]
    yield _within(r, profile, r.low[profile] * np.int64(len(r.street)) + r.street.code[profile], city)
    rare = _rarest(r, r.name[profile])
    local, local_label = (
        np.where((word > 0) & (city > 0), word * _size(r.city) + city, 0)
        for word in (rare, _rarest(r, r.site[profile]))
    )
    known = np.isin(local_label, local)  # a site name matters where it is an operator's name in the same city
    yield _within(r, np.concatenate([profile, profile[known]]), np.concatenate([local, local_label[known]]))
    yield _within(r, profile, rare, r.state[profile])
    yield _identified(r, profile)
    yield _named_by_domain(r, profile)


def _rarest(r: Records, names: Ints) -> Ints:
    """The most telling word of each name; 0 where it tells too little to look for others with it."""
    return r.names.telling(names)[:, 0] + 1


def _named_by_domain(r: Records, profile: Ints) -> Pairs:
    """Records whose whole name is the web domain of another, and those that print the domain."""
    codes = Texts.of(pl.concat([r.domain_names, r.names.squeezed])).code
    domain, name = codes[: len(r.domain)][r.domain.code[profile]], codes[len(r.domain) :][r.name[profile]]
    shared = np.isin(name, domain)
    return _within(r, np.concatenate([profile, profile[shared]]), np.concatenate([domain, name[shared]]))


def _identified(r: Records, profile: Ints) -> Pairs:
    listed = r.identifiers.filter(pl.col("row").is_in(profile))
    return _within(r, listed["row"].to_numpy(), listed["identifier"].to_numpy())


def identifier_pairs(r: Records) -> Pairs:
    """Pairs with an identifier of a registry in common (license number, NPI)."""
    return _within(r, r.identifiers["row"].to_numpy(), r.identifiers["identifier"].to_numpy())


def merge(found: Iterable[Pairs], size: int) -> Pairs:
    """Distinct pairs, left before right, in order."""
    codes = [np.minimum(a, b) * np.int64(size) + np.maximum(a, b) for a, b in found]
    code = distinct(np.concatenate([np.zeros(0, dtype=np.int64), *codes]))
    left, right = ((part(code, np.int64(size))).astype(np.int32) for part in (np.floor_divide, np.remainder))
    return left[left != right], right[left != right]


def _size(codes: Ints) -> np.int64:
    return np.int64(codes.max(initial=0) + 1)


def _within(r: Records, rows: Ints, *keys: Ints) -> Pairs:
    """Pairs of `rows` that agree in all keys; 0 in a key is *not stated* and agrees with nothing."""
    stated = np.flatnonzero(np.logical_and.reduce([key != 0 for key in keys]))
    key = pl.DataFrame({f"key{n}": key[stated] for n, key in enumerate(keys)}).hash_rows().to_numpy()
    order = np.argsort(key)
    key, rows = key[order], rows[stated[order]]
    first = np.flatnonzero(changes(key))
    size = np.diff(first, append=len(key))
    large = np.repeat(size > LIMIT, size)
    small = _all_pairs(key[~large], rows[~large], LIMIT)
    key, rows = key[large], rows[large]
    by_name = pl.DataFrame({"key": key, "name": r.names.texts.gather(r.name[rows]), "row": rows}).sort(
        "key", "name", "row"
    )
    window = _all_pairs(by_name["key"].to_numpy(), by_name["row"].to_numpy(), WINDOW)
    return np.concatenate([small[0], window[0]]), np.concatenate([small[1], window[1]])


def _all_pairs(key: Ints, rows: Ints, reach: int) -> Pairs:
    """Pairs of rows of one key that stand at most `reach` apart, keys being in order."""
    left, right = [], []
    at = np.arange(len(key))
    for step in range(1, reach + 1):
        at = at[at < len(key) - step]
        at = at[key[at] == key[at + step]]
        left.append(rows[at])
        right.append(rows[at + step])
    return np.concatenate(left), np.concatenate(right)

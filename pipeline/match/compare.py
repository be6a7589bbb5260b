"""What two records say of each other, field by field: a relation, never just "equal or not".

*Unknown* (one side does not state it) is kept apart from *different*. Each relation is a code; `weights.csv` says what
it is worth at each level.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from rapidfuzz import fuzz, process

from pipeline.match.arrays import Codes, Flags, Floats, Ints
from pipeline.match.names import (
    CONTAINED,
    CROSS,
    DOMAIN,
    EXACT,
    NAME_RELATIONS,
    RELATED,
    SIMILAR,
    TELLING,
    UNKNOWN,
)
from pipeline.match.records import CAMPUS, PO_BOX, STREET, Records

RELATIONS: Mapping[str, tuple[str, ...]] = {
    "base": ("base",),
    "street": ("unknown", "same", "letter", "suffix", "similar", "different"),
    "locality": ("same", "city", "elsewhere", "state"),
    "unit": ("unknown", "same", "similar", "different"),
    "phone": ("unknown", "same", "extension", "crossed", "intake", "near", "different"),
    "name": NAME_RELATIONS,
    "label": ("unknown", "same", "different"),
    "department": ("unknown", "different"),
    "withheld": ("unknown", "crossed"),
    "building": ("unknown", "phone", "host"),
    "domain": ("unknown", "same", "different"),
    "identifier": ("unknown", "same", "different"),
    "file": ("other", "same"),
    "area": ("building", "city", "state", "elsewhere"),
}

STREETS_ALIKE = 84.0
SITE_TELLING = 6.0  # nats of a site name that only one operator would use


@dataclass(frozen=True, slots=True)
class Comparison:
    """Relations of each pair by field, and how much the shared name and number tell."""

    left: Ints
    right: Ints
    relation: Mapping[str, Codes]
    shared_name: Floats  # nats
    operators: Floats  # operators who use the phone that the two share, 1 where it is theirs alone
    domain_operators: Floats


def code(field: str, relation: str) -> int:
    return RELATIONS[field].index(relation)


def compare(r: Records, left: Ints, right: Ints) -> Comparison:
    """Compare every pair in every field."""
    phone, number = _phone(r, left, right)
    name, shared = _name(r, left, right)
    label = _label(r, left, right)
    street = _street(r, left, right)
    locality = _locality(r, left, right)
    own_phones = _differ(r.phone, left, right) & (phone != code("phone", "crossed"))
    apart = (label == code("label", "different")) & own_phones
    domain = _equal(r.domain[left], r.domain[right])
    area = _area(r, left, right, street, locality)
    relation: dict[str, Codes] = {
        "base": np.zeros(len(left), np.int8),
        "street": street,
        "locality": locality,
        "unit": _unit(r, left, right),
        "phone": phone,
        "name": name,
        "label": label,
        "department": apart.astype(np.int8),
        "domain": domain,
        "identifier": _identifier(r, left, right),
        "file": (r.source[left] == r.source[right]).astype(np.int8),
        "area": area,
        "withheld": ((street == code("street", "unknown")) & (phone == code("phone", "crossed"))).astype(
            np.int8
        ),
        "building": _building(area, phone, name),
    }
    return Comparison(
        left, right, relation, shared, _operators(r, number), _domain_operators(r, left, domain)
    )


def _equal(a: Ints, b: Ints) -> Codes:
    """unknown, same, different."""
    return np.where((a == 0) | (b == 0), 0, np.where(a == b, 1, 2)).astype(np.int8)


def _street(r: Records, left: Ints, right: Ints) -> Codes:
    kinds = r.located[left], r.located[right]
    out = np.full(len(left), code("street", "different"), np.int8)
    exact = r.number[left] == r.number[right]
    spans = (
        (r.low[left] <= r.high[right])
        & (r.low[right] <= r.high[left])
        & (r.low[left] > 0)
        & (r.low[right] > 0)
    )
    numbered = exact | spans
    same_name = r.street[left] == r.street[right]
    open_ = np.flatnonzero(numbered & ~same_name)
    near = np.zeros(len(left), bool)
    if len(open_):
        a, b = r.street_text[left[open_]], r.street_text[right[open_]]
        ratio: Any = process.cpdist(a, b, scorer=fuzz.ratio, score_cutoff=STREETS_ALIKE, workers=-1)
        inside = [_inside(x, y) for x, y in zip(a, b, strict=True)]
        near[open_] = (ratio >= STREETS_ALIKE) | np.array(inside, dtype=bool)
    turned = (
        _differ(r.direction, left, right) | (r.direction[left] != r.direction[right]) & same_name & ~exact
    )
    typed = _differ(r.suffix, left, right)
    out[numbered & near & ~turned] = code("street", "similar")
    out[numbered & same_name] = code("street", "letter")
    out[exact & same_name] = code("street", "same")
    out[exact & same_name & typed] = code("street", "suffix")
    out[numbered & turned] = code("street", "different")
    boxes = (kinds[0] == PO_BOX) & (kinds[1] == PO_BOX)
    out[boxes] = np.where(exact, code("street", "same"), code("street", "unknown"))[boxes]
    grounds = (kinds[0] == CAMPUS) & (kinds[1] == CAMPUS)
    out[grounds] = np.where(same_name, code("street", "same"), code("street", "unknown"))[grounds]
    located = (kinds[0] == STREET) & (kinds[1] == STREET)
    out[~located & ~boxes & ~grounds] = code("street", "unknown")
    out[r.virtual[left] | r.virtual[right]] = code("street", "different")
    return out


def _inside(a: str, b: str) -> bool:
    """One street name with words left out of the other: "MARTIN LUTHER KING" and "DR MARTIN LUTHER KING JR"."""
    short, long = sorted((a.split(), b.split()), key=len)
    return bool(short) and len("".join(short)) > 3 and set(short) <= set(long)


def _differ(codes: Ints, left: Ints, right: Ints) -> Flags:
    a, b = codes[left], codes[right]
    return np.asarray((a != b) & (a > 0) & (b > 0))


def _locality(r: Records, left: Ints, right: Ints) -> Codes:
    states = _differ(r.state, left, right)
    zips = (r.zip[left] == r.zip[right]) & (r.zip[left] > 0)
    city = (r.city[left] == r.city[right]) | (r.city[left] == 0) | (r.city[right] == 0)
    missing = (r.zip[left] == 0) | (r.zip[right] == 0)
    out = np.where(zips | (missing & city), 0, np.where(city, 1, 2))
    return np.where(states, 3, out).astype(np.int8)


def _area(r: Records, left: Ints, right: Ints, street: Codes, locality: Codes) -> Codes:
    near = locality <= code("locality", "city")
    building = near & (street >= code("street", "same")) & (street <= code("street", "similar"))
    city = (r.city[left] == r.city[right]) & (r.city[left] > 0) | (locality == 0)
    state = ~_differ(r.state, left, right)
    return np.where(building, 0, np.where(city, 1, np.where(state, 2, 3))).astype(np.int8)


def _building(area: Codes, phone: Codes, name: Codes) -> Codes:
    """In one building: a number in common, or else a site name that may only be the landlord's."""
    inside = area == code("area", "building")
    shares = (phone >= code("phone", "same")) & (phone <= code("phone", "intake"))
    host = (name == CROSS) & (phone == code("phone", "different"))
    return np.where(inside & shares, 1, np.where(inside & host, 2, 0)).astype(np.int8)


def _unit(r: Records, left: Ints, right: Ints) -> Codes:
    out = _equal(r.unit[left], r.unit[right])
    open_ = np.flatnonzero(out == 2)
    texts = {
        pair: _units(*pair)
        for pair in set(zip(r.unit_text[left[open_]], r.unit_text[right[open_]], strict=True))
    }
    found = [texts[p] for p in zip(r.unit_text[left[open_]], r.unit_text[right[open_]], strict=True)]
    out[open_] = np.array(found, dtype=np.int8)
    return out


_DESIGNATED = re.compile(r"([A-Z]+)((?: \w*\d\w*| [A-Z](?= |$))+)")


def _units(a: str, b: str) -> int:
    """Units of the same designator are comparable: STE 100 and STE 100A overlap, STE 100 and FL 2 cannot be told."""
    one = {d: set(ids.split()) for d, ids in _DESIGNATED.findall(a)}
    two = {d: set(ids.split()) for d, ids in _DESIGNATED.findall(b)}
    verdicts = [
        any(x == y or x.rstrip("ABCDEFGH") == y.rstrip("ABCDEFGH") != "" for x in one[d] for y in two[d])
        for d in one.keys() & two.keys()
    ]
    if not verdicts:
        return code("unit", "unknown")
    return code("unit", "similar" if all(verdicts) else "different")


def _phone(r: Records, left: Ints, right: Ints) -> tuple[Codes, Ints]:
    """The relation, and the number that the two share (0 for none)."""
    a, b = r.phone[left], r.phone[right]
    known = (a > 0) & (b > 0)
    out = np.where(known, code("phone", "different"), 0).astype(np.int8)
    number = np.zeros(len(left), np.int64)
    out[known & (a // 100 == b // 100)] = code("phone", "near")
    mine, theirs = r.others[left], r.others[right]
    for column in range(mine.shape[1]):
        hit = ((theirs == mine[:, column, None]) & (theirs > 0)).any(axis=1)
        out[hit], number[hit] = code("phone", "intake"), mine[hit, column]
    crossed = ((theirs == a[:, None]) & (a[:, None] > 0)).any(axis=1)
    out[crossed], number[crossed] = code("phone", "crossed"), a[crossed]
    crossed = ((mine == b[:, None]) & (b[:, None] > 0)).any(axis=1)
    out[crossed], number[crossed] = code("phone", "crossed"), b[crossed]
    same = known & (a == b)
    x, y = r.extension[left], r.extension[right]
    out[same] = np.where((x != y) & (x >= 0) & (y >= 0), code("phone", "extension"), code("phone", "same"))[
        same
    ]
    number[same] = a[same]
    return out, number


def _operators(r: Records, number: Ints) -> Floats:
    """How many operators, told by the rarest word of their names, print each number."""
    every = np.column_stack([r.phone, r.others])
    users = np.repeat(r.names.rarest(r.name), every.shape[1])
    return _counts(every.ravel(), users, number)


def _domain_operators(r: Records, left: Ints, domain: Codes) -> Floats:
    return _counts(r.domain, r.names.rarest(r.name), np.where(domain == 1, r.domain[left], 0))


def _counts(keys: Ints, users: Ints, wanted: Ints) -> Floats:
    size = np.int64(users.max(initial=0) + 2)
    pairs = np.unique(keys[keys > 0] * size + users[keys > 0] + 1)
    values, counts = np.unique(pairs // size, return_counts=True)
    if not len(values):
        return np.ones(len(wanted))
    place = np.clip(np.searchsorted(values, wanted), 0, len(values) - 1)
    return np.where(values[place] == wanted, counts[place], 1).astype(np.float64)


def _name(r: Records, left: Ints, right: Ints) -> tuple[Codes, Floats]:
    """The best relation among operator and trade names; else across to site names; else to a web domain."""
    best, shared = r.names.compare(r.name[left], r.name[right])
    for a, b in ((r.alias, r.name), (r.name, r.alias), (r.alias, r.alias)):
        chosen = np.flatnonzero((a[left] > 0) & (b[right] > 0) & (best > EXACT))
        _improve(best, shared, chosen, r.names.compare(a[left[chosen]], b[right[chosen]]), None)
    for a, b in ((r.site, r.name), (r.name, r.site)):
        chosen = np.flatnonzero((a[left] > 0) & (b[right] > 0) & (best > SIMILAR))
        _improve(best, shared, chosen, r.names.compare(a[left[chosen]], b[right[chosen]]), CROSS)
    _shared_site(r, left, right, best, shared)
    open_ = np.flatnonzero((best >= RELATED) & ((r.domain[left] > 0) | (r.domain[right] > 0)))
    for i in open_[_domain_agrees(r, left[open_], right[open_])]:
        best[i] = DOMAIN
        shared[i] = max(shared[i], r.names.information[r.name[[left[i], right[i]]]].min())
    return best, shared


def _shared_site(r: Records, left: Ints, right: Ints, best: Codes, shared: Floats) -> None:
    """An operator's name in the second field of both ("Habit Opco" under two clinics' names) is as good as across."""
    same = (r.site[left] > 0) & (r.site[left] == r.site[right]) & (best >= RELATED) & (best != CROSS)
    rows = np.flatnonzero(same)
    told = r.names.information[r.site[left[rows]]]
    operators = np.isin(r.site[left[rows]], r.name) & (told >= SITE_TELLING)
    best[rows[operators]], shared[rows[operators]] = CROSS, told[operators]


def _improve(best: Codes, shared: Floats, rows: Ints, found: tuple[Codes, Floats], as_: int | None) -> None:
    relation, information = found
    fits = (relation > 0) & (relation <= (SIMILAR if as_ is None else CONTAINED))
    better = fits & (as_ is None) & (relation < best[rows])
    if as_ is not None:
        better = fits & (information >= TELLING)
    best[rows[better]] = relation[better] if as_ is None else as_
    shared[rows[better]] = information[better]


def _domain_agrees(r: Records, left: Ints, right: Ints) -> Flags:
    """The whole name of one record is the web domain of the other ("Aspire Health" and aspirehealth.example)."""

    def says(record: int, other: int) -> bool:
        name, domain = r.names.squeezed[r.name[record]], r.domain_text[other]
        return len(name) >= 8 and bool(domain) and (name == domain or fuzz.ratio(name, domain) >= 92)

    pairs = zip(left.tolist(), right.tolist(), strict=True)
    return np.array([says(a, b) or says(b, a) for a, b in pairs], dtype=bool)


def _label(r: Records, left: Ints, right: Ints) -> Codes:
    relation, _ = r.names.compare(r.site[left], r.site[right])
    alike = (relation >= EXACT) & (relation <= SIMILAR)
    return np.where(relation == UNKNOWN, 0, np.where(alike, 1, 2)).astype(np.int8)


def _identifier(r: Records, left: Ints, right: Ints) -> Codes:
    out = np.zeros(len(left), np.int8)
    stated = np.array([bool(found) for found in r.identifiers], dtype=bool)
    for row in np.flatnonzero(stated[left] & stated[right]):
        mine, theirs = dict(r.identifiers[left[row]]), dict(r.identifiers[right[row]])
        if set(r.identifiers[left[row]]) & set(r.identifiers[right[row]]):
            out[row] = 1
        elif mine.keys() & theirs.keys():
            out[row] = 2
    return out

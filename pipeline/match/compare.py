"""What two records say of each other, field by field: a relation, never just "equal or not"."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from typing import TypeVar

import numpy as np
import polars as pl

from pipeline.match.arrays import Codes, Flags, Floats, Ints, distinct
from pipeline.match.names import (
    CONTAINED,
    CROSS,
    DIFFERENT,
    DOMAIN,
    EXACT,
    RELATED,
    SIMILAR,
    TELLING,
    UNKNOWN,
)
from pipeline.match.records import CAMPUS, PO_BOX, STREET, Records
from pipeline.match.relations import Comparison, code
from pipeline.match.spelling import inside, misread, spelled_alike
from pipeline.match.texts import Texts, pairs_of

T = TypeVar("T")

SIMILAR_STREETS = 84.0  # rapidfuzz ratio
SIMILAR_DOMAINS = 92.0
TELLING_SITE = 6.0  # nats of a site name that only one operator would use
SHORTEST_DOMAIN = 8  # letters


def compare(r: Records, left: Ints, right: Ints, asked: Collection[str]) -> Comparison:
    """Compare every pair in every field. What costs much is looked at only where the field is `asked` for."""
    phone, number = _phone(r, left, right)
    name, shared = _name(r, left, right)
    label = _label(r, left, right)
    locality = _locality(r, left, right)
    street = _street(r, left, right, phone, locality)
    area = _area(r, left, right, street, locality)
    domain = _equal(r.domain.code[left], r.domain.code[right])
    crossed = phone == code("phone", "crossed")
    departments = (label == code("label", "different")) & _differ(r.phone, left, right) & ~crossed
    relation = {
        "base": np.zeros(len(left), np.int8),
        "street": street,
        "locality": locality,
        "unit": _unit(r, left, right) if "unit" in asked else np.zeros(len(left), np.int8),
        "phone": phone,
        "name": name,
        "label": label,
        "department": departments.astype(np.int8),
        "domain": domain,
        "identifier": _identifier(r, left, right),
        "file": (r.source[left] == r.source[right]).astype(np.int8),
        "area": area,
        "withheld": ((street == code("street", "unknown")) & crossed).astype(np.int8),
        "building": _building(area, phone, name),
    }
    relation["alone"] = _alone(r, left, right, relation)
    numbers = np.column_stack([r.phone, r.others])
    domains = np.where(domain == code("domain", "same"), r.domain.code[left], 0)
    return Comparison(
        left,
        right,
        relation,
        shared,
        _operators(r, numbers, number),
        _operators(r, r.domain.code[:, None], domains),
        _identified(r, left, right),
        r.names.crowd(r.name),
    )


def _first(field: str, *rules: tuple[Flags, str], otherwise: str) -> Codes:
    """The relation of the first rule that holds."""
    conditions, relations = zip(*rules, strict=True)
    codes = [np.int8(code(field, relation)) for relation in relations]
    return np.select(conditions, codes, np.int8(code(field, otherwise)))


def _equal(a: Ints, b: Ints) -> Codes:
    """unknown, same, different."""
    return np.where((a == 0) | (b == 0), 0, np.where(a == b, 1, 2)).astype(np.int8)


def _differ(codes: Ints, left: Ints, right: Ints) -> Flags:
    a, b = codes[left], codes[right]
    return np.asarray((a != b) & (a > 0) & (b > 0))


def _street(r: Records, left: Ints, right: Ints, phone: Codes, locality: Codes) -> Codes:
    kind = np.where(r.located[left] == r.located[right], r.located[left], -1)
    exact = r.number[left] == r.number[right]
    stated = (r.low[left] > 0) & (r.low[right] > 0)
    numbered = exact | stated & (r.low[left] <= r.high[right]) & (r.low[right] <= r.high[left])
    same_name = r.street.code[left] == r.street.code[right]
    dialled = (phone == code("phone", "same")) | (phone == code("phone", "extension"))
    here = numbered & ~same_name & dialled & (locality == code("locality", "same"))
    turned = _differ(r.direction, left, right)
    turned |= (r.direction[left] != r.direction[right]) & same_name & ~exact
    return _first(
        "street",
        (r.virtual[left] | r.virtual[right], "different"),
        ((kind == PO_BOX) & exact | (kind == CAMPUS) & same_name, "same"),
        (kind != STREET, "unknown"),
        (numbered & turned, "different"),
        (exact & same_name & _differ(r.suffix, left, right), "suffix"),
        (exact & same_name, "same"),
        (numbered & same_name, "letter"),
        (_similar_streets(r, left, right, numbered & ~same_name), "similar"),
        (_misread(r, left, right, here), "misread"),
        otherwise="different",
    )


def _similar_streets(r: Records, left: Ints, right: Ints, asked: Flags) -> Flags:
    """Street names that are misspelled, or one with words left out of the other, among the pairs asked for."""
    a, b, pair = _distinct(r.street, left, right, asked)
    alike = spelled_alike(r.street.distinct, a, r.street.distinct, b, SIMILAR_STREETS)
    return _answered(asked, (alike | np.fromiter(_each(inside, r.street, a, b), dtype=bool))[pair])


def _misread(r: Records, left: Ints, right: Ints, asked: Flags) -> Flags:
    """Street names that may be typed or read wrongly, among the pairs asked for."""
    a, b, pair = _distinct(r.street, left, right, asked)
    return _answered(asked, np.fromiter(_each(misread, r.street, a, b), dtype=bool)[pair])


def _distinct(texts: Texts, left: Ints, right: Ints, asked: Flags) -> tuple[Ints, Ints, Ints]:
    """Each pair of texts once among the pairs of records asked for, and which of them each of those has."""
    return pairs_of(texts.code[left[asked]], texts.code[right[asked]], len(texts))


def _each(relation: Callable[[str, str], T], texts: Texts, a: Ints, b: Ints) -> Iterator[T]:
    return map(relation, texts.distinct.gather(a), texts.distinct.gather(b))


def _answered(asked: Flags, answers: Flags) -> Flags:
    """The answers for those asked, no for all others."""
    found = asked.copy()
    found[asked] = answers
    return found


def _locality(r: Records, left: Ints, right: Ints) -> Codes:
    zips = (r.zip[left] == r.zip[right]) & (r.zip[left] > 0)
    city = ~_differ(r.city, left, right)
    missing = (r.zip[left] == 0) | (r.zip[right] == 0)
    return _first(
        "locality",
        (_differ(r.state, left, right), "state"),
        (zips | missing & city, "same"),
        (city, "city"),
        otherwise="elsewhere",
    )


def _area(r: Records, left: Ints, right: Ints, street: Codes, locality: Codes) -> Codes:
    near = locality <= code("locality", "city")
    building = near & (street >= code("street", "same")) & (street < code("street", "different"))
    city = (r.city[left] == r.city[right]) & (r.city[left] > 0) | (locality == code("locality", "same"))
    return _first(
        "area",
        (building, "building"),
        (city, "city"),
        (~_differ(r.state, left, right), "state"),
        otherwise="elsewhere",
    )


def _building(area: Codes, phone: Codes, name: Codes) -> Codes:
    """In one building: a number in common, or else a site name that may only be the landlord's."""
    inside = area == code("area", "building")
    shares = (phone >= code("phone", "same")) & (phone <= code("phone", "intake"))
    host = (name == CROSS) & (phone == code("phone", "different"))
    return _first("building", (inside & shares, "phone"), (inside & host, "host"), otherwise="unknown")


def _alone(r: Records, left: Ints, right: Ints, relation: Mapping[str, Codes]) -> Codes:
    """Over a distance nothing but names in common: no number, web site or identifier."""
    phone, area = relation["phone"], relation["area"]
    known = (phone >= code("phone", "same")) & (phone <= code("phone", "intake"))
    for field in ("domain", "identifier"):
        known |= relation[field] == code(field, "same")
    near, far = area == code("area", "state"), area == code("area", "elsewhere")
    word = r.names.rarest(r.name)
    own = (word[left] == word[right]) & r.names.coined(word[left])
    same = r.name[left] == r.name[right]
    own |= same & np.isin(r.name[left], _chains(r, left[far & known & same], right[far & known & same]))
    return _first(
        "alone",
        (known, "other"),
        (far & own, "own"),
        (far, "elsewhere"),
        (near & (relation["name"] == CROSS) & (word[left] != word[right]), "site"),
        (near, "state"),
        otherwise="other",
    )


def _chains(r: Records, left: Ints, right: Ints) -> Ints:
    """Names that numbers or web sites tie together in most states where they stand, by namesakes so tied."""
    size = np.int64(r.state.max(initial=0) + 1)
    everywhere = distinct(r.name * size + r.state) // size
    tied = distinct(np.concatenate([r.name[end] * size + r.state[end] for end in (left, right)])) // size
    names, states = np.unique(tied, return_counts=True)
    return np.asarray(names[2 * states >= np.bincount(everywhere)[names]])


def _unit(r: Records, left: Ints, right: Ints) -> Codes:
    relation = _equal(r.unit.code[left], r.unit.code[right])
    asked = _differ(r.unit.code, left, right)
    a, b, pair = _distinct(r.unit, left, right, asked)
    relation[asked] = np.fromiter(_each(_units, r.unit, a, b), dtype=np.int8)[pair]
    return relation


_DESIGNATED = re.compile(r"(?<![A-Z])([A-Z]+)((?: \w*\d\w*| [A-Z](?= |$))+)")


def _units(a: str, b: str) -> int:
    """Units of the same designator are comparable: STE 100 and STE 100A overlap, STE 100 and FL 2 cannot be told."""
    one, two = ({d: set(ids.split()) for d, ids in _DESIGNATED.findall(text)} for text in (a, b))
    overlaps = [
        any(x == y or x.rstrip("ABCDEFGH") == y.rstrip("ABCDEFGH") != "" for x in one[d] for y in two[d])
        for d in one.keys() & two.keys()
    ]
    if not overlaps:
        return code("unit", "unknown")
    return code("unit", "similar" if all(overlaps) else "different")


def _phone(r: Records, left: Ints, right: Ints) -> tuple[Codes, Ints]:
    """The relation, and the number that the two share (0 for none)."""
    a, b = r.phone[left], r.phone[right]
    others_a, others_b = r.others[left], r.others[right]
    known = (a > 0) & (b > 0)
    x, y = r.extension[left], r.extension[right]
    relation = np.where(known, code("phone", "different"), 0).astype(np.int8)
    number = np.zeros(len(left), np.int64)

    def set_(pairs: Flags, name: str, shared: Ints) -> None:
        relation[pairs], number[pairs] = code("phone", name), shared[pairs]

    set_(known & (a // 100 == b // 100), "near", number)
    for other in others_a.T:
        set_(_among(other, others_b), "intake", other)
    set_(_among(a, others_b), "crossed", a)
    set_(_among(b, others_a), "crossed", b)
    set_(known & (a == b), "same", a)
    set_(known & (a == b) & (x != y) & (x >= 0) & (y >= 0), "extension", a)
    return relation, number


def _among(numbers: Ints, others: Ints) -> Flags:
    """Whether each number is one of the others of its row."""
    return np.asarray(((others == numbers[:, None]) & (others > 0)).any(axis=1))


def _operators(r: Records, printed: Ints, wanted: Ints) -> Ints:
    """How many operators, known by the rarest word of their names, print each wanted number or domain."""
    rows, columns = np.nonzero(printed)
    users = r.names.rarest(r.name[rows]) + 1
    size = np.int64(users.max(initial=0) + 1)
    pairs = distinct(printed[rows, columns] * size + users)
    values, counts = np.unique(pairs // size, return_counts=True)
    operators = np.ones(len(wanted), dtype=np.int32)
    if len(values):
        place = np.minimum(np.searchsorted(values, wanted), len(values) - 1)
        found = values[place] == wanted
        operators[found] = counts[place[found]]
    return operators


def _identified(r: Records, left: Ints, right: Ints) -> Ints:
    """The same of the identifier that two records share, of several the one with the fewest; 1 where they share none."""
    found = np.ones(len(left), dtype=np.int32)
    shared = _of_one_scheme(r, left, right).filter(pl.col("identifier") == pl.col("identifier_right"))
    users = r.identifiers.with_columns(word=r.names.rarest(r.name[r.identifiers["row"].to_numpy()]))
    counts = users.group_by("identifier").agg(operators=pl.col("word").n_unique())
    fewest = shared.join(counts, on="identifier").group_by("pair").agg(pl.col("operators").min())
    found[fewest["pair"].to_numpy()] = fewest["operators"].to_numpy()
    return found


def _name(r: Records, left: Ints, right: Ints) -> tuple[Codes, Floats]:
    """The best relation among operator and trade names; else across to site names; else to a web domain."""
    best, shared = r.names.compare(r.name[left], r.name[right])
    _by_town(r, left, right, best, shared)

    def compared(a: Ints, b: Ints, worst: int) -> tuple[Ints, Codes, Floats]:
        """Pairs whose best is worse than that, and how these names of theirs relate."""
        rows = np.flatnonzero((a[left] > 0) & (b[right] > 0) & (best > worst))
        return rows, *r.names.compare(a[left[rows]], b[right[rows]])

    for a, b in ((r.alias, r.name), (r.name, r.alias), (r.alias, r.alias)):
        rows, relation, information = compared(a, b, EXACT)
        better = (relation > UNKNOWN) & (relation <= SIMILAR) & (relation < best[rows])
        best[rows[better]], shared[rows[better]] = relation[better], information[better]
    for a, b in ((r.site, r.name), (r.name, r.site)):
        rows, relation, information = compared(a, b, SIMILAR)
        across = (relation > UNKNOWN) & (relation <= CONTAINED) & (information >= TELLING)
        best[rows[across]], shared[rows[across]] = CROSS, information[across]
    _shared_site(r, left, right, best, shared)
    for one, other in ((left, right), (right, left)):
        rows = np.flatnonzero((best >= RELATED) & (best != DOMAIN) & (r.domain.code[other] > 0))
        rows = rows[_are_domains(r, r.name[one[rows]], r.domain.code[other[rows]])]
        best[rows] = DOMAIN
        least = np.minimum(r.names.information[r.name[left[rows]]], r.names.information[r.name[right[rows]]])
        shared[rows] = np.maximum(shared[rows], least)
    return best, shared


def _by_town(r: Records, left: Ints, right: Ints, best: Codes, shared: Floats) -> None:
    """Names related by little but the town of one ("Alder Memorial Hospital" and "Alder County") are two names."""
    rows = np.flatnonzero(best == RELATED)
    a, b = left[rows], right[rows]
    shared[rows] = r.names.shared(r.name[a], r.name[b], np.column_stack([r.town[a], r.town[b]]))
    best[rows[shared[rows] < TELLING]] = DIFFERENT


def _shared_site(r: Records, left: Ints, right: Ints, best: Codes, shared: Floats) -> None:
    """An operator's name in the second field of both ("Habit Opco" under two clinics' names) is as good as across."""
    same = (r.site[left] > 0) & (r.site[left] == r.site[right])
    rows = np.flatnonzero(same & (best >= RELATED) & (best != CROSS))
    information = r.names.information[r.site[left[rows]]]
    operators = np.isin(r.site[left[rows]], r.name) & (information >= TELLING_SITE)
    best[rows[operators]], shared[rows[operators]] = CROSS, information[operators]


def _are_domains(r: Records, name: Ints, domain: Ints) -> Flags:
    """Whether each whole name is the web domain beside it ("Aspire Health" and aspirehealth.example)."""
    a, b, pair = pairs_of(name, domain, len(r.domain))
    long = (r.names.squeezed.gather(a).str.len_chars() >= SHORTEST_DOMAIN).to_numpy()
    return (long & spelled_alike(r.names.squeezed, a, r.domain_names, b, SIMILAR_DOMAINS))[pair]


def _label(r: Records, left: Ints, right: Ints) -> Codes:
    relation, _ = r.names.compare(r.site[left], r.site[right])
    return _first(
        "label", (relation == UNKNOWN, "unknown"), (relation <= SIMILAR, "same"), otherwise="different"
    )


def _identifier(r: Records, left: Ints, right: Ints) -> Codes:
    relation = np.zeros(len(left), np.int8)
    told = _of_one_scheme(r, left, right)
    relation[told["pair"].to_numpy()] = code("identifier", "different")
    same = told.filter(pl.col("identifier") == pl.col("identifier_right"))
    relation[same["pair"].to_numpy()] = code("identifier", "same")
    return relation


def _of_one_scheme(r: Records, left: Ints, right: Ints) -> pl.DataFrame:
    """The identifiers of both records of each pair that are of one scheme: pair, identifier, identifier_right."""
    stated = np.zeros(len(r), dtype=bool)
    stated[r.identifiers["row"].to_numpy()] = True
    pairs = np.flatnonzero(stated[left] & stated[right])
    table = pl.DataFrame({"pair": pairs, "row": left[pairs], "other": right[pairs]})
    ours = table.join(r.identifiers, on="row")
    return ours.join(r.identifiers, left_on=["other", "scheme"], right_on=["row", "scheme"])

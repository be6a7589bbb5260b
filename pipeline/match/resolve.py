"""Listings and their services to entities with lasting ids: what the pipeline's match stage does.

Pure: what comes out depends on the listings, the services, the previous ledger, the overrides and `now` alone.
"""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import polars as pl

from pipeline.frames import frame_of
from pipeline.match.ledger import Cluster, Entry, assign
from pipeline.match.model import MatchResult, match_records
from pipeline.match.overrides import obsolete, tell
from pipeline.match.printed import printed
from pipeline.match.services import Joined, describe, group
from pipeline.match.verdicts import Verdicts
from pipeline.normalize.address import normalize_street
from pipeline.normalize.name import normalize_name
from warehouse.contracts import stage_tables
from warehouse.overrides import Overrides

_Listing = Mapping[str, object]  # a row of the stage table
_Link = tuple[str, str, str, str | None, float, str | None]  # the first columns of the crosswalk


@dataclass(frozen=True, slots=True)
class Resolution:
    """The stage tables of matching, and the overrides that no longer do anything."""

    crosswalk: pl.DataFrame
    ledger: pl.DataFrame
    match_pair: pl.DataFrame
    obsolete_overrides: tuple[str, ...] = ()


def resolve(
    listings: pl.DataFrame,
    services: pl.DataFrame,
    previous_ledger: pl.DataFrame | None,
    overrides: Overrides,
    now: datetime,
    previous_crosswalk: pl.DataFrame | None = None,
) -> Resolution:
    """Entities of all listings and services, with the ids of the previous ledger wherever it knows them.

    `listings` and `services` are the stage tables (services may add virtual, in_person, populations, ages, evening;
    listings may add intake, the other numbers they print). `now` is this run's moment, UTC. Raises ValueError for listings
    without or with repeated ids.
    """
    moment = now.replace(tzinfo=None)
    old = read_ledger(previous_ledger)
    members = {entry.entity_id: entry.members for entry in old}
    keys = (services["listing_id"] + "#" + services["service_key"]).to_list() if services.height else []
    present = [*listings["listing_id"].to_list(), *keys]
    verdicts = tell(overrides, members, present)
    matched = match_records(_records(listings), verdicts)
    rows = {row["listing_id"]: row for row in listings.iter_rows(named=True)}
    location = _named(matched, "location_id", rows, old, moment, {})
    moved = _successors(old, location)
    organization = _named(matched, "organization_id", rows, old, moment, moved)
    service, joined = _services(services, rows, location, old, moment, moved, verdicts)
    linked = _first_linked(previous_crosswalk, old)
    links = [
        *_links("organization", organization.of, matched),
        *_links("location", location.of, matched),
        *_service_links(service.of, joined),
    ]
    crosswalk = [(*link, linked.get((link[1], _member(link[2], link[3])), moment), moment) for link in links]
    entries = [*organization.entries, *location.entries, *service.entries]
    redirected = {e.entity_id: e.redirect_to for e in entries if e.redirect_to}
    pairs = pl.concat([matched.pairs, _service_pairs(joined)])
    return Resolution(
        crosswalk=_table("crosswalk", crosswalk).sort(
            "entity_type", "entity_id", "listing_id", "service_key"
        ),
        ledger=_table("ledger", entries),
        match_pair=pairs.sort("level", "left_id", "right_id"),
        obsolete_overrides=tuple(obsolete(overrides, members, present, redirected)),
    )


def read_ledger(frame: pl.DataFrame | None) -> list[Entry]:
    """The rows of a ledger table, of a release that knew fingerprints or not."""
    if frame is None:
        return []
    return [
        Entry(
            entity_type=row["entity_type"],
            entity_id=row["entity_id"],
            status=row["status"],
            redirect_to=row["redirect_to"],
            minted_at=row["minted_at"].replace(tzinfo=None),
            last_seen=row["last_seen"].replace(tzinfo=None),
            label=row["label"],
            members=tuple(row["members"] or ()),
            fingerprints=tuple(row.get("fingerprints") or ()),
        )
        for row in frame.iter_rows(named=True)
    ]


def _table(name: str, rows: Sequence[tuple[object, ...]]) -> pl.DataFrame:
    return frame_of(rows, stage_tables()[name].polars_schema)


@dataclass(frozen=True, slots=True)
class _Named:
    """Entity of every record, and the new ledger of one kind."""

    of: Mapping[str, str]
    entries: Sequence[Entry]


def _records(listings: pl.DataFrame) -> pl.DataFrame:
    """Listings as records to match: the operator's name first, the site's second."""
    intake = pl.col("intake") if "intake" in listings.columns else pl.lit("")
    same = ("street1", "street2", "city", "state", "zip", "phone", "website", "is_virtual", "external_ids")
    return listings.select(
        *same,
        record_id="listing_id",
        source="source_id",
        name1=pl.coalesce("organization_name", "site_name"),
        name2=pl.when(pl.col("organization_name").is_not_null()).then("site_name"),
        intake=intake,
    )


def _named(
    matched: MatchResult,
    column: str,
    rows: Mapping[str, _Listing],
    old: Iterable[Entry],
    now: datetime,
    successors: Mapping[str, Sequence[str]],
) -> _Named:
    kind = column.removesuffix("_id")
    members: dict[str, list[str]] = defaultdict(list)
    for record, entity in matched.assignments.select("record_id", column).iter_rows():
        members[entity].append(record)
    clusters = [_cluster(kind, content, listed, rows) for content, listed in members.items()]
    ids, entries = assign(kind, clusters, old, now, successors)
    return _Named({m: i for i, c in zip(ids, clusters, strict=True) for m in c.members}, entries)


def _cluster(kind: str, content: str, members: list[str], rows: Mapping[str, _Listing]) -> Cluster:
    listed = [rows[member] for member in members]
    name = _usual(row["organization_name"] or row["site_name"] for row in listed)
    if kind == "organization":
        return Cluster(content, tuple(members), name)
    place = _usual(", ".join(str(row[c]) for c in ("street1", "city") if row[c]) for row in listed)
    prints = sorted({p for row in listed for p in _fingerprints(row)})
    return Cluster(content, tuple(members), f"{name}, {place}" if place else name, tuple(prints))


def _usual(values: Iterable[object]) -> str:
    """The most frequent text, of equals the first in the alphabet."""
    counts = Counter(str(value) for value in values if value)
    return min(counts, key=lambda text: (-counts[text], text)) if counts else ""


def _fingerprints(row: _Listing) -> Iterable[str]:
    """Hashes of what a place is known by: they find its id again, and say nothing to a reader."""
    street = normalize_street(str(row["street1"] or ""), str(row["street2"] or ""))
    area = str(row["zip"] or row["city"] or "")
    is_known = street.number or street.kind == "highway"
    known = {
        "street": f"{street.number} {street.name} {area}" if is_known else "",
        "phone": str(row["phone"] or "").partition(";")[0],
        "name": " ".join(normalize_name(str(row["organization_name"] or row["site_name"] or ""))) + area,
        "site": str(row["website"] or "") if row["is_virtual"] else "",
    }
    for kind, text in known.items():
        if text:
            yield f"{kind}:{hashlib.sha256(f'{kind} {text}'.lower().encode()).hexdigest()[:12]}"


def _successors(old: Iterable[Entry], location: _Named) -> dict[str, list[str]]:
    """Records that are gone → the present records of the location that they stood for."""
    present: dict[str, list[str]] = defaultdict(list)
    for member, entity in location.of.items():
        present[entity].append(member)
    return {
        member: sorted(present[entry.entity_id])
        for entry in old
        if entry.entity_type == "location" and entry.entity_id in present
        for member in entry.members
        if member not in location.of
    }


def _services(
    services: pl.DataFrame,
    rows: Mapping[str, _Listing],
    location: _Named,
    old: Sequence[Entry],
    now: datetime,
    moved: Mapping[str, Sequence[str]],
    verdicts: Verdicts,
) -> tuple[_Named, list[list[Joined]]]:
    reviewed = {pair: same for pair, (same, _) in verdicts.at("service").items()}
    at: dict[tuple[str, str], list[_Listing]] = defaultdict(list)
    for record in services.iter_rows(named=True):
        if record["listing_id"] in location.of:
            at[location.of[record["listing_id"]], str(record["level_of_care"])].append(record)
    prints = {
        listing: printed(rows[listing])
        for listing in dict.fromkeys(services["listing_id"])
        if listing in rows
    }
    groups, clusters = [], []
    for (place, level), records in sorted(at.items()):
        described = [describe(r, prints[str(r["listing_id"])]) for r in records]
        for number, found in enumerate(group(described, reviewed)):
            groups.append(found)
            label = _usual(j.row.name for j in found) or level
            content = f"{place}|{level}|{'' if number == 0 else min(j.row.service_key for j in found)}"
            clusters.append(Cluster(content, tuple(j.row.member for j in found), label))
    keys = _service_keys(old)
    known = {member for entry in old if entry.entity_type == "service" for member in entry.members}
    followed = {  # a program that is gone is not the one beside it, which was known before
        f"{gone}#{key}": [m for listing in present if (m := f"{listing}#{key}") not in known]
        for gone, present in moved.items()
        for key in keys.get(gone, ())
    }
    ids, entries = assign("service", clusters, old, now, followed)
    return _Named({m: i for i, c in zip(ids, clusters, strict=True) for m in c.members}, entries), groups


def _service_keys(old: Iterable[Entry]) -> dict[str, list[str]]:
    """Service keys that the ledger knows, by listing."""
    out: dict[str, list[str]] = defaultdict(list)
    for member in (m for entry in old if entry.entity_type == "service" for m in entry.members):
        listing, _, key = member.partition("#")
        out[listing].append(key)
    return out


def _first_linked(crosswalk: pl.DataFrame | None, old: Sequence[Entry]) -> dict[tuple[str, str], datetime]:
    """When each record was first linked to each entity; of the ledger alone, when it was last known to be."""
    known = {(e.entity_id, member): e.last_seen for e in old for member in e.members}
    if crosswalk is not None:
        for row in crosswalk.iter_rows(named=True):
            member = _member(row["listing_id"], row["service_key"])
            known[row["entity_id"], member] = row["first_linked"].replace(tzinfo=None)
    return known


def _member(listing: str, service_key: str | None) -> str:
    return f"{listing}#{service_key}" if service_key else listing


def _links(kind: str, of: Mapping[str, str], matched: MatchResult) -> Iterator[_Link]:
    """A link for every record, with the surest pair that joined it."""
    best: dict[str, tuple[float, str]] = {}
    levels = ["location", kind]  # records of one location have one organization
    joined = matched.pairs.filter(pl.col("level").is_in(levels) & (pl.col("decision") == "joined")).sort(
        "probability", "left_id", "right_id", descending=[True, False, False]
    )
    for left, right, chance, why in joined.select(
        "left_id", "right_id", "probability", "reasons"
    ).iter_rows():
        if of[left] == of[right]:
            best.setdefault(left, (chance, f"with {right}: {why}"))
            best.setdefault(right, (chance, f"with {left}: {why}"))
    for listing, entity in of.items():
        yield kind, entity, listing, None, *best.get(listing, (1.0, None))


def _service_links(of: Mapping[str, str], groups: Iterable[Iterable[Joined]]) -> Iterator[_Link]:
    for joined in (j for members in groups for j in members):
        row = joined.row
        yield "service", of[row.member], row.listing_id, row.service_key, joined.probability, joined.reason


def _service_pairs(groups: Iterable[Sequence[Joined]]) -> pl.DataFrame:
    rows = [
        ("service", members[0].row.member, j.row.member, j.probability, "joined", j.reason)
        for members in groups
        for j in members[1:]
    ]
    return _table("match_pair", rows)

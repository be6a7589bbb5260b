"""The identity ledger: which id a cluster bears, now and in every later release.

Rules, in this order:

1. *Heir.* An id goes to the cluster that holds most of the records it last stood for; between equals, to the one that
   agrees with more of its fingerprints, then to the first by content. So an id survives as long as any of its records does.
2. *Found again.* An id none of whose records is left (a source changed its keys, or renamed the place) goes to a cluster
   without an heir that agrees with at least two of its fingerprints (street, phone, name, site), and not if both have
   a street and none agrees: another street or house number is another place.
3. *Merge.* Where one cluster inherits several ids, the oldest stays (between equals: the one with more records, then the
   first in the alphabet). The others are redirected to it.
4. *Split.* The cluster that does not inherit gets back an id that was once redirected, if it holds most of that id's
   records; else a new one.
5. *Absence.* An id without a cluster is absent, keeps what it stood for, and comes back by rules 1 and 2.
6. An id is never given to something else, and never deleted.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from pipeline.match.model import mint

PREFIX = {"organization": "org", "location": "loc", "service": "svc"}
AGREEING = 2  # fingerprints that find an id again


class Entry(NamedTuple):
    """One id of the ledger, in the order of the table's columns. `members` are listing ids, with `#service_key` for services."""

    entity_type: str
    entity_id: str
    status: str  # active, absent, redirected, retired
    redirect_to: str | None
    minted_at: datetime
    last_seen: datetime
    label: str | None
    members: tuple[str, ...]
    fingerprints: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Cluster:
    """What was found to be one thing in this run. `content` seeds a new id and orders the clusters."""

    content: str
    members: tuple[str, ...]
    label: str
    fingerprints: tuple[str, ...] = ()


def assign(
    entity_type: str,
    clusters: Sequence[Cluster],
    previous: Iterable[Entry],
    now: datetime,
    successors: Mapping[str, Sequence[str]] | None = None,
) -> tuple[list[str], list[Entry]]:
    """An id for every cluster, in order, and the new ledger of this kind of entity, ordered by id.

    `successors` tells which present records stand for records that are gone (found by the location they were at).
    """
    old = {entry.entity_id: entry for entry in previous if entry.entity_type == entity_type}
    order = sorted(range(len(clusters)), key=lambda n: (clusters[n].content, clusters[n].members))
    home = {member: n for n in order for member in clusters[n].members}
    claims = _claims(old, clusters, home, order, successors or {})
    claims |= _found_again(old, claims, clusters, order)
    bearers: dict[int, list[str]] = defaultdict(list)
    for entity_id, (cluster, _) in claims.items():
        if old[entity_id].status != "redirected":
            bearers[cluster].append(entity_id)
    chosen = {
        cluster: min(ids, key=lambda i: (old[i].minted_at, -claims[i][1], i))
        for cluster, ids in bearers.items()
    }
    redirects = {i: chosen[cluster] for cluster, ids in bearers.items() for i in ids if i != chosen[cluster]}
    _reinstate(old, claims, chosen)
    taken = set(old)
    for cluster in order:
        if cluster not in chosen:
            chosen[cluster] = _mint(entity_type, clusters[cluster].content, taken)
            taken.add(chosen[cluster])
    ids = [chosen[n] for n in range(len(clusters))]
    return ids, _entries(entity_type, clusters, ids, old, redirects, now)


def _claims(
    old: Mapping[str, Entry],
    clusters: Sequence[Cluster],
    home: Mapping[str, int],
    order: list[int],
    successors: Mapping[str, Sequence[str]],
) -> dict[str, tuple[int, int]]:
    """For each id with records left: the cluster with most of them, and how many."""
    rank = {cluster: place for place, cluster in enumerate(order)}
    out: dict[str, tuple[int, int]] = {}
    for entity_id, entry in old.items():
        votes: Counter[int] = Counter(home[m] for m in entry.members if m in home)
        if not votes:
            votes = Counter(home[s] for m in entry.members for s in successors.get(m, ()) if s in home)
        if votes:
            known = set(entry.fingerprints)
            alike = {n: len(known & set(clusters[n].fingerprints)) for n in votes}
            best = min(votes, key=lambda n: (-votes[n], -alike[n], rank[n]))
            out[entity_id] = best, votes[best]
    return out


def _found_again(
    old: Mapping[str, Entry],
    claims: Mapping[str, tuple[int, int]],
    clusters: Sequence[Cluster],
    order: list[int],
) -> dict[str, tuple[int, int]]:
    """Ids without records, by fingerprints, each to the best cluster that no id has inherited."""
    inherited = {cluster for i, (cluster, _) in claims.items() if old[i].status != "redirected"}
    holders: dict[str, list[int]] = defaultdict(list)
    for n in order:
        if n not in inherited:
            for fingerprint in clusters[n].fingerprints:
                holders[fingerprint].append(n)
    rank = {cluster: place for place, cluster in enumerate(order)}
    offers = []
    for entity_id, entry in old.items():
        if entity_id in claims or entry.status in ("redirected", "retired"):
            continue
        votes = Counter(n for fingerprint in set(entry.fingerprints) for n in holders.get(fingerprint, ()))
        offers += [
            (-count, entry.minted_at, entity_id, rank[n], n)
            for n, count in votes.items()
            if count >= AGREEING and not _elsewhere(entry.fingerprints, clusters[n].fingerprints)
        ]
    out: dict[str, tuple[int, int]] = {}
    given: set[int] = set()
    for count, _, entity_id, _, cluster in sorted(offers):
        if entity_id not in out and cluster not in given:
            out[entity_id] = (cluster, -count)
            given.add(cluster)
    return out


def _elsewhere(one: Iterable[str], other: Iterable[str]) -> bool:
    """Both tell a street, and none is the same: another place, whatever else agrees."""
    here, there = ({p for p in prints if p.startswith("street:")} for prints in (one, other))
    return bool(here and there and not here & there)


def _reinstate(
    old: Mapping[str, Entry], claims: Mapping[str, tuple[int, int]], chosen: dict[int, str]
) -> None:
    """A redirected id whose records were split off again gets them back."""
    undone = [
        (entry.minted_at, entity_id)
        for entity_id, entry in old.items()
        if entry.status == "redirected"
        and entity_id in claims
        and claims[entity_id][0] not in chosen
        and 2 * claims[entity_id][1] > len(entry.members)
    ]
    for _, entity_id in sorted(undone):
        chosen.setdefault(claims[entity_id][0], entity_id)


def _mint(entity_type: str, content: str, taken: set[str]) -> str:
    base = made = mint(PREFIX[entity_type], content)
    count = 1
    while made in taken:
        count += 1
        made = f"{base}_{count}"
    return made


def _entries(
    entity_type: str,
    clusters: Sequence[Cluster],
    ids: Sequence[str],
    old: Mapping[str, Entry],
    redirects: Mapping[str, str],
    now: datetime,
) -> list[Entry]:
    out: dict[str, Entry] = {}
    for entity_id, entry in old.items():
        if entity_id in redirects:
            out[entity_id] = entry._replace(status="redirected", redirect_to=redirects[entity_id])
        elif entry.status == "active":
            out[entity_id] = entry._replace(status="absent")
        else:
            out[entity_id] = entry
    for entity_id, cluster in zip(ids, clusters, strict=True):
        minted = old[entity_id].minted_at if entity_id in old else now
        members = tuple(sorted(cluster.members))
        out[entity_id] = Entry(
            entity_type, entity_id, "active", None, minted, now, cluster.label, members, cluster.fingerprints
        )
    for entity_id, entry in out.items():
        if entry.redirect_to:
            out[entity_id] = entry._replace(redirect_to=_end(entry.redirect_to, out))
    return [out[entity_id] for entity_id in sorted(out)]


def _end(entity_id: str, entries: Mapping[str, Entry]) -> str:
    """Where a chain of redirects ends."""
    seen = {entity_id}
    while (target := entries[entity_id].redirect_to) and target not in seen:
        seen.add(target)
        entity_id = target
    return entity_id

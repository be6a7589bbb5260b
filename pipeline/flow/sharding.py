"""Which worker fetches and reads which sources: shards of about one size, and no host in two of them.

A host is asked at its own pace by whoever fetches, and who fetches knows nothing of another worker's pace. So sources
go together that share a registrable domain: by the registry's URL, and by every redirect that the archive knows.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

import duckdb

from pipeline.archive.archive import Archive
from pipeline.archive.visits import by_source
from sources.registry import Source
from sources.urls import registrable

UNKNOWN = 20  # attempts that a source is taken to need that was never visited
HOSTS = r"""
    SELECT DISTINCT source_id, unnest([regexp_extract(url, '^https?://[^/?#]+'),
        regexp_extract(coalesce(final_url, ''), '^https?://[^/?#]+')]) AS host
    FROM log WHERE source_id IN (SELECT unnest(?::VARCHAR[]))"""


def shards_of(sources: Sequence[Source], archive: Archive, count: int) -> list[list[str]]:
    """The ids of these sources in `count` shards, of which some are empty where there is less to share out."""
    hosts: dict[str, set[str]] = {s.id: {registrable(s.url)} if s.url else set() for s in sources}
    with archive.connection() as log:
        for source_id, host in _redirects(log, list(hosts)):
            hosts[source_id].add(host)
    visits = by_source(archive.visits())
    weights = {i: visits[i][-1].attempts if i in visits else UNKNOWN for i in hosts}
    return balanced(together(hosts), weights, count)


def _redirects(log: duckdb.DuckDBPyConnection, ids: list[str]) -> Iterable[tuple[str, str]]:
    for source_id, host in log.execute(HOSTS, [ids]).fetchall():
        if host:
            yield source_id, registrable(host)


def together(hosts: Mapping[str, Collection[str]]) -> list[list[str]]:
    """Sources that share a host, or each a host with a third one; in their order."""
    group_of: dict[str, list[str]] = {}  # by host
    groups: dict[int, list[str]] = {}
    for source_id, own in hosts.items():
        met = {id(group): group for host in own if (group := group_of.get(host)) is not None}
        merged = [i for group in met.values() for i in group] + [source_id]
        for key in met:
            del groups[key]
        groups[id(merged)] = merged
        for host in (host for i in merged for host in hosts[i]):
            group_of[host] = merged
    return list(groups.values())


def balanced(groups: Iterable[list[str]], weights: Mapping[str, int], count: int) -> list[list[str]]:
    """Groups in `count` shards: the heaviest first, each to whichever has least (Graham 1969, doi:10.1137/0117039: never
    more than a third above the best there is)."""
    shards: list[list[str]] = [[] for _ in range(count)]
    loads = [0] * count
    weighed = sorted(
        ((sum(weights[i] for i in group), group) for group in groups), key=lambda w: (-w[0], w[1])
    )
    for weight, group in weighed:
        lightest = loads.index(min(loads))
        shards[lightest] += group
        loads[lightest] += weight
    return shards

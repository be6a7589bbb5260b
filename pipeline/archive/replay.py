"""Replay: what the archive holds of every page at a date, without network."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import Any

from pipeline.archive.archive import Archive, ArchiveError
from pipeline.records import Document
from warehouse.types import utc

# Of each address its newest good attempt, of those that ended at one page the newest. An address that was gone at
# `gone_after` later moments is absent, unless its source is `lasting`; anything else (blocked, timeout, …) leaves it
# standing. One content counts once per source.
# A lasting source is what its last whole visit (all answered well) found, each address at its newest content of that
# edition: a new edition, or a new address, takes the old one's place as a whole or not at all. Where no visit tells,
# every address counts.
CURRENT = """
WITH logged AS (
    SELECT *, outcome IN ('ok', 'unchanged') AND sha256 IS NOT NULL AS good FROM log
    WHERE $source_id IS NULL OR source_id = $source_id
), attempt AS (
    SELECT * FROM logged WHERE $as_of IS NULL OR fetched_at <= $as_of
), found AS (
    SELECT a.source_id, began_at, sha256, list(url) AS urls, max(published) AS published, min(fetched_at) AS found_at,
        any_value(list_sum(map_values(outcomes))) AS asked
    FROM logged a ASOF JOIN visits v ON a.source_id = v.source_id AND a.fetched_at >= v.began_at
    WHERE list_contains($lasting, a.source_id) AND good AND fetched_at <= ended_at
        AND list_has_all(['ok', 'unchanged'], map_keys(outcomes))
    GROUP BY a.source_id, began_at, sha256
), edition AS (
    SELECT source_id, began_at, flatten(list(urls)) AS urls, max(published) AS published FROM found
    GROUP BY source_id, began_at
    HAVING sum(len(urls)) >= any_value(asked) AND ($as_of IS NULL OR max(found_at) <= $as_of)
    QUALIFY row_number() OVER (PARTITION BY source_id ORDER BY began_at DESC) = 1
), newest AS (
    SELECT a.* FROM attempt a LEFT JOIN edition e USING (source_id)
    WHERE good AND (e.source_id IS NULL OR a.fetched_at >= e.began_at AND list_contains(e.urls, a.url)
        AND (a.published IS NULL OR a.published = e.published))
    QUALIFY row_number() OVER (PARTITION BY source_id, url ORDER BY fetched_at DESC) = 1
), absent AS (
    SELECT source_id, url FROM attempt a JOIN newest n USING (source_id, url)
    WHERE a.outcome = 'gone' AND a.fetched_at > n.fetched_at AND NOT list_contains($lasting, source_id)
    GROUP BY ALL HAVING count(DISTINCT a.fetched_at) >= $gone_after
), page AS (
    SELECT * FROM newest ANTI JOIN absent USING (source_id, url)
    QUALIFY row_number() OVER (
        PARTITION BY source_id, coalesce(final_url, url) ORDER BY fetched_at DESC, length(url), url) = 1
)
SELECT * EXCLUDE (good) FROM page
QUALIFY row_number() OVER (PARTITION BY source_id, sha256 ORDER BY length(url), url) = 1
ORDER BY source_id, url
"""
# Of each content that counts: the attempt that brought it first, and the newest that found it.
STANDING = f"""
WITH current AS ({CURRENT})
SELECT log.* FROM log JOIN current USING (source_id, sha256)
WHERE log.outcome IN ('ok', 'unchanged') AND ($as_of IS NULL OR log.fetched_at <= $as_of)
QUALIFY row_number() OVER (PARTITION BY source_id, sha256 ORDER BY log.fetched_at, log.url) = 1
    OR (log.fetched_at = current.fetched_at AND log.url = current.url)
ORDER BY source_id, url, fetched_at
"""
GONE_AFTER = 2


def current_documents(
    archive: Archive,
    as_of: datetime | None = None,
    source_id: str | None = None,
    gone_after: int = GONE_AFTER,
    lasting: Iterable[str] = (),
) -> Iterator[Document]:
    """The newest good attempt per page at a date (inclusive; now if None), ordered by source and URL.

    `lasting` are sources whose content stands until there is other content: that a list's address is gone does not
    mean that what it listed has ended. They have one edition at a time: what their last whole visit found.
    """
    yield from archive.select(CURRENT, _values(as_of, source_id, gone_after, lasting))


def standing_attempts(
    archive: Archive, as_of: datetime | None = None, lasting: Iterable[str] = ()
) -> Iterator[Document]:
    """Of each content of `current_documents`, the attempt that brought it first, and the newest one."""
    yield from archive.select(STANDING, _values(as_of, None, GONE_AFTER, lasting))


def _values(
    as_of: datetime | None, source_id: str | None, gone_after: int, lasting: Iterable[str]
) -> dict[str, Any]:
    return {
        "as_of": utc(as_of),
        "source_id": source_id,
        "gone_after": gone_after,
        "lasting": list(lasting),
    }


def replay_documents(
    archive: Archive,
    as_of: datetime | None = None,
    source_id: str | None = None,
    *,
    gone_after: int = GONE_AFTER,
    missing: Callable[[Document, str], None] | None = None,
) -> Iterator[tuple[Document, bytes]]:
    """`current_documents` with their content. Content that was pruned or is damaged is told to `missing`, and
    the others go on."""
    for document in current_documents(archive, as_of, source_id, gone_after):
        try:
            yield document, archive.get(document.sha256 or "")
        except (KeyError, ArchiveError) as error:
            if missing is not None:
                missing(document, "pruned" if isinstance(error, KeyError) else str(error))

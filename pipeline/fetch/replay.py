"""Replay: what the archive holds of every page at a date, without network."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime

from pipeline.fetch.archive import Archive, ArchiveError, utc
from pipeline.records import Document

# Per page (the address it ended at), its newest good attempt; a page that was gone at `gone_after` later attempts
# is absent, anything else (blocked, timeout, …) leaves it standing. One content counts once per source.
CURRENT = """
WITH attempt AS (
    SELECT *, outcome IN ('ok', 'unchanged') AND sha256 IS NOT NULL AS good FROM log
    WHERE ($as_of IS NULL OR fetched_at <= $as_of) AND ($source_id IS NULL OR source_id = $source_id)
), standing AS (
    SELECT source_id, url, max(fetched_at) FILTER (good) AS last_good FROM attempt GROUP BY ALL
), absent AS (
    SELECT source_id, url FROM attempt JOIN standing USING (source_id, url)
    WHERE outcome = 'gone' AND fetched_at > last_good
    GROUP BY ALL HAVING count(*) >= $gone_after
), newest AS (
    SELECT * FROM attempt ANTI JOIN absent USING (source_id, url) WHERE good
    QUALIFY row_number() OVER (
        PARTITION BY source_id, coalesce(final_url, url) ORDER BY fetched_at DESC, length(url), url) = 1
)
SELECT * EXCLUDE (good) FROM newest
QUALIFY row_number() OVER (PARTITION BY source_id, sha256 ORDER BY length(url), url) = 1
ORDER BY source_id, url
"""
GONE_AFTER = 2


def current_documents(
    archive: Archive,
    as_of: datetime | None = None,
    source_id: str | None = None,
    gone_after: int = GONE_AFTER,
) -> Iterator[Document]:
    """The newest good attempt per page at a date (inclusive; now if None), ordered by source and URL."""
    values = {"as_of": utc(as_of), "source_id": source_id, "gone_after": gone_after}
    yield from archive.select(CURRENT, values)


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

"""A document of nothing but bad rows: some go to quarantine, the others are counted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pipeline.records import Listing, Rejected

MOST = 1_000  # rows of one document in quarantine: more tell nobody more
TOO_MANY = "too_many_rejected"


def capped(read: Iterable[Listing | Rejected], source_id: str, locator: str) -> Iterator[Listing | Rejected]:
    """What was read, of the rejected the first `MOST`, and at the end one row that says how many more there were."""
    rejected = 0
    for item in read:
        rejected += isinstance(item, Rejected)
        if rejected <= MOST or isinstance(item, Listing):
            yield item
    if rejected > MOST:
        detail = f"{rejected - MOST} more of its rows or values could not be used"
        yield Rejected(source_id, locator, TOO_MANY, detail, "")

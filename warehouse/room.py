"""Room on the disk of a release that is being built: what a run wants, and what is not worth keeping without it."""

from __future__ import annotations

import shutil
from pathlib import Path

ROOM = 1_000_000_000  # bytes that a run should find free, at least
RELEASES_OF_ROOM = (
    3  # candidate, its spilling and the published file: so many times the size of the current one
)


def wanted(size: int) -> int:
    """Bytes that a run should find free, where a release has `size`."""
    return max(ROOM, RELEASES_OF_ROOM * size)


def make_room(candidate: Path) -> bool:
    """Remove a file that was built and is not published, unless there is room for the next run beside it; whether it went.

    To look into what an audit refused is a help, and no reason for the next run to find no room.
    """
    if not candidate.exists() or shutil.disk_usage(candidate.parent).free >= wanted(candidate.stat().st_size):
        return False
    candidate.unlink()
    return True

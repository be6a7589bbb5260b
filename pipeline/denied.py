"""What the system does not let us do with a file, in a line with the remedy; and whether a run may write where it must."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterable
from pathlib import Path

MINE = "chmod or chown it, run as {owner}, or give another place"
REMEDIES = {
    errno.EACCES: MINE,
    errno.EPERM: MINE,
    errno.EROFS: "mount it for writing, or give another place",
    errno.ENOSPC: "make room (iop archive prune, fewer releases), or give another place",
}


def told(error: OSError) -> str:
    """What happened, to which file, and what to do, where there is something."""
    path = error.filename
    what = ": ".join(str(part) for part in (error.strerror or error, path) if part)
    remedy = REMEDIES.get(error.errno or 0, "").format(owner=_owner(Path(os.fsdecode(path or "."))))
    return f"{what}. {remedy[0].upper()}{remedy[1:]}" if remedy else what


def require_writable(folders: Iterable[Path]) -> None:
    """OSError of the first folder that is there and may not be written to, before any work is begun."""
    for folder in folders:
        if folder.is_dir() and not os.access(folder, os.W_OK | os.X_OK):
            is_fixed = os.statvfs(folder).f_flag & os.ST_RDONLY
            why = errno.EROFS if is_fixed else errno.EACCES
            raise OSError(why, os.strerror(why), str(folder))


def _owner(path: Path) -> str:
    """Whose a file is, or the folder that is to hold it."""
    for there in (path, *path.parents):
        try:
            return there.owner()
        except KeyError:
            return f"its owner (user {there.stat().st_uid})"
        except OSError:  # not there, or nobody may look
            continue
    return "its owner"

"""Files of a folder of releases: moved, made durable and replaced whole; the note of what was withdrawn."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from pathlib import Path

from warehouse.drafts import new_file, replacing

WITHDRAWN = "withdrawn.json"  # the numbers of releases that spoke of what was taken down


def move(source: Path, target: Path) -> None:
    """Rename a file, or copy it where that is another file system."""
    try:
        source.rename(target)
    except OSError:
        copy(source, target)
        source.unlink()


def copy(source: Path, draft: Path) -> None:
    """Into a new file. Half of one is of no use, and may be what fills the disk."""
    try:
        with source.open("rb") as whole, new_file(draft) as file:
            shutil.copyfileobj(whole, file)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise


def sync(path: Path) -> None:
    """Wait until a file, or the names in a folder, are on disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    except OSError:  # some systems cannot sync a folder
        if not path.is_dir():
            raise
    finally:
        os.close(handle)


def replace_file(path: Path, content: bytes) -> None:
    """Write a file whole, or not at all, and onto disk."""
    with replacing(path) as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    sync(path.parent)


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file, in hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def withdrawn(folder: Path) -> frozenset[int]:
    """The releases of a folder that were ever withdrawn: wherever else they are published, they go, too."""
    file = folder / WITHDRAWN
    return frozenset(json.loads(file.read_text(encoding="utf-8"))) if file.exists() else frozenset()

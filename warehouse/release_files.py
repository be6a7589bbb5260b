"""Files of a folder of releases: moved, made durable and replaced whole; the note of what was withdrawn."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from pathlib import Path

WITHDRAWN = "withdrawn.json"  # the numbers of releases that spoke of what was taken down


def move(source: Path, target: Path) -> None:
    """Rename a file, or copy it where that is another file system."""
    try:
        source.rename(target)
    except OSError:
        shutil.copyfile(source, target)
        source.unlink()


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
    draft = path.with_name(path.name + ".tmp")
    draft.write_bytes(content)
    sync(draft)
    draft.replace(path)
    sync(path.parent)


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file, in hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def withdrawn(folder: Path) -> frozenset[int]:
    """The releases of a folder that were ever withdrawn: wherever else they are published, they go, too."""
    file = folder / WITHDRAWN
    return frozenset(json.loads(file.read_text(encoding="utf-8"))) if file.exists() else frozenset()

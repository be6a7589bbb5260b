"""Files that look like releases, under the stable path of a folder."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import duckdb

MANY = "SELECT release FROM release_info, range(1_000_000)"  # too much for one chunk of an answer


def publish(folder: Path, number: int, link: bool = True) -> Path:
    """Release N, which says nothing but its number; the stable path leads to it, or is a copy of it."""
    path = folder / f"release-{number}.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute(f"CREATE TABLE release_info AS SELECT {number} AS release")
    return point(folder, path, number, link)


def point(folder: Path, path: Path, number: int, link: bool) -> Path:
    """Move the stable path to a file; without a link `current.json` says so, as it does in object stores."""
    draft = folder / "current.tmp"
    if link:
        draft.symlink_to(path.name)
    else:
        shutil.copyfile(path, draft)
    draft.replace(folder / "current")
    if not link:
        (folder / "current.json").write_text(json.dumps({"number": number, "file": path.name}))
    return folder / "current"

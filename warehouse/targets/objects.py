"""Releases as objects: `release-N.duckdb`, which never change, `index.json`, and `current.json`, which says what to read.

`current.json` is small and written last, so that it names what is whole and checked; a failure before leaves it as it was.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from warehouse.release import NAME, Release, Releases, index_of
from warehouse.release_files import withdrawn
from warehouse.targets.store import Objects, Seen
from warehouse.targets.target import Delivery, TargetError, refuse_strangers

INDEX, POINTER = "index.json", "current.json"


class ObjectTarget:
    """A folder of an object store, by its fsspec URL ("s3://bucket/releases")."""

    def __init__(self, url: str) -> None:
        self._objects = Objects(url)
        self.name = self._objects.name

    def bring_up(self, releases: Releases) -> Delivery:
        current, mine = releases.current(), {release.number: release for release in releases.list()}
        if current is None:
            return Delivery(self.name, None)
        index, pointer = self._objects.see(INDEX), self._objects.see(POINTER)
        theirs = {number: str(row["sha256"]) for number, row in rows_of(self.name, index).items()}
        refuse_strangers(self.name, mine, theirs)
        new = [mine[number] for number in sorted(mine.keys() - theirs.keys())]
        sent = [release for release in new if self._send(release)]
        self._replace(INDEX, index_of(mine), index)
        self._replace(POINTER, pointer_to(current, releases.held()), pointer)
        self._retire((mine.keys() | theirs.keys()) - withdrawn(releases.folder))
        return Delivery(self.name, current.number, tuple(r.number for r in sent), sum(r.bytes for r in sent))

    def current(self) -> int | None:
        row = pointed(self.name, self._objects.see(POINTER))
        return int(row["number"]) if row else None

    def _send(self, release: Release) -> bool:
        """Put a release there, and read it back: whether that was needed."""
        name = release.path.name
        if self._objects.sha256(name) == release.sha256:  # a run that was killed had got so far
            return False
        self._objects.send(release.path, name)
        if self._objects.sha256(name) != release.sha256:
            self._objects.remove(name)
            raise TargetError(
                f"{self.name}/{name} did not arrive as the index says: see `iop releases --verify`, and run again"
            )
        return True

    def _replace(self, name: str, content: bytes, seen: Seen) -> None:
        if content != seen.data:
            self._objects.replace(name, content, seen)

    def _retire(self, spoken_of: set[int]) -> None:
        """Remove releases of which neither the index nor the one before it speaks: readers have until the next one, but not
        of what was withdrawn."""
        for name in self._objects.names():
            if (match := NAME.fullmatch(name)) and int(match[1]) not in spoken_of:
                self._objects.remove(name)


def pointer_to(release: Release, held: str | None) -> bytes:
    """What `current.json` says; `held` is why readers are held there, null where they are not."""
    facts = {
        "format": 1,
        "number": release.number,
        "file": release.path.name,
        "sha256": release.sha256,
        "bytes": release.bytes,
        "built_at": release.built_at,
        "contract_version": release.contract_version,
        "held": held,
    }
    return json.dumps(facts, indent=1).encode()


def pointed(name: str, seen: Seen) -> Mapping[str, Any] | None:
    """`current.json`, or None where nothing was published yet. Raises TargetError where it is none."""
    if seen.data is None:
        return None
    try:
        facts = json.loads(seen.data)
        if not (isinstance(facts["number"], int) and NAME.fullmatch(facts["file"]) and facts["sha256"]):
            raise KeyError
    except (ValueError, TypeError, KeyError):
        raise TargetError(
            f"{name}/{POINTER} is not what `iop` writes: remove it, and publish again"
        ) from None
    return facts  # type: ignore[no-any-return]


def rows_of(name: str, seen: Seen) -> Mapping[int, dict[str, Any]]:
    """The index, by number. Raises TargetError where it is none."""
    if seen.data is None:
        return {}
    try:
        return {row["number"]: row for row in json.loads(seen.data)["releases"] if row["sha256"]}
    except (ValueError, TypeError, KeyError):
        raise TargetError(f"{name}/{INDEX} is not what `iop` writes: remove it, and publish again") from None

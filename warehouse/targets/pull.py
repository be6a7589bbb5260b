"""A reader's copy of what an object store says to read: checked, whole or not there, and left alone where nothing is new."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from pathlib import Path

from warehouse.drafts import new_file
from warehouse.release import Release, ReleaseError, Releases, release_of_row
from warehouse.targets.objects import INDEX, POINTER, pointed, rows_of
from warehouse.targets.store import Objects
from warehouse.targets.target import TargetError

KEEP = 2  # copies


def pull(url: str, folder: Path, keep: int = KEEP) -> tuple[Release, bool]:
    """Make the release that the store at a URL points to the current one of a folder; whether it was copied now.

    TargetError where the store cannot be read, ReleaseError where the copy is damaged or the folder has another release
    of that number; what was current stays in both cases.
    """
    objects = Objects(url)
    row = pointed(objects.name, objects.see(POINTER))
    if row is None:
        raise TargetError(
            f"there is no release at {objects.name}: publish one there (IOP_PUBLISH), or mend the URL"
        )
    number = int(row["number"])
    known = rows_of(objects.name, objects.see(INDEX)).get(number)
    if known is None or known["sha256"] != row["sha256"]:
        raise TargetError(f"{objects.name} is being published to: ask again")
    release = release_of_row(known, folder)

    def fill(draft: Path) -> None:
        with new_file(draft) as file:
            if not objects.fetch(release.path.name, file):
                raise TargetError(f"{objects.name} has taken release {number} back meanwhile: ask again")

    return Copies(folder, keep=keep).take(release, fill)


class Copies(Releases):
    """A folder of releases that were published elsewhere. It is one to go on from, where the original is lost."""

    def take(self, release: Release, fill: Callable[[Path], None]) -> tuple[Release, bool]:
        """Make a release the current one; whether `fill`, which copies it into a file, was called.

        ReleaseError where the copy has another checksum, or the folder another release of that number: what was current
        stays, as it does when `fill` raises.
        """
        with self._locked():
            self._clean()
            here, now = self._index().get(release.number), self._seen()
            if here and here.sha256 != release.sha256:
                raise ReleaseError(f"{self.folder} has another release {here.number}: give another folder")
            if here and self.verify(here.number) is None:
                if now != here.number:
                    self._point(here)
                return here, False
            draft = self.folder / f"release-{release.number}.tmp"
            fill(draft)
            with draft.open("rb") as file:
                is_right = hashlib.file_digest(file, "sha256").hexdigest() == release.sha256
                os.fsync(file.fileno())
            if not is_right:
                draft.unlink()
                raise ReleaseError(f"release {release.number} arrived damaged: copy it again")
            self._settle(draft, release)
            return release, True

"""A reader's copy of what an object store says to read: checked, whole or not there, and left alone where nothing is new."""

from __future__ import annotations

from pathlib import Path

from warehouse.release import Release, Releases, release_of_row
from warehouse.targets.objects import INDEX, POINTER, pointed, rows_of
from warehouse.targets.store import Objects
from warehouse.targets.target import TargetError


def pull(url: str, releases: Releases) -> tuple[Release, bool]:
    """Make `releases.current` the release that the store at a URL points to; whether it was copied now.

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
    release = release_of_row(known, releases.folder)

    def fill(draft: Path) -> None:
        with draft.open("wb") as file:
            if not objects.fetch(release.path.name, file):
                raise TargetError(f"{objects.name} has taken release {number} back meanwhile: ask again")

    return releases.take(release, fill)

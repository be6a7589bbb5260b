"""What a target is: a place that is brought up to what the folder of releases says.

The folder is the truth, and a target its mirror: which releases there are, which one readers see, which are kept. So a
release, a rollback, a hold, and what a failed upload left behind, are one thing to a target: another look at the folder.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from warehouse.release import Release, Releases

SECRET = re.compile(r"(password=|://[^/@:]+:)[^\s@]+")


class TargetError(RuntimeError):
    """A target that could not be brought up, or read; its readers see what they saw. The message says what to do."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """What bringing a target up came to: the release that its readers see now, and what was sent for it."""

    target: str
    current: int | None
    sent: tuple[int, ...] = ()
    bytes: int = 0

    @property
    def line(self) -> str:
        """For people."""
        if self.current is None:
            return "nothing is published yet"
        sent = f", {len(self.sent)} sent ({self.bytes / 1e6:,.1f} MB)" if self.sent else ""
        return f"readers see release {self.current}{sent}"


class Target(Protocol):
    """A place to publish to. `name` is what people call it, without secrets."""

    name: str

    def bring_up(self, releases: Releases) -> Delivery:
        """Send what is missing, then let readers see the folder's current release, then forget what it forgot.

        Raises TargetError where that fails, or where the target has releases that the folder does not know.
        """
        ...

    def current(self) -> int | None:
        """The release that its readers see; None before the first. Raises TargetError where it cannot be asked."""
        ...


def without_secret(place: str) -> str:
    """A target's address as it may be shown."""
    return SECRET.sub(r"\1…", place)


def refuse_strangers(name: str, mine: Mapping[int, Release], theirs: Mapping[int, str]) -> None:
    """A target belongs to one folder of releases: numbers of another (`theirs`, number → sha256) are not overwritten."""
    if theirs and max(theirs) > max(mine):
        raise TargetError(
            f"{name} is ahead: it has release {max(theirs)}, this folder ends at {max(mine)}. Another machine publishes "
            "there, or releases here were lost: bring them back (docs/operate.md), or publish elsewhere"
        )
    for number in sorted(mine.keys() & theirs.keys()):
        if mine[number].sha256 != theirs[number]:
            raise TargetError(
                f"{name} has another release {number} than this folder: two publishers share it. Give each its own"
            )

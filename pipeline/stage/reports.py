"""What the steps over all of the stage came to."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from sources.geography.problem import Problem


@dataclass(frozen=True, slots=True)
class EntityReport:
    """How many entities of each kind, and how many pairs wait for a person."""

    organizations: int
    locations: int
    services: int
    review: int
    obsolete_overrides: tuple[str, ...] = ()


@dataclass(slots=True)
class GeocodeReport:
    """Addresses whose source gives no point of its own: how many there are, were asked, and how each now stands.

    `problems`: what went wrong, in words; the rest is asked in another run."""

    addresses: int = 0
    asked: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    problems: list[str] = field(default_factory=list)

    @property
    def unanswered(self) -> int:
        return self.addresses - self.outcomes.total()


@dataclass(frozen=True)
class GeographyReport:
    """What came of it. `rows`: by table, of what was written now; empty where nothing had changed."""

    rows: dict[str, int]
    problems: tuple[Problem, ...] = ()
    notes: tuple[str, ...] = ()  # what was loaded and is not used

    @property
    def changed(self) -> bool:
        return bool(self.rows)

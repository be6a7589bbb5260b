"""What a geocoder is: addresses in, an answer for each that it could be asked for out. Any service that fits plugs in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from pipeline.geocode.addresses import StreetAddress


class Outcome(StrEnum):
    """What a geocoder said of an address, and what was made of it."""

    MATCH = "match"
    NO_MATCH = "no_match"
    TIE = "tie"  # several places fit equally well
    REFUSED = "refused"  # its place lies elsewhere than the address


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer. Coordinates are degrees, WGS 84 or NAD 83 (which differ by 1–2 m), and there only for a match.

    `block_geoid`: the census block, 15 digits (state 2, county 3, tract 6, block 4), where the service tells it.
    """

    outcome: Outcome
    latitude: float | None = None
    longitude: float | None = None
    is_exact: bool | None = None  # every part of the address was found as asked
    matched_address: str | None = None
    block_geoid: str | None = None
    refused: str | None = None  # why, and the coordinates that were not believed


@dataclass(frozen=True, slots=True)
class Answers:
    """What came of asking: an address that is missing was not answered, and is for another time. `problem` says why."""

    found: Mapping[StreetAddress, Answer] = field(default_factory=dict)
    problem: str = ""


class Geocoder(Protocol):
    """A service that locates addresses. It raises nothing for what goes wrong on the way: that is a `problem`."""

    @property
    def name(self) -> str:
        """Which service it is, as the release names it."""

    @property
    def benchmark(self) -> str:
        """Which data its answers stand on."""

    @property
    def batch(self) -> int:
        """The most addresses to ask for at once; what is lost where a run is killed."""

    def locate(self, addresses: Sequence[StreetAddress]) -> Answers:
        """Answers for one batch."""

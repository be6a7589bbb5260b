"""The truth of the demo world: what a right reading of it holds, and what it must not hold.

One file for each source, `truth/<source_id>.json`, written by reading the pages and not by the extractor. Codes,
sessions and ranges are written as `iop extract` writes them; what a page does not state is left out.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, TypeVar, cast

T = TypeVar("T")
TRUTH = Path(__file__).resolve().parent / "truth"
LISTS = ("demo_findtreatment", "demo_license_list")

Range = tuple[float | None, float | None]  # [min, max]; None is an open end


@dataclass(frozen=True, slots=True)
class Place:
    street: str
    city: str
    state: str
    zip: str


@dataclass(frozen=True, slots=True)
class Session:
    """One weekly session; `days` None where the page gives hours without days."""

    days: tuple[str, ...] | None  # mo tu we th fr sa su
    start: str | None  # HH:MM
    end: str | None


@dataclass(frozen=True, slots=True)
class Quote:
    """Words as a person reads them on a page of the source: white space folded, markup left out."""

    page: str  # path on the source's host
    text: str


@dataclass(frozen=True, slots=True)
class TrueService:
    """One service at one place (or virtual, without a place). None and () are *not stated*.

    `also_fine` lists, by field, values that a careful reader may read as well or instead: more codes of a set,
    other ranges, other sessions, other truth values (None: not stated).
    """

    id: str
    level_of_care: str
    name: str | None = None
    place: Place | None = None
    virtual: bool | None = None
    in_person: bool | None = None
    virtual_states: tuple[str, ...] = ()
    presence_rule: str | None = None
    conditions: tuple[str, ...] = ()
    exclusions: tuple[str, ...] = ()
    populations: tuple[str, ...] = ()
    ages: Range | None = None
    modalities: tuple[str, ...] = ()
    sessions: tuple[Session, ...] = ()
    days_per_week: Range | None = None
    hours_per_day: Range | None = None
    hours_per_week: Range | None = None
    morning: bool | None = None
    evening: bool | None = None
    weekend: bool | None = None
    duration_weeks: Range | None = None
    accepting: str | None = None
    languages: tuple[str, ...] = ()
    payers: tuple[str, ...] = ()  # of this service alone; those of the provider stand in TrueSource
    phone: str | None = None  # of this service alone
    quotes: tuple[Quote, ...] = ()
    also_fine: tuple[tuple[str, tuple[Any, ...]], ...] = ()


@dataclass(frozen=True, slots=True)
class Absent:
    """What stands on a page and is no fact: `field = value` must not be affirmed (of that level, if given).

    For sessions, `value` is a day, a clock time ("13:00-" is a start) or both that no session has; for addresses, a part
    of the street or the town.
    """

    page: str
    quote: str
    why: str
    field: str
    value: str
    level_of_care: str | None = None


@dataclass(frozen=True, slots=True)
class TrueSource:
    """One source. A provider that offers neither IOP nor PHP, or that is no provider, has no services.

    `outcome` tells what comes of fetching the site, in the words of `pipeline.records.Outcome`: "ok"; "moved"
    where it sends to another host (a source of its own); "blocked", "gone" or "connection" where nothing can be read.
    """

    source_id: str
    organization: str | None = None
    services: tuple[TrueService, ...] = ()
    locations: tuple[Place, ...] = ()
    phones: tuple[str, ...] = ()
    payers: tuple[str, ...] = ()
    absent: tuple[Absent, ...] = ()
    pages_without_listing: tuple[str, ...] = ()
    never: tuple[str, ...] = ()  # names of clinicians and personal contact data: in no table of a release
    outcome: str = "ok"


@dataclass(frozen=True, slots=True)
class TrueList:
    """A structured source: what becomes of its rows. A row is named by name1, with ", name2" where that tells."""

    source_id: str
    rows: int
    listings: int
    quarantined: tuple[tuple[str, str], ...]  # (locator, reason)
    unmapped: tuple[str, ...]  # labels that no vocabulary knows
    iop: tuple[str, ...]  # rows that give an IOP service
    php: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Member:
    """A listing: of a provider's site by its street, of a list by the name of its row."""

    source_id: str
    key: str


def load_truth(folder: Path = TRUTH) -> dict[str, TrueSource]:
    """The truth by source id. Raises ValueError where a file holds a key that is not written above."""
    read = (_source(json.loads(file.read_text(encoding="utf-8"))) for file in sorted(folder.glob("*.json")))
    return {source.source_id: source for source in read}


def load_lists(folder: Path = TRUTH / "lists") -> dict[str, TrueList]:
    """The truth about the structured sources, by source id."""
    read = (json.loads((folder / f"{name}.json").read_text(encoding="utf-8")) for name in LISTS)
    return {raw["source_id"]: _make(TrueList, raw) for raw in read}


def load_same_places(folder: Path = TRUTH / "lists") -> tuple[frozenset[Member], ...]:
    """The groups of listings that are one place. Listings that stand in no group are places of their own."""
    groups = json.loads((folder / "same_place.json").read_text(encoding="utf-8"))
    return tuple(frozenset(Member(source, key) for source, key in group) for group in groups)


def _source(raw: dict[str, Any]) -> TrueSource:
    return _make(
        TrueSource,
        raw,
        services=tuple(_service(item) for item in raw.get("services", ())),
        locations=tuple(_make(Place, item) for item in raw.get("locations", ())),
        absent=tuple(_make(Absent, item) for item in raw.get("absent", ())),
    )


def _service(raw: dict[str, Any]) -> TrueService:
    place = raw.get("place")
    return _make(
        TrueService,
        raw,
        place=_make(Place, place) if place else None,
        sessions=tuple(_make(Session, item) for item in raw.get("sessions", ())),
        quotes=tuple(Quote(page, text) for page, text in raw.get("quotes", ())),
        also_fine=tuple((field, _frozen(values)) for field, values in raw.get("also_fine", {}).items()),
    )


def _make(kind: type[T], raw: dict[str, Any], **made: Any) -> T:
    known = {field.name for field in fields(cast(Any, kind))}
    if unknown := raw.keys() - known:
        raise ValueError(f"{kind.__name__} has no {sorted(unknown)}; it has {sorted(known)}")
    return kind(**{**{key: _frozen(value) for key, value in raw.items()}, **made})


def _frozen(value: Any) -> Any:
    return tuple(_frozen(item) for item in value) if isinstance(value, list) else value

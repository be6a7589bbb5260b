"""Lists of programs by place, for those who come without JavaScript and for search engines: state → county → town."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import count
from typing import Any

from warehouse.site.maps import StateMap
from warehouse.site.place_names import slug
from warehouse.site.site import ONLINE, Site, program_path
from warehouse.site.words import Language

Row = Mapping[str, Any]
LEVELS = ("iop", "php", "op", "residential", "inpatient", "detox")  # what the directory is about comes first
TOWNS = 12  # named beside a county


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of a list."""

    name: str
    operator: str
    level: str
    street: str
    path: str
    freshness: str
    verified: datetime


@dataclass(slots=True)
class Town:
    """A town with its programs; no name: not stated."""

    name: str
    slug: str
    entries: list[Entry] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Area:
    """A county with its towns; no name: not known."""

    name: str
    slug: str
    towns: Sequence[Town] = ()
    count: int = 0

    def named(self, language: Language) -> Area:
        return self if self.name else replace(self, name=language("list.no_county"))


@dataclass(frozen=True, slots=True)
class Home:
    """A state, or the programs without one (`online`)."""

    code: str
    count: int
    name: str = ""

    @property
    def slug(self) -> str:
        return self.code.lower()

    def named(self, language: Language) -> Home:
        return replace(
            self, name=language("search.online") if self.code == ONLINE else language.state(self.code)
        )


def name_of(row: Row) -> str:
    """What people would call a program: its name, else that of its place, else its operator's."""
    return str(row["service_name"] or row["location_name"] or row["organization_name"] or "")


def areas_of(rows: Sequence[Row]) -> Sequence[Area]:
    """The counties of rows of one home, in order of their names."""
    found: dict[str, dict[str, Town]] = {}
    anchors: dict[str, set[str]] = {}
    for row in sorted(rows, key=_order):
        county, town = row["county"] or "", row["city"] or ""
        towns, taken = found.setdefault(county, {}), anchors.setdefault(county, set())
        if town not in towns:
            towns[town] = Town(town, _untaken(f"t-{slug(town)}", taken))
        towns[town].entries.append(_entry(row))
    files = {"index"}
    return [
        Area(name, _untaken(slug(name or "unknown"), files), list(towns.values()), _entries(towns.values()))
        for name, towns in sorted(found.items(), key=lambda item: (not item[0], item[0]))
    ]


def _untaken(name: str, taken: set[str]) -> str:
    """The name, with a number where another has it: `St Louis` and `St. Louis` are both printed."""
    numbered = (f"{name}-{n}" for n in count(2))
    found = name if name not in taken else next(one for one in numbered if one not in taken)
    taken.add(found)
    return found


def _entries(towns: Iterable[Town]) -> int:
    return sum(len(town.entries) for town in towns)


def write_lists(site: Site, home: Home, areas: Sequence[Area], map: StateMap | None, points: Any) -> None:
    """A home's page and the pages of its counties, in every language."""
    drawn = map and {**map.plan, "dots": map.dots(points) if points else ""}
    for language in site.languages:
        of = home.named(language)
        online = home.code == ONLINE
        lead = (
            language("list.online_lead")
            if online
            else language("list.state_lead", n=f"{of.count:,}", place=of.name)
        )
        site.write(
            "state.html",
            language,
            f"in/{of.slug}/index.html",
            home=of,
            title=language("list.online_title") if online else language("list.state_title", place=of.name),
            lead=lead,
            map=drawn,
            areas=[
                replace(area.named(language), towns=[t for t in area.towns if t.name][:TOWNS])
                for area in areas
            ],
        )
        for area in areas:
            named = area.named(language)
            site.write(
                "county.html",
                language,
                f"in/{of.slug}/{area.slug}.html",
                home=of,
                area=named,
                title=language("list.county_title", county=named.name, state=of.name),
            )


def _order(row: Row) -> tuple[Any, ...]:
    level = row["level_of_care"]
    rank = LEVELS.index(level) if level in LEVELS else len(LEVELS)
    id = row["service_id"]
    return (
        not row["county"],
        row["county"] or "",
        not row["city"],
        row["city"] or "",
        rank,
        name_of(row).lower(),
        id,
    )


def _entry(row: Row) -> Entry:
    id = row["service_id"]
    return Entry(
        name_of(row),
        row["organization_name"] or "",
        row["level_of_care"] or "",
        row["street"] or "",
        program_path(id),
        row["freshness"],
        row["last_verified"],
    )

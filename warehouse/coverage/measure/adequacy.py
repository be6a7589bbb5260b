"""Whether enough people of each county live near enough to a program, by a standard in a TOML file (`adequacy.toml`)."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import numpy as np
from pydantic import BaseModel, Field, NonNegativeFloat, PositiveFloat, TypeAdapter, model_validator

from warehouse.coverage.measure.reach import Grouping, PointReach
from warehouse.coverage.measure.settings import read_settings
from warehouse.coverage.measure.travel import KM_PER_MILE, Basis, Unit

FILE = Path(__file__).with_name("adequacy.toml")
Share = Annotated[float, Field(gt=0, le=1)]


class Counties(BaseModel, frozen=True, extra="forbid"):
    """Some counties, by population and people per square mile of land: each from a number and below another."""

    population_from: NonNegativeFloat = 0
    population_below: PositiveFloat | None = None
    density_from: NonNegativeFloat = 0
    density_below: PositiveFloat | None = None

    @model_validator(mode="after")
    def _some(self) -> Counties:
        spans = ((self.population_from, self.population_below), (self.density_from, self.density_below))
        if any(below is not None and below <= start for start, below in spans):
            raise ValueError("`…_below` must be more than `…_from`, or no county is meant")
        return self

    def has(self, population: float, density: float) -> bool:
        """Whether such a county is meant."""
        return (
            self.population_from <= population
            and (self.population_below is None or population < self.population_below)
            and self.density_from <= density
            and (self.density_below is None or density < self.density_below)
        )


class CountyType(BaseModel, frozen=True, extra="forbid"):
    """What is asked of one type of county. `verified`: whether somebody read the figures in the rule."""

    id: str
    title: str
    verified: bool
    max_miles: PositiveFloat
    max_minutes: PositiveFloat
    min_share: Share
    counties: Annotated[tuple[Counties, ...], Field(min_length=1)]

    def limit(self, unit: Unit) -> float:
        """How far the nearest may be, in that unit."""
        return self.max_miles * KM_PER_MILE if unit is Unit.KM else self.max_minutes

    def meets(self, share: float | None) -> bool | None:
        """Whether this share of the people within the limit is enough; None where the share is not known."""
        return None if share is None else share >= self.min_share


class Standard(BaseModel, frozen=True, extra="forbid"):
    """A standard of adequacy: who made it, and what it asks of which county."""

    id: str
    title: str
    rule: str
    url: str
    note: str = ""
    county_type: Annotated[tuple[CountyType, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _once(self) -> Standard:
        ids = [kind.id for kind in self.county_type]
        if len(set(ids)) < len(ids):
            raise ValueError("two county types have one id")
        return self

    def type_of(self, population: float | None, land_km2: float | None) -> CountyType | None:
        """The first type that such a county is of; None where its figures are not known, or no type is meant for it."""
        if population is None or not land_km2:
            return None
        density = population / land_km2 * KM_PER_MILE**2
        return next(
            (t for t in self.county_type if any(c.has(population, density) for c in t.counties)), None
        )


@dataclass(frozen=True, slots=True)
class CountyAdequacy:
    """One county beside what is asked of it. Where `county_type` is None its population or land is not known, and the rest
    cannot be said. `limit` in `unit`; `share` of the people (at measured points) whose nearest site is within it."""

    county_fips: Hashable
    county_type: CountyType | None
    basis: Basis
    unit: Unit
    limit: float | None
    people: float
    share: float | None
    meets: bool | None


def read_standard(file: Path = FILE) -> Standard:
    """A standard. Raises MeasureError where the file cannot be read or does not fit; the message names the key."""
    return read_settings(file, TypeAdapter(Standard))


def adequacy(
    standard: Standard,
    reach: PointReach,
    counties: Grouping,
    areas: Mapping[Hashable, tuple[float | None, float | None]],
) -> list[CountyAdequacy]:
    """Each county beside the standard, in the order in which they first appear.

    `counties`: the points of `reach` by FIPS code; those in none (None) are left out. `areas`: population and land (km²)
    of each county. Over straight lines a share is at its best: by road it is no larger.
    """
    labels, group, _ = counties
    types = [standard.type_of(*areas.get(label, (None, None))) for label in labels]
    limits = np.array([kind.limit(reach.unit) if kind else np.nan for kind in types])
    people = np.where(np.isnan(reach.cost), 0.0, reach.people)
    measured = np.bincount(group, people, len(labels))
    within = np.bincount(group, people * (reach.cost <= limits[group]), len(labels))
    found = []
    for label, kind, limit, everyone, near in zip(labels, types, limits, measured, within, strict=True):
        if label is not None:
            share = float(near / everyone) if kind and everyone else None
            found.append(
                CountyAdequacy(
                    label,
                    kind,
                    reach.basis,
                    reach.unit,
                    float(limit) if kind else None,
                    float(everyone),
                    share,
                    kind.meets(share) if kind else None,
                )
            )
    return found

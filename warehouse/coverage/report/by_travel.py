"""The way to the nearest known program by somebody's table of travel (OSRM, Valhalla, …), in place of straight lines."""

from __future__ import annotations

import duckdb
import numpy as np

from warehouse.coverage.measure.reach import GroupReach, grouped, reach_of_groups, reach_of_points
from warehouse.coverage.measure.settings import measures
from warehouse.coverage.measure.travel import Unit
from warehouse.coverage.measure.travel_matrix import TravelMatrix
from warehouse.coverage.report.document import Column, Kind, Table, Value

POINTS = """SELECT point_id, population FROM iop.population_point
    WHERE state = getvariable('state') AND population > 0 ORDER BY point_id"""
TARGETS = "SELECT target, label FROM target ORDER BY place"
SITES = "SELECT location_id, organization_id FROM iop.coverage_site WHERE target = ? ORDER BY location_id"


def by_travel(connection: duckdb.DuckDBPyConnection, matrix: TravelMatrix) -> Table:
    """A row for each target: in minutes where the table has them, else in its kilometres. TravelMatrixError as in `between`.

    People at points that are no origin of the table, and sites that are no destination, are told as unmeasured.
    """
    unit = Unit.MINUTES if Unit.MINUTES in matrix.units else Unit.KM
    points = connection.execute(POINTS).fetchall()
    rows: list[tuple[Value, ...]] = []
    for target, label in connection.execute(TARGETS).fetchall():
        sites = connection.execute(SITES, [target]).fetchall()
        travel = matrix.between([point for point, _ in points], [site for site, _ in sites], unit)
        people = np.array([population for _, population in points], dtype=float)
        reach = reach_of_points(travel, people, [operator for _, operator in sites], measures()[unit])
        everybody = reach_of_groups(reach, grouped(["all"] * len(points)))
        rows += [_row(label, group, len(sites), travel.unmeasured_sites) for group in everybody]
    return Table(
        "by_travel",
        "By travel time or distance, from a table of travel",
        "Ways as the table that was given says, in place of straight lines. Unmeasured: people and places that it does not hold.",
        _columns(unit),
        rows,
    )


def _row(label: str, group: GroupReach, sites: int, unmeasured_sites: int) -> tuple[Value, ...]:
    shares = [group.share(people) if sites else None for people in group.within.values()]
    return (label, round(group.people - group.unmeasured), sites - unmeasured_sites, group.median, group.p90, *shares,
            round(group.unmeasured), unmeasured_sites)  # fmt: skip


def _columns(unit: Unit) -> list[Column]:
    of = "min" if unit is Unit.MINUTES else "km"
    bands = [
        Column(f"share_{band:g}_{unit}", f"Within {band:g} {of}", Kind.SHARE, "Of the people")
        for band in measures()[unit].bands
    ]
    return [
        Column("looked_for", "Looked for", Kind.TEXT),
        Column("people", "People", Kind.PEOPLE, "At measured points"),
        Column("sites", "Places", Kind.COUNT, "Measured ones"),
        Column(f"median_{unit}", "Half live within", Kind.NUMBER, unit=of),
        Column(f"p90_{unit}", "Nine in ten live within", Kind.NUMBER, unit=of),
        *bands,
        Column("unmeasured_people", "People unmeasured", Kind.PEOPLE),
        Column("unmeasured_sites", "Places unmeasured", Kind.COUNT),
    ]

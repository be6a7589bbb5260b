"""Where people live, as dots of a map, with the way from each to the nearest known program."""

from __future__ import annotations

import duckdb
import numpy as np

from warehouse.coverage.measure.nearest import Nearest

MOST = 6_000  # dots that a page can hold; more are put together on a grid
CELLS = (0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64)  # degrees
POINTS = """SELECT latitude, longitude, population FROM iop.population_point
    WHERE state = getvariable('state') AND population > 0 ORDER BY point_id"""
SITES = """SELECT DISTINCT latitude, longitude FROM iop.coverage_site JOIN iop.location USING (location_id)
    WHERE target = 'any' ORDER BY ALL"""


def people_on_map(connection: duckdb.DuckDBPyConnection) -> list[tuple[float, float, int, float]]:
    """Latitude, longitude, people, and kilometres to the nearest known site of any state; empty where no site is known.

    Where there are more points than a page can hold, those of one cell of a grid are one dot at their centre of population.
    """
    points = np.array(connection.execute(POINTS).fetchall(), dtype=float).reshape(-1, 3)
    sites = np.array(connection.execute(SITES).fetchall(), dtype=float).reshape(-1, 2)
    if not len(points) or not len(sites):
        return []
    for cell in CELLS:
        if len(points) <= MOST:
            break
        points = _gathered(points, cell)
    km = Nearest(sites[:, 0], sites[:, 1]).distances_km(points[:, 0], points[:, 1])[:, 0]
    return [
        (round(latitude, 4), round(longitude, 4), int(people), float(way))
        for (latitude, longitude, people), way in zip(points.tolist(), km, strict=True)
    ]


def _gathered(points: np.ndarray, cell: float) -> np.ndarray:
    cells = np.floor(points[:, :2] / cell)
    _, group = np.unique(cells, axis=0, return_inverse=True)
    people = np.bincount(group, points[:, 2])
    middle = [np.bincount(group, points[:, axis] * points[:, 2]) / people for axis in (0, 1)]
    return np.column_stack((*middle, people))

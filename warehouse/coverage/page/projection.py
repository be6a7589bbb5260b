"""From degrees to pixels: Albers' equal-area conic, fitted to a state; for the whole country with its insets.

Equal area, because shaded areas are compared. On a sphere, as maps of a page's width are drawn (Snyder, "Map Projections: A
Working Manual", USGS PP 1395, eq. 14-1 to 14-6): against the ellipsoid it is off by less than half a percent.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import cos, radians, sin, sqrt

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

Points = NDArray[np.float64]  # N × 2: longitude, latitude; or x, y

EARTH_KM = 6371.0088
WIDTH, HEIGHT, MARGIN = 880.0, 640.0, 14.0
EVERYWHERE = (-360.0, -90.0, 180.0, 90.0)


@dataclass(frozen=True, slots=True)
class Albers:
    """`south` and `north`: the standard parallels, where lengths are true."""

    south: float
    north: float
    longitude: float
    latitude: float

    def kilometres(self, degrees: Points) -> Points:
        """Kilometres east and south of the origin."""
        n = (sin(radians(self.south)) + sin(radians(self.north))) / 2
        c = cos(radians(self.south)) ** 2 + 2 * n * sin(radians(self.south))
        rho0 = EARTH_KM * sqrt(c - 2 * n * sin(radians(self.latitude))) / n
        rho = EARTH_KM * np.sqrt(c - 2 * n * np.sin(np.radians(degrees[:, 1]))) / n
        theta = n * np.radians(degrees[:, 0] - self.longitude)
        return np.column_stack((rho * np.sin(theta), rho * np.cos(theta) * -1 + rho0)) * (1, -1)


@dataclass(frozen=True, slots=True)
class Panel:
    """One map in the picture: what it covers (west, south, east, north), and where and how large it is drawn."""

    covers: tuple[float, float, float, float]
    albers: Albers
    scale: float  # pixels per kilometre
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Frame:
    """A picture's size in pixels and its panels; the first is the one that the scale bar holds for."""

    width: float
    height: float
    panels: Sequence[Panel]

    def project(self, degrees: Points) -> Points:
        """Pixels from the upper left corner; NaN where no panel shows the place."""
        places = np.array(degrees, dtype=float).reshape(-1, 2)
        places[places[:, 0] > 0, 0] -= 360  # the Aleutians (and Guam) go on beyond 180° west
        pixels = np.full_like(places, np.nan)
        for panel in reversed(self.panels):
            west, south, east, north = panel.covers
            inside = (
                (places[:, 0] >= west)
                & (places[:, 0] <= east)
                & (places[:, 1] >= south)
                & (places[:, 1] <= north)
            )
            pixels[inside] = panel.albers.kilometres(places[inside]) * panel.scale + (panel.x, panel.y)
        return pixels


def fitted(outline: Sequence[BaseGeometry]) -> Frame:
    """The frame of one state, or of the country where the outline reaches from coast to coast."""
    corners = np.concatenate([shapely.get_coordinates(shape) for shape in outline])
    corners[corners[:, 0] > 0, 0] -= 360
    (west, south), (east, north) = corners.min(axis=0), corners.max(axis=0)
    if len(outline) > 1 and east - west > 50:
        return COUNTRY
    height = north - south
    albers = Albers(south + height / 6, north - height / 6, (west + east) / 2, (south + north) / 2)
    flat = albers.kilometres(corners)
    (left, top), (right, bottom) = flat.min(axis=0), flat.max(axis=0)
    scale = min((WIDTH - 2 * MARGIN) / (right - left), (HEIGHT - 2 * MARGIN) / (bottom - top))
    width, tall = (right - left) * scale, (bottom - top) * scale
    x = (WIDTH - width) / 2 - left * scale
    return Frame(WIDTH, tall + 2 * MARGIN, (Panel(EVERYWHERE, albers, scale, x, MARGIN - top * scale),))


# The 48 states with Alaska (at a third of the size), Hawaii and Puerto Rico as insets; parallels as the USGS uses them.
COUNTRY = Frame(
    WIDTH,
    584.0,
    (
        Panel((-125.5, 24.0, -66.0, 50.0), Albers(29.5, 45.5, -96.0, 37.5), 0.182, 446.0, 292.0),
        Panel((-190.0, 50.5, -128.0, 72.0), Albers(55.0, 65.0, -154.0, 63.0), 0.062, 142.0, 496.0),
        Panel((-162.0, 18.0, -154.0, 23.0), Albers(8.0, 18.0, -157.5, 20.5), 0.182, 300.0, 528.0),
        Panel((-68.0, 17.0, -65.0, 19.0), Albers(8.0, 18.0, -66.4, 18.2), 0.182, 800.0, 534.0),
    ),
)

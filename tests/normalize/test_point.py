"""Coordinates against the place beside them: believed, righted, set aside."""

from __future__ import annotations

import pytest

from pipeline.normalize.point import locate
from pipeline.records import Refused

SPRINGFIELD = ("MA", "01103", "Springfield")


@pytest.mark.parametrize(
    ("latitude", "longitude", "place", "point", "reason"),
    [
        ("42.1015", "-72.5898", SPRINGFIELD, (42.1015, -72.5898), None),
        ("42.1015", "72.5898", SPRINGFIELD, (42.1015, -72.5898), "righted_coordinates"),
        ("-72.5898", "42.1015", SPRINGFIELD, (42.1015, -72.5898), "righted_coordinates"),
        ("72.5898", "42.1015", SPRINGFIELD, (42.1015, -72.5898), "righted_coordinates"),
        ("-42.1015", "-72.5898", SPRINGFIELD, (42.1015, -72.5898), "righted_coordinates"),
        ("34.05", "-118.24", SPRINGFIELD, None, "coordinates_elsewhere"),
        ("41.7658", "-72.6734", SPRINGFIELD, None, "coordinates_elsewhere"),  # the next state
        ("42.36", "-71.06", SPRINGFIELD, None, "coordinates_elsewhere"),  # the other end of the state
        ("41.7658", "-72.6734", ("MA", None, "Springfield"), (41.7658, -72.6734), None),
        ("34.05", "-118.24", ("MA", None, "Springfield"), None, "coordinates_elsewhere"),
        ("42.1015", "72.5898", ("MA", None, None), (42.1015, -72.5898), "righted_coordinates"),
        ("34.05", "-118.24", ("MA", None, "Nowhere"), None, "coordinates_elsewhere"),
        ("13.47", "144.75", ("GU", "96910", "Hagatna"), (13.47, 144.75), None),
        ("66.9", "-161.6", ("AK", "99752", "Kotzebue"), (66.9, -161.6), None),
        ("0", "0", SPRINGFIELD, None, "bad_coordinates"),
        ("42.1", "", SPRINGFIELD, None, "bad_coordinates"),
        ("north", "west", SPRINGFIELD, None, "bad_coordinates"),
        ("nan", "inf", SPRINGFIELD, None, "bad_coordinates"),
        ("420.1", "-72.5", SPRINGFIELD, None, "bad_coordinates"),
    ],
)
def test_locate(
    latitude: str,
    longitude: str,
    place: tuple[str, str | None, str | None],
    point: tuple[float, float] | None,
    reason: str | None,
) -> None:
    found = locate(latitude, longitude, *place)
    told = Refused("coordinates", reason, f"{latitude}, {longitude}") if reason else None
    assert (found.point, found.refused) == (point, told)


def test_no_coordinates_are_no_fault() -> None:
    found = locate("", "", *SPRINGFIELD)
    assert (found.point, found.refused) == (None, None)

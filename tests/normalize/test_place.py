"""ZIP codes, cities, states and distances."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.normalize.place import (
    STATES,
    city_key,
    county_of,
    find_zip,
    haversine_km,
    is_city,
    state_code,
    states_of_city,
    zip5,
    zip_fits_state,
    zips_of_city,
)


@pytest.mark.parametrize(
    ("text", "code"),
    [("MA", "MA"), ("ma", "MA"), ("Massachusetts", "MA"), ("Mass.", "MA"), ("New  Hampshire", "NH"), ("N.H.", "NH"),
     ("D.C.", "DC"), ("Washington, DC", "DC"), ("Puerto Rico", "PR"), ("Bavaria", None), ("", None), (None, None), ("XX", None)],
)  # fmt: skip
def test_state_code(text: str | None, code: str | None) -> None:
    assert state_code(text) == code


@pytest.mark.parametrize(
    ("text", "five"),
    [("01103", "01103"), ("01103-2211", "01103"), ("011032211", "01103"), ("1103", "01103"), ("1103.0", "01103"),
     (" 02115 ", "02115"), ("602", "00602"), ("12", None), ("", None), (None, None), ("ABCDE", None), ("123456", None)],
)  # fmt: skip
def test_zip5(text: str | None, five: str | None) -> None:
    assert zip5(text) == five


def test_zip_names_place() -> None:
    found = find_zip("01103")
    assert found is not None
    assert (found.city, found.state, found.county) == ("Springfield", "MA", "Hampden")
    assert found.latitude == pytest.approx(42.1, abs=0.1)
    assert found.longitude == pytest.approx(-72.6, abs=0.1)
    assert find_zip("00000") is None
    assert county_of("06033-1111") == "Hartford"
    assert county_of("99999") is None


def test_cities() -> None:
    assert is_city("Saint Augustine", "FL")
    assert is_city("St. Augustine", "FL")
    assert is_city("WORCESTER", "MA")
    assert not is_city("Worcester", "HI")
    assert "02108" in zips_of_city("Boston", "MA")
    assert zips_of_city("Nowhereville", "MA") == ()
    assert states_of_city("Santa Clarita") == ("CA",)
    assert len(states_of_city("Springfield")) > 5


def test_zip_fits_state() -> None:
    assert zip_fits_state("01103", "MA")
    assert not zip_fits_state("01103", "CA")
    assert not zip_fits_state("00000", "MA")


def test_distances() -> None:
    assert haversine_km(42.3601, -71.0589, 42.2626, -71.8023) == pytest.approx(
        62.2, abs=0.5
    )  # Boston–Worcester
    assert haversine_km(0, 0, 0, 180) == pytest.approx(20015.1, abs=0.5)  # half the equator
    assert haversine_km(42, -71, 42, -71) == 0


@given(st.floats(-90, 90), st.floats(-180, 180), st.floats(-90, 90), st.floats(-180, 180))
def test_distance_is_symmetric(a: float, b: float, c: float, d: float) -> None:
    assert haversine_km(a, b, c, d) == pytest.approx(haversine_km(c, d, a, b))
    assert 0 <= haversine_km(a, b, c, d) < 20016


@given(st.sampled_from(sorted(STATES)))
def test_names_and_codes_agree(code: str) -> None:
    assert state_code(STATES[code]) == code == state_code(code)


@given(st.text(max_size=40))
def test_city_key_is_stable(name: str) -> None:
    assert city_key(city_key(name)) == city_key(name)

"""ZIP codes, cities and states."""

from __future__ import annotations

import pytest
import zipcodes
from hypothesis import given
from hypothesis import strategies as st

from pipeline.normalize import place
from pipeline.normalize.place import (
    STATES,
    all_zips,
    city_key,
    find_city,
    find_zip,
    is_city,
    state_code,
    states_of_town,
    zip5,
    zip_fits_state,
)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("MA", "MA"),
        ("ma", "MA"),
        ("Massachusetts", "MA"),
        ("Mass.", "MA"),
        ("New  Hampshire", "NH"),
        ("N.H.", "NH"),
        ("D.C.", "DC"),
        ("Washington, DC", "DC"),
        ("Puerto Rico", "PR"),
        ("Bavaria", None),
        ("", None),
        (None, None),
        ("XX", None),
    ],
)
def test_state_code(text: str | None, code: str | None) -> None:
    assert state_code(text) == code


@pytest.mark.parametrize(
    ("text", "five"),
    [
        ("01103", "01103"),
        ("01103-2211", "01103"),
        ("011032211", "01103"),
        ("1103", "01103"),
        ("1103.0", "01103"),
        (" 02115 ", "02115"),
        ("602", "00602"),
        ("12", None),
        ("", None),
        (None, None),
        ("ABCDE", None),
        ("123456", None),
    ],
)
def test_zip5(text: str | None, five: str | None) -> None:
    assert zip5(text) == five


def test_zip_names_place() -> None:
    found = find_zip("01103")
    assert found is not None
    assert (found.city, found.state, found.county) == ("Springfield", "MA", "Hampden")
    assert found.latitude == pytest.approx(42.1, abs=0.1)
    assert found.longitude == pytest.approx(-72.6, abs=0.1)
    assert find_zip("00000") is None


def test_cities() -> None:
    assert is_city("Saint Augustine", "FL")
    assert is_city("St. Augustine", "FL")
    assert is_city("WORCESTER", "MA")
    assert not is_city("Worcester", "HI")
    assert [*states_of_town("Santa Clarita")] == ["CA"]
    assert len(states_of_town("Springfield")) > 5


def test_zip_fits_state() -> None:
    assert zip_fits_state("01103", "MA")
    assert not zip_fits_state("01103", "CA")
    assert not zip_fits_state("00000", "MA")


@given(st.sampled_from(sorted(STATES)))
def test_names_and_codes_agree(code: str) -> None:
    assert state_code(STATES[code]) == code == state_code(code)


@given(st.text(max_size=40))
def test_city_key_is_stable(name: str) -> None:
    assert city_key(city_key(name)) == city_key(name)


def test_a_city_lies_amid_its_zip_codes() -> None:
    found = find_city("Saint Albans", "VT")
    assert found is not None and (found.county, round(found.latitude), round(found.longitude)) == (
        "Franklin",
        45,
        -73,
    )
    spread = find_city("Los Angeles", "CA")
    assert spread is not None and round(spread.latitude) == 34
    assert find_city("Nowhere", "VT") is None and find_city(None, "VT") is None


def test_the_zip_codes_of_the_military_post_have_no_point() -> None:
    post = find_zip("09001")
    assert post is not None and not post.has_point


def test_every_zip_code_that_the_package_has() -> None:
    assert [entry.zip for entry in all_zips()] == [row["zip_code"] for row in zipcodes.list_all()]


@pytest.mark.parametrize("state", ["MA", "PR"])
def test_a_state_has_the_same_zip_codes_whether_the_country_was_read_or_not(state: str) -> None:
    place._zips.cache_clear()
    place._zips_of.cache_clear()
    alone = dict(place._zips_of(state))
    assert alone and list(alone.items()) == [(e.zip, e) for e in all_zips() if e.state == state]
    place._zips_of.cache_clear()
    assert list(place._zips_of(state).items()) == list(alone.items())

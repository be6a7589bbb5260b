"""Which printed addresses are asked for, under one form; which answers are believed; settings."""

from __future__ import annotations

import pytest

from pipeline.geocode.addresses import StreetAddress, street_address
from pipeline.geocode.belief import believed
from pipeline.geocode.geocoder import Answer, Outcome
from pipeline.geocode.settings import GeocoderSettings, GeocoderSettingsError
from pipeline.settings import Settings, SettingsError

SOUTH_END = StreetAddress("780 ALBANY ST", "BOSTON", "MA", "02118")


@pytest.mark.parametrize(
    ("printed", "key"),
    [
        (("780 Albany Street, Suite 2", None, "Boston", "MA", "02118-2526"), SOUTH_END.key),
        (("Harbor Hospital", "780 Albany St.", "Boston ", "MA", "02118"), SOUTH_END.key),
        (("53-57 North Beacon St", "", "Saint Albans", "VT", "05478"), "53 N BEACON ST, ST ALBANS, VT 05478"),
        (("163-18 Jamaica Ave", None, "Jamaica", "NY", None), "163-18 JAMAICA AVE, JAMAICA, NY"),
        (("P.O. Box 12", None, "Boston", "MA", "02118"), None),
        (("Address withheld", None, "Boston", "MA", "02118"), None),
        (("Main Campus", None, "Boston", "MA", "02118"), None),
        (("780 Albany Street", None, None, "MA", None), None),
        (("780 Albany Street", None, "Boston", None, "02118"), None),
        (("780 Albany Street", None, "jo@clinic.example", "MA", "02118"), None),
        ((None, None, None, None, None), None),
    ],
)
def test_an_address_is_asked_for_as_a_house_at_a_street(printed: tuple[str, ...], key: str | None) -> None:
    asked = street_address(*printed)
    assert (asked.key if asked else None) == key


def test_a_place_far_from_its_zip_code_is_refused_with_the_reason() -> None:
    near = Answer(Outcome.MATCH, 42.338, -71.073, is_exact=True, matched_address="x", block_geoid="2" * 15)
    assert believed(SOUTH_END, near) == near
    springfield = Answer(Outcome.MATCH, 42.10, -72.59, is_exact=False, matched_address="x", block_geoid="2")
    refused = believed(SOUTH_END, springfield)
    assert refused.outcome is Outcome.REFUSED and refused.refused == "coordinates_elsewhere: 42.1, -72.59"
    assert (refused.latitude, refused.longitude, refused.block_geoid) == (None, None, None)
    swapped = believed(SOUTH_END, Answer(Outcome.MATCH, -71.073, 42.338))
    assert swapped.outcome is Outcome.REFUSED, "what a service tells wrong is not righted"
    assert believed(SOUTH_END, Answer(Outcome.MATCH, 0.0, 0.0)).outcome is Outcome.REFUSED
    assert believed(SOUTH_END, Answer(Outcome.TIE)) == Answer(Outcome.TIE)


def test_no_geocoder_is_asked_unless_one_is_named() -> None:
    assert not Settings.choose(profile="demo", environment={}).geocoder.asks
    named = {"IOP_GEOCODER": "census", "IOP_GEOCODER_URL": "http://127.0.0.1:9/x", "IOP_GEOCODER_BATCH": "50"}
    chosen = Settings.choose(profile="demo", environment=named).geocoder
    assert (chosen.asks, chosen.url, chosen.batch) == (True, "http://127.0.0.1:9/x", 50)
    assert not GeocoderSettings.choose({"name": "census"}, {"IOP_GEOCODER": "off"}).asks
    assert GeocoderSettings.choose({"name": "census", "again_days": 7}, {}).again_days == 7


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ({"name": "maps"}, "no geocoder 'maps': choose off, census"),
        ({"adress": "x"}, "no setting 'adress'"),
        ({"batch": "many"}, "invalid literal"),
        ({"batch": 0}, "above zero"),
        ({"url": "geocoding.example"}, "must begin with http"),
    ],
)
def test_a_slip_in_the_settings_is_named(table: dict[str, object], said: str) -> None:
    with pytest.raises(GeocoderSettingsError, match=said):
        GeocoderSettings.choose(table, {})
    if "name" in table:
        with pytest.raises(SettingsError, match=said):
            Settings.choose(profile="demo", environment={"IOP_GEOCODER": str(table["name"])})

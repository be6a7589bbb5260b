"""Which printed addresses a geocoder can be asked for, and the one form under which they are asked and kept."""

from __future__ import annotations

from typing import NamedTuple

from pipeline.normalize.address import normalize_street, number_range
from pipeline.normalize.place import city_key, zip5

ROADS = frozenset({"street", "highway"})  # a box, a campus and a withheld street lie nowhere


class StreetAddress(NamedTuple):
    """An address without its unit, as it is asked: "53 N BEACON ST", "BOSTON", "MA", "02134"."""

    street: str
    city: str
    state: str
    zip: str

    @property
    def key(self) -> str:
        """Under which its answer is kept: spellings of one city and of one street meet in it."""
        return f"{self.street}, {city_key(self.city).upper()}, {self.state} {self.zip}".rstrip()


def street_address(
    street1: str | None, street2: str | None, city: str | None, state: str | None, code: str | None
) -> StreetAddress | None:
    """A printed address in the form that is asked, or None where it names no house at a street of a city or ZIP code.

    Of several houses ("53-57 Main Street") the first is asked: geocoders know single numbers.
    """
    street = normalize_street(street1, street2)
    zip_code = zip5(code) or ""
    if street.kind not in ROADS or not street.number or not state or not (city or zip_code):
        return None
    houses = number_range(street.number)
    if houses and houses[0] < houses[1]:
        street = street._replace(number=str(houses[0]))
    asked = StreetAddress(street.line, " ".join((city or "").upper().split()), state, zip_code)
    return None if any("@" in part for part in asked) else asked

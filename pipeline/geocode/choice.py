"""The geocoder that settings name."""

from __future__ import annotations

from pipeline.fetch.settings import FetchSettings
from pipeline.geocode.geocoder import Geocoder
from pipeline.geocode.settings import GeocoderSettings


def geocoder_of(settings: GeocoderSettings, fetch: FetchSettings) -> Geocoder | None:
    """None where no geocoder is to be asked."""
    if not settings.asks:
        return None
    from pipeline.geocode.census import (
        CensusGeocoder,
    )  # a client of the network; the only one that settings may name

    return CensusGeocoder(settings, fetch)

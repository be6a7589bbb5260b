"""The geocoder that settings name."""

from __future__ import annotations

from pipeline.fetch.settings import FetchSettings
from pipeline.geocode.census import CensusGeocoder
from pipeline.geocode.geocoder import Geocoder
from pipeline.geocode.settings import CENSUS, GeocoderSettings

_MAKERS = {CENSUS: CensusGeocoder}


def geocoder_of(settings: GeocoderSettings, fetch: FetchSettings) -> Geocoder | None:
    """None where no geocoder is to be asked."""
    return _MAKERS[settings.name](settings, fetch) if settings.asks else None

"""Which geocoder a run asks, and how: off unless one is named."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

PREFIX = "IOP_GEOCODER"
OFF, CENSUS = "off", "census"
NAMES = (OFF, CENSUS)


class GeocoderSettingsError(ValueError):
    """Settings that cannot be; the message says which."""


@dataclass(frozen=True, slots=True)
class GeocoderSettings:
    """A profile's table `geocoder`, and above it the environment: `IOP_GEOCODER` (census, off), `IOP_GEOCODER_URL`, ….

    `url` is the batch endpoint, also of an instance of one's own; `benchmark` and `vintage` the data that it stands on.
    `batch`: addresses a request. `again_days`: after how long an address that was not found is asked again.
    """

    name: str = OFF
    url: str = "https://geocoding.geo.census.gov/geocoder/geographies/addressbatch"
    benchmark: str = "Public_AR_Current"
    vintage: str = "Current_Current"
    batch: int = 1000
    again_days: int = 90
    timeout_s: float = 300.0  # the service works through a batch before it answers

    @property
    def asks(self) -> bool:
        """Whether a run may use the network for it."""
        return self.name != OFF

    @classmethod
    def choose(
        cls, table: Mapping[str, Any] | None = None, environment: Mapping[str, str] = os.environ
    ) -> GeocoderSettings:
        """Settings from a profile's table and the environment. Raises GeocoderSettingsError."""
        table, default = table or {}, cls()
        variables = {
            f.name: PREFIX if f.name == "name" else f"{PREFIX}_{f.name.upper()}" for f in fields(cls)
        }
        if unknown := sorted(set(table) - set(variables)):
            raise GeocoderSettingsError(
                f"geocoder: no setting {unknown[0]!r}: there are {', '.join(variables)}"
            )
        given = {
            name: environment[variable] for name, variable in variables.items() if variable in environment
        }
        try:
            chosen = {n: type(getattr(default, n))(value) for n, value in {**table, **given}.items()}
        except ValueError as error:
            raise GeocoderSettingsError(f"geocoder: {error}") from None
        made = cls(**chosen)
        if made.name not in NAMES:
            raise GeocoderSettingsError(f"geocoder: no geocoder {made.name!r}: choose {', '.join(NAMES)}")
        if not made.url.startswith(("http://", "https://")):
            raise GeocoderSettingsError(f"geocoder: url {made.url!r} must begin with http:// or https://")
        if min(made.batch, made.timeout_s) <= 0 or made.again_days < 0:
            raise GeocoderSettingsError(
                "geocoder: batch and timeout_s must be above zero, again_days not below"
            )
        return made

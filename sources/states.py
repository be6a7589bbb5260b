"""The states, the District of Columbia and the territories: `states.csv` (USPS Publication 28, appendix B;
FIPS codes as the census writes them, INCITS 38)."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

with (Path(__file__).parent / "states.csv").open(encoding="utf-8", newline="") as _file:
    _ROWS = list(csv.DictReader(_file))

STATES: Mapping[str, str] = MappingProxyType({row["code"]: row["name"] for row in _ROWS})
"""Postal code → name."""

OTHER_NAMES: Mapping[str, str] = MappingProxyType(
    {name: row["code"] for row in _ROWS for name in filter(None, row["other_names"].split(";"))}
)
"""Usual abbreviation ("mass", "n y"), in lower case without points → postal code."""


def other_names(code: str) -> list[str]:
    """Usual abbreviations of a state, by its postal code."""
    return [name for name, of in OTHER_NAMES.items() if of == code]


FIPS: Mapping[str, str] = MappingProxyType({row["fips"]: row["code"] for row in _ROWS})
"""Two digits that GEOIDs of the census begin with → postal code."""

"""Formats of geography files: a name, as `datasets.toml` uses it, and the reader of the content."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module

from sources.geography.given import Given

Reader = Callable[[bytes], Given]


def _of(module: str, name: str) -> Reader:
    """A reader, imported when it reads: what it takes (shapes, above all), a run without new files does not need."""

    def read(content: bytes) -> Given:
        reader: Reader = getattr(import_module(f"sources.geography.{module}"), name)
        return reader(content)

    return read


FORMATS: Mapping[str, Reader] = {
    "cenpop": _of("block_groups", "read_centres"),
    "b01001": _of("age_tables", "read_b01001"),
    "p12": _of("age_tables", "read_p12"),
    "pct12": _of("age_tables", "read_pct12"),
    "cc_est": _of("estimates", "read_estimates"),
    "gazetteer_towns": _of("gazetteer", "read_towns"),
    "gazetteer_counties": _of("gazetteer", "read_counties"),
    "compiled_points": _of("compiled", "read_points"),
    "compiled_county_ages": _of("compiled", "read_county_ages"),
    "compiled_counties": _of("compiled", "read_counties"),
    "compiled_towns": _of("compiled", "read_towns"),
    "compiled_boundaries": _of("compiled", "read_boundaries"),
    "zctas": _of("packaged_files", "read_zctas"),
    "zcta_sums": _of("packaged_files", "sum_zctas"),
    "areas": _of("packaged_files", "read_areas"),
    "shapes": _of("packaged_files", "read_shapes"),
}
"""Readers raise FormatError."""

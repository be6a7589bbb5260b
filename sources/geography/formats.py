"""Formats of geography files: a name, as `datasets.toml` uses it, and the reader of the content."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sources.geography import (
    age_tables,
    block_groups,
    compiled,
    estimates,
    gazetteer,
    packaged_files,
)
from sources.geography.given import Given

FORMATS: Mapping[str, Callable[[bytes], Given]] = {
    "cenpop": block_groups.read_centres,
    "b01001": age_tables.read_b01001,
    "p12": age_tables.read_p12,
    "pct12": age_tables.read_pct12,
    "cc_est": estimates.read_estimates,
    "gazetteer_towns": gazetteer.read_towns,
    "gazetteer_counties": gazetteer.read_counties,
    "compiled_points": compiled.read_points,
    "compiled_county_ages": compiled.read_county_ages,
    "compiled_counties": compiled.read_counties,
    "compiled_towns": compiled.read_towns,
    "compiled_boundaries": compiled.read_boundaries,
    "zctas": packaged_files.read_zctas,
    "zcta_sums": packaged_files.sum_zctas,
    "areas": packaged_files.read_areas,
    "shapes": packaged_files.read_shapes,
}
"""Readers raise FormatError."""

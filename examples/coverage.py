# %% [markdown]
# # Coverage of a state, recomputed from a release
#
# Three headline figures of the coverage report and its map, from the release file alone: with DuckDB, NumPy, SciPy,
# Shapely and Polars, and none of this project's code. Each stands beside what the release itself says (`coverage_…`).
#
# ```sh
# python examples/coverage.py                                             # the demo world
# IOP_RELEASE=data/us/releases/current IOP_STATE=OH python examples/coverage.py
# ```
#
# Run it as a script, or cell by cell in an editor that knows `# %%`. docs/coverage.md tells what the figures mean.

# %%
import os
from pathlib import Path

import duckdb
import numpy as np
import polars as pl
import shapely
from scipy.stats import chi2, norm

release = duckdb.connect(os.environ.get("IOP_RELEASE", "data/demo/releases/current"), read_only=True)


def table(sql: str) -> pl.DataFrame:
    """Rows of the release; `$state` is the state that is looked at."""
    found = release.execute(sql, {"state": state} if "$state" in sql else None)
    names = [column[0] for column in found.description]
    return pl.DataFrame(found.fetchall(), schema=names, orient="row", infer_schema_length=None)


def published(sql: str) -> tuple[float, ...]:
    """The one row of a mart that a figure is compared with."""
    return table(sql).row(0)


state = os.environ.get("IOP_STATE", "MA")
number, built_at = release.sql("SELECT release, built_at FROM release_info").fetchall()[0]
print(f"Release {number} of {built_at:%Y-%m-%d}, {state}")

# %% [markdown]
# ## Places with an IOP for substance use, per 100,000 people
#
# A *place* (`location_id`) is of one operator. A program that is also for mental health has the focus `both`. The interval
# is exact: quantiles of chi-square on both sides of the count (Garwood 1936).

# %%
programs = table("""
    SELECT service_id, location_id, county_fips, payers_all, payers_not_ticked, source_url IS NOT NULL AS has_page
    FROM directory
    WHERE level_of_care = 'iop' AND focus IN ('substance_use', 'both') AND state = $state AND location_id IS NOT NULL""")
(people,) = published("SELECT population FROM area WHERE area_kind = 'state' AND state = $state")
sites, per = programs["location_id"].n_unique(), people / 100_000
low, high = chi2.ppf(0.025, 2 * sites) / 2 if sites else 0.0, chi2.ppf(0.975, 2 * sites + 2) / 2
figures = [
    ("places per 100,000", [sites / per, low / per, high / per], published("""
        SELECT rate, rate_low, rate_high FROM coverage_supply
        WHERE state = $state AND area_kind = 'state' AND level_of_care = 'iop' AND focus = 'substance_use'
            AND dimension = 'all'""")),
]  # fmt: skip

# %% [markdown]
# ## People who live within 25 km of a known IOP
#
# From each point where people live to the nearest place of any state, as a great circle. What is known is what is listed:
# an IOP that no source lists may be nearer.

# %%
points = table("SELECT latitude, longitude, population FROM population_point WHERE state = $state")
known = table(
    "SELECT latitude, longitude FROM coverage_site JOIN location USING (location_id) WHERE target = 'any'"
)


def great_circle_km(latitude, longitude, to_latitude: float, to_longitude: float):
    """Haversine on a sphere of the earth's mean radius."""
    a, b = np.radians(latitude), np.radians(to_latitude)
    half = np.sin((b - a) / 2) ** 2
    half += np.cos(a) * np.cos(b) * np.sin(np.radians(to_longitude - longitude) / 2) ** 2
    return 2 * 6371.0088 * np.arcsin(np.sqrt(half))


latitude, longitude, living = (points[name].to_numpy() for name in points.columns)
nearest_km = np.full(len(points), np.inf)
for to in known.iter_rows():
    nearest_km = np.minimum(nearest_km, great_circle_km(latitude, longitude, *to))
figures.append(
    ("share within 25 km", [living[nearest_km <= 25].sum() / living.sum()], published("""
        SELECT within_25_km / people FROM coverage_reach
        WHERE state = $state AND area_kind = 'state' AND target = 'any'""")),
)  # fmt: skip

# %% [markdown]
# ## IOPs for substance use that take Medicaid
#
# Four answers, and never "no" for silence: yes; asked, and not ticked; not asked (only in lists that do not ask); not stated
# (has a page, which does not say). The share is of those that answered, with Wilson's interval (1927).

# %%
answers = programs.group_by("service_id").agg(
    yes=(pl.col("payers_all").list.contains("medicaid") == True).any(),  # noqa: E712 – null is not yes
    not_ticked=(pl.col("payers_not_ticked").list.contains("medicaid") == True).any(),  # noqa: E712
    has_page=pl.col("has_page").any(),
)
answer = pl.when("yes").then(pl.lit("yes")).when("not_ticked").then(pl.lit("not_ticked"))
answer = answer.when("has_page").then(pl.lit("not_stated")).otherwise(pl.lit("not_asked"))
counted = dict(answers.group_by(answer.alias("answer")).len().iter_rows())
yes, not_ticked, not_asked, not_stated = (
    counted.get(name, 0) for name in ("yes", "not_ticked", "not_asked", "not_stated")
)
asked, z = yes + not_ticked, norm.ppf(0.975)
share = yes / asked if asked else np.nan
middle = (share + z**2 / (2 * asked)) / (1 + z**2 / asked) if asked else np.nan
half = (
    z / (1 + z**2 / asked) * np.sqrt(share * (1 - share) / asked + z**2 / (4 * asked**2)) if asked else np.nan
)
MEDICAID = """SELECT {} FROM coverage_supply
    WHERE state = $state AND area_kind = 'state' AND level_of_care = 'iop' AND focus = 'substance_use'
        AND dimension = 'payer' AND value = 'medicaid'"""
figures += [
    ("Medicaid: yes, not ticked, not asked, not stated", [yes, not_ticked, not_asked, not_stated],
     published(MEDICAID.format("services, not_ticked, not_asked, not_stated"))),
    ("Medicaid: share of those that answered", [share, middle - half, middle + half],
     published(MEDICAID.format("share, share_low, share_high"))),
]  # fmt: skip

# %% [markdown]
# ## Beside what the release says

# %%
for name, ours, theirs in figures:
    print(
        f"{name}\n  recomputed {', '.join(f'{n:.4g}' for n in ours)}\n  published  {', '.join(f'{n:.4g}' for n in theirs)}"
    )

# %% [markdown]
# ## A map: places per 100,000 people by county
#
# Boundaries are well-known binary in degrees. At the scale of a state it is enough to draw degrees of longitude shorter by the
# cosine of the latitude; the report itself projects. Grey: none known.

# %%
counties = table("""
    SELECT area_id, b.name, geometry, population FROM boundary b JOIN area USING (area_kind, area_id)
    WHERE area_kind = 'county' AND b.state = $state ORDER BY area_id""")
in_county = dict(programs.group_by("county_fips").agg(pl.col("location_id").n_unique()).iter_rows())
rates = [
    1e5 * in_county.get(fips, 0) / n if n else 0.0
    for fips, n in counties.select("area_id", "population").iter_rows()
]
colours = ["#c6dbef", "#9ecae1", "#6baed6", "#3182bd", "#08519c"]
limits = np.quantile([rate for rate in rates if rate] or [0], [0.2, 0.4, 0.6, 0.8])

shapes = shapely.from_wkb(counties["geometry"].to_list())
west, south, east, north = shapely.total_bounds(shapes)
flat, width = np.cos(np.radians((south + north) / 2)), 900
scale = width / ((east - west) * flat)


def path(shape) -> str:
    """The rings of a polygon, or of several, as an SVG path."""
    rings = shapely.get_rings(shapely.get_parts(shape))
    corners = [(shapely.get_coordinates(ring) - (west, north)) * (flat * scale, -scale) for ring in rings]
    return "".join(f"M{'L'.join(f'{x:.1f},{y:.1f}' for x, y in ring)}Z" for ring in corners)


svg = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {(north - south) * scale:.0f}">']
for shape, name, rate in zip(shapes, counties["name"], rates, strict=True):
    fill = colours[int(np.searchsorted(limits, rate))] if rate else "#d9d9d9"
    svg.append(
        f'<path d="{path(shape)}" fill="{fill}" stroke="#fff" fill-rule="evenodd"><title>{name}: {rate:.2f}</title></path>'
    )
picture = Path(f"coverage-{state}.svg")
picture.write_text("\n".join([*svg, "</svg>"]), encoding="utf-8")
print(f"{picture}: {len(counties)} counties")

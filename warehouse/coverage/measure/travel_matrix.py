"""Tables of travel times or distances that somebody had computed (OSRM's or Valhalla's, written out), in place of straight lines.

One row per way, CSV or Parquet: `origin_id` (a population point's), `destination_id` (a location's), and `minutes`, `km` or
both. An empty cost says that there is no way; so does, of an origin that is in the file, a row that is not.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import polars as pl

from warehouse.coverage.measure.nearest import Floats, Indices, Pairs
from warehouse.coverage.measure.travel import Basis, Unit

IDS = ["origin_id", "destination_id"]


class TravelMatrixError(ValueError):
    """A file that is no table of travel; the message names file, what is wrong and the remedy."""


class TravelMatrix:
    """The ways of one file, of all its origins and destinations."""

    def __init__(self, ways: pl.DataFrame, name: str) -> None:
        self._ways, self._name = ways, name
        self.units = [unit for unit in Unit if unit in ways.columns]

    def between(self, points: Sequence[str], sites: Sequence[str], unit: Unit) -> MatrixTravel:
        """The ways from these points to these sites, which are then numbered as here; what is not in the file is unmeasured.

        Raises TravelMatrixError where the file has no column of that unit.
        """
        if unit not in self.units:
            raise TravelMatrixError(
                f"{self._name} has no column {unit}: ask for {self.units[0]}, or add the column"
            )
        origins = pl.DataFrame({"origin_id": points}, schema={"origin_id": pl.String}).with_row_index("point")
        targets = pl.DataFrame({"destination_id": sites}, schema={"destination_id": pl.String})
        measured = origins.join(self._ways, on="origin_id", how="semi")["point"].to_numpy()
        ways = (
            self._ways.drop_nulls(unit)
            .join(origins, on="origin_id")
            .join(targets.with_row_index("site"), on="destination_id")
            .group_by("point", "site")
            .agg(pl.col(unit).min())
        )
        unknown = targets.join(self._ways, on="destination_id", how="anti").height
        pairs = Pairs(*(ways[column].to_numpy() for column in ("point", "site", unit)))
        return MatrixTravel(pairs, measured, (len(points), len(sites)), unit, unknown)


class MatrixTravel:
    """Ways of a table between numbered points and sites. `unmeasured_sites`: how many are no destination in the file."""

    basis = Basis.TRAVEL_MATRIX

    def __init__(
        self, pairs: Pairs, measured: Indices, shape: tuple[int, int], unit: Unit, unmeasured_sites: int
    ) -> None:
        self._pairs, self._measured = pairs, measured
        self.points, self.sites = shape
        self.unit, self.unmeasured_sites = unit, unmeasured_sites

    def nearest(self) -> tuple[Floats, Indices]:
        """See `Travel`."""
        cost, site = np.full(self.points, np.nan), np.full(self.points, -1, dtype=np.intp)
        cost[self._measured] = np.inf
        order = np.lexsort((self._pairs.site, self._pairs.cost))[::-1]  # the least is written last, and stays
        cost[self._pairs.point[order]] = self._pairs.cost[order]
        site[self._pairs.point[order]] = self._pairs.site[order]
        return cost, site

    def pairs(self, limit: float) -> Iterator[Pairs]:
        """See `Travel`."""
        kept = self._pairs.cost <= limit
        yield Pairs(self._pairs.point[kept], self._pairs.site[kept], self._pairs.cost[kept])


def read_travel_matrix(path: Path) -> TravelMatrix:
    """A CSV (`.csv`) or Parquet (`.parquet`) file of ways. Raises TravelMatrixError where it is none."""
    try:
        found = pl.read_parquet(path) if path.suffix == ".parquet" else pl.read_csv(path, infer_schema=False)
    except (OSError, pl.exceptions.PolarsError) as error:
        reason = str(error).partition("\n")[0]
        raise TravelMatrixError(f"{path} cannot be read as CSV or Parquet: {reason}") from error
    missing = [column for column in IDS if column not in found.columns]
    units = [unit for unit in Unit if unit in found.columns]
    if missing or not units:
        wanted = ", ".join(missing) or " or ".join(Unit)
        raise TravelMatrixError(f"{path} lacks a column {wanted}: it has {', '.join(found.columns)}")
    numbers = [column for column in IDS if found[column].dtype != pl.String]
    if numbers:
        raise TravelMatrixError(
            f"{path}: {numbers[0]} must be text, or ids lose the zeros that they begin with"
        )
    try:
        ways = found.select(*IDS, *(pl.col(unit).cast(pl.Float64) for unit in units))
    except pl.exceptions.PolarsError as error:
        raise TravelMatrixError(
            f"{path}: {' and '.join(units)} must be numbers, or empty for no way"
        ) from error
    bad = ways.filter(pl.any_horizontal(pl.col(unit).is_nan() | (pl.col(unit) < 0) for unit in units))
    if bad.height:
        origin, destination = bad.row(0)[:2]
        raise TravelMatrixError(
            f"{path}: the way from {origin} to {destination} costs less than nothing or no number"
        )
    return TravelMatrix(ways, str(path))

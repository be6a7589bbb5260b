"""The statistics of coverage as SQL functions of a build, for models that hold distinct counts to them."""

from __future__ import annotations

from collections.abc import Callable

import duckdb
from duckdb.sqltypes import BIGINT, BOOLEAN, DOUBLE, DuckDBPyType

from warehouse.coverage.measure.statistics import Interval, is_reliable, poisson_interval, wilson_interval


def register(connection: duckdb.DuckDBPyConnection) -> None:
    """`poisson_low(count)`, `poisson_high(count)`, `wilson_low(yes, of)`, `wilson_high(yes, of)`, `is_reliable(count)`.

    Each is as `statistics` has it, with 95 %; they are called from Python row by row, so give them distinct values.
    """
    functions: tuple[tuple[str, Callable[..., object], int, DuckDBPyType], ...] = (
        ("poisson_low", lambda count: _end(poisson_interval(count), 0), 1, DOUBLE),
        ("poisson_high", lambda count: _end(poisson_interval(count), 1), 1, DOUBLE),
        ("wilson_low", lambda yes, of: _end(wilson_interval(yes, of), 0), 2, DOUBLE),
        ("wilson_high", lambda yes, of: _end(wilson_interval(yes, of), 1), 2, DOUBLE),
        ("is_reliable", lambda count: is_reliable(count), 1, BOOLEAN),
    )
    for name, function, arguments, result in functions:
        connection.create_function(name, function, [BIGINT] * arguments, result)


def _end(interval: Interval | None, which: int) -> float | None:
    return interval[which] if interval else None

"""Into which class of a shaded map a value falls: zero, unknown, and at most five classes with about as many areas each."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from warehouse.coverage.report.document import Kind
from warehouse.coverage.report.written import NOT_KNOWN, rounded, written

MOST = 5
UNKNOWN, ZERO = "unknown", "zero"
# What breaks are rounded to, so that the words of the legend are exact.
_WHOLE = frozenset({Kind.COUNT, Kind.PEOPLE})
_NONE = {Kind.COUNT: "none known", Kind.RATE: "none known", Kind.PEOPLE: "nobody"}  # what zero is
_STEP = {Kind.COUNT: 1.0, Kind.PEOPLE: 1.0, Kind.SHARE: 0.01, Kind.RATE: 0.1, Kind.KM: 0.1, Kind.NUMBER: 0.01}


@dataclass(frozen=True, slots=True)
class LegendClass:
    """`style`: its class in the style sheet (`q1` … `q5`, `zero`, `unknown`). `areas`: how many fall into it."""

    style: str
    label: str
    areas: int


@dataclass(frozen=True, slots=True)
class Classes:
    """Lower bounds of the classes above zero, in order: a class reaches up to, and not including, the next.

    Values are classed as they are written: 2.18 is read as 2.2, and so is in "2.2 or more".
    """

    bounds: Sequence[float]
    kind: Kind

    def style(self, value: float | None) -> str:
        """The style of a value."""
        if value is None:
            return UNKNOWN
        if _is_zero(value, self.kind):
            return ZERO
        place = max(bisect_right(self.bounds, rounded(value, self.kind)), 1)
        return f"q{self._shade(place)}"

    def _shade(self, place: int) -> int:
        """Few classes are spread over the ramp, so that two do not look alike."""
        if len(self.bounds) == 1:
            return 3
        return 1 + round((place - 1) * (MOST - 1) / (len(self.bounds) - 1))

    def legend(self, values: Iterable[float | None]) -> list[LegendClass]:
        """Every class that occurs, from zero up, unknown last."""
        found = Counter(map(self.style, values))
        shaded = [(f"q{self._shade(n)}", self._label(n)) for n in range(1, len(self.bounds) + 1)]
        zero = _NONE.get(self.kind) or written(0, self.kind)
        every = [(ZERO, zero), *shaded, (UNKNOWN, NOT_KNOWN)]
        return [LegendClass(style, label, found[style]) for style, label in every if found[style]]

    def _label(self, place: int) -> str:
        low = self.bounds[place - 1]
        last = place == len(self.bounds)
        if self.kind in _WHOLE:
            high = None if last else self.bounds[place] - 1
            if high == low:
                return written(low, self.kind)
            return (
                f"{written(low, self.kind)} or more"
                if high is None
                else f"{written(low, self.kind)}–{written(high, self.kind)}"
            )
        if place == 1:
            return "any" if last else f"under {written(self.bounds[1], self.kind)}"
        if last:
            return f"{written(low, self.kind)} or more"
        return f"{written(low, self.kind)} to under {written(self.bounds[place], self.kind)}"


def classes(values: Iterable[float | None], kind: Kind) -> Classes:
    """Classes by quantile of the values above zero, at rounded bounds; none of them is empty."""
    above = np.sort(
        [rounded(value, kind) for value in values if value is not None and not _is_zero(value, kind)]
    )
    if not len(above):
        return Classes((), kind)
    step = _STEP.get(kind, 0.01)
    quantiles = np.quantile(above, np.arange(1, MOST) / MOST, method="inverted_cdf")
    distinct = np.unique(above)
    few = kind in _WHOLE and len(distinct) <= MOST
    inner = distinct[1:] if few else _pretty(quantiles, step, figures=1 if kind is Kind.PEOPLE else 2)
    bounds = [1.0 if kind is Kind.PEOPLE and not few else float(above[0])]
    for bound in np.unique(inner):
        if ((above >= bounds[-1]) & (above < bound)).any() and (above >= bound).any():
            bounds.append(float(bound))
    return Classes(tuple(bounds), kind)


def _is_zero(value: float, kind: Kind) -> bool:
    """Of a rate that is written 0.0 something is known all the same."""
    return value == 0 if kind is Kind.RATE else rounded(value, kind) == 0


def _pretty(values: Sequence[float], step: float, figures: int) -> np.ndarray:
    """So many figures are enough, but no finer than the kind is written."""
    steps = np.maximum(10.0 ** (np.floor(np.log10(np.maximum(values, step))) - figures + 1), step)
    return np.round(np.round(values / steps) * steps, 6)

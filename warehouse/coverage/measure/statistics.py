"""How sure a count, a rate or a share is, and quantiles of what people have, not places."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import gammaincinv, ndtri

from warehouse.policy import policy

ROUNDING = 1e-12  # of a whole: what adding its parts up may lose


class Interval(NamedTuple):
    """Both ends of a confidence interval."""

    low: float
    high: float


def poisson_interval(count: float, exposure: float = 1.0, confidence: float = 0.95) -> Interval | None:
    """Exact interval of a rate: `count` events per unit of `exposure` (people / 100,000 gives one per 100,000).

    Garwood, *Biometrika* 28 (1936), by quantiles of chi-square: at least `confidence` of such intervals hold the true rate.
    None where nobody was exposed. Raises ValueError for less than nothing, or a confidence outside 0 to 1.
    """
    _at_least_zero(count=count, exposure=exposure)
    tail = _tail(confidence)
    if exposure == 0:
        return None
    low = float(gammaincinv(count, tail)) if count else 0.0  # half of chi-square's quantile at 2·count
    return Interval(low / exposure, float(gammaincinv(count + 1, 1 - tail)) / exposure)


def wilson_interval(yes: float, of: float, confidence: float = 0.95) -> Interval | None:
    """Score interval of the share `yes / of`, from 0 to 1, without continuity correction.

    Wilson, *JASA* 22 (1927); method 3 of Newcombe, *Statistics in Medicine* 17 (1998). None of nothing.
    Raises ValueError where `yes` is not between 0 and `of`.
    """
    _at_least_zero(yes=yes, of=of)
    z = float(ndtri(1 - _tail(confidence)))
    if yes > of:
        raise ValueError(f"{yes} of {of}: a part is no more than its whole")
    if of == 0:
        return None
    share, wide = yes / of, z * z / of
    middle = share + wide / 2
    half = z * math.sqrt(share * (1 - share) / of + wide / of / 4)
    low = 0.0 if yes == 0 else (middle - half) / (1 + wide)
    return Interval(low, 1.0 if yes == of else (middle + half) / (1 + wide))


def relative_error(count: float, of: float | None = None) -> float | None:
    """Standard error over the estimate: of a Poisson count `1 / √count`, of a share `count / of` the binomial one.

    None where nothing is counted.
    """
    _at_least_zero(count=count)
    if count == 0:
        return None
    return math.sqrt((1 - count / of if of else 1.0) / count)


def is_reliable(count: float, of: float | None = None) -> bool:
    """Whether a count (or the share `count / of`) stands on enough to be shown without a mark: `[coverage]` of the policy."""
    limits = policy()["coverage"]
    error = relative_error(count, of)
    return error is not None and count >= limits["unreliable_below"] and error <= limits["unreliable_error"]


def weighted_quantile(values: ArrayLike, weights: ArrayLike, q: float) -> float | None:
    """The smallest value at which the weight up to and including it reaches `q` of the whole; None of no weight.

    Infinity is a value like others: the median distance is infinite where half of the people reach nothing.
    """
    numbers = np.asarray(values, dtype=float)
    found = grouped_quantiles(numbers, weights, np.zeros(len(numbers), dtype=np.intp), 1, q)[0]
    return None if np.isnan(found) else float(found)


def grouped_quantiles(
    values: ArrayLike, weights: ArrayLike, group: NDArray[np.integer], groups: int, q: float
) -> NDArray[np.float64]:
    """`weighted_quantile` of each of `groups`: `group` numbers that of each value from 0. NaN for one without weight.

    Raises ValueError for a value that is not a number, a weight below zero, or `q` outside 0 to 1.
    """
    numbers, weight = np.asarray(values, dtype=float), np.asarray(weights, dtype=float)
    if np.isnan(numbers).any() or not (weight >= 0).all() or not 0 <= q <= 1:
        raise ValueError("a quantile needs numbers, weights from zero up, and a share between 0 and 1")
    weighs = weight > 0
    numbers, weight, member = numbers[weighs], weight[weighs], group[weighs]
    order = np.lexsort((numbers, member))
    member, upto = member[order], np.cumsum(weight[order])
    ends = np.searchsorted(member, np.arange(groups), side="right")
    reached = np.concatenate(([0.0], upto))[ends]
    before = np.concatenate(([0.0], reached[:-1]))
    wanted = before + q * (reached - before) - ROUNDING * reached
    place = np.searchsorted(upto, np.maximum(wanted, np.nextafter(before, np.inf)))
    found = np.full(groups, np.nan)
    has = reached > before
    found[has] = numbers[order][place[has]]
    return found


def _tail(confidence: float) -> float:
    if not 0 < confidence < 1:
        raise ValueError(f"a confidence of {confidence} is not between 0 and 1")
    return (1 - confidence) / 2


def _at_least_zero(**numbers: float) -> None:
    for name, number in numbers.items():
        if not (number >= 0 and math.isfinite(number)):
            raise ValueError(f"{name} is {number}: it must be zero or more")

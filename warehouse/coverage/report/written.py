"""How values of a report are written for people, on the page and in the terminal alike. A null is "not known", never 0."""

from __future__ import annotations

from warehouse.coverage.measure.travel import KM_PER_MILE
from warehouse.coverage.report.document import Column, Figure, Kind, Value

NOT_KNOWN = "not known"
UNITS = {Kind.RATE: "per 100,000", Kind.KM: "km"}
FLAGS = {True: "yes", False: "no"}
_DECIMALS = {Kind.COUNT: 0, Kind.PEOPLE: 0, Kind.RATE: 1, Kind.KM: 1}
NUMERIC = frozenset({Kind.COUNT, Kind.PEOPLE, Kind.SHARE, Kind.RATE, Kind.KM, Kind.NUMBER})


def written(value: Value, kind: Kind) -> str:
    """A value without its unit: `7,029,917`, `77.8%`, `2.4`; a share of 0.778 is 77.8%."""
    if value is None:
        return NOT_KNOWN
    if isinstance(value, bool):
        return FLAGS[value]
    if isinstance(value, str):
        return value
    if kind is Kind.SHARE:
        return f"{100 * value:.1f}%"
    if kind in (Kind.RATE, Kind.KM):
        return f"{value:,.1f}"
    if kind in (Kind.COUNT, Kind.PEOPLE) or float(value).is_integer():
        return f"{value:,.0f}"
    return f"{value:,.2f}"


def rounded(value: float, kind: Kind) -> float:
    """The number that `written` shows, so that what is told of it (a class of a map) holds of what people read."""
    if kind is Kind.SHARE:
        return round(round(100 * value, 1) / 100, 3)
    return round(value, _DECIMALS.get(kind, 2))


def interval(low: Value, high: Value, kind: Kind) -> str:
    """`8.1–17.9`; empty where there is none."""
    if low is None or high is None:
        return ""
    # Bounds of a count are no counts: of a small one, a tenth matters.
    exact = kind in (Kind.COUNT, Kind.PEOPLE) and isinstance(high, int | float) and high < 100
    shown = Kind.RATE if exact else kind
    return f"{written(low, shown).removesuffix('%')}–{written(high, shown)}"


def unit(of: Column | Figure) -> str:
    """The unit beside the value: the column's own, else that of its kind; empty for counts and shares."""
    return (of.unit if isinstance(of, Column) else "") or UNITS.get(of.kind, "")


def with_unit(value: Value, of: Column | Figure) -> str:
    """`2.4 per 100,000`, `33.0 km (20.5 miles)`, `not known`."""
    if value is None:
        return NOT_KNOWN
    return " ".join(
        filter(None, (written(value, of.kind), unit(of), f"({miles(value)})" if miles_too(of) else ""))
    )


def miles_too(of: Column | Figure) -> bool:
    """Whether people will want the value in miles as well."""
    return of.kind is Kind.KM and unit(of) == "km"


def miles(km: Value) -> str:
    """`20.5 miles`, from a distance in kilometres."""
    return f"{float(km) / KM_PER_MILE:,.1f} miles" if isinstance(km, int | float) else ""

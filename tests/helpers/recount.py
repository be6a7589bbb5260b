"""The headlines of the coverage report counted again from a release, without its marts: SQL over `directory`, distances in numpy."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np
from by_brute_force import Point, Site, choice, quantile, ways
from scipy.stats import chi2

Ask = Callable[..., list[tuple[Any, ...]]]
Answer = bool | None  # None: not known
FOCUSES = ("substance_use", "mental_health")
COLUMNS = """service_id, location_id, organization_id, level_of_care, state, focus, delivery, has_evening, populations,
    populations_not_ticked, payers_all, payers_not_ticked, languages, languages_not_ticked, source_url, latitude, longitude"""


class Recount(NamedTuple):
    """A figure: its value, the four answers (yes, asked and not ticked, not asked, not stated), and its interval."""

    value: float | None
    answers: tuple[int, int, int, int] | None = None
    low: float | None = None
    high: float | None = None


def recount(ask: Ask, state: str) -> dict[str, Recount]:
    """Every figure of the report of a state."""
    names = [name.strip() for name in COLUMNS.split(",")]
    sql = f"SELECT {COLUMNS} FROM directory WHERE level_of_care IN ('iop', 'php') AND location_id IS NOT NULL AND state IS NOT NULL"
    rows = [dict(zip(names, row, strict=True)) for row in ask(sql)]
    here = [row for row in rows if row["state"] == state]
    about = {
        (level, focus): [r for r in here if r["level_of_care"] == level and r["focus"] in (focus, "both")]
        for level in ("iop", "php")
        for focus in FOCUSES
    }
    programs = about["iop", "substance_use"]
    return {
        "programs": Recount(_services(programs)),
        "sites_rate": _rate(ask, state, len({row["location_id"] for row in programs})),
        # no list asks for IOPs of mental health: none known is not 0
        "programs_mental_health": Recount(_services(about["iop", "mental_health"]) or None),
        **{f"php_{focus}": Recount(_services(about["php", focus])) for focus in FOCUSES},
        **{name: _answered(programs, question) for name, question in QUESTIONS.items()},
        **_distances(ask, state, [row for row in rows if row["level_of_care"] == "iop" and row["latitude"]]),
    }


def _services(rows: Iterable[dict[str, Any]]) -> int:
    return len({row["service_id"] for row in rows})


def _rate(ask: Ask, state: str, sites: int) -> Recount:
    ((people,),) = ask("SELECT population FROM area WHERE area_kind = 'state' AND state = ?", state)
    per = people / 1e5
    return Recount(sites / per, None, chi2.ppf(0.025, 2 * sites) / 2 / per, chi2.ppf(0.975, 2 * sites + 2) / 2 / per)  # fmt: skip


def _ticked(field: str, unticked: str, value: str) -> Callable[[dict[str, Any]], Answer]:
    def answer(row: dict[str, Any]) -> Answer:
        return True if value in (row[field] or ()) else False if value in (row[unticked] or ()) else None

    return answer


def _virtual(row: dict[str, Any]) -> Answer:
    return None if row["delivery"] is None else row["delivery"] in ("virtual", "hybrid")


def _both(row: dict[str, Any]) -> Answer:
    answers = (QUESTIONS["adolescents"](row), QUESTIONS["medicaid"](row))
    return False if False in answers else None if None in answers else True


QUESTIONS: dict[str, Callable[[dict[str, Any]], Answer]] = {
    "adolescents": _ticked("populations", "populations_not_ticked", "adolescents"),
    "medicaid": _ticked("payers_all", "payers_not_ticked", "medicaid"),
    "adolescents_medicaid": _both,
    "evening": lambda row: row["has_evening"],
    "virtual": _virtual,
    "spanish": _ticked("languages", "languages_not_ticked", "es"),
}


def _answered(rows: Sequence[dict[str, Any]], question: Callable[[dict[str, Any]], Answer]) -> Recount:
    found = {True: set(), False: set(), "not_asked": set(), "not_stated": set()}  # type: ignore[var-annotated]
    for row in rows:
        answer = question(row)
        silent = "not_stated" if row["source_url"] else "not_asked"
        found[silent if answer is None else answer].add(row["service_id"])
    yes, no, *silent = (len(services) for services in found.values())
    return Recount(yes if yes + no else None, (yes, no, *silent))


def _distances(ask: Ask, state: str, rows: Sequence[dict[str, Any]]) -> dict[str, Recount]:
    """Of people in the state to places of all states."""
    sql = "SELECT latitude, longitude, population, under_18 FROM population_point WHERE state = ? AND population > 0"
    *at, people, young = np.array(ask(sql, state), dtype=float).T
    points = [Point(latitude, longitude, 0) for latitude, longitude in zip(*at, strict=True)]

    def nearest(some: Iterable[dict[str, Any]]) -> tuple[Any, list[Site]]:
        sites = list(
            {Site(r["location_id"], r["organization_id"], r["latitude"], r["longitude"]) for r in some}
        )
        return ways(points, sites), sites

    km, sites = nearest(rows)
    of_teens, _ = nearest(row for row in rows if QUESTIONS["adolescents"](row))
    of_medicaid, _ = nearest(row for row in rows if QUESTIONS["medicaid"](row))
    near = km.min(axis=1) <= 25
    return {
        "within_25_km": Recount(people[near].sum() / people.sum()),
        "beyond_25_km": Recount(people[~near].sum()),
        "median_km": Recount(quantile(km.min(axis=1), people, 0.5)),
        "choice": Recount(people[choice(km, sites, 25)].sum() / people.sum()),
        "within_25_km_adolescents": Recount(young[of_teens.min(axis=1) <= 25].sum() / young.sum()),
        "within_25_km_medicaid": Recount(people[of_medicaid.min(axis=1) <= 25].sum() / people.sum()),
    }

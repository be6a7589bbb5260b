"""A made-up report on a made-up state, with all that a page must be able to draw: nulls, zeros, chance, hostile names."""

from __future__ import annotations

import random
from collections.abc import Mapping
from datetime import datetime

import numpy as np
import shapely
from made_up_shapes import NAMES

from warehouse.coverage.page.shapes import Shapes
from warehouse.coverage.report.document import (
    Answers,
    Choropleth,
    Column,
    Figure,
    Kind,
    PointMap,
    Report,
    Section,
    Table,
    Value,
)


def made_up_report(
    shapes: Shapes, names: Mapping[str, str] | None = None, long: int = 300, **changed: object
) -> Report:
    """The report on these shapes; `names` of counties by FIPS, `long` rows of the longest table. Equal for equal arguments."""
    rng = random.Random(14)
    names = names or dict(zip(shapes.counties, NAMES, strict=True))
    sites, points = _places(shapes, rng)
    parts: dict[str, object] = {
        "state": "MA",
        "title": "Intensive outpatient programs in Massachusetts",
        "release": 12,
        "built_at": datetime(2026, 11, 28, 6, 30),
        "contract": "3.2",
        "summary": "What is known of programs that treat people several days a week while they live at home: who can reach one, who cannot, and what nobody has asked. Figures here are made up.",
        "sections": _sections(names, sites, points, rng, long),
        "methods": [
            "Distances are straight lines from where people live (centres of population of census block groups) to the nearest known program of any state.",
            "Intervals of counts and rates are exact Poisson intervals, those of shares Wilson intervals, both at 95 %.",
            "A figure is marked unreliable where its relative error is over 30 %, or fewer than five are counted.",
        ],
        "limits": [
            "A program that no source lists is not here: counts are of what is known, not of what exists.",
            "Nothing here says how many places are free, how long people wait, or how good the care is.",
        ],
        "known": [
            "Half of all people live within 6 km of a known program.",
            "Mental health: 84 programs; substance use: 127.",
        ],
        "not_known": ["Whether any program meets in Spanish: no source asks."],
        "known_issues": [
            "Two questionnaires of one year asked differently about telehealth; their answers are not compared."
        ],
        "geography": [
            "2020 Census, centres of population of block groups.",
            "Boundaries of counties, 1:10,000,000, generalised.",
        ],
        "citation": "IOP directory, release 12 (28 November 2026): Intensive outpatient programs in Massachusetts.",
        "facts": {"profile": "made up"},
    }
    return Report(**{**parts, **changed})  # type: ignore[arg-type]


def _places(
    shapes: Shapes, rng: random.Random
) -> tuple[list[list[Value]], list[tuple[float, float, int, float]]]:
    outline = shapely.union_all(list(shapes.counties.values()))
    west, south, east, north = outline.bounds

    def somewhere(near: tuple[float, float] | None) -> tuple[float, float]:
        while True:
            x, y = (
                (rng.gauss(near[0], 0.16), rng.gauss(near[1], 0.11))
                if near
                else (rng.uniform(west, east), rng.uniform(south, north))
            )
            if outline.contains(shapely.Point(x, y)):
                return round(y, 5), round(x, 5)

    city = (west + 0.67 * (east - west), south + 0.62 * (north - south))
    groups = ["Mental health"] * 5 + ["Substance use"] * 4 + ["Both"] * 2
    sites: list[list[Value]] = []
    for n in range(82):
        latitude, longitude = somewhere(city if n % 3 else None)
        sites.append(
            [
                f"{rng.choice(NAMES)} {rng.choice(['House', 'Center', 'Recovery', 'Behavioral Health'])} {n + 1}",
                rng.choice(groups),
                rng.choice(["Springfield", "Lowell", "Salem", "Quincy"]),
                latitude,
                longitude,
                rng.choice([True, False, None, None]),
                rng.choice(["2026-11-02", "2026-08-14", "2025-12-30", None]),
            ]
        )
    sites[5][3], sites[5][4] = sites[4][3], sites[4][4]
    sites[9][3] = sites[9][4] = None
    where = np.array([(row[3], row[4]) for row in sites if row[3] is not None], dtype=float)
    points = []
    for n in range(2500):
        latitude, longitude = somewhere(city if n % 2 else None)
        km = float(np.hypot((where[:, 0] - latitude) * 111.2, (where[:, 1] - longitude) * 82).min())
        points.append((latitude, longitude, rng.choice([600, 1200, 1900, 3400]), km))
    return sites, points


def _sections(
    names: Mapping[str, str],
    sites: list[list[Value]],
    points: list[tuple[float, float, int, float]],
    rng: random.Random,
    long: int,
) -> list[Section]:
    counties: list[list[Value]] = []
    for n, (fips, name) in enumerate(sorted(names.items(), key=lambda pair: pair[1])):
        services: int | None = [0, 3, 12, 41, 27, 2, 9, 55, None, 18, 7, 22, 4, 30][n % 14]
        people = rng.randrange(20_000, 1_600_000)
        rate = None if services is None else services / people * 100_000
        low, high = (None, None) if rate is None else (rate * 0.6, rate * 1.5 + 0.2)
        counties.append(
            [
                fips,
                name,
                people,
                services,
                rate,
                low,
                high,
                services is not None and services < 5,
                round(rng.uniform(0.8, 38), 2),
                rng.uniform(0.3, 1) if services else None,
            ]
        )
    by_county = Table(
        "by-county",
        "Programs by county",
        "Each program is counted once in the county where it is. A county without a number is one where no source that asks lists anything.",
        [
            Column("county_fips", "FIPS", Kind.TEXT, hidden=True),
            Column("county", "County", Kind.TEXT, "Name of the county"),
            Column("people", "People", Kind.PEOPLE, "Residents, 2020 census"),
            Column(
                "services",
                "Programs",
                Kind.COUNT,
                "Known intensive outpatient programs at places in the county",
            ),
            Column(
                "rate",
                "Programs per people",
                Kind.RATE,
                "Known programs per 100,000 residents, with the 95 % interval",
                low="rate_low",
                high="rate_high",
                unreliable="by_chance",
            ),
            Column("rate_low", "Lower bound", Kind.RATE),
            Column("rate_high", "Upper bound", Kind.RATE),
            Column("by_chance", "Unreliable", Kind.FLAG),
            Column(
                "median_km",
                "Median distance",
                Kind.KM,
                "Half of the people live nearer to a known program than this, in a straight line",
            ),
            Column(
                "medicaid_share",
                "Take Medicaid",
                Kind.SHARE,
                "Of the programs that say which payers they take",
            ),
        ],
        counties,
    )
    site_table = Table(
        "sites",
        "All known sites",
        "Addresses where at least one program meets in person.",
        [
            Column("site", "Site", Kind.TEXT),
            Column("focus", "Focus", Kind.TEXT, "What the program treats"),
            Column("city", "City", Kind.TEXT),
            Column("latitude", "Latitude", Kind.NUMBER, hidden=True),
            Column("longitude", "Longitude", Kind.NUMBER, hidden=True),
            Column("evening", "Evenings", Kind.FLAG, "Has sessions that start at 5 p.m. or later"),
            Column("verified", "Last verified", Kind.DATE),
        ],
        sites,
    )
    gaps = Table(
        "gaps",
        "Where most people are far from a known program",
        "Towns by how many people live farther than 25 km from the nearest known program, and what would change it.",
        [
            Column("town", "Town", Kind.TEXT),
            Column("people", "People beyond 25 km", Kind.PEOPLE),
            Column("nearest", "Nearest known", Kind.TEXT, link="url"),
            Column("km", "Distance", Kind.KM),
            Column("missing", "Would be closed by", Kind.TEXT),
            Column("url", "Address", Kind.TEXT),
        ],
        [
            [
                f"Town {n + 1}",
                rng.randrange(40, 22_000),
                f"{NAMES[n % 14]} House",
                rng.uniform(25, 58),
                rng.choice(["days of a listed program", "whether one site treats adolescents", None]),
                f"https://example.org/{n}",
            ]
            for n in range(long)
        ],
    )
    facts = [
        ("Medicaid", 41, 12, 20, 9),
        ("Evening sessions", 22, 30, 25, 5),
        ("Adolescents", 11, 40, 8, 23),
        ("Spanish", 0, 0, 82, 0),
        ("Schedule", 3, None, 20, 11),
    ]
    known = Table(
        "known",
        "What sources say of each fact",
        "A fact that nobody asked is no no.",
        [
            Column("fact", "Fact", Kind.TEXT),
            *(
                Column(name, label, Kind.COUNT)
                for name, label in (
                    ("yes", "Yes"),
                    ("not_ticked", "Asked, not ticked"),
                    ("not_asked", "Not asked"),
                    ("not_stated", "Not stated"),
                )
            ),
        ],
        facts,
        answers=("yes", "not_ticked", "not_asked", "not_stated"),
    )
    headlines = [
        Figure(
            "programs-mh",
            "Mental health programs",
            84,
            Kind.COUNT,
            "Intensive outpatient programs for mental health at known places in the state; one operator at one address counts once.",
            67.0,
            104.0,
            answers=Answers(84, 31, 12, 4),
        ),
        Figure(
            "programs-su",
            "Substance use programs",
            127,
            Kind.COUNT,
            "Intensive outpatient programs for substance use at known places in the state. Some are also mental health programs: do not add the two.",
            105.9,
            151.1,
            answers=Answers(127, 60, 0, 8),
        ),
        Figure(
            "rate",
            "Programs for residents",
            2.71,
            Kind.RATE,
            "Known programs per 100,000 residents of all ages, 2020 census.",
            2.3,
            3.1,
        ),
        Figure(
            "within-25",
            "People within 25 km of a known program",
            0.981,
            Kind.SHARE,
            "Residents whose nearest known program of any state is within 25 km (15.5 miles) in a straight line.",
        ),
        Figure(
            "median-km",
            "Median distance to the nearest known program",
            5.62,
            Kind.KM,
            "Half of all residents live nearer than this, in a straight line.",
        ),
        Figure(
            "adolescent",
            "Known adolescent programs in Worcester County that take Medicaid",
            3,
            Kind.COUNT,
            "Programs that say they treat people under 18 and that they take Medicaid.",
            0.6,
            8.8,
            reliable=False,
            answers=Answers(3, 5, 9, 2),
            note="Nine were never asked about Medicaid.",
        ),
        Figure(
            "spanish",
            "Programs in Spanish",
            None,
            Kind.COUNT,
            "No source asks the programs of this state about languages.",
            answers=Answers(0, 0, 211, 0),
        ),
        Figure("newest", "Newest source", "2026-11-02", Kind.DATE, "When the most recent source was read."),
    ]
    return [
        Section(
            "headlines",
            "In brief",
            "Counts are of what is known. Mental health and substance use programs are counted apart, because some are both.",
            headlines,
        ),
        Section(
            "where",
            "Where programs are",
            "",
            [
                Choropleth(
                    "map-rate",
                    "Known programs per 100,000 residents",
                    "Counties shaded by known programs per 100,000 residents. ",
                    "by-county",
                    "county_fips",
                    "rate",
                    "by_chance",
                ),
                by_county,
                Choropleth(
                    "map-count",
                    "Known programs",
                    "Counties shaded by the number of known programs.",
                    "by-county",
                    "county_fips",
                    "services",
                ),
            ],
        ),
        Section(
            "reach",
            "Who can reach one",
            "Distances are straight lines; roads are longer.",
            [
                PointMap(
                    "map-sites",
                    "Known sites, and where people live",
                    "Dots are where people live, shaded by how far it is to the nearest known site. Marks are sites.",
                    "sites",
                    "site",
                    "focus",
                    (10.0, 25.0, 50.0),
                    points,
                ),
                site_table,
            ],
        ),
        Section("gaps-section", "Gaps", "Ranked by people, not by land.", [gaps]),
        Section(
            "knowledge",
            "Known and unknown",
            "",
            [
                known,
                Table(
                    "empty-one",
                    "Programs that closed",
                    "Since the release before.",
                    [Column("x", "Site", Kind.TEXT)],
                    [],
                ),
                Table(
                    "ages",
                    "Programs by county and age",
                    "For whom programs say that they are, within 10 km of the middle of the county.",
                    [
                        Column("county", "County", Kind.TEXT),
                        Column("age", "For whom", Kind.TEXT, "Ages 18-26 are young adults"),
                        Column("services", "Programs", Kind.COUNT),
                        Column("verified", "Last verified", Kind.DATE),
                    ],
                    [
                        [row[1], age, row[3], "2026-11-02"]
                        for row in counties[:-1]
                        for age in ("Adults (18–64)", "Young adults (about 18–26)")
                    ],
                    folded=True,
                ),
            ],
        ),
    ]

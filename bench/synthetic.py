"""Made-up treatment directories of any size, with the noise of real ones, and the truth.

1.8 records per place on average. What real directories do is done here with about their frequency: abbreviations,
misspellings, renamed clinics, dropped suites, changed or swapped phones, extensions, central phones of chains, two
tenants of one building, two clinics of one hospital, withheld streets, wrong ZIP codes, generic names.
"""

from __future__ import annotations

import itertools
import random
from dataclasses import dataclass, replace

import polars as pl
import zipcodes

from pipeline.normalize.phone import numbers_of

GENERIC = "Community Behavioral Health,Recovery Center,Counseling Center,Treatment Center,Family Services,Wellness Center,Mental Health Center,Counseling Associates,Behavioral Healthcare,Addiction Services,Health System,Outpatient Services".split(
    ","
)
COMMON = "Hope,Crossroads,Serenity,New Horizons,Turning Point,Pathways,Harbor,Summit,Valley,Lakeside,Riverside,Cornerstone,Gateway,Beacon,Horizon,Phoenix,Genesis,Journey,Compass,Bridges,Unity,Grace,Sunrise,Oak,Cedar,Pine".split(
    ","
)
SYLLABLES = "al an ar bel bran cal car cor dal den dor el en fal fen gar gil hal har jor kel ken lan lor mar mel nor or pel quin ran ros sal sel tam tor val ven wal wen yar zan".split()
STREETS = "Main,Church,Park,Washington,Maple,Elm,State,Center,Mill,High,School,Franklin,Union,Lake,Spring,River,Market,Pleasant,Prospect,Jefferson,Jackson,Broad,Chestnut,Walnut,Liberty,Highland,Central,Grove,Madison,Lincoln,Cherry,Pearl,Bridge,Summer,Winter,Forest,Hill,College,Front,Water".split(
    ","
)
TYPES = [
    ("Street", "St"),
    ("Avenue", "Ave"),
    ("Road", "Rd"),
    ("Boulevard", "Blvd"),
    ("Drive", "Dr"),
    ("Lane", "Ln"),
]
SIDES = [("North", "N"), ("South", "S"), ("East", "E"), ("West", "W")]
LABELS = "Outpatient Clinic,Adult Outpatient Services,Adolescent Program,Child and Family Services,Residential Program,Methadone Program,Crisis Services,Day Treatment,Partial Hospitalization Program,Womens Program".split(
    ","
)
SHORT = {
    "Behavioral": "Behav",
    "Health": "Hlth",
    "Center": "Ctr",
    "Services": "Servs",
    "Treatment": "Trt",
    "Counseling": "Csl",
    "Recovery": "Recov",
    "Community": "Comm",
    "Family": "Fam",
}


@dataclass(frozen=True)
class Place:
    organization: int
    name: str
    label: str
    number: int
    side: int
    street: str
    kind: int
    unit: str
    city: str
    state: str
    zip: str
    phone: str
    intake: str
    website: str


class World:
    """A country of operators and places; deterministic for a seed."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.zips = [z for z in zipcodes.list_all() if z["zip_code_type"] == "STANDARD"]
        # a number of any other area is read as none
        self.areas = [area for area in range(201, 990) if numbers_of(f"{area}-234-2345")]

    def records(self, count: int) -> tuple[pl.DataFrame, pl.DataFrame]:
        """`count` records, and their truth: record_id, organization, location."""
        rows: list[tuple[str, ...]] = []
        truth: list[tuple[str, int, int]] = []
        for number, place in enumerate(self._places()):
            copies = (
                1 + (self.random.random() < 0.5) + (self.random.random() < 0.2) + (self.random.random() < 0.1)
            )
            for copy in range(copies):
                record = f"r{len(rows)}"
                rows.append((record, f"s{copy}", *self._printed(place, copy)))
                truth.append((record, place.organization, number))
            if len(rows) >= count:
                break
        names = "record_id source name1 name2 street1 street2 city state zip phone intake website".split()
        frame = pl.DataFrame(rows[:count], schema=names, orient="row")
        answer = pl.DataFrame(truth[:count], schema=["record_id", "organization", "location"], orient="row")
        return frame.sample(fraction=1, shuffle=True, seed=1), answer

    def _phone(self) -> str:
        r = self.random
        return f"{r.choice(self.areas)}-{r.randint(200, 999)}-{r.randint(0, 9999):04d}"

    def _name(self) -> str:
        r = self.random
        word = "".join(r.choice(SYLLABLES) for _ in range(r.randint(3, 4))).title()
        if r.random() < 0.02:
            return f"{r.choice(COMMON)} {r.choice(GENERIC)}"
        if r.random() < 0.25:
            return f"{r.choice(COMMON)} {r.choice(GENERIC)} of {word}"
        return f"{word} {r.choice(GENERIC)}" if r.random() < 0.8 else f"{word} House"

    def _places(self):
        r = self.random
        operators = itertools.count(1)
        for organization in operators:
            name, central = self._name(), self._phone()
            site = "http://www." + name.lower().replace(" ", "") + ".example" if r.random() < 0.5 else ""
            home = r.choice(self.zips)
            sites = 1 if r.random() < 0.75 else r.randint(2, 8)
            for _ in range(sites):
                z = home if r.random() < 0.4 else self._near(home)
                own = central if r.random() < 0.3 else self._phone()
                place = Place(
                    organization,
                    name,
                    r.choice([*LABELS, z["city"], "", "", ""]),
                    r.randint(1, 4000),
                    r.randint(0, 7),
                    r.choice(STREETS),
                    r.randrange(len(TYPES)),
                    f"Suite {r.randint(1, 400)}" if r.random() < 0.4 else "",
                    z["city"],
                    z["state"],
                    z["zip_code"],
                    own,
                    central if r.random() < 0.3 else "",
                    site,
                )
                yield place
                if r.random() < 0.04:  # another tenant of the building
                    yield replace(
                        place,
                        organization=next(operators),
                        name=self._name(),
                        label="",
                        website="",
                        unit=f"Suite {r.randint(401, 800)}",
                        phone=self._phone(),
                        intake="",
                    )
                elif r.random() < 0.03:  # another clinic of a hospital
                    place = replace(place, label=LABELS[0])
                    yield replace(place, label=r.choice(LABELS[4:]), phone=self._phone(), unit="")

    def _near(self, home: dict[str, str]) -> dict[str, str]:
        return self.random.choice(self.zips) if self.random.random() < 0.1 else home

    def _printed(self, p: Place, copy: int) -> tuple[str, ...]:
        """The place as one source prints it; the first source mostly as it is."""
        r = self.random
        name, label, phone, unit, code, intake = p.name, p.label, p.phone, p.unit, p.zip, p.intake
        side = SIDES[p.side][r.random() < 0.3] + " " if p.side < 4 else ""
        kind = TYPES[p.kind][r.random() < 0.3]
        street = p.street
        if copy:
            if r.random() < 0.3:
                name = " ".join(SHORT.get(w, w) for w in name.split())
            if r.random() < 0.08:
                name = self._misspelled(name)
            if r.random() < 0.04:
                name = self._name()
            if r.random() < 0.3:
                name += r.choice([" Inc", " LLC", " PC"])
            label = label if r.random() < 0.7 else r.choice([p.city, "", ""])
            if r.random() < 0.1:
                phone = self._phone()
            elif p.intake and r.random() < 0.15:
                phone, intake = intake, phone
            unit = unit if r.random() < 0.8 else ""
            if r.random() < 0.02:
                code = r.choice(self.zips)["zip_code"]
            if r.random() < 0.03:
                street = self._misspelled(street)
            if r.random() < 0.05:
                side = ""
        line = "- - -" if copy and r.random() < 0.01 else f"{p.number} {side}{street} {kind}"
        phone = (
            ""
            if copy and r.random() < 0.08
            else phone + (f" x{r.randint(1, 400)}" if r.random() < 0.1 else "")
        )
        website = p.website if r.random() < 0.5 else ""
        return (
            name,
            label,
            line,
            "" if line == "- - -" else unit,
            p.city,
            p.state,
            code,
            phone,
            intake,
            website,
        )

    def _misspelled(self, text: str) -> str:
        at = self.random.randrange(1, max(2, len(text) - 1))
        return text[:at] + self.random.choice(["", text[at], "e"]) + text[at + 1 :]

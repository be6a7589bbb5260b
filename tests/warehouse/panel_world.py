"""Places that come, go and move between two releases: what the tests of the matched panel put into their worlds."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from warehouse_world import NOW, World, ask

LATER = NOW + timedelta(days=30)
LIST = "su_2025"
BLOCK = 10  # numbers of places that a case has, but for the last


class Places(World):
    """A directory and whatever places are put into it; a place's number gives its address, telephone and ids."""

    def __init__(self, now: datetime = NOW) -> None:
        super().__init__(providers=0, now=now)

    def place(
        self,
        number: int,
        level: str = "iop",
        source: str = LIST,
        at: int | None = None,
        org: str = "",
        **printed: Any,
    ) -> dict[str, Any]:
        """A row that lists a level at a place. `at`: the number of its location, `org`: the id of its operator."""
        key = len(self.rows["listing"]) + 1000 * number
        row = self.listing(source, number, f"EXAMPLE {number}", key)
        phone = f"+1{600 + number // 100}555{100 + number % 100:04}"
        row.update({"site_name": f"Center {number}", "questionnaire": None, "phone": phone, **printed})
        for said in self.find("observation", listing_id=row["listing_id"]):
            said["observed_at"] = row["observed_at"]
        for field, value in (("address", _address(row)), ("phone", row["phone"])):
            self.drop("observation", listing_id=row["listing_id"], field=field)
            self.say(row, field, value, qualifier="main" if field == "phone" else None)
        self.service(row, level, level, None)
        place = loc(number if at is None else at)
        for kind, entity in (("organization", org or f"org_{number:03x}"), ("location", place)):
            known = self.find("ledger", entity_id=entity)
            self.entity(kind, entity, [(row, None)])
            if known:
                self.rows["ledger"].pop()
        self.entity("service", f"svc_{place}_{level}_{row['focus'] or ''}_{source}", [(row, level)])
        return row

    def pages(self, source: str, *numbers: int, **printed: Any) -> None:
        """Places that their operator's own site tells of, each on a page of its own."""
        self.source(source, "provider_site", state="MA")
        for number in numbers:
            self.place(number, source=source, url=_page(source, number), **printed)

    def attempt(self, source: str, number: int, outcome: str) -> None:
        self.add(
            "document",
            source_id=source,
            url=_page(source, number),
            fetched_at=LATER - timedelta(hours=1),
            outcome=outcome,
            status=None,
            elapsed_ms=5,
        )

    def edition(self, source: str, year: int, state: str, *levels: tuple[int, str]) -> None:
        """An edition of a list of the substance use survey."""
        self.source(source, "samhsa_directory", published=date(year, 1, 1))
        asked = {"questionnaire": "samhsa_su", "focus": "substance_use", "observed_at": datetime(year, 1, 1)}
        for number, level in levels:
            self.place(number, level, source, state=state, **asked)


def loc(number: int) -> str:
    return f"loc_{number:03x}"


def _page(source: str, number: int) -> str:
    return f"https://{source}.example/{number}"


def _address(row: dict[str, Any]) -> str:
    return json.dumps(
        {"street": row["street1"], "city": row["city"], "state": row["state"], "zip": row["zip"]}
    )


def here(number: int, street: str = "Main St", **more: Any) -> dict[str, Any]:
    """An address that no other case has."""
    return {"street1": f"{5000 + number} {street}", "zip": "02118", "city": "Boston", "state": "MA"} | more


def there(number: int, **more: Any) -> dict[str, Any]:
    return here(number, "Elm Street", zip="02139", city="Cambridge") | more


Case = Callable[[Places, Places, int], None]
CASES: dict[str, Case] = {}


def case(put: Case) -> Case:
    """What a case puts into the world before and the world now, from its first number on."""
    CASES[put.__name__] = put
    return put


def first(put: Case) -> int:
    """The first number of a case."""
    return BLOCK * [*CASES.values()].index(put)


def became(path: Path, put: Case, level: str = "iop") -> dict[int, tuple[str, str | None]]:
    """Status and why of every place of a case with a level, by its number in the case."""
    rows = ask(path, "SELECT place_id, status, why FROM coverage_panel WHERE level_of_care = ?", level)
    ours = [(int(place.removeprefix("loc_"), 16) - first(put), (status, why)) for place, status, why in rows]
    ours = [(number, told) for number, told in ours if 0 <= number < BLOCK]
    assert len(dict(ours)) == len(ours)
    return dict(ours)


def ask_until_2024(codes: Path) -> None:
    """Change a vocabulary so that the survey asked about intensive outpatient treatment until 2024."""
    with codes.open(newline="") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        if "level_of_care=iop" in (row["facts"] or "") and row["asked_by"]:
            row["asked_by"] = "samhsa_su:2022-2024"
    with codes.open("w", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)

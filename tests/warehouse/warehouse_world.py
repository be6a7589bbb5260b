"""A small made-up world of stage tables, for building releases against. Fictional names, .example domains, 555-01xx."""

from __future__ import annotations

import csv
import hashlib
import json
import pickle
import random
import shutil
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
from made_once import made_once
from polars import selectors

from sources.kinds import trust
from warehouse.build import build
from warehouse.contracts import stage_tables
from warehouse.policy import policy

VOCABULARY = Path(__file__).resolve().parents[2] / "pipeline" / "vocabulary"
NAMED_PLACES = Path(__file__).parent / "named_places.csv"
NOW = datetime(2026, 3, 2, 12)
LISTS = "su_"  # how the directories are named; every other source is a provider's own site
PLACES = [
    ("MA", "Middlesex", "02139", "Cambridge", 42.365, -71.104),
    ("MA", "Suffolk", "02118", "Boston", 42.338, -71.073),
    ("MA", "Worcester", "01608", "Worcester", 42.262, -71.802),
    ("NH", "Hillsborough", "03101", "Manchester", 42.993, -71.463),
]


class World:
    """Rows of the stage tables, by table. Change them, then `write` them."""

    def __init__(self, providers: int = 24, now: datetime = NOW, seed: int = 7) -> None:
        self.rng = random.Random(seed)
        self.now = now
        self.said = 0
        self.rows: dict[str, list[dict[str, Any]]] = {name: [] for name in stage_tables()}
        self.source("su_2025", "samhsa_directory", published=now.date() - timedelta(days=60))
        self.named_places()
        for number in range(providers):
            self.provider(number)

    def named_places(self) -> None:
        """Some places of the country that people may name."""
        with NAMED_PLACES.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                values: dict[str, Any] = {name: text or None for name, text in row.items()}
                numbers = {name: float(row[name]) for name in ("latitude", "longitude")}
                people = int(row["population"]) if row["population"] else None
                others = row["other_names"].split(";") if row["other_names"] else None
                self.add("place", **(values | numbers | {"population": people, "other_names": others}))

    def add(self, table: str, **values: Any) -> dict[str, Any]:
        row = {name: values.get(name) for name in stage_tables()[table].names}
        self.rows[table].append(row)
        return row

    def source(self, source_id: str, kind: str, **values: Any) -> None:
        at = self.now - timedelta(days=1)
        defaults = {"cadence_days": 30, "title": source_id, "url": f"https://{source_id}.example/"}
        self.add("source", source_id=source_id, kind=kind, **(defaults | values))
        self.add(
            "document",
            source_id=source_id,
            url=f"https://{source_id}.example/",
            fetched_at=at,
            outcome="ok",
            status=200,
            sha256=f"sha-{source_id}",
            size=10,
            elapsed_ms=5,
        )

    def provider(self, number: int) -> None:
        """One operator with one place, on its own site (with an IOP track) and in the directory."""
        site = f"site_{number:03}"
        self.source(site, "provider_site", state="MA")
        own = self.listing(site, number, f"Example Recovery {number}", number)
        row = self.listing("su_2025", number, f"EXAMPLE RECOVERY {number} INC", number)
        services = [(own, "iop/evening"), (row, "iop")]
        self.service(own, "iop/evening", "iop", "Evening IOP")
        self.service(row, "iop", "iop", None)
        self.service(row, "op", "op", None)
        for level, entity in (("organization", f"org_{number:03x}"), ("location", f"loc_{number:03x}")):
            self.entity(level, entity, [(own, None), (row, None)])
        self.entity("service", f"svc_{number:03x}a", services)
        self.entity("service", f"svc_{number:03x}b", [(row, "op")])

    def listing(self, source_id: str, number: int, name: str, key: int, state: str = "") -> dict[str, Any]:
        """A row of a source; `state` in place of the one where the number's place is."""
        home, county, zip5, city, latitude, longitude = PLACES[number % len(PLACES)]
        state = state or home
        row = self.add(
            "listing",
            listing_id=f"{source_id}:{key}",
            source_id=source_id,
            record_key=str(key),
            organization_name=name,
            site_name=f"{city} center",
            street1=f"{number + 1} Main St",
            city=city,
            state=state,
            zip=zip5,
            county=county,
            latitude=latitude + number / 1000,
            longitude=longitude,
            geo_precision="address",
            phone=f"+1617555{100 + number % 100:04}",
            website=f"https://site{number}.example",
            is_virtual=False,
            external_ids=[{"scheme": "npi", "identifier": f"9{number:09}"}]
            if source_id.startswith(LISTS)
            else None,
            service_codes=["OIT"],
            document_sha256=f"sha-{source_id}",
            url=f"https://{source_id}.example/",
            observed_at=self.now - timedelta(days=1),
        )
        self.say(row, "organization", name)
        address = {"street": row["street1"], "city": city, "state": state, "zip": zip5}
        self.say(row, "address", json.dumps(address))
        self.say(row, "phone", row["phone"], qualifier="main")
        if source_id.startswith(LISTS):
            for code in ("mental_health", "co_occurring"):
                self.say(row, "condition", code)
            self.say(row, "payer", "medicaid", qualifier="accepts")
        return row

    def service(self, listing: dict[str, Any], key: str, level: str, name: str | None) -> None:
        self.add(
            "listing_service",
            listing_id=listing["listing_id"],
            service_key=key,
            level_of_care=level,
            name=name,
        )
        self.say(listing, "level_of_care", level, key)
        if listing["source_id"].startswith(LISTS):
            return
        self.say(listing, "program_name", name or level, key)
        self.say(listing, "condition", "ptsd", key, quote="We treat PTSD.")
        self.say(
            listing, "condition", "psychosis", key, assertion="negated", quote="We do not treat psychosis."
        )
        self.say(
            listing,
            "session",
            json.dumps({"days": ["mo", "we", "th"], "start": "18:00", "end": "21:00"}),
            key,
        )
        self.say(listing, "hours_per_week", "[9, 9]", key)
        self.say(listing, "virtual", "true", key)
        self.say(listing, "in_person", "true", key)
        self.say(listing, "population", "adults", key)
        self.say(listing, "ages", "[18, null]", key)
        self.say(listing, "payer", "masshealth", qualifier="in_network")
        self.say(listing, "accepting", "accepting", key)

    def say(
        self, listing: dict[str, Any], field: str, value: str, service_key: str | None = None, **more: Any
    ) -> dict[str, Any]:
        self.said += 1
        defaults = {
            "observation_id": f"o{self.said:06}",
            "listing_id": listing["listing_id"],
            "service_key": service_key,
            "source_id": listing["source_id"],
            "field": field,
            "value": value,
            "quote": value,
            "start": 0,
            "end": len(value),
            "assertion": "affirmed",
            "method": "test",
            "confidence": 0.9,
            "url": listing["url"],
            "document_sha256": listing["document_sha256"],
            "observed_at": listing["observed_at"],
        }
        return self.add("observation", **(defaults | more))

    def entity(self, level: str, entity: str, members: list[tuple[dict[str, Any], str | None]]) -> None:
        for listing, key in members:
            self.add(
                "crosswalk",
                entity_type=level,
                entity_id=entity,
                listing_id=listing["listing_id"],
                service_key=key,
                probability=0.95,
                reasons="same phone",
                first_linked=self.now,
                last_linked=self.now,
            )
        self.add(
            "ledger",
            entity_type=level,
            entity_id=entity,
            status="active",
            minted_at=self.now,
            last_seen=self.now,
            label=entity,
            members=[x["listing_id"] for x, _ in members],
        )

    def find(self, table: str, **values: Any) -> list[dict[str, Any]]:
        """Rows that have these values."""
        return [row for row in self.rows[table] if all(row[key] == value for key, value in values.items())]

    def site(self, number: int) -> dict[str, Any]:
        """The listing of a provider's own site."""
        return self.find("listing", source_id=f"site_{number:03}")[0]

    def drop(self, table: str, **values: Any) -> None:
        """Remove the rows that have these values."""
        gone = [id(row) for row in self.find(table, **values)]
        self.rows[table] = [row for row in self.rows[table] if id(row) not in gone]

    def write(self, folder: Path, *, marked: bool = False) -> Path:
        """The stage folder, as the pipeline writes it; `marked`: with times that say that they are UTC."""
        for name, contract in stage_tables().items():
            path = folder / name / "all.parquet"
            path.parent.mkdir(parents=True, exist_ok=True)
            frame = pl.DataFrame(self.rows[name], schema=contract.polars_schema, orient="row")
            if marked:
                frame = frame.with_columns(selectors.datetime().dt.replace_time_zone("UTC"))
            frame.write_parquet(path)
        return folder


DEFAULTS: dict[str, Any] = {
    "vocabulary": VOCABULARY,
    "trust": trust(),
    "previous": None,
    "overrides": None,
    "run": {},
}


def build_world(
    world: World, folder: Path, name: str = "candidate", *, marked: bool = False, **more: Any
) -> Path:
    """Build a release of a world into `<folder>/<name>.duckdb`: once for all that build the same with the same arguments of
    `build`, the others have a copy."""
    asked = world.rows, world.now, marked, policy(), {key: _content(value) for key, value in more.items()}

    def make(to: Path) -> None:
        stage, given = world.write(to / "stage", marked=marked), {"now": world.now, **more}
        build(stage=stage, out=to / "release.duckdb", **(DEFAULTS | given))

    made = made_once(f"releases/{hashlib.sha256(pickle.dumps(asked)).hexdigest()}", make)
    folder.mkdir(parents=True, exist_ok=True)
    return Path(shutil.copyfile(made / "release.duckdb", folder / f"{name}.duckdb"))


def _content(value: Any) -> Any:
    """What a build reads of an argument: of a file or folder its bytes."""
    if not isinstance(value, Path):
        return value
    files = sorted(value.rglob("*")) if value.is_dir() else [value]
    return [(str(file.relative_to(value)), file.read_bytes()) for file in files if file.is_file()]


def ask(path: Path, sql: str, *values: Any) -> list[tuple[Any, ...]]:
    """One question to one release, which stays open for the next: to open it takes longer than most questions."""
    with _opened(path, path.stat().st_mtime_ns).cursor() as connection:
        connection.execute("USE iop")
        return connection.execute(sql, list(values)).fetchall()


@lru_cache(maxsize=4)
def _opened(path: Path, _written: int) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect(config={"threads": 1})
    connection.execute(f"ATTACH '{path}' AS iop (READ_ONLY)")
    return connection

"""Every rule of the audit that a source's row can break is broken once, all in one world: a release is published without."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from warehouse_world import NOW, World, ask, build_world

from warehouse.audit import audit
from warehouse.contracts import Check, Contract, release_tables, stage_tables
from warehouse.release import Releases

MAIL = "jane@maple.example"
PLACE = ("phone", "organization", "site_name", "address", "website", "payer", "language")
FROM_SOURCES = {name for name, contract in stage_tables().items() if contract.partition == "source"}
ROW_CHECKS = ("range", "pattern", "sql")

# Rules that no row of a source can break, and why.
OURS = {
    "source": "a row of the registry, which is checked when it is read; without its source nothing could be said of a row",
    "release_info": "the build itself",
    "contract_column": "the contracts themselves",
    "asks": "the vocabularies, which tests hold to their contracts",
    "drift": "what the audit itself found",
    "changes": "made of two releases that were audited",
    "id_bridge": "made of the ledgers of two releases that were audited",
    "attribution": "terms of the registry and of data sets, by `rights.csv`",
    "crosswalk": "what matching made of admitted listings, of ids of its own",
    "ledger": "what matching made of admitted listings, of ids of its own",
    "match_pair": "what matching made of admitted listings, of ids of its own",
    **dict.fromkeys(
        ("geography", "area", "population_point", "boundary", "place"),
        "counts of the census and names of the post, which no source of listings says",
    ),
    "geocode": "what a geocoder answered, which is judged when it is read",
}
MADE_BY_MODELS = {
    "freshness": "computed of dates",
    "scope": "told by the model",
    "entity_type": "told by the model",
    "location_type": "told by the model",
    "geo_source": "told by the model",
    "delivery": "computed of booleans",
    "computed_level": "computed of hours",
    "kind": "a qualifier that is no kind of telephone is null in the model",
}


@dataclass(frozen=True)
class Violation:
    """`rule` of `table` is broken by a row of the stage table `row` with these values."""

    table: str
    rule: str
    column: str  # that the quarantine names
    row: str
    values: dict[str, Any]
    says: tuple[str, str] | None = None  # an observation's field and value

    def __str__(self) -> str:
        return f"{self.table}.{self.column}-{self.rule}"


def said(table: str, rule: str, column: str, field: str, value: str, **values: Any) -> Violation:
    return Violation(table, rule, column, "observation", values, (field, value))


TOMORROW = NOW + timedelta(days=2)
BECOMING = [
    Violation(
        "location", "latitude_on_earth", "latitude", "listing", {"latitude": -72.58, "longitude": -72.5}
    ),
    Violation("location", "longitude_on_earth", "longitude", "listing", {"longitude": 72.58}),
    Violation("location", "coordinates_in_pairs", "geo_precision", "listing", {"longitude": None}),
    Violation("address", "zip_form", "zip", "listing", {"zip": "213"}),
    Violation("address", "state_form", "state", "listing", {"state": "Mass."}),
    said("address", "zip_form", "zip", "address", json.dumps({"street": "1 Elm St", "zip": "213"})),
    said("address", "state_form", "state", "address", json.dumps({"city": "Boston", "state": "Mass."})),
    Violation("phone", "number_form", "number", "listing", {"phone": "555-0100"}),
    Violation("phone", "extension_form", "extension", "listing", {"phone": "+16175550100;ext=x"}),
    said("phone", "number_form", "number", "phone", "call us"),
    said("phone", "extension_form", "extension", "phone", "+16175550100;ext=desk"),
    said("schedule", "start_form", "start", "session", json.dumps({"days": ["mo"], "start": "6 pm"})),
    said("schedule", "end_form", "end", "session", json.dumps({"days": ["mo"], "end": "25:00"})),
    said("schedule", "known_days", "days", "session", json.dumps({"days": ["mo", "funday"]})),
    said("claim", "probability", "confidence", "phone", "+16175550100", confidence=1.5),
    said("claim", "probability", "confidence", "phone", "+16175550100", confidence=float("nan")),
    said("claim", "verified_in_the_past", "last_verified", "phone", "+16175550100", observed_at=TOMORROW),
    Violation("claim", "verified_in_the_past", "last_verified", "listing", {"observed_at": TOMORROW}),
    said("claim", "enum", "field", "colour", "blue"),
    said("service_payer", "enum", "network", "payer", "aetna", qualifier="sometimes"),
    Violation("location", "enum", "geo_precision", "listing", {"geo_precision": "moon"}),
    Violation("service", "enum", "focus", "listing", {"focus": "dental"}),
    Violation("service", "enum", "level_of_care", "listing_service", {"level_of_care": "spa"}),
    *(
        said(table, "enum", field, field, "magic")
        for table, field in (
            ("service_condition", "condition"),
            ("service_exclusion", "exclusion"),
            ("service_population", "population"),
            ("service_modality", "modality"),
            ("service_language", "language"),
            ("service_payer", "payer"),
            ("service", "accepting"),
        )
    ),
    said("organization", "personal_name", "organization", "organization", "Jane Q. Sample, LICSW"),
    said("location", "personal_name", "site_name", "site_name", "Jane Q. Sample, LICSW"),
    said("service", "personal_name", "program_name", "program_name", "Jane Q. Sample, LICSW"),
    said("observation", "privacy", "address", "address", json.dumps({"city": MAIL})),
]


def of_columns(contract: Contract) -> Iterator[Violation]:
    """Of a table that sources fill: a value missing, out of its list, of no row, or an e-mail address."""
    table = contract.table
    for column in contract.columns:
        if column.name == "source_id" or (table, column.name) == ("listing_service", "listing_id"):
            if column.references and column.name != "source_id":
                yield Violation(table, "reference", column.name, table, {column.name: "su_2025:lost"})
            continue  # nobody's row: see OURS["source"]
        if column.required and table != "source":
            yield Violation(table, "required", column.name, table, {column.name: None})
        if column.enum and table != "source":
            yield Violation(table, "enum", column.name, table, {column.name: "no such code"})
        if column.references:
            yield Violation(table, "reference", column.name, table, {column.name: "su_2025:lost"})
        if column.name.endswith("url") or (table == "source" and column.required) or column.references:
            continue
        value: Any = {
            "list<text>": ["OIT", MAIL],
            "list<struct<scheme: text, identifier: text>>": [{"scheme": "license", "identifier": MAIL}],
            "text": MAIL,
        }.get(str(column.type))
        if value:
            yield Violation(table, "privacy", column.name, table, {column.name: value})


BUILT_FROM = FROM_SOURCES - {"second_opinion"}  # for people to look at on the stage
VIOLATIONS = [*BECOMING, *(v for name in sorted(BUILT_FROM) for v in of_columns(stage_tables()[name]))]


@dataclass(frozen=True)
class Broken:
    """The world with every violation in it, as a release; `marks`: where each violation's row stood; `told`: the quarantine."""

    release: Path
    marks: dict[int, str]
    told: list[tuple[Any, ...]]


def violate(world: World, number: int, violation: Violation) -> str:
    """Put one bad row into the world; returns what its row of the quarantine can be known by."""
    mark = f"mark{number:03}"
    if violation.row in ("quarantine", "unmapped", "document", "source"):
        row = {
            "quarantine": {"reason": "no_name", "locator": mark, "observed_at": NOW, "raw": mark},
            "unmapped": {"category": "SET", "text": mark, "rows": 1},
            "document": {"url": f"https://{mark}.example/", "fetched_at": NOW, "outcome": "ok"},
            "source": {"kind": "license_list"},
        }[violation.row]
        source_id = mark if violation.row == "source" else "su_2025"
        world.add(violation.row, **({"source_id": source_id} | row | violation.values))
        return mark
    listing = world.listing("su_2025", 100 + number, f"Violet Harbor {number}", 1000 + number)
    listing["locator"] = mark
    world.service(listing, "iop", "iop", None)
    for level in ("organization", "location"):
        world.entity(level, f"{level}_{number}", [(listing, None)])
    world.entity("service", f"service_{number}", [(listing, "iop")])
    if violation.row == "observation":
        field, value = violation.says or ("website", "https://violet.example")
        key = None if field in PLACE else "iop"
        world.say(listing, field, value, key).update({"locator": mark, "url": None} | violation.values)
        return mark
    row = (
        listing
        if violation.row == "listing"
        else world.find("listing_service", listing_id=listing["listing_id"])[0]
    )
    row.update(violation.values)
    return mark if violation.row == "listing" else f"su_2025:{1000 + number}"


@pytest.fixture(scope="module")
def broken(tmp_path_factory: pytest.TempPathFactory) -> Broken:
    world = World(providers=2)
    marks = {number: violate(world, number, violation) for number, violation in enumerate(VIOLATIONS)}
    release = build_world(world, tmp_path_factory.mktemp("broken"))
    return Broken(release, marks, ask(release, "SELECT locator, detail, raw, source_id FROM quarantine"))


def test_nothing_of_it_stops_the_release(broken: Broken, tmp_path: Path) -> None:
    report = audit(broken.release, None, NOW)
    assert not [(f.check, f.table, f.column, f.sample) for f in report.errors]
    assert ask(broken.release, "SELECT count(*) FROM iop WHERE service_id IN ('svc_000a', 'svc_001a')") == [
        (2,)
    ]
    copy = tmp_path / "copy.duckdb"
    copy.write_bytes(broken.release.read_bytes())
    assert Releases(tmp_path / "releases").publish(copy, report).number == 1


@pytest.mark.parametrize("number", range(len(VIOLATIONS)), ids=[str(v) for v in VIOLATIONS])
def test_each_is_in_quarantine(broken: Broken, number: int) -> None:
    violation, mark = VIOLATIONS[number], broken.marks[number]
    found = [t for t in broken.told if t[1] == violation.column and mark in str(t)]
    if violation.rule in (
        "privacy",
        "required",
        "reference",
    ):  # where it stood may be what is missing, or not to be shown
        found = found or [t for t in broken.told if t[1] == violation.column]
    assert found


def rules() -> Iterator[tuple[str, str, str]]:
    """(table, rule, column) of all that the audit asks of one row."""
    for contract in release_tables().values():
        checks = [c for c in contract.checks if c.kind in ROW_CHECKS and c.severity == "error"]
        yield from ((contract.table, check.name, check.options["column"]) for check in checks)
        yield from ((contract.table, "enum", column.name) for column in contract.columns if column.enum)


def test_no_rule_of_the_audit_is_forgotten() -> None:
    """Missing values, keys and references of derived tables are the models'; marts copy the core."""
    broken = {(v.table, v.rule, v.column) for v in VIOLATIONS}
    marts = {name for name, contract in release_tables().items() if contract.layer == "mart"}
    forgotten = {
        (table, rule, column)
        for table, rule, column in rules()
        if (table, rule, column) not in broken
        and table not in OURS.keys() | marts
        and not table.startswith("vocabulary")
        and column not in MADE_BY_MODELS
    }
    assert not forgotten


@pytest.fixture(scope="module")
def tomorrow(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A release under contracts with a check more, in which e-mail addresses stand among words."""
    check = Check("north", "range", "error", "x", "x", {"column": "latitude", "minimum": 42.3, "maximum": 72})
    contracts = release_tables()
    location = contracts["location"]
    world = World(providers=3)
    world.site(0)["street2"] = f"Suite 2, {MAIL}"
    world.site(1)["street2"] = MAIL
    world.add("unmapped", source_id="su_2025", category="SET", text=f"ask {MAIL}", rows=2)
    world.add("unmapped", source_id="su_2025", category="SET", text="ask bob@maple.example", rows=3)
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(contracts, "location", replace(location, checks=(check,)))
        release = build_world(world, tmp_path_factory.mktemp("tomorrow"))
        assert audit(release, None, NOW).ok
        yield release


def test_a_rule_of_tomorrow_is_a_rule_of_admission(tomorrow: Path) -> None:
    """A check that is added to a contract holds at admission without another word."""
    assert (
        ask(tomorrow, "SELECT detail, raw FROM quarantine WHERE reason = 'north'")
        == [("latitude", "42.264")] * 2
    )


def test_an_address_in_words_is_cut_out_and_the_words_stay(tomorrow: Path) -> None:
    streets = "SELECT street2 FROM listing WHERE source_id IN ('site_000', 'site_001') ORDER BY listing_id"
    assert ask(tomorrow, streets) == [("Suite 2, [e-mail]",), (None,)]
    assert ask(tomorrow, "SELECT reason, detail, raw FROM quarantine WHERE reason <> 'north'") == [
        ("personal_contact", "street2", None)
    ]
    assert ask(tomorrow, "SELECT text, rows FROM unmapped") == [("ask [e-mail]", 5)]

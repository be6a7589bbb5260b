"""What the directory says of a service: what was stated, what was inherited, what is not known."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from warehouse_world import World, ask, build_world

ONE = "SELECT {} FROM directory WHERE service_id = 'svc_000a'"


def one(path: Path, columns: str, service: str):
    rows = ask(path, f"SELECT {columns} FROM directory WHERE service_id = ?", service)
    assert len(rows) == 1
    return rows[0]


def test_a_row_joins_what_site_and_directory_say(query) -> None:
    row = query(
        ONE.format(
            "service_name, level_of_care, delivery, source_count, sources, city, county, phone_display"
        )
    )
    assert row == [
        (
            "Evening IOP",
            "iop",
            "hybrid",
            2,
            ["site_000", "su_2025"],
            "Cambridge",
            "Middlesex",
            "(617) 555-0100",
        )
    ]


def test_rows_are_sorted_for_filters(query) -> None:
    rows = query("SELECT level_of_care, state, county, zip FROM directory")
    assert rows == sorted(rows)


@pytest.mark.parametrize(("column", "id"), [("service_id", "svc_000a"), ("organization_id", "org_000")])
def test_a_row_is_found_by_its_id_without_a_scan(query, column: str, id: str) -> None:
    ((_, plan),) = query(f"EXPLAIN ANALYZE SELECT city FROM directory WHERE {column} = '{id}'")
    assert "Type: Index Scan" in plan
    assert query(f"SELECT count(*) FROM directory WHERE {column} = '{id}'") == query(
        f"SELECT count(*) FROM directory WHERE {column} || '' = '{id}'"
    )


def test_facts_say_whose_words_they_are(query) -> None:
    """The site says PTSD of the program; the directory's row, which lists it too, says the rest of all that it lists."""
    assert query(ONE.format("conditions, conditions_scope, payers, payers_scope, payers_in_network")) == [
        (
            ["co_occurring", "mental_health", "ptsd"],
            "listing",
            ["masshealth", "medicaid"],
            "listing",
            ["masshealth"],
        )
    ]
    plain = "SELECT conditions, conditions_scope, populations FROM directory WHERE service_id = 'svc_000b'"
    assert query(plain) == [(["co_occurring", "mental_health"], "listing", None)]
    said = "SELECT condition, scope FROM service_condition WHERE service_id = 'svc_000a' ORDER BY ALL"
    assert query(said) == [("co_occurring", "listing"), ("mental_health", "listing"), ("ptsd", "service")]


def test_a_broad_condition_finds_narrow_ones(query) -> None:
    found = "SELECT count(*) FROM directory WHERE list_contains(conditions_all, 'trauma')"
    assert query(found) == [(24,)]
    assert query("SELECT count(*) FROM directory WHERE list_contains(conditions, 'trauma')") == [(0,)]


def test_negated_words_are_no_fact(query) -> None:
    assert query("SELECT count(*) FROM directory WHERE list_contains(conditions_all, 'psychosis')") == [(0,)]
    assert query("SELECT count(*) > 0 FROM observation WHERE value = 'psychosis' AND claim_id IS NULL") == [
        (True,)
    ]


def test_not_stated_is_null(query) -> None:
    columns = "virtual, in_person, delivery, schedule, has_evening, has_weekend, min_age, languages, accepting, exclusions"
    row = query(f"SELECT {columns} FROM directory WHERE service_id = 'svc_000b'")[0]
    assert set(row) == {None}


def test_sessions_show_what_nobody_says_in_words(query) -> None:
    row = query(
        ONE.format("schedule, schedule_text, has_evening, has_morning, has_weekend, shown_by_sessions")
    )[0]
    assert row[0] == [{"days": ["mo", "we", "th"], "start": "18:00", "end": "21:00"}]
    assert row[1:5] == ("Mo We Th 18:00–21:00", True, False, False)
    assert row[5] == ["days_per_week", "has_evening", "has_weekend", "has_morning"]


LEVELS = [
    ({"hours_per_week": "[20, 25]"}, "php", True),
    ({"hours_per_week": "[9, null]"}, "iop", False),
    ({"hours_per_week": "[6, 8]"}, "op", True),
    ({"hours_per_week": "[6, 8]", "population": "adolescents"}, "iop", False),
    ({"days_per_week": "[3, 5]", "hours_per_day": "[3, 3]"}, "iop", False),
    ({"session": '{"days": ["mo", "tu", "we", "th", "fr"], "start": "09:00", "end": "15:00"}'}, "php", True),
    ({"session": '{"days": ["mo"], "start": "09:00", "end": null}'}, None, None),
    ({}, None, None),
]


DELIVERIES = [
    ("true", "true", "hybrid"),
    ("true", None, "virtual"),
    ("true", "false", "virtual"),
    (None, "true", "in_person"),
    ("false", None, "in_person"),
    (None, "false", "virtual"),
    (None, None, None),
]


HEALTH = [
    (["ok"], 1, "healthy"),
    (["ok"], 40, "late"),
    (["ok", "blocked", "blocked", "blocked"], 20, "failing"),
    (["blocked"], 1, "failing"),
    ([], 1, "local"),
]


ODD = {"virtual": 15, "fax": 16, "bad": 17, "columns": 18}


@pytest.fixture(scope="module")
def odd(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A world in which every provider is odd in another way: by LEVELS, then DELIVERIES, then ODD; documents by HEALTH."""
    world = World(providers=19)
    for number, (facts, _, _) in enumerate(LEVELS):
        for field in ("hours_per_week", "days_per_week", "session", "population", "ages"):
            world.drop("observation", field=field, source_id=f"site_{number:03}")
        for field, value in facts.items():
            world.say(world.site(number), field, value, "iop/evening")
    for number, said in enumerate(DELIVERIES, len(LEVELS)):
        for field, value in zip(("virtual", "in_person"), said, strict=False):
            world.drop("observation", field=field, source_id=f"site_{number:03}")
            if value:
                world.say(world.site(number), field, value, "iop/evening")
    for number, (outcomes, days, _) in enumerate(HEALTH):
        source = f"site_{number:03}"
        world.drop("document", source_id=source)
        for later, outcome in enumerate(outcomes):
            at = world.now - timedelta(days=days - later)
            world.add("document", source_id=source, url="https://x.example/", fetched_at=at, outcome=outcome)
    _virtual(world)
    _fax(world)
    _bad(world)
    for source in (f"site_{ODD['columns']:03}", "su_2025"):
        for field in ("address", "phone"):
            world.drop("observation", field=field, listing_id=f"{source}:{ODD['columns']}")
    return build_world(world, tmp_path_factory.mktemp("odd"))


def _virtual(world: World) -> None:
    listing = world.add(
        "listing",
        listing_id="site_015:v",
        source_id="site_015",
        record_key="v",
        organization_name="Example Recovery 15",
        is_virtual=True,
        phone="+16175550199",
        url="https://site_015.example/virtual",
        observed_at=world.now,
    )
    world.add(
        "listing_service",
        listing_id="site_015:v",
        service_key="iop/virtual",
        level_of_care="iop",
        name="Virtual IOP",
    )
    for state in ("MA", "NH"):
        world.say(listing, "virtual_state", state, "iop/virtual")
    world.entity("service", "svc_v", [(listing, "iop/virtual")])
    world.add(
        "crosswalk",
        entity_type="organization",
        entity_id="org_00f",
        listing_id="site_015:v",
        probability=1.0,
        first_linked=world.now,
        last_linked=world.now,
    )


def _fax(world: World) -> None:
    for source in ("site_016", "su_2025"):
        world.drop("observation", field="phone", listing_id=f"{source}:16")
        world.find("listing", listing_id=f"{source}:16")[0]["phone"] = None
    listing = world.site(ODD["fax"])
    world.say(listing, "phone", "+16175550111", qualifier="fax")
    world.say(listing, "phone", "+16175550112;ext=7", qualifier="admissions")
    world.say(listing, "payer", "aetna", qualifier="not_accepted")


def _bad(world: World) -> None:
    listing = world.site(ODD["bad"])
    world.say(listing, "condition", "unknown_disease", "iop/evening")
    world.say(listing, "hours_per_week", "nine", "iop/evening")
    world.say(listing, "virtual", "maybe", "iop/evening")
    world.say(listing, "session", "{not json", "iop/evening")
    world.say(listing, "phone", "617-555-0100")
    world.say(listing, "colour", "red")
    world.say(listing | {"listing_id": "nobody:1"}, "condition", "ptsd")
    world.add("quarantine", source_id="su_2025", locator="row 3", reason="no_address", observed_at=world.now)


def test_hours_make_a_level_beside_the_stated_one(odd: Path) -> None:
    found = ask(odd, "SELECT computed_level, level_conflict FROM iop ORDER BY service_id")
    assert found[: len(LEVELS)] == [(computed, conflict) for _, computed, conflict in LEVELS]


def test_delivery(odd: Path) -> None:
    found = ask(odd, "SELECT delivery FROM iop WHERE service_id >= 'svc_008' ORDER BY service_id")
    assert found[: len(DELIVERIES)] == [(delivery,) for _, _, delivery in DELIVERIES]


def test_source_health(odd: Path) -> None:
    found = ask(odd, "SELECT status FROM source_health WHERE kind = 'provider_site' ORDER BY source_id")
    assert found[: len(HEALTH)] == [(status,) for _, _, status in HEALTH]


def test_a_virtual_service_has_a_row_without_a_place(odd: Path) -> None:
    columns = "location_id, state, virtual, delivery, virtual_states, organization_name, phone, level_of_care"
    assert one(odd, columns, "svc_v") == (
        None,
        None,
        True,
        "virtual",
        ["MA", "NH"],
        "Example Recovery 15",
        "+16175550199",
        "iop",
    )


def test_fax_and_refused_payers_are_kept_but_not_offered(odd: Path) -> None:
    columns = "phone, phone_extension, phone_display, list_contains(payers, 'aetna')"
    assert one(odd, columns, "svc_010a") == ("+16175550112", "7", "(617) 555-0112 ext. 7", False)
    assert ask(
        odd, "SELECT network FROM service_payer WHERE payer = 'aetna' AND service_id = 'svc_010a'"
    ) == [("not_accepted",)]
    assert ask(odd, "SELECT count(*) FROM phone WHERE kind = 'fax'") == [(1,)]


def test_what_cannot_be_used_is_in_quarantine_with_its_reason(odd: Path) -> None:
    reasons = ask(odd, "SELECT reason FROM quarantine ORDER BY ALL")
    assert [r for (r,) in reasons] == [
        "bad_boolean",
        "bad_json",
        "bad_range",
        "no_address",
        "no_listing",
        "number_form",
        "unknown_code",
        "unknown_code",
    ]
    conditions = ["co_occurring", "mental_health", "ptsd"]
    assert one(odd, "conditions, hours_per_week_min", "svc_011a") == (conditions, 9.0)


def test_listing_columns_speak_where_no_observation_does(odd: Path) -> None:
    assert one(odd, "street, zip, phone", "svc_012a") == ("19 Main St", "01608", "+16175550118")


def test_near_finds_by_distance(query) -> None:
    rows = query("SELECT city, distance_km FROM near(42.365, -71.104, 20)")
    assert {city for city, _ in rows} == {"Cambridge", "Boston"}
    assert [d for _, d in rows] == sorted(d for _, d in rows)
    assert query("SELECT round(distance_km(42.365, -71.104, 42.338, -71.073), 1)") == [(3.9,)]


def test_evidence_shows_the_words(query) -> None:
    rows = query("SELECT quote, url, source_id FROM evidence WHERE entity_id = 'svc_000a' AND value = 'ptsd'")
    assert rows == [("We treat PTSD.", "https://site_000.example/", "site_000")]


def test_marts(query) -> None:
    assert query(
        "SELECT services, locations FROM coverage_county WHERE county = 'Suffolk' AND level_of_care = 'iop'"
    ) == [(6, 6)]
    assert query("SELECT DISTINCT status FROM source_health") == [("healthy",)]
    assert query(
        "SELECT found, rate FROM extraction_rate WHERE source_id = 'su_2025' AND field = 'payer'"
    ) == [(24, 1.0)]
    total = query(
        "SELECT facts, within_sla FROM freshness WHERE field IS NULL AND source_id IS NULL AND state IS NULL"
    )
    assert total == query("SELECT count(*), 1.0 FROM claim WHERE chosen")

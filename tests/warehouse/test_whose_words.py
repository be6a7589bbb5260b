"""Whose words a fact is, what was asked, and what follows from what is printed: by cases of a made-up world."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from warehouse_world import World, ask, build_world

Row = dict[str, Any]


def clinic(world: World, number: int, **values: Any) -> Row:
    """A second row of the directory at a provider's place: the clinic next door, with outpatient treatment of its own."""
    listing = world.add(
        "listing",
        **(
            world.find("listing", listing_id=f"su_2025:{number}")[0]
            | {"listing_id": f"su_2025:{number}x"}
            | values
        ),
    )
    world.service(listing, "op", "op", None)
    world.entity("service", f"svc_{number:03x}c", [(listing, "op")])
    for level, entity in (("organization", f"org_{number:03x}"), ("location", f"loc_{number:03x}")):
        world.add(
            "crosswalk",
            entity_type=level,
            entity_id=entity,
            listing_id=listing["listing_id"],
            probability=0.9,
            first_linked=world.now,
            last_linked=world.now,
        )
    return listing


def sessions(world: World, number: int, *printed: tuple[str, str | None, str | None]) -> None:
    """Nothing but these sessions is said of the hours of a provider's IOP: days ("mo we"), start, end."""
    source = f"site_{number:03}"
    for field in ("session", "hours_per_week", "days_per_week"):
        world.drop("observation", field=field, source_id=source)
    for days, start, end in printed:
        value = json.dumps({"days": days.split() or None, "start": start, "end": end})
        world.say(world.site(number), "session", value, "iop/evening")


SESSIONS = [
    ([("mo we th", "18:00", "21:00")], (3, 3, 9, 9, True, False, False)),
    (
        [("mo", "09:00", "12:00"), ("we", "13:00", "16:00"), ("sa", "09:00", "12:00")],
        (3, 3, 9, 9, False, True, True),
    ),
    # whole weeks beside each other are alternatives, not one week of six days
    ([("mo we fr", "09:00", "12:00"), ("tu th sa", "18:00", "22:00")], (3, 3, 9, 12, True, True, True)),
    (
        [("mo tu we th fr", "09:00", "12:00"), ("mo we fr", "18:00", "21:00")],
        (3, 5, 9, 15, True, True, False),
    ),
    # two sessions on one day: both, or either? Nobody says
    ([("mo we", "09:00", "12:00"), ("mo we", "18:00", "21:00")], (None, None, None, None, True, True, False)),
    ([("mo we th", "10:00", None)], (3, 3, None, None, None, True, False)),  # it may go on into the evening
    # a group on Fridays is some group of the program; the evening of its Fridays is not known
    ([("mo we th", "09:00", "12:00"), ("fr", None, None)], (3, 3, 9, 9, None, True, False)),
    ([("", "18:00", "21:00")], (None, None, None, None, True, False, None)),
]


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Path:
    world = World(providers=30)
    for row in world.rows["listing"]:
        if row["source_id"] == "su_2025":
            row |= {"questionnaire": "samhsa_su", "focus": "substance_use"}
    for number, (printed, _) in enumerate(SESSIONS):
        sessions(world, number, *printed)
    _scopes(world)
    _names(world)
    _payers(world)
    _links(world)
    _virtual(world)
    _voices(world)
    _own(world)
    return build_world(world, tmp_path_factory.mktemp("told"))


SCOPE, NAME, PAYER, LINK, VIRTUAL, VOICE, OWN = 10, 12, 14, 16, 18, 20, 24


def _scopes(world: World) -> None:
    """The clinic next door treats gambling, takes TRICARE and children, and says that it has a waiting list."""
    next_door = clinic(world, SCOPE, questionnaire="samhsa_mh", focus="mental_health")
    for field, value in (
        ("condition", "gambling"),
        ("payer", "tricare"),
        ("population", "children"),
        ("language", "pt"),
    ):
        world.say(next_door, field, value)
    world.drop("observation", field="accepting", source_id=f"site_{SCOPE:03}")
    world.say(next_door, "accepting", "waitlist")
    alone = clinic(world, SCOPE + 1)
    world.say(alone, "accepting", "suspended")
    world.drop("observation", field="accepting", source_id=f"site_{SCOPE + 1:03}")
    world.say(world.site(SCOPE + 1), "accepting", "accepting")


def _names(world: World) -> None:
    """An operator of three places: two rows print one name, one another, which comes first in the alphabet."""
    for number, name in (
        (NAME, "Quince House"),
        (NAME + 1, "Quince House"),
        (NAME + 2, "Apple House of Lowell"),
    ):
        for source in (f"site_{number:03}", "su_2025"):
            listing = world.find("listing", listing_id=f"{source}:{number}")[0]
            listing["organization_name"] = name
            for said in world.find("observation", listing_id=listing["listing_id"], field="organization"):
                said |= {"value": name, "quote": name}
            for row in world.find("crosswalk", listing_id=listing["listing_id"], entity_type="organization"):
                row["entity_id"] = f"org_{NAME:03x}"


def _payers(world: World) -> None:
    listing = world.site(PAYER)
    for payer, how in (
        ("tufts_together", "accepts"),
        ("sliding_scale", None),
        ("free", None),
        ("aetna", "out_of_network"),
    ):
        world.say(listing, "payer", payer, qualifier=how)


def _links(world: World) -> None:
    listing = world.find("listing", listing_id=f"su_2025:{LINK}")[0]
    listing["locator"] = "Facilities!17"
    for said in world.find("observation", listing_id=listing["listing_id"]):
        said |= {"locator": "Facilities!17", "url": "file:su_2025.xlsx"}


def _virtual(world: World) -> None:
    listing = world.add(
        "listing",
        listing_id="site_018:v",
        source_id="site_018",
        record_key="v",
        organization_name="Example Recovery 18",
        state="VT",
        is_virtual=True,
        url="https://site_018.example/virtual",
        observed_at=world.now,
    )
    world.add("listing_service", listing_id="site_018:v", service_key="iop", level_of_care="iop")
    world.say(listing, "virtual", "true", "iop")
    world.entity("service", "svc_v", [(listing, "iop")])
    world.entity("location", "loc_v", [(listing, None)])


def _own(world: World) -> None:
    """Of three services of one listing, which treats gambling, one has words of its own."""
    listing = clinic(world, OWN)
    for level in ("php", "residential"):
        world.service(listing, level, level, None)
        world.entity("service", f"svc_{level}", [(listing, level)])
    world.say(listing, "condition", "gambling")
    world.say(listing, "payer", "tricare")
    world.say(listing, "condition", "ptsd", "php")


def one(path: Path, columns: str, service: str) -> tuple[Any, ...]:
    (row,) = ask(path, f"SELECT {columns} FROM directory WHERE service_id = ?", service)
    return row


@pytest.mark.parametrize("number", range(len(SESSIONS)))
def test_numbers_follow_from_sessions(told: Path, number: int) -> None:
    columns = "days_per_week_min, days_per_week_max, hours_per_week_min, hours_per_week_max, has_evening, has_morning, has_weekend"
    expected = SESSIONS[number][1]
    assert one(told, columns, f"svc_{number:03x}a") == expected
    stems = ("days_per_week", "hours_per_week", "has_evening", "has_morning", "has_weekend")
    shown = {
        stem
        for stem, value in zip(stems, (expected[0], *expected[2:3], *expected[4:]), strict=True)
        if value is not None
    }
    assert set(one(told, "shown_by_sessions", f"svc_{number:03x}a")[0]) == shown


def test_what_is_stated_is_not_shown_by_sessions(told: Path) -> None:
    """The site says nine hours a week in words."""
    assert one(
        told, "hours_per_week_min, list_contains(shown_by_sessions, 'hours_per_week')", "svc_009a"
    ) == (9, False)


def test_sessions_make_a_level(told: Path) -> None:
    assert one(told, "computed_level, level_conflict", "svc_000a") == ("iop", False)


def test_what_the_clinic_next_door_says_is_no_fact_of_the_program(told: Path) -> None:
    for column, own, theirs in (
        ("conditions", ["co_occurring", "mental_health", "ptsd"], ["gambling"]),
        ("payers", ["masshealth", "medicaid"], ["tricare"]),
        ("populations", ["adults"], ["children"]),
        ("languages", None, ["pt"]),
    ):
        assert one(told, f"{column}, {column}_of_place", f"svc_{SCOPE:03x}a") == (own, theirs)
    assert one(told, "accepting, accepting_scope, accepting_of_place", f"svc_{SCOPE:03x}a") == (
        None,
        None,
        "waitlist",
    )
    for table, column in (("condition", "condition"), ("payer", "payer"), ("population", "population")):
        theirs = f"SELECT count(*) FROM service_{table} WHERE service_id = 'svc_{SCOPE:03x}a' AND {column} IN ('gambling', 'tricare', 'children')"
        assert ask(told, theirs) == [(0,)]


def test_the_clinic_has_its_own(told: Path) -> None:
    assert one(told, "conditions, conditions_scope, focus, accepting", f"svc_{SCOPE:03x}c") == (
        ["gambling"],
        "listing",
        "mental_health",
        "waitlist",
    )


def test_what_a_listing_says_of_a_service_stands_for_what_it_says_of_all_that_it_lists(told: Path) -> None:
    columns = "conditions, conditions_scope, payers, payers_scope"
    assert one(told, columns, "svc_php") == (["ptsd"], "service", ["tricare"], "listing")
    for service in ("svc_residential", f"svc_{OWN:03x}c"):
        assert one(told, columns, service) == (["gambling"], "listing", ["tricare"], "listing")


def test_intake_is_what_a_listing_of_the_program_says(
    told: Path,
) -> None:
    """Whatever another listing says of the place, and with its date."""
    columns = "accepting, accepting_scope, accepting_verified IS NOT NULL"
    assert one(told, columns, f"svc_{SCOPE + 1:03x}a") == ("accepting", "listing", True)


def test_a_fact_of_one_listing_rests_on_that_listing_alone(told: Path) -> None:
    """Medicaid, which the row next door does not say, has one source."""
    said = "SELECT source_count, scope FROM service_payer WHERE payer = 'medicaid' AND service_id = ?"
    assert ask(told, said, f"svc_{SCOPE:03x}a") == [(1, "listing")]


def test_names(told: Path) -> None:
    """The operator's is what most print; a row's is what its own listings print."""
    names = "SELECT organization_name, operator_name, operator_alternate_names FROM directory WHERE service_id = ?"
    assert ask(told, names, f"svc_{NAME:03x}a") == [
        ("Quince House", "Quince House", ["Apple House of Lowell"])
    ]
    assert ask(told, names, f"svc_{NAME + 2:03x}a")[0][:2] == ("Apple House of Lowell", "Quince House")
    label = "SELECT label FROM ledger WHERE entity_id = ?"
    assert ask(told, label, f"org_{NAME:03x}") == [("Quince House",)]


def test_payers_and_ways_of_paying(told: Path) -> None:
    columns = "payers, payers_all, payment_options"
    assert one(told, columns, f"svc_{PAYER:03x}a") == (
        ["masshealth", "medicaid", "tufts_together"],
        ["masshealth", "medicaid", "tufts_together"],
        ["free", "sliding_scale"],
    )
    found = "SELECT count(*) FROM iop WHERE list_contains(payers_all, 'medicaid') AND NOT list_contains(payers, 'medicaid')"
    assert ask(told, found) == [(0,)]


def test_a_box_is_ticked_or_not_or_was_never_there(told: Path) -> None:
    """The directory asks of substance use treatment, which the row does not tick, and has no box for OCD."""
    answers = "answer(conditions_all, conditions_not_ticked, source_url, '{}')"
    columns = ", ".join(answers.format(code) for code in ("co_occurring", "substance_use", "ocd"))
    assert one(told, columns, f"svc_{LINK:03x}b") == ("yes", "not_ticked", "not_asked")
    assert one(told, columns, f"svc_{LINK:03x}a")[2] == "not_stated"  # it has a page, which could say it


def test_a_list_that_nothing_is_known_of_asked_nothing(told: Path) -> None:
    assert ask(
        told,
        "SELECT count(*) FROM directory WHERE service_id = 'svc_v' AND conditions_not_ticked IS NOT NULL",
    ) == [(0,)]


def test_links_are_pages_and_lists_are_told(told: Path) -> None:
    columns = "source_url, source_title, source_locator"
    assert one(told, columns, f"svc_{LINK:03x}b") == (None, "su_2025", "Facilities!17")
    assert one(told, columns, f"svc_{LINK:03x}a") == ("https://site_016.example/", "site_016", None)
    for table in ("claim", "observation", "listing", "directory"):
        url = "source_url" if table == "directory" else "url"
        assert ask(told, f"SELECT count(*) FROM {table} WHERE NOT starts_with({url}, 'http')") == [(0,)]
    assert ask(told, "SELECT count(*) FROM claim WHERE source_id = 'su_2025' AND url IS NOT NULL") == [(0,)]


def test_a_virtual_program_is_found_by_the_state_of_its_provider(told: Path) -> None:
    assert one(told, "state, provider_state, virtual_states", "svc_v") == (None, "VT", None)
    assert one(told, "state, provider_state", "svc_000a") == ("MA", None)


@pytest.fixture(scope="module")
def aged(told: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Releases of one directory that is 60 days old, and three years."""
    world = World(providers=3)
    for row in world.rows["listing"]:
        if row["source_id"] == "su_2025":
            row["questionnaire"] = "samhsa_su"
    world.find("source", source_id="su_2025")[0]["published"] = (world.now - timedelta(days=1095)).date()
    return told, build_world(world, tmp_path_factory.mktemp("aged"))


def test_a_list_is_less_sure_with_every_year(aged: tuple[Path, Path]) -> None:
    """And by field: level of care is lost faster than what the facility pays for."""
    said = "SELECT confidence FROM claim WHERE source_id = 'su_2025' AND field = ? AND entity_id IN ('svc_000b', 'loc_000') LIMIT 1"
    (level, late_level), (payer, late_payer) = (
        [ask(path, said, field)[0][0] for path in aged] for field in ("level_of_care", "payer")
    )
    assert late_level < 0.5 * level
    assert 0.8 * payer < late_payer < payer


def _voices(world: World) -> None:
    """Medicaid is said by the directory, by the locator too, and by the operator's own site as well."""
    for number in (VOICE, VOICE + 1, VOICE + 2):  # how reliable a box is found to be is not the matter here
        world.find("listing", listing_id=f"su_2025:{number}")[0] |= {"questionnaire": None, "focus": None}
    world.source("locator", "findtreatment")
    for number in (VOICE + 1, VOICE + 2):
        row = world.find("listing", listing_id=f"su_2025:{number}")[0]
        row = world.add("listing", **(row | {"listing_id": f"locator:{number}", "source_id": "locator"}))
        world.entity("location", f"loc_{number:03x}", [(row, None)])
        world.rows["ledger"].pop()
        world.say(row, "payer", "medicaid", qualifier="accepts")
    world.say(world.site(VOICE + 2), "payer", "medicaid", qualifier="accepts")


def test_sources_of_one_voice_do_not_confirm_each_other(told: Path) -> None:
    """The locator and the directory are filled by one survey; an operator's own site speaks for itself."""
    said = "SELECT confidence FROM claim WHERE entity_id = ? AND field = 'payer' AND value = 'medicaid'"
    alone, twice, confirmed = (ask(told, said, f"loc_{VOICE + n:03x}")[0][0] for n in range(3))
    assert abs(twice - alone) < 0.05 and confirmed > max(alone, twice) + 0.05

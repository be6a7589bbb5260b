"""Which value is chosen among several, what raises and lowers confidence, and how facts age."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from warehouse_world import VOCABULARY, World, ask, build_world

SERVICE = "iop/evening"


@pytest.fixture(scope="module")
def contested(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One world in which every provider shows another quarrel."""
    world = World(providers=9)

    def site(number: int, field: str, value: str, key: str | None = SERVICE, **more: Any) -> None:
        world.say(world.site(number), field, value, key, **more)

    def directory(number: int, field: str, value: str, key: str | None = "iop", **more: Any) -> None:
        world.say(world.find("listing", listing_id=f"su_2025:{number}")[0], field, value, key, **more)

    old = world.now - timedelta(days=200)
    # 0: own site over directory
    directory(0, "hours_per_week", "[12, 15]")
    # 1: the newer of two statements of one site
    site(1, "hours_per_week", "[10, 12]", observed_at=old)
    # 2: two sources agree
    directory(2, "condition", "ptsd")
    # 3: the site denies what the directory says
    directory(3, "condition", "psychosis", confidence=1.0)
    # 4: the directory denies what the site says
    directory(4, "condition", "ptsd", assertion="negated")
    # 5: one source says both of one payer
    site(5, "payer", "aetna", None, qualifier="in_network")
    site(5, "payer", "aetna", None, qualifier="not_accepted", observed_at=old)
    # 6: sessions come from one source only
    directory(6, "session", '{"days": ["sa"], "start": "08:00", "end": "12:00"}')
    for part in (
        '{"days": ["we"], "start": null, "end": null}',
        '{"days": null, "start": "18:00", "end": "21:00"}',
    ):
        site(6, "session", part)
    site(6, "session", '{"days": ["fr"], "start": null, "end": null}')
    directory(
        6,
        "address",
        '{"street": "7 MAIN STREET STE 4", "city": "Boston", "state": "MA", "zip": "01608"}',
        None,
    )
    # 7: the site's word has expired, the directory's has not
    for row in world.find("observation", source_id="site_007"):
        row["observed_at"] = world.now - timedelta(days=500)
    directory(7, "hours_per_week", "[12, 15]")
    # 8: hedged, generic and questioned words
    for assertion in ("hedged", "generic", "question", "conditional"):
        site(8, "condition", "bipolar", assertion=assertion)
    return build_world(world, tmp_path_factory.mktemp("contested"))


def values(path: Path, number: int, field: str, kind: str = "svc") -> list[tuple[Any, ...]]:
    entity = f"{kind}_{number:03x}" + ("a" if kind == "svc" else "")
    return ask(
        path,
        "SELECT value, chosen, conflict FROM claim WHERE entity_id = ? AND field = ? ORDER BY rank",
        entity,
        field,
    )


def test_own_site_goes_before_directories(contested: Path) -> None:
    assert values(contested, 0, "hours_per_week") == [("[9, 9]", True, True), ("[12, 15]", False, True)]


def test_newer_goes_before_older(contested: Path) -> None:
    assert values(contested, 1, "hours_per_week") == [("[9, 9]", True, True), ("[10, 12]", False, True)]


def test_agreement_raises_confidence_and_conflict_lowers_it(contested: Path) -> None:
    sure = "SELECT confidence, source_count FROM claim WHERE entity_id = ? AND field = ? AND rank = 1"
    ((alone, one),) = ask(contested, sure, "svc_001a", "condition")
    ((agreed, two),) = ask(contested, sure, "svc_002a", "condition")
    ((contradicted, _),) = ask(contested, sure, "svc_004a", "condition")
    assert (one, two) == (1, 2)
    assert contradicted < alone < agreed <= 0.99
    assert alone == pytest.approx(0.9 * 0.97, abs=1e-3)
    assert agreed == pytest.approx(1 - (1 - 0.9 * 0.97) * (1 - 0.9 * 0.85), abs=1e-3)


def test_a_denial_by_the_provider_outweighs_a_directory(contested: Path) -> None:
    assert ("psychosis", False, True) in values(contested, 3, "condition")
    assert ask(contested, "SELECT conditions FROM directory WHERE service_id = 'svc_003a'") == [(["ptsd"],)]


def test_a_denial_by_a_directory_only_marks_a_conflict(contested: Path) -> None:
    assert values(contested, 4, "condition") == [("ptsd", True, True)]
    assert ask(contested, "SELECT has_conflict FROM directory WHERE service_id = 'svc_004a'") == [(True,)]


def test_a_payer_both_taken_and_refused_is_a_conflict(contested: Path) -> None:
    assert ("aetna", True, True) in values(contested, 5, "payer", "loc")


def test_sessions_are_not_mixed_from_two_sources(contested: Path) -> None:
    chosen = {value: chosen for value, chosen, _ in values(contested, 6, "session")}
    assert not chosen['{"days": ["sa"], "start": "08:00", "end": "12:00"}']
    assert sum(chosen.values()) == 4


def test_a_session_said_less_fully_is_said_once(contested: Path) -> None:
    row = "SELECT schedule_text, len(schedule), has_weekend FROM directory WHERE service_id = 'svc_006a'"
    assert ask(contested, row) == [("Mo We Th 18:00–21:00; Fr", 2, False)]


def test_spellings_of_one_address_are_one_claim(contested: Path) -> None:
    row = "SELECT source_count, conflict, value ->> '$.street' FROM claim WHERE entity_id = 'loc_006' AND field = 'address'"
    assert ask(contested, row) == [(2, False, "7 Main St")]


def test_an_expired_word_yields_to_a_living_one(contested: Path) -> None:
    assert values(contested, 7, "hours_per_week") == [("[12, 15]", True, True), ("[9, 9]", False, True)]


def test_only_affirmed_words_become_claims(contested: Path) -> None:
    assert values(contested, 8, "condition") == [("ptsd", True, False)]


def test_other_wordings_of_a_name_are_no_conflict(contested: Path) -> None:
    names = values(contested, 0, "organization", "org")
    assert names == [("Example Recovery 0", True, False), ("EXAMPLE RECOVERY 0 INC", False, False)]
    assert ask(
        contested, "SELECT name, alternate_names FROM organization WHERE organization_id = 'org_000'"
    ) == [("Example Recovery 0", ["EXAMPLE RECOVERY 0 INC"])]


MONTHS = [
    # days since the site was read, accepting (30 days), level of care (90 days), condition (365 days)
    (1, "fresh", "fresh", "fresh"),
    (31, "due", "fresh", "fresh"),
    (61, "stale", "fresh", "fresh"),
    (91, "stale", "due", "fresh"),
    (121, "stale", "stale", "fresh"),
    (365, "stale", "stale", "fresh"),
    (366, "expired", "expired", "expired"),
]


FIELDS = ("accepting", "level_of_care", "condition")


@pytest.fixture(scope="module")
def aged(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Sites that were read so many days ago, and a field more than the vocabularies have, in one release."""
    folder = tmp_path_factory.mktemp("aged")
    vocabulary = folder / "vocabulary"
    shutil.copytree(VOCABULARY, vocabulary)
    with (vocabulary / "fields.csv").open("a", encoding="utf-8") as table:
        table.write("meals,service,one,boolean,,,,,program; inherited,90,Meals are served\n")
    world = World(providers=len(MONTHS))
    for number, (days, *_) in enumerate(MONTHS):
        for row in world.find("observation", source_id=f"site_{number:03}"):
            row["observed_at"] = world.now - timedelta(days=days)
    world.find("source", source_id="su_2025")[0]["published"] = date(2024, 1, 15)
    world.say(world.site(0), "meals", "true", SERVICE)
    world.say(world.site(1), "meals", "true")  # of the place
    return build_world(world, folder, vocabulary=vocabulary)


def test_facts_age_by_their_days(aged: Path) -> None:
    for number, (days, *states) in enumerate(MONTHS):
        entity = f"svc_{number:03x}a"
        fresh = "SELECT freshness FROM claim WHERE entity_id = ? AND field = ? AND source_id LIKE 'site%'"
        # the level is also in the directory, which is younger than some of the sites
        found = [ask(aged, fresh, entity, field) for field in FIELDS if field != "level_of_care"]
        assert found == [[(states[0],)], [(states[2],)]], days
    # an edition is as old as its date: reading last year's directory today verifies nothing today
    row = ask(
        aged, "SELECT freshness, last_verified::DATE, alert FROM directory WHERE service_id = 'svc_000b'"
    )
    alert = "Last verified on 2024-01-15, more than a year ago. It may no longer be offered."
    assert row == [("expired", date(2024, 1, 15), alert)]


def test_facts_age_as_the_clock_goes_on(make: Callable[..., Path]) -> None:
    """The same stage, built again and again over a year, without a source being read."""
    world = World(providers=1)
    read = world.site(0)["observed_at"]
    for days, *states in (MONTHS[3], MONTHS[6]):
        path = make(world, f"day-{days}", now=read + timedelta(days=days))
        fresh = "SELECT freshness FROM claim WHERE entity_id = 'svc_000a' AND field = ?"
        assert [ask(path, fresh, field)[0][0] for field in FIELDS] == states, days
        row = "SELECT freshness, alert IS NOT NULL, verify_due FROM directory WHERE service_id = 'svc_000a'"
        assert ask(path, row) == [(states[1], states[1] in ("stale", "expired"), read + timedelta(days=90))]


def test_a_field_that_is_only_a_row_of_the_table_becomes_a_claim(aged: Path) -> None:
    """A new fact needs no other list: its row says of whom it is, how long it is fresh and how it is chosen."""
    assert ask(aged, "SELECT entity_type, value, chosen FROM claim WHERE field = 'meals' ORDER BY 1") == [
        ("location", "true", True),
        ("service", "true", True),
    ]
    assert ask(aged, "SELECT verify_days FROM vocabulary_field WHERE field = 'meals'") == [(90,)]

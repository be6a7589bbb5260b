"""A release holds no clinician names, no e-mail addresses and no personal telephone, wherever a source printed them."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from warehouse_world import World, ask, build_world

from warehouse.people.names import Kind, told

MAIL = re.compile(r"[\w.+-]+@[\w-]+\.[a-z]{2,}", re.I)
PEOPLE = ("Sample", "Muster", "Placeholder")
CELL = "6175550177"
TOWNS = "Bipolar IOP in Silver Spring, MD and Reading, PA"


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    world = World(providers=3)
    listing = world.site(0)
    said: dict[str, dict[str, Any]] = {
        "condition": {
            "value": "anxiety",
            "quote": "Dr. Jane Sample and Max Muster, LICSW treat anxiety: max@site0.example",
        },
        "modality": {"value": "group_therapy", "quote": "Groups are led by Pat Placeholder, Psy.D."},
        "population": {
            "value": "adolescents",
            "quote": "Teens: call Drs. Sample and Muster",
            "section": "Ask Jane Sample, LMHC",
        },
        "program_name": {"value": "Evening IOP (write to jane@site0.example)", "quote": "Evening IOP"},
        "website": {"value": "jane.sample@site0.example", "quote": "jane.sample@site0.example"},
        "phone": {"value": f"+1{CELL}", "quote": "Jane's cell: 617-555-0177"},
    }
    for field, values in said.items():
        world.say(
            listing,
            field,
            values.pop("value"),
            None if field in ("phone", "website") else "iop/evening",
            **values,
        )
    listing["website"] = "jane.sample@site0.example"
    listing["site_name"] = "Cambridge center, info@site0.example"
    world.rows["crosswalk"][0]["reasons"] = "same e-mail jane@site0.example"
    world.rows["ledger"][0]["label"] = "jane@site0.example"
    world.rows["document"][0]["detail"] = "HTTP 500, write to admin@site0.example"
    world.add(
        "quarantine",
        source_id="site_000",
        reason="no_address",
        detail="contact jane@site0.example",
        raw="Jane Sample, Ph.D., jane@site0.example",
        observed_at=world.now,
    )
    world.add("unmapped", source_id="site_000", category="staff", text="Max Muster, LICSW", rows=1)
    world.add(
        "match_pair",
        level="location",
        left_id="site_000:0",
        right_id="su_2025:0",
        probability=0.9,
        decision="joined",
        reasons="both jane@site0.example",
    )
    solo = world.listing("su_2025", 50, "Jane Q. Sample, LICSW PLLC", 50)
    world.service(solo, "iop", "iop", None)
    world.entity("organization", "org_solo", [(solo, None)])
    world.find("ledger", entity_id="org_solo")[0]["label"] = "Jane Q. Sample, LICSW PLLC"
    world.entity("service", "svc_solo", [(solo, "iop")])
    clinic = world.listing("su_2025", 52, "Pat Placeholder LPC", 52)  # whose clinic has a name of its own
    clinic["site_name"] = "Elm Street Counseling"
    world.say(clinic, "site_name", "Elm Street Counseling")
    world.entity("organization", "org_clinic", [(clinic, None)])
    world.entity("location", "loc_clinic", [(clinic, None)])
    chain = world.listing("su_2025", 53, "XQZ RRR LPC", 53)  # initials, not a person's
    world.entity("organization", "org_chain", [(chain, None)])
    practice = world.listing("su_2025", 51, "Example LICSW and Associates", 51)
    world.entity("organization", "org_practice", [(practice, None)])
    world.say(world.site(2), "condition", "bipolar", "iop/evening", quote=TOWNS)
    world.site(1)["site_name"] = "Max Muster LCSW"
    world.say(world.site(1), "site_name", "Max Muster LCSW")
    return build_world(world, tmp_path_factory.mktemp("privacy"))


def words(release: Path) -> list[tuple[str, str]]:
    """Every text of the release, lists and structures too, with the column where it stands."""
    columns = ask(
        release,
        "SELECT table_name, column_name FROM duckdb_columns() WHERE database_name = 'iop' AND data_type LIKE '%VARCHAR%'",
    )
    texts = [f'SELECT \'{t}.{c}\', "{c}"::VARCHAR FROM {t} WHERE "{c}" IS NOT NULL' for t, c in columns]
    assert len(texts) > 150
    return [(where, text) for where, text in ask(release, " UNION ALL ".join(texts))]


def test_no_mail_no_people_no_cell_phone(release: Path) -> None:
    texts = words(release)
    assert not [found for found in texts if MAIL.search(found[1])]
    assert not [found for found in texts if any(name in found[1] for name in PEOPLE)]
    assert not [found for found in texts if CELL in re.sub(r"\D", "", found[1]) and "md5" not in found[0]]


def test_what_was_said_beside_it_stays(release: Path) -> None:
    kept = ask(
        release,
        "SELECT list_has_all(conditions, ['anxiety', 'ptsd']), populations FROM iop WHERE service_id = 'svc_000a'",
    )
    assert kept == [(True, ["adolescents", "adults"])]
    assert ("Groups are led by [name]",) in ask(
        release, "SELECT quote FROM observation WHERE field = 'modality'"
    )
    reasons = ask(release, "SELECT reason, raw FROM quarantine ORDER BY ALL")
    told = ["individual", "no_address", *["personal_contact"] * 3, *["personal_name"] * 2]
    assert [reason for reason, _ in reasons] == told


def test_a_practice_of_one_is_not_listed_but_accounted_for(release: Path) -> None:
    assert ask(release, "SELECT name FROM organization WHERE name LIKE '%LICSW%'") == [
        ("Example LICSW and Associates",)
    ]
    assert ask(release, "SELECT count(*) FROM listing WHERE record_key = '50'") == [(0,)]
    row = "SELECT locator, raw FROM quarantine WHERE reason = 'individual' AND source_id = 'su_2025'"
    assert ask(release, row) == [("su_2025:50", None)]
    assert ask(release, "SELECT status, label FROM ledger WHERE entity_id = 'org_solo'") == [("active", None)]


def test_a_clinic_is_listed_by_its_own_name(release: Path) -> None:
    named = "SELECT name FROM organization WHERE organization_id = ?"
    assert ask(release, named, "org_clinic") == [("Elm Street Counseling",)]
    assert ask(release, named, "org_chain") == [("XQZ RRR LPC",)]
    assert ask(release, "SELECT organization_name FROM listing WHERE record_key = '52'") == [
        ("Elm Street Counseling",)
    ]


@pytest.mark.parametrize(
    ("name", "is_person"),
    [
        ("Jane Q. Sample, LICSW PLLC", True),
        ("Jane Sample MA LMHC", True),
        ("Sample, Jane LCSW", True),
        ("Sample, Jane Q., LISW", True),
        ("Office of Dr Jane Sample MD", True),
        ("Jane Sample LCADC LCSW", True),
        ("XQZ RRR LPC", False),
        ("Sample Family MD", False),
        ("Jane Sample LCSW DBA Elm House", False),
        ("Jane Sample PhD & Associates", False),
        ("Elm Street Clinic MD", False),
        ("Jane Q Sample", False),  # may be a place named for her
        ("Mind MD", False),
    ],
)
def test_names_of_people(name: str, is_person: bool) -> None:
    assert (told(name).kind is Kind.PERSON) == is_person


def test_towns_and_states_are_not_taken_for_people(release: Path) -> None:
    """`Silver Spring, MD` is a place; addresses and names of operators keep their words."""
    quotes = ask(
        release,
        "SELECT quote FROM observation WHERE field IN ('address', 'organization') AND quote IS NOT NULL",
    )
    assert all("[name]" not in quote for (quote,) in quotes)
    assert ask(release, "SELECT quote FROM observation WHERE value = 'bipolar'") == [(TOWNS,)]


def test_an_address_behind_a_name_hides_nobody(tmp_path: Path) -> None:
    world = World(providers=2)
    for row in world.find("listing", listing_id="su_2025:1"):
        row |= {"organization_name": "Jane Q. Sample, LICSW jane@sample.example", "site_name": None}
    built = build_world(world, tmp_path)
    assert ask(built, "SELECT count(*) FROM listing WHERE listing_id = 'su_2025:1'") == [(0,)]
    assert ask(built, "SELECT reason FROM quarantine WHERE reason = 'individual'") == [("individual",)]

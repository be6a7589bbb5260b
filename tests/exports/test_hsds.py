"""The HSDS package: valid by the specification's own schema, and saying what the release says."""

from __future__ import annotations

import csv
import json
import shutil
import uuid
from datetime import datetime
from pathlib import Path

import pytest
from warehouse_world import ask

from warehouse.exports.formats import export
from warehouse.exports.hsds import specification
from warehouse.exports.zones import zone_at, zone_name

frictionless = pytest.importorskip("frictionless")
OURS = uuid.uuid5(uuid.NAMESPACE_URL, "urn:x-iop")


def key(name: str) -> str:
    return str(uuid.uuid5(OURS, name))


@pytest.fixture(scope="module")
def package(release: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("hsds") / "package"
    export(release, "hsds", folder)
    return folder


def table(package: Path, name: str) -> list[dict[str, str]]:
    path = next(r["path"] for r in specification()["resources"] if r["name"] == name)
    with (package / path).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def errors(package: Path) -> list[str]:
    report = frictionless.Package(str(package / "datapackage.json")).validate()
    return [f"{task.name}: {error.message}" for task in report.tasks for error in task.errors] + [
        error.message for error in report.errors
    ]


def test_the_package_is_valid(package: Path) -> None:
    assert errors(package) == []


@pytest.mark.parametrize(
    ("path", "old", "new", "kind"),
    [
        ("services.csv", ",active,", ",open,", "constraint"),
        ("services.csv", key("org_000"), key("org_nobody"), "foreign"),
        ("taxonomy_terms.csv", "condition:ptsd,", "condition:ocd,", "unique"),
        ("schedules.csv", "18:00:00-05:00", "six", "type"),
        ("organizations.csv", "Runs 1 places and 2 services that this directory knows.", "", "required"),
    ],
)
def test_the_schema_would_notice(
    package: Path, tmp_path: Path, path: str, old: str, new: str, kind: str
) -> None:
    broken = tmp_path / "broken"
    shutil.copytree(package, broken)
    text = (broken / path).read_text(encoding="utf-8")
    assert old in text
    (broken / path).write_text(text.replace(old, new), encoding="utf-8")
    assert any(kind in error.lower() for error in errors(broken))


def test_all_tables_of_the_specification_are_there(package: Path) -> None:
    names = {resource["path"] for resource in specification()["resources"]}
    assert {path.name for path in package.glob("*.csv")} == names
    assert not table(package, "program")  # an IOP is a service
    assert not table(package, "contact")  # nobody is named


def test_rows_of_the_release_are_there(release: Path, package: Path) -> None:
    for name, key_column in [("organization", "organization_id"), ("service", "service_id")]:
        ids = {key(i) for (i,) in ask(release, f"SELECT {key_column} FROM {name}")}
        assert {row["id"] for row in table(package, name)} == ids
    pairs = {
        (key(s), key(p)) for s, p in ask(release, "SELECT service_id, location_id FROM service_at_location")
    }
    pairs.add((key("svc_virtual_iop"), key("svc_virtual_iop/virtual")))
    assert {(row["service_id"], row["location_id"]) for row in table(package, "service_at_location")} == pairs
    ids = {
        row["identifier"]
        for row in table(package, "organization_identifier")
        if row["identifier_scheme"] == "iop"
    }
    assert ids == {i for (i,) in ask(release, "SELECT organization_id FROM organization")}


def test_a_virtual_service_has_a_virtual_location_without_an_address(package: Path) -> None:
    virtual = [row for row in table(package, "location") if row["location_type"] == "virtual"]
    assert [row["url"] for row in virtual] == ["https://virtual_iop.example/iop"]
    assert virtual[0]["id"] not in {row["location_id"] for row in table(package, "address")}
    areas = {
        row["name"] for row in table(package, "service_area") if row["service_id"] == key("svc_virtual_iop")
    }
    assert areas == {"MA", "NH"}


def test_sessions_are_of_the_service_at_its_location(package: Path) -> None:
    place = key("svc_000a@loc_000")
    rows = [row for row in table(package, "schedule") if row["service_at_location_id"] == place]
    assert len(rows) == 1
    wanted = {
        "freq": "WEEKLY",
        "byday": "MO,WE,TH",
        "opens_at": "18:00:00-05:00",
        "closes_at": "21:00:00-05:00",
        "timezone": "-5.0",
        "valid_to": "2026-03-07",
        "service_id": "",
        "location_id": "",
    }
    assert {name: rows[0][name] for name in wanted} == wanted
    zones = [
        row["value"]
        for row in table(package, "attribute")
        if row["link_id"] == key("loc_000") and row["value"]
    ]
    assert zones == ["America/New_York"]
    half = [row for row in table(package, "schedule") if row["byday"] == "SA"]
    assert [row["closes_at"] for row in half] == [""]


def test_facts_without_a_column_are_attributes(package: Path) -> None:
    terms = {row["id"]: row["code"] for row in table(package, "taxonomy_term")}
    rows = [row for row in table(package, "attribute") if row["link_id"] == key("svc_000a")]
    stated = {terms[row["taxonomy_term_id"]]: row["value"] for row in rows}
    assert stated["level_of_care:iop"] == ""
    assert stated["condition:ptsd"] == ""
    assert stated["payer:masshealth"] == "in_network; said by its listing of all that it lists"
    assert stated["property:hours_per_week_min"] == "9.0"
    assert "property:presence_rule" not in stated  # not stated


def test_service_columns(package: Path) -> None:
    rows = {row["id"]: row for row in table(package, "service")}
    assert rows[key("svc_closed_iop")]["status"] == "defunct"
    assert rows[key("svc_000a")]["status"] == "active"
    assert rows[key("svc_000a")]["assured_date"] == "2026-03-01"
    teens = rows[key("svc_virtual_iop")]
    assert (teens["minimum_age"], teens["maximum_age"]) == ("12.0", "17.0")
    assert teens["eligibility_description"] == "For: Adolescents (about 12-17)"


def test_changes_are_metadata(package: Path) -> None:
    rows = {(row["resource_id"], row["field_name"]): row for row in table(package, "metadata")}
    gone = rows[key("loc_000"), "phone"]
    wanted = ("delete", "+16175550199", "Not stated", "site_000")
    assert (
        gone["last_action_type"],
        gone["previous_value"],
        gone["replacement_value"],
        gone["updated_by"],
    ) == wanted
    assert rows[key("svc_001a"), "language"]["replacement_value"] == "es"


def test_a_language_has_its_code_and_a_name_for_people(package: Path) -> None:
    assert {(row["code"], row["name"]) for row in table(package, "language")} == {("es", "Spanish")}


def test_the_descriptor_carries_the_schema(package: Path) -> None:
    descriptor = json.loads((package / "datapackage.json").read_text(encoding="utf-8"))
    assert descriptor["version"] == "2"
    schemas = {resource["name"]: resource["schema"] for resource in descriptor["resources"]}
    assert schemas == {resource["name"]: resource["schema"] for resource in specification()["resources"]}


def test_zones_change_their_offset() -> None:
    assert zone_name("02139") == "America/New_York"
    assert zone_name("85004") == "America/Phoenix"
    assert zone_name("00000") is None
    winter = zone_at("America/New_York", datetime(2026, 3, 2, 12))
    assert (winter.hours, winter.mark, str(winter.until)) == (-5.0, "-05:00", "2026-03-07")
    summer = zone_at("America/New_York", datetime(2026, 3, 8, 12))
    assert (summer.hours, summer.mark, str(summer.until)) == (-4.0, "-04:00", "2026-10-31")
    assert zone_at("America/Phoenix", datetime(2026, 3, 2, 12)).until is None

"""The FHIR resources: valid R4, with what Plan-Net requires, and saying what the release says."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest
from warehouse_world import ask

from warehouse.exports.fhir import FOLDER, write_fhir
from warehouse.exports.formats import export
from warehouse.exports.release_file import open_release

pytest.importorskip("fhir.resources")
from fhir.resources.R4B.healthcareservice import HealthcareService
from fhir.resources.R4B.location import Location
from fhir.resources.R4B.organization import Organization

KINDS = {"HealthcareService": HealthcareService, "Location": Location, "Organization": Organization}
GUIDE = "http://hl7.org/fhir/us/davinci-pdex-plan-net"
NPI = "http://hl7.org/fhir/sid/us-npi"
with (FOLDER / "plan_net.csv").open(encoding="utf-8", newline="") as rules:
    PLAN_NET = list(csv.DictReader(rules))
Resources = dict[str, dict[str, Any]]


@pytest.fixture(scope="module")
def resources(release: Path, tmp_path_factory: pytest.TempPathFactory) -> Resources:
    """Every resource by `Type/id`."""
    folder = tmp_path_factory.mktemp("fhir") / "bundle"
    export(release, "fhir", folder)
    lines = [line for kind in KINDS for line in (folder / f"{kind}.ndjson").read_text("utf-8").splitlines()]
    found = [json.loads(line) for line in lines]
    by_id = {f"{one['resourceType']}/{one['id']}": one for one in found}
    assert len(by_id) == len(found) > 30
    return by_id


def service(resources: Resources, service_id: str) -> dict[str, Any]:
    return resources["HealthcareService/" + service_id.replace("_", "-")]


def references(value: Any) -> list[str]:
    if isinstance(value, dict):
        own = [value["reference"]] if isinstance(value.get("reference"), str) else []
        return own + [one for item in value.values() for one in references(item)]
    return [one for item in value for one in references(item)] if isinstance(value, list) else []


def test_every_resource_is_valid_r4(resources: Resources) -> None:
    for resource in resources.values():
        KINDS[resource["resourceType"]].model_validate(resource)


def test_every_reference_resolves(resources: Resources) -> None:
    found = [one for resource in resources.values() for one in references(resource)]
    assert len(found) > 30
    assert set(found) <= set(resources)


def test_what_plan_net_requires(resources: Resources) -> None:
    for name, resource in resources.items():
        kind = resource["resourceType"]
        assert resource["meta"]["profile"] == [f"{GUIDE}/StructureDefinition/plannet-{kind}"], name
        for rule in (rule for rule in PLAN_NET if rule["profile"] == kind):
            for found in elements(resource, rule["element"]):
                where = f"{name}: {rule['element']}"
                assert len(found) >= int(rule["min"]), where
                assert rule["max"] == "*" or len(found) <= int(rule["max"]), where
                assert not rule["value"] or found == [
                    json.loads(rule["value"]) if rule["value"] == "true" else rule["value"]
                ], where
        if kind == "HealthcareService":
            systems = [
                (c["system"].rsplit("/", 1)[1], c["code"]) for x in resource["category"] for c in x["coding"]
            ]
            assert ("HealthcareServiceCategoryCS", "behav") in systems, name


@pytest.mark.parametrize("kind", KINDS)
def test_what_plan_net_must_support_is_given_or_told_why_not(resources: Resources, kind: str) -> None:
    of_kind = [r for r in resources.values() if r["resourceType"] == kind]
    given = {
        rule["element"]
        for rule in PLAN_NET
        if rule["profile"] == kind and any(any(elements(r, rule["element"])) for r in of_kind)
    }
    wanted = {rule["element"] for rule in PLAN_NET if rule["profile"] == kind and not rule["why_not"]}
    assert given == wanted


def test_the_rules_of_plan_net_would_notice(resources: Resources) -> None:
    broken = {name: json.loads(json.dumps(resource)) for name, resource in resources.items()}
    for name, change in (
        ("Organization/org-000", {"address": []}),
        ("Location/loc-000", {"mode": "instance"}),
        ("HealthcareService/svc-000a", {"active": False}),
        ("Location/loc-000", {"name": ["a", "b"]}),
    ):
        with pytest.raises(AssertionError, match=name):
            test_what_plan_net_requires(broken | {name: broken[name] | change})


def elements(resource: dict[str, Any], path: str) -> list[list[Any]]:
    """The values of an element, for each of what it is in: one list for `name`, as many as there are numbers for `telecom.value`."""
    *outer, last = path.split(".")
    within: list[Any] = [resource]
    for step in outer:
        within = [one for thing in within for one in values(thing, step)]
    return [values(thing, last) for thing in within]


def values(thing: dict[str, Any], step: str) -> list[Any]:
    name, _, slice = step.partition(":")
    found = thing.get(name, [])
    found = found if isinstance(found, list) else [found]
    return [one for one in found if not slice or one["url"].endswith(f"/{slice}")]


def test_closed_programs_are_not_exported(release: Path, resources: Resources) -> None:
    wanted = {i.replace("_", "-") for (i,) in ask(release, "SELECT service_id FROM service")} - {
        "svc-closed-iop"
    }
    assert {name.split("/")[1] for name in resources if name.startswith("HealthcareService/")} == wanted


def test_sessions_are_available_times(resources: Resources) -> None:
    assert service(resources, "svc_000a")["availableTime"] == [
        {
            "daysOfWeek": ["mon", "wed", "thu"],
            "availableStartTime": "18:00:00",
            "availableEndTime": "21:00:00",
        }
    ]
    assert service(resources, "svc_waiting_iop")["availableTime"] == [
        {"daysOfWeek": ["sat"], "availableStartTime": "09:00:00"}
    ]
    assert "availableTime" not in service(resources, "svc_000b")  # none stated


def test_codes_and_extensions(resources: Resources) -> None:
    hybrid, virtual = service(resources, "svc_000a"), service(resources, "svc_virtual_iop")
    assert codes(hybrid["type"]) == ["108", "139"]  # its site says PTSD, its directory co-occurring disorders
    assert "type" not in virtual  # no condition is stated
    assert methods(hybrid) == ["physical", "virtual"]
    assert methods(virtual) == ["virtual"]
    assert extension(hybrid, "newpatients") == ["newpt"]
    assert extension(service(resources, "svc_waiting_iop"), "newpatients") == []
    traits = service(resources, "svc_waiting_iop")["characteristic"]
    assert {"text": "Waiting list"} in traits
    texts = [x.get("text") for x in hybrid["characteristic"]]
    assert "MassHealth (in network, said by its listing of all that it lists)" in texts


def test_virtual_services_cover_states(resources: Resources) -> None:
    virtual = service(resources, "svc_virtual_iop")
    assert [x["reference"] for x in virtual["coverageArea"]] == ["Location/state-MA", "Location/state-NH"]
    assert resources["Location/state-MA"]["address"] == {"state": "MA", "country": "US"}
    assert virtual["eligibility"][0]["comment"] == "12 to 17"
    assert "location" not in virtual


def test_phones_and_addresses(resources: Resources) -> None:
    telecom = resources["Location/loc-waiting-iop"]["telecom"]
    assert {(x["system"], x["value"]) for x in telecom} == {
        ("phone", "+16175550177;ext=012"),
        ("fax", "+16175550178"),
    }
    organization = resources["Organization/org-000"]
    assert [x["city"] for x in organization["address"]] == ["Cambridge"]
    nowhere = resources["Organization/org-virtual-iop"]["address"]
    assert nowhere[0]["extension"][0]["valueCode"] == "unknown"


def test_only_numbers_that_check_are_npis(release: Path, resources: Resources, tmp_path: Path) -> None:
    others = [x for r in resources.values() for x in r["identifier"] if x["system"] == "urn:x-iop:npi"]
    assert others and not any(x["system"] == NPI for r in resources.values() for x in r["identifier"])
    numbers = {
        "1234567893": True,  # the example of the NPI check digit's definition
        "1234567890": False,
        "123456789": False,
        "12345678a3": False,
    }
    with open_release(release) as source:
        write_fhir(source, tmp_path)
        for number, is_one in numbers.items():
            assert [*source.tuples(f"SELECT memory.fhir.is_npi('{number}')")] == [(is_one,)], number


def codes(concepts: list[dict[str, Any]]) -> list[str]:
    return [coding["code"] for concept in concepts for coding in concept["coding"]]


def extension(resource: dict[str, Any], name: str) -> list[str]:
    found = [x for x in resource.get("extension", ()) if x["url"].endswith(f"/{name}")]
    return [code for x in found for part in x["extension"] for code in codes([part["valueCodeableConcept"]])]


def methods(resource: dict[str, Any]) -> list[str]:
    return extension(resource, "delivery-method")

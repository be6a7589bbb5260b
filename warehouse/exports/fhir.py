"""FHIR R4 resources by Da Vinci PDEX Plan-Net 1.2, as NDJSON: HealthcareService, Location, Organization.

One HealthcareService a service, since `availableTime` knows no groups of sessions. What the profiles require and
nobody states is marked by a data-absent-reason; what they have no element for is a characteristic with our own code.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from warehouse.exports.release_file import OpenRelease
from warehouse.exports.target import write_manifest
from warehouse.sql import literal

FOLDER = Path(__file__).parent
GUIDE = "http://hl7.org/fhir/us/davinci-pdex-plan-net"
TERMS = "http://terminology.hl7.org/CodeSystem"
NPI = "http://hl7.org/fhir/sid/us-npi"
OURS = "urn:x-iop"  # code systems and identifiers of this directory
DAYS = {"mo": "mon", "tu": "tue", "we": "wed", "th": "thu", "fr": "fri", "sa": "sat", "su": "sun"}
ACCEPTING = {"accepting": "newpt", "suspended": "nopt"}  # a waiting list is neither
HOW = {
    "in_network": "in network",
    "accepts": "accepted",
    "out_of_network": "out of network",
    "not_accepted": "not accepted",
}
POSITION_OF = {
    "zip": "The position is that of the ZIP code.",
    "city": "The position is that of the city.",
}
Resource = dict[str, Any]


def write_fhir(source: OpenRelease, to: Path) -> Mapping[str, int]:
    """One NDJSON file a resource type. Every reference within them is to a resource that is there."""
    source.connection.execute(f"SET VARIABLE fhir_codes = {literal(str(FOLDER / 'fhir_codes.csv'))}")
    source.connection.execute((FOLDER / "fhir.sql").read_text(encoding="utf-8"))
    source.connection.execute("USE iop")
    services = map(healthcare_service, source.rows("FROM memory.fhir.healthcare_service"))
    operators = map(organization, source.rows("FROM memory.fhir.organization"))
    kinds = {"HealthcareService": services, "Location": _locations(source), "Organization": operators}
    rows = {kind: _write(source, resources, to / f"{kind}.ndjson") for kind, resources in kinds.items()}
    write_manifest(to, source, "fhir", rows)
    return rows


def _locations(source: OpenRelease) -> Iterator[Resource]:
    yield from map(location, source.rows("FROM memory.fhir.location"))
    yield from map(area, source.rows("FROM memory.fhir.area"))


def _write(source: OpenRelease, resources: Iterable[Resource], path: Path) -> int:
    count = 0
    with path.open("w", encoding="utf-8", newline="\n") as file:
        for resource in resources:
            resource["meta"]["lastUpdated"] = source.moment
            file.write(json.dumps(without_nothing(resource), ensure_ascii=False) + "\n")
            count += 1
    return count


def healthcare_service(row: Mapping[str, Any]) -> Resource:
    """A service: `availableTime` are its program sessions in local time, never the hours of its premises."""
    return _resource("HealthcareService", row["service_id"]) | {
        "extension": [*_delivery(row), *_new_patients(row)],
        "active": True,
        "providedBy": _reference("Organization", row["organization_id"]),
        "category": [
            _concept(f"{GUIDE}/CodeSystem/HealthcareServiceCategoryCS", "behav", "Behavioral Health")
        ],
        "type": [_concept(f"{TERMS}/service-type", code) for code in row["types"] or ()],
        "specialty": [
            _concept("http://nucc.org/provider-taxonomy", code) for code in row["specialties"] or ()
        ],
        "location": [_reference("Location", place) for place in row["places"] or ()],
        "name": row["name"] or row["level_label"],
        "comment": ". ".join(filter(None, (_listed_in(row), row["alert"]))),
        "telecom": _telecom(row["phones"], row["url"]),
        "coverageArea": [_reference("Location", f"state_{state}") for state in row["virtual_states"] or ()],
        "eligibility": _ages(row["min_age"], row["max_age"]),
        "characteristic": list(_characteristics(row)),
        "communication": [
            _concept("urn:ietf:bcp:47", language["code"], language["label"])
            for language in row["languages"] or ()
        ],
        "availableTime": [_session(session) for session in row["sessions"] or ()],
    }


def _listed_in(row: Mapping[str, Any]) -> str | None:
    """Where a list says it, which has no page to link to."""
    if row["url"]:
        return None
    edition = f"edition of {row['source_edition']}" if row["source_edition"] else None
    return "Listed in " + ", ".join(filter(None, (row["source_title"], edition, row["source_locator"])))


def location(row: Mapping[str, Any]) -> Resource:
    """A place. The hours of its premises are not in the warehouse, so `hoursOfOperation` is not given."""
    point = (
        {"longitude": row["longitude"], "latitude": row["latitude"]} if row["latitude"] is not None else None
    )
    return _resource("Location", row["location_id"]) | {
        "status": "active",
        "name": row["called"] or "Not stated",
        "alias": row["alternate_names"],
        "description": POSITION_OF.get(row["geo_precision"]),
        "telecom": _telecom(row["phones"], row["website"]),
        "address": _address(row) if row["location_type"] == "physical" else None,
        "position": point,
        "managingOrganization": _reference("Organization", row["organization_id"]),
    }


def area(row: Mapping[str, Any]) -> Resource:
    """A state whose residents a virtual service serves."""
    jurisdiction = _concept(f"{TERMS}/location-physical-type", "jdn", "Jurisdiction")
    return _resource("Location", f"state_{row['state']}") | {
        "status": "active",
        "name": row["state"],
        "physicalType": jurisdiction,
        "address": {"state": row["state"], "country": "US"},
    }


def organization(row: Mapping[str, Any]) -> Resource:
    """An operator, with the addresses of its places, since Plan-Net asks for one."""
    absent = {"url": "http://hl7.org/fhir/StructureDefinition/data-absent-reason", "valueCode": "unknown"}
    base = _resource("Organization", row["organization_id"])
    known = [_identifier(x["scheme"], x["identifier"]) for x in row["identifiers"] or ()]
    return base | {
        "identifier": base["identifier"] + known,
        "active": True,
        "type": [_concept(f"{GUIDE}/CodeSystem/OrgTypeCS", "prvgrp", "Provider Group")],
        "name": row["name"] or "Not stated",
        "alias": row["alternate_names"],
        "telecom": _telecom(row["phones"], row["website"]),
        "address": [_address(x) for x in row["addresses"] or ()] or [{"extension": [absent]}],
    }


def without_nothing(value: Any) -> Any:
    """JSON as FHIR wants it: no nulls, no empty lists, objects or strings."""
    if isinstance(value, dict):
        kept = {key: without_nothing(item) for key, item in value.items()}
        return {key: item for key, item in kept.items() if item not in (None, "", [], {})}
    if isinstance(value, list):
        return [item for item in map(without_nothing, value) if item not in (None, "", [], {})]
    return value


def fhir_id(identifier: str) -> str:
    """An id of the release as FHIR writes ids: letters, digits, `-` and `.`, at most 64."""
    return identifier.replace("_", "-")[:64]


def is_npi(identifier: str) -> bool:
    """Whether an identifier has the form and the check digit of an NPI (Luhn over 80840 and the ten digits)."""
    if len(identifier) != 10 or not identifier.isascii() or not identifier.isdigit():
        return False
    digits = [int(digit) for digit in reversed("80840" + identifier)]
    doubled = sum(sum(divmod(2 * digit, 10)) for digit in digits[1::2])
    return (sum(digits[::2]) + doubled) % 10 == 0


def _resource(kind: str, identifier: str) -> Resource:
    profile = f"{GUIDE}/StructureDefinition/plannet-{kind}"
    return {
        "resourceType": kind,
        "id": fhir_id(identifier),
        "meta": {"profile": [profile]},
        "identifier": [{"system": OURS, "value": identifier}],
    }


def _identifier(scheme: str, identifier: str) -> Resource:
    """US Core lets only numbers that check as NPIs be called so."""
    if scheme == "npi" and is_npi(identifier):
        kind = _concept(f"{TERMS}/v2-0203", "NPI")
        return {"type": kind, "system": NPI, "value": identifier}
    return {"type": {"text": scheme}, "system": f"{OURS}:{scheme.replace(' ', '_')}", "value": identifier}


def _concept(system: str, code: str, display: str | None = None) -> Resource:
    return {"coding": [{"system": system, "code": code, "display": display}]}


def _reference(kind: str, identifier: str | None) -> Resource | None:
    return {"reference": f"{kind}/{fhir_id(identifier)}"} if identifier else None


def _delivery(row: Mapping[str, Any]) -> Iterator[Resource]:
    methods = {"in_person": ["physical"], "virtual": ["virtual"], "hybrid": ["physical", "virtual"]}
    for method in methods.get(row["delivery"] or "", ()):
        concept = _concept(f"{GUIDE}/CodeSystem/DeliveryMethodCS", method)
        kind = {"url": "type", "valueCodeableConcept": concept}
        yield {"url": f"{GUIDE}/StructureDefinition/delivery-method", "extension": [kind]}


def _new_patients(row: Mapping[str, Any]) -> Iterator[Resource]:
    if code := ACCEPTING.get(row["accepting"] or ""):
        concept = _concept(f"{GUIDE}/CodeSystem/AcceptingPatientsCS", code)
        accepting = {"url": "acceptingPatients", "valueCodeableConcept": concept}
        yield {"url": f"{GUIDE}/StructureDefinition/newpatients", "extension": [accepting]}


def _characteristics(row: Mapping[str, Any]) -> Iterator[Resource]:
    """What FHIR has no element for. What a listing says of all that it lists says so."""
    if row["level_of_care"]:
        yield _concept(f"{OURS}:level_of_care", row["level_of_care"], row["level_label"])
    if row["accepting"] == "waitlist":
        yield {"text": "Waiting list"}
    for trait in row["traits"] or ():
        scope = "said by its listing of all that it lists" if trait["scope"] == "listing" else None
        notes = ", ".join(note for note in (HOW.get(trait["how"] or ""), scope) if note)
        label = trait["label"] or trait["code"]
        concept = _concept(f"{OURS}:{trait['kind']}", trait["code"], label)
        yield concept | {"text": f"{label} ({notes})" if notes else None}


def _ages(low: float | None, high: float | None) -> list[Resource]:
    if low is None and high is None:
        return []
    words = f"{low:g} to {high:g}" if low is not None and high is not None else None
    words = words or (f"{low:g} and older" if low is not None else f"up to {high:g}")
    return [{"code": {"text": "Age in years"}, "comment": words}]


def _session(session: Mapping[str, Any]) -> Resource:
    return {
        "daysOfWeek": [DAYS[day] for day in session["days"] or ()],
        "availableStartTime": f"{session['start']}:00" if session["start"] else None,
        "availableEndTime": f"{session['end']}:00" if session["end"] else None,
    }


def _telecom(phones: Iterable[Mapping[str, Any]] | None, website: str | None) -> list[Resource]:
    """Numbers to call first; `;ext=` as in RFC 3966."""
    numbers = [
        {
            "system": "fax" if phone["kind"] == "fax" else "phone",
            "value": phone["number"] + (f";ext={phone['extension']}" if phone["extension"] else ""),
            "rank": phone["rank"],
        }
        for phone in phones or ()
    ]
    return numbers + ([{"system": "url", "value": website}] if website else [])


def _address(row: Mapping[str, Any]) -> Resource:
    return {
        "type": "physical",
        "line": [row["street"]],
        "city": row["city"],
        "district": row["county"],
        "state": row["state"],
        "postalCode": row["zip"],
        "country": "US",
    }

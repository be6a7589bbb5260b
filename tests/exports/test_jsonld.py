"""JSON-LD: valid by Google's types of schema.org, and nothing said that is not stated."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from type_script import compiled

from warehouse.exports.formats import export

HEAD = 'import type { MedicalClinic, MedicalOrganization, WithContext } from "schema-dts";\n'
TYPE = "WithContext<MedicalClinic | MedicalOrganization>"


@pytest.fixture(scope="module")
def documents(release: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """Program → its document."""
    to = tmp_path_factory.mktemp("jsonld") / "directory.ndjson"
    assert export(release, "jsonld", to) == {"directory": 15}
    lines = map(json.loads, to.read_text(encoding="utf-8").splitlines())
    return {line["makesOffer"]["itemOffered"]["@id"]: line for line in lines}


def test_documents_are_schema_org(documents: dict[str, dict[str, Any]], tmp_path: Path) -> None:
    text = HEAD
    for number, document in enumerate(documents.values()):
        text += f"export const right{number}: {TYPE} = {json.dumps(document)};\n"
    first = json.dumps(documents["urn:x-iop:svc_000a"])
    for number, (said, wrong) in enumerate(
        (
            ("OpeningHoursSpecification", "OpeningHours"),
            ('"latitude": 42.365', '"latitude": true'),
            ("suggestedMinAge", "minAge"),
            ("hoursAvailable", "availableHours"),
        )
    ):
        assert said in first
        text += f"// @ts-expect-error\nexport const wrong{number}: {TYPE} = {first.replace(said, wrong)};\n"
    (tmp_path / "documents.ts").write_text(text, encoding="utf-8")
    assert compiled(tmp_path, "documents.ts") == ""


def test_a_program_at_a_place(documents: dict[str, dict[str, Any]]) -> None:
    found = documents["urn:x-iop:svc_000a"]
    assert (found["@type"], found["@id"]) == ("MedicalClinic", "urn:x-iop:loc_000")
    assert found["parentOrganization"]["@id"] == "urn:x-iop:org_000"
    (hours,) = found["makesOffer"]["itemOffered"]["hoursAvailable"]
    assert (hours["opens"], hours["closes"], len(hours["dayOfWeek"])) == ("18:00", "21:00", 3)


def test_a_virtual_program(documents: dict[str, dict[str, Any]]) -> None:
    found = documents["urn:x-iop:svc_virtual_iop"]
    service = found["makesOffer"]["itemOffered"]
    assert found["@type"] == "MedicalOrganization" and "address" not in found
    assert [state["name"] for state in service["areaServed"]] == ["MA", "NH"]
    assert [spoken["alternateName"] for spoken in service["availableChannel"]["availableLanguage"]] == ["es"]
    assert "url" not in found  # `www.example.example` is no address to open


def test_what_is_not_stated_is_left_out(documents: dict[str, dict[str, Any]]) -> None:
    def empty(value: Any) -> bool:
        if isinstance(value, dict):
            return not value or any(map(empty, value.values()))
        return any(map(empty, value)) if isinstance(value, list) and value else value in (None, "", [])

    assert not [id for id, document in documents.items() if empty(document)]
    assert "hoursAvailable" not in documents["urn:x-iop:svc_000b"]["makesOffer"]["itemOffered"]
    addresses = [d[name] for d in documents.values() for name in ("url", "sameAs") if name in d]
    assert addresses and all(address.startswith(("http://", "https://")) for address in addresses)

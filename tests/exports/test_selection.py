"""Exports of some programs: what is left out is in no table, and every reference is to something that is there."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from test_hsds import errors
from warehouse_world import ask

from warehouse.contracts import release_tables
from warehouse.exports.errors import ExportError
from warehouse.exports.formats import FORMATS, export
from warehouse.exports.release_file import open_release
from warehouse.exports.selection import Selection, selection

TABLES = {"service": "service_id", "location": "location_id", "organization": "organization_id"}
HAMPSHIRE = Selection(state=("NH",))


def ids(release: Path, chosen: Selection) -> dict[str, set[str]]:
    with open_release(release, chosen) as source:
        return {
            table: {id for (id,) in source.tuples(f"SELECT {key} FROM {table}")}
            for table, key in TABLES.items()
        }


def test_a_state_has_its_places_and_the_virtual_programs_that_serve_it(release: Path) -> None:
    found = ids(release, HAMPSHIRE)
    assert found["service"] == {"svc_003a", "svc_003b", "svc_virtual_iop"}
    assert found["location"] == {"loc_003"}
    assert found["organization"] == {"org_003", "org_virtual_iop"}


def test_level_and_focus(release: Path) -> None:
    wanted = {id for (id,) in ask(release, "SELECT service_id FROM service WHERE level_of_care = 'op'")}
    assert ids(release, Selection(level=("op",)))["service"] == wanted
    both = {
        id
        for (id,) in ask(release, "SELECT service_id FROM service WHERE focus IN ('substance_use', 'both')")
    }
    assert both
    assert ids(release, Selection(focus=("substance_use",)))["service"] == both
    assert ids(release, Selection(state=("NH",), level=("op",)))["service"] == {"svc_003b"}


def test_no_table_names_what_was_left_out(release: Path) -> None:
    kept = set().union(*ids(release, HAMPSHIRE).values())
    left = set().union(*ids(release, Selection()).values()) - kept
    assert len(left) > 20
    with open_release(release, HAMPSHIRE) as source:
        for table in release_tables():
            for column in {*TABLES.values(), "entity_id"} & set(source.names(f"FROM {table}")):
                found = {id for (id,) in source.tuples(f"SELECT {column} FROM {table}")}
                assert not left & found, table


@pytest.mark.parametrize("format", [name for name, f in FORMATS.items() if f.takes_selection])
def test_every_format_takes_it(release: Path, tmp_path: Path, format: str) -> None:
    export(release, format, tmp_path / "out", chosen=HAMPSHIRE)
    files = [tmp_path / "out"] if not FORMATS[format].is_folder else list((tmp_path / "out").rglob("*"))
    text = b"".join(file.read_bytes() for file in files if file.is_file())
    assert b"svc_003a" in text or format == "changes"
    assert b"svc_000a" not in text
    assert b"svc_waiting_iop" not in text


def test_references_hold(release: Path, tmp_path: Path) -> None:
    export(release, "hsds", tmp_path / "hsds", chosen=HAMPSHIRE)
    assert errors(tmp_path / "hsds") == []
    export(release, "fhir", tmp_path / "fhir", chosen=HAMPSHIRE)
    lines = [
        json.loads(line)
        for file in (tmp_path / "fhir").glob("*.ndjson")
        for line in file.open(encoding="utf-8")
    ]
    text = json.dumps(lines)
    there = {f"{one['resourceType']}/{one['id']}" for one in lines}
    assert {part.split('"')[0] for part in text.split('"reference": "')[1:]} <= there
    assert json.loads((tmp_path / "fhir" / "export.json").read_text())["only"] == {"state": ["NH"]}


def test_codes_as_people_write_them(release: Path, tmp_path: Path) -> None:
    assert selection(state="ma, NH", level="IOP") == Selection(("MA", "NH"), ("iop",))
    with pytest.raises(ExportError, match="no state 'XX'"):
        selection(state="ma,xx")
    for wrong in (Selection(level=("iopp",)), Selection(focus=("pain",))):
        with pytest.raises(ExportError, match="there are"):
            export(release, "csv", tmp_path / "x.csv", chosen=wrong)
    with pytest.raises(ExportError, match="leave out --state"):
        export(release, "schema", tmp_path / "x", chosen=HAMPSHIRE)
    export(release, "csv", tmp_path / "none.csv", chosen=Selection(state=("WY",)))
    with (tmp_path / "none.csv").open(newline="") as file:
        assert len(list(csv.reader(file))) == 1

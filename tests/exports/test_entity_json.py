"""A release as JSON: what `entity_json` gives, and that the schemas and types which travel with it are true of it."""

from __future__ import annotations

import json
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from export_world import export_world
from jsonschema import Draft202012Validator
from turmoil import join
from type_script import compiled
from warehouse_world import ask, build_world

from warehouse.contracts import release_tables
from warehouse.entity_json.layout import layout
from warehouse.exports.changes import changes
from warehouse.exports.formats import export
from warehouse.exports.release_file import DIRECTORY, open_release, plain

Check = Callable[[Any], list[str]]


def program(release: Path, id: str, more: str = "") -> dict[str, Any] | None:
    found = ask(release, f"SELECT entity_json(?{more})", id)[0][0]
    return json.loads(found) if found else None


def schema_of(release: Path, name: str) -> Check:
    ((content,),) = ask(release, "SELECT content FROM schema_file WHERE file = ?", f"{name}.schema.json")
    schema = json.loads(content)
    Draft202012Validator.check_schema(schema)
    validator = Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER)
    return lambda found: [f"{e.json_path}: {e.message}" for e in validator.iter_errors(found)]


@pytest.fixture(scope="module")
def merged(release: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The next release: a program became another's, the virtual one was taken down."""
    world = export_world()
    join(world, "svc_000a", "svc_000b")
    folder = tmp_path_factory.mktemp("merged")
    (folder / "takedown.csv").write_text("id,who,when,why\nvirtual_iop:1,ann,2026-03-01,asked to\n")
    return build_world(world, folder, previous=release, overrides=folder)


def rows_of(release: Path) -> list[dict[str, Any]]:
    with open_release(release) as source:
        return [{name: plain(value) for name, value in row.items()} for row in source.rows(DIRECTORY)]


def lines_of(release: Path, since: int) -> list[dict[str, Any]]:
    with open_release(release) as source:
        return list(changes(source, since))


def test_every_column_of_the_directory_stands_in_one_part() -> None:
    parts = [name for names in layout()["parts"].values() for name in names]
    assert sorted(parts + layout()["otherwise"]) == sorted(release_tables()["directory"].names)
    asked = [name for columns in layout()["asked"].values() for name in columns]
    assert {*asked} <= {*release_tables()["directory"].names}


def test_programs_are_what_their_schema_says(release: Path) -> None:
    check = schema_of(release, "program")
    ids = [id for (id,) in ask(release, "SELECT service_id FROM service")]
    assert len(ids) == 15
    for id in ids:
        for more in ("", ", language := 'es'"):
            assert check(program(release, id, more)) == []


def test_a_wrong_program_is_refused(release: Path) -> None:
    check = schema_of(release, "program")
    right = program(release, "svc_000a")
    for part, name, value in (
        ("program", "level_of_care", {"code": "iopp", "label": "IOP"}),
        ("program", "level_of_care", "iop"),
        ("program", "min_age", "18"),
        ("dates", "last_verified", "soon"),
        ("operator", "more", 1),
    ):
        wrong = deepcopy(right)
        assert wrong
        wrong[part][name] = value
        assert check(wrong), (part, name, value)
    assert check({k: v for k, v in (right or {}).items() if k != "evidence"})


def test_rows_and_changes_are_what_their_schemas_say(release: Path, merged: Path) -> None:
    check = schema_of(merged, "directory")
    assert [check(row) for row in rows_of(merged)] == [[]] * 13
    check, lines = schema_of(merged, "change"), lines_of(merged, 0) + lines_of(merged, 2)
    assert {line["kind"] for line in lines} == {"appeared", "changed", "merged", "withdrawn"}
    assert [check(line) for line in lines] == [[]] * len(lines)
    assert check(lines[0] | {"kind": "vanished"})


def test_a_program_has_words_sources_and_what_nobody_says(release: Path) -> None:
    found = program(release, "svc_000a")
    assert found
    assert found["program"]["level_of_care"]["label"] == "Intensive outpatient program (IOP)"
    assert [day["label"] for day in found["sessions"][0]["days"]] == ["Monday", "Wednesday", "Thursday"]
    (place,) = found["places"]
    assert (place["street"], found["operator"]["operator_name"]) == ("1 Main St", "Example Recovery 0")
    (words,) = [e for e in found["evidence"] if e["value"] == "ptsd"]
    assert (words["quote"], words["url"]) == ("We treat PTSD.", "https://site_000.example/")
    assert words["observed_at"] == "2026-03-01T12:00:00Z"
    missing = {field["code"]: field["answer"]["code"] for field in found["not_stated"]}
    assert missing["duration_weeks"] == "not_stated" and "ages" not in missing
    spanish = program(release, "svc_000a", ", language := 'es'")
    assert spanish and spanish["sessions"][0]["days"][0]["label"] == "Lunes"


def test_what_a_place_says_is_no_evidence_of_another_listing_of_the_operator(release: Path) -> None:
    found = program(release, "svc_001b")
    assert found
    sources = {e["source_id"] for e in found["evidence"] if e["entity_type"]["code"] == "organization"}
    assert sources == {"su_2025"}


def test_a_virtual_program_has_no_place(release: Path) -> None:
    found = program(release, "svc_virtual_iop")
    assert found and found["places"] == [] and found["program"]["virtual_states"] == ["MA", "NH"]


def test_an_old_id_is_answered_for_by_its_successor(merged: Path) -> None:
    by_old, by_new = program(merged, "svc_000a"), program(merged, "svc_000b")
    assert by_old == by_new
    assert by_new and (by_new["service_id"], by_new["redirected_from"]) == ("svc_000b", ["svc_000a"])
    assert program(merged, "svc_virtual_iop") is program(merged, "svc_none") is None


def test_schemas_travel_with_a_release_and_are_written_as_files(release: Path, tmp_path: Path) -> None:
    export(release, "schema", tmp_path / "schema")
    files = dict(ask(release, "SELECT file, content FROM schema_file"))
    assert sorted(files) == [
        "change.schema.json",
        "directory.schema.json",
        "iop.ts",
        "program.schema.json",
    ]
    for file, content in files.items():
        assert (tmp_path / "schema" / file).read_text(encoding="utf-8") == content


def test_types_compile_and_are_true(release: Path, merged: Path, tmp_path: Path) -> None:
    """`tsc --strict` takes objects of all kinds, and refuses a wrong one of each."""
    export(merged, "schema", tmp_path / "schema")
    programs = [program(release, f"svc_{id}") for id in ("000a", "virtual_iop", "waiting_iop")]
    right = {"Program": programs, "DirectoryRow": rows_of(merged), "Change": lines_of(merged, 0)}
    text = f'import type {{ {", ".join(right)} }} from "./schema/iop";\n'
    for name, objects in right.items():
        text += f"export const {name}s: {name}[] = {json.dumps(objects)};\n"
        wrong = json.dumps(
            {k: v for k, v in (objects[0] or {}).items() if k not in ("release", "service_id")}
        )
        text += f"// @ts-expect-error: something is missing\nexport const not{name}: {name} = {wrong};\n"
    text += (
        '// @ts-expect-error: no such level\nexport const level: DirectoryRow["level_of_care"] = "iopp";\n'
    )
    (tmp_path / "right.ts").write_text(text, encoding="utf-8")
    assert compiled(tmp_path, "right.ts") == ""

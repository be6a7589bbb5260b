"""Text as it enters: no halves of characters, no NUL; registries' dates in bounds; workbooks that ask for too much."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path

import pytest
from workbooks import workbook

from pipeline.extract.parsing.json_ld import parse_json_ld
from sources import workbook as workbook_module
from sources.findtreatment import read_answer
from sources.license_list import read_list
from sources.records import SourceFormatError, SourceRecord
from sources.registry import load_registry
from sources.samhsa_directory import read_workbook
from sources.well_formed import read_json, well_formed
from sources.workbook import read_sheets

HALVES = [
    b'["\xed\xa0\x80"]',
    b'["\\ud800"]',
    b'["\\udfff"]',
    '["\ud800"]'.encode("utf-16-le", "surrogatepass"),
]


@pytest.mark.parametrize("content", [*HALVES, b'["\\u0000\\ud83d"]', b'{"\\ud800": {"a": ["\\u0000"]}}'])
def test_json_gives_text_that_can_be_written(content: bytes) -> None:
    json.dumps(read_json(content), ensure_ascii=False).encode()
    assert "\0" not in str(read_json(content)) and "\\u0000" not in json.dumps(read_json(content))


def test_whole_characters_stay() -> None:
    assert read_json(b'["\\ud83d\\ude00 \\u00e9", 1, null]') == ["😀 é", 1, None]
    assert well_formed("😀 é\n") == "😀 é\n"


def test_readers_give_well_formed_rows() -> None:
    [row] = read_answer(b'{"rows": [{"name1": "Oak \xed\xa0\x80\\u0000 House"}]}')
    assert isinstance(row, SourceRecord) and "\0" not in row.name1
    row.name1.encode()
    [row] = read_list(b"Name,City\nOak\0 House,Lowell\n", {"name1": "Name", "city": "City"})
    assert isinstance(row, SourceRecord) and row.name1 == "Oak House"
    [node] = parse_json_ld('{"@type": "Clinic", "name": "Oak \\ud800\\u0000 House"}') or []
    assert str(node["name"]).encode() and "\0" not in node["name"]


@pytest.mark.parametrize("day", ["0001-01-01", "1969-12-31", "9999-12-31"])
def test_a_date_out_of_bounds_is_told_with_file_key_and_remedy(tmp_path: Path, day: str) -> None:
    table = '[{}]\nkind = "samhsa_directory"\nurl = "https://{}.example/x.xlsx"\npublished = {}\n'
    (tmp_path / "dates.toml").write_text(
        table.format("bad", "bad", day) + table.format("good", "good", "2026-10-01")
    )
    registry = load_registry(tmp_path)
    assert [source.id for source in registry.sources] == ["good"]
    [problem] = registry.problems
    assert str(problem).startswith(f"dates.toml: bad.published: {day} is out of bounds. Write published = ")


def test_a_workbook_that_says_that_it_is_too_large_is_not_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    content = workbook([["name1", "phone"], ["Oak", 1]])
    monkeypatch.setattr(workbook_module, "MAX_BYTES", 100)
    with pytest.raises(SourceFormatError, match="unpacked; open it in a spreadsheet program"):
        read_sheets(content)


def test_entities_of_a_workbook_are_not_read(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("leaked")
    outside = f'<!DOCTYPE x [<!ENTITY e SYSTEM "{(tmp_path / "secret").as_uri()}"><!ENTITY l "leaked">]>'
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(workbook([["name1"], ["Oak &e;&l;"]]))) as old,
        zipfile.ZipFile(out, "w") as new,
    ):
        for part in old.infolist():
            data = old.read(part).replace(b"&amp;", b"&")
            new.writestr(part.filename, outside.encode() + data if "worksheets" in part.filename else data)
    try:
        assert "leaked" not in str(read_sheets(out.getvalue()))
    except SourceFormatError as error:
        assert "leaked" not in str(error)


def test_a_workbook_that_is_none_says_so() -> None:
    for content in (b"", b"PK\x03\x04", b"<html>"):
        with pytest.raises(SourceFormatError, match="not a readable workbook"):
            list(read_workbook(content))
    assert read_sheets(workbook([["a", 1]])) == [("S1", [["a", "1"]])]

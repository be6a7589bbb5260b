"""The report as files, text and pictures; and reports that cannot be drawn."""

from __future__ import annotations

import csv
import io
import json
import struct
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from coverage_fixture import made_up_report
from hostile_report import hostile_report
from made_up_shapes import made_up_shapes

from warehouse.coverage.page.picture import pictures, png
from warehouse.coverage.report.checked import ReportError, check, items, tables_of
from warehouse.coverage.report.document import Choropleth, Column, Figure, Kind, PointMap, Section, Table
from warehouse.coverage.report.files import read_report, report_json, table_csv, write_files
from warehouse.coverage.report.text import text
from warehouse.coverage.report.written import NOT_KNOWN, interval, with_unit, written
from warehouse.exports.csv import plain_cell

SHAPES = made_up_shapes()
REPORT = made_up_report(SHAPES)


def test_a_report_reads_back() -> None:
    once = report_json(REPORT)
    back = read_report(once)
    assert report_json(back) == once
    assert [type(item) for item in items(back)] == [type(item) for item in items(REPORT)]
    assert back.built_at == REPORT.built_at


@pytest.mark.parametrize("wrong", ["", "[]", "{}", '{"format":"iop-coverage-report","version":2}', "null"])
def test_what_is_no_report_is_told_in_a_line(wrong: str) -> None:
    with pytest.raises(ReportError) as caught:
        read_report(wrong)
    assert "\n" not in str(caught.value)


def test_tables_are_valid_by_their_own_schema(tmp_path: Path) -> None:
    frictionless = pytest.importorskip("frictionless")
    written_files = write_files(REPORT, tmp_path)
    assert {path.relative_to(tmp_path).as_posix() for path in written_files} >= {
        "report.json", "datapackage.json", "tables/by-county.csv", "tables/by-county.json",
    }  # fmt: skip
    found = frictionless.Package(str(tmp_path / "datapackage.json")).validate()
    assert found.valid, found.flatten(["message"])
    county = json.loads((tmp_path / "tables" / "by-county.json").read_text(encoding="utf-8"))
    assert {field["name"]: field["type"] for field in county["schema"]["fields"]}["by_chance"] == "boolean"
    assert county["data"][0]["services"] == 0
    assert [row["services"] for row in county["data"] if row["county"] == "Ivy"] == [None]


def test_csv_reads_back_and_no_cell_is_a_formula() -> None:
    columns = [Column("a", "A", Kind.TEXT), Column("b", "B", Kind.NUMBER)]
    rows = [("=1+1", -2.5), ('say "x",\ny', None), (None, 0)]
    content = table_csv(Table("t", "T", "", columns, rows))
    assert content.startswith("a,b\r\n")
    read = list(csv.reader(io.StringIO(content, newline="")))[1:]
    assert read[0][0] == "'=1+1"
    assert [(plain_cell(a) or None, float(b) if b else None) for a, b in read] == list(rows)


def test_text_holds_what_the_page_holds() -> None:
    said = text(REPORT)
    for item in items(REPORT):
        if isinstance(item, Figure):
            assert f"**{item.label}: {with_unit(item.value, item)}**" in said
            assert item.definition in said
        elif isinstance(item, Choropleth | PointMap):
            assert f"(Map: {item.title}. Its numbers: {tables_of(REPORT)[item.table].title}.)" in said
    assert "95% interval 0.6–8.8) [unreliable]" in said
    assert "yes 0 · asked, not ticked 0 · not asked 211 · not stated 0" in said
    assert "| Ivy | " in said
    assert "5.6 km (3.5 miles)" in said
    lines = [line for line in said.splitlines() if line.startswith("|")]
    assert len(lines) == sum(len(table.rows) + 2 for table in tables_of(REPORT).values() if table.rows)


def test_text_of_hostile_cells_stays_one_row() -> None:
    columns = [Column("a", "A", Kind.TEXT), Column("b", "B", Kind.TEXT)]
    report = replace(
        REPORT, sections=[Section("s", "S", "", [Table("t", "T", "", columns, [("x|y\nz", None)])])]
    )
    assert f"| x\\|y z | {NOT_KNOWN} |" in text(report)


@pytest.mark.parametrize(
    ("value", "kind", "expected"),
    [
        (7029917, Kind.PEOPLE, "7,029,917"),
        (0, Kind.COUNT, "0"),
        (None, Kind.COUNT, NOT_KNOWN),
        (0.778, Kind.SHARE, "77.8%"),
        (1.0, Kind.SHARE, "100.0%"),
        (2.449, Kind.RATE, "2.4"),
        (33.04, Kind.KM, "33.0"),
        (True, Kind.FLAG, "yes"),
        (False, Kind.FLAG, "no"),
        (None, Kind.FLAG, NOT_KNOWN),
        (3.14159, Kind.NUMBER, "3.14"),
        (3, Kind.NUMBER, "3"),
        ("", Kind.TEXT, ""),
    ],
)
def test_values_are_written_alike_everywhere(value: Any, kind: Kind, expected: str) -> None:
    assert written(value, kind) == expected


def test_intervals() -> None:
    assert interval(0.612, 0.703, Kind.SHARE) == "61.2–70.3%"
    assert interval(0.62, 8.77, Kind.COUNT) == "0.6–8.8"
    assert interval(105.9, 151.1, Kind.COUNT) == "106–151"
    assert interval(None, 3.0, Kind.RATE) == ""


def section_of(*found: Figure | Table | Choropleth | PointMap) -> Section:
    return Section("only", "Only", "", found)


TABLE = Table("t", "T", "", [Column("fips", "F", Kind.TEXT), Column("n", "N", Kind.COUNT)], [("25001", 1)])
WRONG: list[tuple[str, list[Figure | Table | Choropleth | PointMap]]] = [
    ("cannot be an id", [replace(TABLE, id="../x")]),
    ("is the page's own", [replace(TABLE, id="method")]),
    ("cannot be an id", [replace(TABLE, id="t--title")]),
    ("stands twice", [TABLE, TABLE]),
    ("1 values under 2 columns", [replace(TABLE, rows=[("25001",)])]),
    ("is no count", [replace(TABLE, rows=[("25001", "many")])]),
    ("is no count", [replace(TABLE, rows=[("25001", float("nan"))])]),
    ("is no count", [replace(TABLE, rows=[("25001", True)])]),
    ("is no date", [Figure("f", "F", "soon", Kind.DATE, "")]),
    ("which is not in the report", [Choropleth("m", "M", "", "elsewhere", "fips", "n")]),
    ("has no column 'rate'", [TABLE, Choropleth("m", "M", "", "t", "fips", "rate")]),
    ("only numbers are shaded", [TABLE, Choropleth("m", "M", "", "t", "fips", "fips")]),
    ("has no column 'latitude'", [TABLE, PointMap("m", "M", "", "t", "fips", "fips")]),
    ("two columns of one name", [replace(TABLE, columns=[TABLE.columns[0]] * 2)]),
    (
        "has no column 'low'",
        [replace(TABLE, columns=[TABLE.columns[0], replace(TABLE.columns[1], low="low")])],
    ),
    ("answers are four columns", [replace(TABLE, answers=["n"])]),
]


@pytest.mark.parametrize(("message", "found"), WRONG)
def test_a_report_that_does_not_hold_together_is_told(message: str, found: list[Any]) -> None:
    with pytest.raises(ReportError, match=message):
        check(replace(REPORT, sections=[section_of(*found)]))


def size(picture: bytes) -> tuple[int, int]:
    assert picture.startswith(b"\x89PNG")
    width, height = struct.unpack(">II", picture[16:24])
    return width, height


def test_each_map_is_a_picture() -> None:
    found = pictures(REPORT, SHAPES)
    assert list(found) == [item.id for item in items(REPORT) if isinstance(item, Choropleth | PointMap)]
    assert "var(" not in "".join(found.values())
    picture = png(found["map-rate"], 600)
    assert size(picture)[0] == 600
    assert picture == png(found["map-rate"], 600)


def test_letters_of_pictures_come_with_the_package() -> None:
    """Without them the picture would be another on each machine, or without words."""
    svg = '<svg xmlns="http://www.w3.org/2000/svg" width="200" height="40"><text x="5" y="25" font-size="20"{}>{}</text></svg>'
    empty, word, bold = (
        png(svg.format(weight, said), 200)
        for weight, said in (("", ""), ("", "Doña Ana"), (' font-weight="600"', "Doña Ana"))
    )
    assert len({empty, word, bold}) == 3


def test_hostile_words_make_no_broken_picture() -> None:
    for svg in pictures(hostile_report(SHAPES), SHAPES).values():
        width, height = size(png(svg, 300))
        assert (width, height < 900) == (300, True)

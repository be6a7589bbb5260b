"""The report from a release: what its files name is there and is used, it reads back, and hostile names stay names."""

from __future__ import annotations

import csv
import io
import re
import tomllib
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import lxml.html
import pytest
from made_up_geography import BOSTON, COUNTIES, SANDWICH, WORCESTER, CoverageWorld
from made_up_programs import PTSD
from warehouse_world import build_world

from warehouse.coverage.page.render import render
from warehouse.coverage.page.shapes import shapes_of
from warehouse.coverage.publish import BOUNDARIES, open_assembly
from warehouse.coverage.report import assemble
from warehouse.coverage.report.assemble import Assembly, StateError
from warehouse.coverage.report.checked import items, tables_of
from warehouse.coverage.report.document import Figure, Report, Table
from warehouse.coverage.report.files import read_report, report_json, table_csv
from warehouse.coverage.report.text import text
from warehouse.exports.errors import ExportError

FOLDER = Path(assemble.__file__).parent
PLAN = tomllib.loads((FOLDER / "report.toml").read_text(encoding="utf-8"))
COLUMNS = tomllib.loads((FOLDER / "columns.toml").read_text(encoding="utf-8"))
TABLES = {file.stem for file in (FOLDER / "tables").glob("*.sql")}
STATES = ["MA", "NH", None]


@pytest.fixture(scope="module")
def assembly(covered: Path) -> Iterator[Assembly]:
    with open_assembly(covered) as opened:
        yield opened


def names_of(assembly: Assembly, sql: str) -> list[str]:
    """Columns of a query of the report."""
    return [column[0] for column in assembly.connection.execute(sql).description or ()]


def read(name: str) -> str:
    return (FOLDER / f"{name}.sql").read_text(encoding="utf-8")


def test_every_column_is_told_and_every_one_told_is_used(assembly: Assembly) -> None:
    used = {column for name in TABLES for column in names_of(assembly, read(f"tables/{name}"))}
    assert used == COLUMNS.keys()
    beside = {
        told[key] for told in COLUMNS.values() for key in ("low", "high", "unreliable", "link") if key in told
    }
    assert beside <= used


def test_every_item_exists_and_stands_in_one_section() -> None:
    made = {kind: {item["id"] for item in PLAN[kind]} for kind in ("figure", "choropleth", "sites")}
    assert not set.intersection(*made.values(), TABLES)
    named = Counter(item for section in PLAN["section"] + PLAN["index"] for item in section["items"])
    assert named == Counter(set().union(*made.values(), TABLES))
    assert set(PLAN["left_out_when_empty"]) <= TABLES and set(PLAN["unseen_when_same"]) <= COLUMNS.keys()


def test_conditions_and_figures_are_those_that_the_plan_names(assembly: Assembly) -> None:
    when = {line["when"] for kind in ("known", "not_known", "limit") for line in PLAN[kind] if "when" in line}
    held = read("conditions").replace(" WHERE holds;", "")
    assert {condition for (condition,) in assembly.connection.execute(held).fetchall()} == when
    ids = {item["id"] for item in PLAN["figure"]}
    assembly.report("MA")
    given = [name for name, *_ in assembly.connection.execute(read("figures")).fetchall()]
    assert Counter(given) == Counter(ids)


def test_words_in_braces_are_known_and_used(assembly: Assembly) -> None:
    braces = set(
        re.findall(r"\{(\w+)\}", (FOLDER / "report.toml").read_text(encoding="utf-8").split("\n\n", 1)[1])
    )
    words = set(names_of(assembly, read("words")))
    assert words <= braces <= words | {"place", "release", "built", "contract"}


def lines_of(report: Report) -> Iterator[str]:
    """All that people read beside numbers."""
    yield from (report.title, report.summary, report.citation, *report.known, *report.not_known, *report.methods, *report.limits)  # fmt: skip
    for section in report.sections:
        yield from (section.title, section.text)
    for item in items(report):
        yield from (item.label, item.definition) if isinstance(item, Figure) else (item.title, item.text)


@pytest.mark.parametrize("state", STATES)
def test_a_report_reads_back_and_no_text_has_a_hole(assembly: Assembly, state: str | None) -> None:
    """None where a number is not known would be a hole."""
    report = assembly.report(state)
    assert report_json(read_report(report_json(report))) == report_json(report)
    assert [line for line in lines_of(report) if not line or re.search(r"\bNone\b|\{|\}", line)] == []


def test_the_figures_are_the_marts(assembly: Assembly, told: Callable[..., list[tuple[Any, ...]]]) -> None:
    """Of New Hampshire too, which has no list: what nobody could tell is null, and has its answers all the same."""
    figures = {state: {item.id: item for item in items(assembly.report(state)) if isinstance(item, Figure)} for state in ("MA", "NH")}  # fmt: skip
    massachusetts, hampshire = figures["MA"], figures["NH"]
    assert (massachusetts["programs"].value, massachusetts["programs_mental_health"].value) == (5, 2)
    assert massachusetts["evening"].value == 0 and massachusetts["evening"].answers.not_asked == 4
    assert (hampshire["adolescents"].value, hampshire["php_substance_use"].value) == (None, None)
    assert hampshire["medicaid"].value == 1 and hampshire["within_25_km_adolescents"].value is None
    ((people, near),) = told(
        "SELECT people, within_25_km FROM coverage_reach WHERE target = 'any' AND area_id = '25'"
    )
    assert massachusetts["beyond_25_km"].value == round(people - near)
    assert massachusetts["within_25_km"].value == pytest.approx(near / people)


def column(table: Table, name: str) -> list[Any]:
    at = [of.name for of in table.columns].index(name)
    return [row[at] for row in table.rows]


def test_counties_stand_with_zero_and_null(assembly: Assembly) -> None:
    table = tables_of(assembly.report("MA"))["counties"]
    assert dict(zip(column(table, "county"), column(table, "programs"), strict=True)) == {
        "Barnstable": 0, "Middlesex": 1, "Suffolk": 1, "Worcester": 3}  # fmt: skip
    hampshire = tables_of(assembly.report("NH"))["counties"]
    assert column(hampshire, "programs") == [1, None]
    assert set(column(table, "county_fips")) == {
        fips for fips, county in COUNTIES.items() if county.state == "MA"
    }


def test_the_index_has_a_row_for_each_state(assembly: Assembly) -> None:
    table = tables_of(assembly.report(None))["all_states"]
    assert list(zip(*(column(table, name) for name in ("state", "page", "programs")), strict=True)) == [
        ("Massachusetts", "MA/index.html", 5), ("New Hampshire", "NH/index.html", 1)]  # fmt: skip


def test_counts_of_sources_are_the_states_own(assembly: Assembly) -> None:
    lists = {state: column(tables_of(assembly.report(state))["sources"], "source") for state in ("MA", "NH")}
    assert {"su_2025", "mh_2025"} <= set(lists["MA"]) and not {"su_2025", "mh_2025"} & set(lists["NH"])


@pytest.mark.parametrize(("state", "wrong"), [("XX", "no state XX"), ("", "no state"), ("VT", "Vermont")])
def test_a_state_that_is_none_or_not_held(assembly: Assembly, state: str, wrong: str) -> None:
    with pytest.raises(StateError, match=wrong) as caught:
        assembly.report(state)
    assert "\n" not in str(caught.value)


def test_a_release_without_geography_has_no_coverage(built: Path) -> None:
    with pytest.raises(ExportError, match="holds no coverage"), open_assembly(built):
        pass


HOSTILE = [
    '<script>alert("1")</script>',
    "A | B | C",
    "Line\n# Heading\n| cell |",
    "=HYPERLINK(1)",
    "{place} {{ 7*7 }} {% if %}",
]


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assembly]:
    """Operators of such names, near and far; and one that might close the largest gap."""
    world = CoverageWorld()
    for n, name in enumerate(HOSTILE):
        printed = {"organization_name": name, "site_name": name}
        world.program(f"near{n}", WORCESTER, listed="su_2025", latitude=42.2 + n / 50, **printed)
        world.program(f"page{n}", BOSTON, says=[PTSD], latitude=42.3 + n / 50, **printed)
        world.program(
            f"maybe{n}", SANDWICH, "op", listed="mh_2025", longitude=-69.9 if n == 2 else -69.95, **printed
        )
    world.find("source", source_id="su_2025")[0]["title"] = HOSTILE[2]
    path = build_world(world, tmp_path_factory.mktemp("hostile"))
    with open_assembly(path) as opened:
        yield opened


def test_hostile_names_are_text_of_the_page(hostile: Assembly) -> None:
    report = hostile.report("MA")
    shapes = shapes_of(hostile.connection.execute(BOUNDARIES).fetchall(), "MA")
    page = render(report, shapes)
    assert HOSTILE[0] not in page
    tree = lxml.html.document_fromstring(page)
    assert not any(
        "alert" in (script.text or "") for script in tree.iter("script") if script.get("type") is None
    )
    for script in [*tree.iter("script")]:
        script.drop_tree()
    seen = tree.text_content()
    assert HOSTILE[0] in seen and HOSTILE[4] in seen, "nothing is a tag or a template"


def test_hostile_names_break_no_line_of_the_text(hostile: Assembly) -> None:
    report = hostile.report("MA")
    assert any(HOSTILE[2].splitlines()[0] in line for line in report.not_known), (
        "it may close the largest gap"
    )
    written = text(report)
    lines = written.splitlines()
    assert "# Heading" not in lines and "| cell |" not in lines
    assert not [line for line in lines if line.startswith("#") and "Heading" in line]
    widths: list[int] = []
    for line in lines:
        if not line.startswith("|"):
            widths = []
            continue
        widths.append(len(re.findall(r"(?<!\\)\|", line)))
        assert len(set(widths)) == 1, line


def test_hostile_names_are_cells_of_the_files(hostile: Assembly) -> None:
    table = tables_of(hostile.report("MA"))["sites"]
    rows = list(csv.DictReader(io.StringIO(table_csv(table), newline="")))
    assert len(rows) == len(table.rows)
    operators = {row["operator"] for row in rows}
    assert {HOSTILE[0], HOSTILE[1], HOSTILE[2], HOSTILE[4]} <= operators
    assert HOSTILE[3] not in operators, "no cell is a formula"


@pytest.mark.parametrize("listed", ["mh_2025", "su_2025", None])
def test_of_a_state_of_which_little_is_known_no_text_has_a_hole(
    alone: Path, tmp_path: Path, listed: str | None
) -> None:
    """One place alone, that offers no IOP; or an IOP of which nothing is stated."""
    world = CoverageWorld()
    world.program("one", SANDWICH, "op" if listed else "iop", listed=listed)
    with open_assembly(alone if listed == "su_2025" else build_world(world, tmp_path)) as opened:
        for state in ("MA", None):
            report = opened.report(state)
            assert [line for line in lines_of(report) if not line or re.search(r"\bNone\b|\{|\}", line)] == []
            assert text(report) and report_json(read_report(report_json(report))) == report_json(report)

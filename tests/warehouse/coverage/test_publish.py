"""Reports in their folders, which are replaced as a whole or not at all; ways by a table of travel; a release without geography."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Sequence
from pathlib import Path

import pytest
from warehouse_world import ask

from warehouse.coverage import publish
from warehouse.coverage.measure.travel_matrix import TravelMatrixError, read_travel_matrix
from warehouse.coverage.publish import Written, open_assembly, write_report, write_reports
from warehouse.coverage.report.checked import tables_of
from warehouse.exports.errors import ExportError


def files(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture(scope="module")
def every_state(covered: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Sequence[Written]]:
    """The folder of all reports: read it only."""
    to = tmp_path_factory.mktemp("reports") / "all"
    return to, write_reports(covered, to)


def test_each_page_of_the_index_is_there(every_state: tuple[Path, Sequence[Written]]) -> None:
    to, written = every_state
    assert [report.state for report in written] == ["MA", "NH", None]
    assert all(report.page.stat().st_size == report.size <= 2_000_000 for report in written)
    with (to / "tables" / "all_states.csv").open(encoding="utf-8", newline="") as file:
        pages = {row["page"] for row in csv.DictReader(file)}
    assert pages == {"MA/index.html", "NH/index.html"} <= files(to)


def test_an_older_report_is_replaced_as_a_whole(
    covered: Path,
    every_state: tuple[Path, Sequence[Written]],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    to = tmp_path / "report"
    shutil.copytree(every_state[0], to)
    (to / "maps" / "old.png").touch()
    write_report(covered, "MA", to)
    kept = {name: (to / name).read_bytes() for name in files(to)}
    assert "maps/old.png" not in kept and b'"state":"MA"' in kept["report.json"]
    assert not [name for name in kept if name.startswith("NH/")]

    def failing(*_: object) -> None:
        raise OSError("no space left")

    monkeypatch.setattr(publish, "write_files", failing)
    with pytest.raises(OSError, match="no space"):
        write_report(covered, "NH", to)
    assert {name: (to / name).read_bytes() for name in files(to)} == kept
    assert [path.name for path in tmp_path.iterdir()] == ["report"], "no draft is left"


def test_a_folder_of_something_else_is_left_alone(covered: Path, tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(ExportError, match="holds something else"):
        write_report(covered, "MA", tmp_path)
    with pytest.raises(ExportError, match="holds something else"):
        write_reports(covered, tmp_path)
    assert files(tmp_path) == {"thesis.txt"}


def test_without_geography_the_marts_are_empty(built: Path) -> None:
    for mart in ("supply", "reach", "gap", "adequacy", "sensitivity"):
        assert ask(built, f"SELECT count(*) FROM coverage_{mart}") == [(0,)], mart
    assert ask(built, "SELECT count(county_fips), count(town_geoid), count(zcta) FROM location") == [
        (0, 0, 0)
    ]
    assert ask(built, "SELECT count(*) > 0 FROM coverage_state") == [(True,)], "counts need no geography"


WAYS = "origin_id,destination_id,minutes,km\n"


def test_ways_of_several_places_and_people(covered: Path, tmp_path: Path) -> None:
    """Of two points to three IOPs, the nearest of which counts, and to a place that is none; everybody else is unmeasured."""
    people = dict(ask(covered, "SELECT point_id, population FROM population_point WHERE state = 'MA'"))
    one, two, *_ = sorted(people)
    ways = [(one, "loc_a", 20), (one, "loc_b", 12), (two, "loc_b", 40), (two, "loc_c", 31), (one, "loc_f", 1)]
    (tmp_path / "ways.csv").write_text(WAYS + "".join(f"{a},{b},{minutes},1\n" for a, b, minutes in ways))
    with open_assembly(covered) as assembly:
        table = tables_of(assembly.report("MA", read_travel_matrix(tmp_path / "ways.csv")))["by_travel"]
    names = [column.name for column in table.columns]
    assert len(table.rows) == 8
    (found,) = (
        of for row in table.rows if (of := dict(zip(names, row, strict=True)))["unmeasured_sites"] == 5
    )
    measured = people[one] + people[two]
    assert (found["people"], found["unmeasured_people"]) == (measured, sum(people.values()) - measured)
    assert found["sites"] == 3  # a2, a3, d, g and j are in no row
    assert found["share_15_minutes"] == found["share_30_minutes"] == pytest.approx(people[one] / measured)
    assert (found["share_60_minutes"], found["p90_minutes"]) == (1, 31)


def test_of_a_table_of_travel_that_is_none_nothing_is_written(covered: Path, tmp_path: Path) -> None:
    (tmp_path / "ways.csv").write_text("a,b\n1,2\n")
    with pytest.raises(TravelMatrixError, match="lacks a column"):
        write_report(covered, "MA", tmp_path / "report", tmp_path / "ways.csv")
    assert [path.name for path in tmp_path.iterdir()] == ["ways.csv"]

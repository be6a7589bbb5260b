"""`iop report` and `iop coverage`: what they write, and what they say when they cannot."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

sys.path.insert(0, str(Path(__file__).parents[1] / "warehouse"))

from coverage_world import POINTS, coverage_world
from warehouse_world import World, ask, build_world

from pipeline.cli import app
from pipeline.commands.exit_codes import ExitCode

Iop = Callable[..., Result]


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_world(coverage_world(), tmp_path_factory.mktemp("release"))


@pytest.fixture
def iop(release: Path) -> Iop:
    def run(*arguments: object, of: Path = release) -> Result:
        return CliRunner().invoke(app, [*map(str, arguments), "--release", str(of)])

    return run


def test_a_report_is_page_maps_tables_and_text(iop: Iop, tmp_path: Path) -> None:
    result = iop("report", "--state", "ma", "--to", tmp_path / "MA")
    assert result.exit_code == ExitCode.OK and "index.html: MA" in result.output
    names = {path.relative_to(tmp_path / "MA").as_posix() for path in (tmp_path / "MA").rglob("*.*")}
    files = {"index.html", "report.md", "report.json", "datapackage.json", "maps/map_rate.png"}
    assert files | {"tables/counties.csv", "tables/counties.json"} <= names
    with (tmp_path / "MA" / "tables" / "counties.csv").open(encoding="utf-8", newline="") as file:
        rates = {row["county"]: float(row["rate"]) for row in csv.DictReader(file)}
    assert rates == pytest.approx({"Berkshire": 0, "Middlesex": 2 / 3, "Suffolk": 1, "Worcester": 1})


def test_all_states_in_one_call(iop: Iop, tmp_path: Path) -> None:
    result = iop("report", "--to", tmp_path / "all")
    assert result.exit_code == ExitCode.OK
    pages = {path.parent.name for path in (tmp_path / "all").rglob("index.html")}
    assert pages == {"all", "MA", "NH"}


def test_coverage_is_the_report_as_text(iop: Iop, tmp_path: Path) -> None:
    assert iop("report", "--state", "MA", "--to", tmp_path / "MA").exit_code == ExitCode.OK
    told = iop("coverage", "--state", "MA")
    assert told.output == (tmp_path / "MA" / "report.md").read_text(encoding="utf-8")
    written = iop("coverage", "--state", "ma", "--to", tmp_path / "new" / "c.md")
    assert written.exit_code == ExitCode.OK
    assert (tmp_path / "new" / "c.md").read_text(encoding="utf-8") == told.output


@pytest.mark.parametrize("command", ["report", "coverage"])
def test_a_state_is_one_that_there_is(iop: Iop, tmp_path: Path, command: str) -> None:
    absent = "release 1 holds no place in Ohio: it has MA, NH"
    for state, why in (("XX", "no state XX"), ("OH", absent)):
        result = iop(command, "--state", state, "--to", tmp_path / "x")
        assert result.exit_code == ExitCode.USAGE and why in result.output
    assert not (tmp_path / "x").exists()


def test_a_table_of_travel_stands_beside_straight_lines(iop: Iop, release: Path, tmp_path: Path) -> None:
    (site,) = ask(
        release, "SELECT location_id FROM coverage_site WHERE target = 'any' AND location_id = 'loc_000'"
    )
    ways = "\n".join(f"{fips}{n:07},{site[0]},{20 + 20 * n}" for n, (fips, *_) in enumerate(POINTS[:2]))
    table = tmp_path / "ways.csv"
    table.write_text(f"origin_id,destination_id,minutes\n{ways}\n")
    result = iop("report", "--state", "MA", "--travel", table, "--to", tmp_path / "MA")
    assert result.exit_code == ExitCode.OK, result.output
    told = json.loads((tmp_path / "MA" / "tables" / "by_travel.json").read_text(encoding="utf-8"))["data"][0]
    assert (told["people"], told["unmeasured_people"]) == (450_000, 550_000)
    assert told["share_30_minutes"] == pytest.approx(400 / 450)
    assert iop("report", "--travel", table, "--to", tmp_path / "x").exit_code == ExitCode.USAGE
    table.write_text("origin,minutes\n1,2\n")
    result = iop("report", "--state", "MA", "--travel", table, "--to", tmp_path / "x")
    assert result.exit_code == ExitCode.USAGE and "lacks a column origin_id, destination_id" in result.output


def test_what_cannot_be_reported_on_says_so(iop: Iop, tmp_path: Path) -> None:
    without = build_world(World(2), tmp_path)
    for command in ("report", "coverage"):
        nowhere = iop(command, "--to", tmp_path / "x", of=tmp_path / "nothing")
        assert nowhere.exit_code == ExitCode.FAILED and "iop run" in nowhere.output
        result = iop(command, "--to", tmp_path / "x", of=without)
        assert result.exit_code == ExitCode.FAILED and "holds no coverage" in result.output
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "notes.txt").touch()
    result = iop("report", "--to", tmp_path / "mine")
    assert result.exit_code == ExitCode.FAILED and "give another folder" in result.output

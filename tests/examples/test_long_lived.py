"""An app that lives through three releases, with merges, splits, and a retention that keeps one file."""

from __future__ import annotations

import re
import runpy
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from asking import EXAMPLES, QUERIES
from turmoil import join, merge, read_again, split
from warehouse_world import World, build_world

from warehouse.content import content_of
from warehouse.findings import AuditReport
from warehouse.release import Releases

Publish = Callable[[int], None]


@pytest.fixture(scope="module")
def three(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Operator 0 becomes 1, which becomes 3; program 2a is told apart, and is one again."""
    folder, world = tmp_path_factory.mktemp("three"), World(4)
    releases = [build_world(world, folder, "one")]
    read_again(world)
    merge(world, 0, 1)
    split(world, 2)
    releases.append(build_world(world, folder, "two", previous=releases[-1]))
    read_again(world)
    merge(world, 1, 3)
    join(world, "svc_002c", "svc_002a")
    return [*releases, build_world(world, folder, "three", previous=releases[-1])]


@pytest.fixture
def publish(three: list[Path], tmp_path: Path) -> Publish:
    releases = Releases(tmp_path / "releases", keep=1)
    content = content_of(three[0])  # near enough for all

    def one(number: int) -> None:
        path = tmp_path / "candidate.duckdb"
        shutil.copy(three[number - 1], path)
        releases.publish(path, AuditReport(path, 1, ()), content)

    return one


@pytest.fixture
def app(publish: Publish, tmp_path: Path) -> Any:
    """The app of the example, on the first release."""
    publish(1)
    return runpy.run_path(str(EXAMPLES / "adopt.py"))["Directory"](tmp_path / "releases" / "current")


def program(app: Any, id: str) -> tuple[str | None, list[tuple[str, str | None, int]]]:
    """What the program's page says: today's id, and what became of the old one."""
    sql, count = re.subn(
        r"(?m)^SET VARIABLE id = .*;$", f"SET VARIABLE id = '{id}';", QUERIES["15_program.sql"]
    )
    assert count == 1
    with app.cursor() as cursor:
        ((asked, today, page, became),) = cursor.execute(sql).fetchall()
    assert asked == id and (page["service_id"] if page else None) == today
    return today, [(b["why"], b["new_id"], b["release"]) for b in became or ()]


def test_ids_that_are_kept_lead_to_what_there_is(app: Any, publish: Publish) -> None:
    assert program(app, "svc_000a") == ("svc_000a", [])
    publish(2)
    assert program(app, "svc_000a") == ("svc_001a", [("merged", "svc_001a", 2)])
    assert program(app, "svc_002a") == ("svc_002a", [("split", "svc_002c", 2)])
    assert program(app, "svc_002c") == ("svc_002c", [])
    publish(3)
    twice = [("merged", "svc_001a", 2), ("merged", "svc_003a", 3)]
    assert program(app, "svc_000a") == ("svc_003a", twice)
    assert program(app, "svc_001b") == ("svc_003b", [("merged", "svc_003b", 3)])
    assert program(app, "svc_002a") == ("svc_002a", [("split", "svc_002c", 2)])
    assert program(app, "svc_002c") == ("svc_002a", [("merged", "svc_002a", 3)])
    with app.cursor() as cursor:
        operators = cursor.execute("SELECT DISTINCT organization_id FROM directory ORDER BY ALL").fetchall()
    assert operators == [("org_002",), ("org_003",)]


def test_a_reader_outlives_its_file(app: Any, publish: Publish, tmp_path: Path) -> None:
    everything = "FROM directory, range(20_000) SELECT organization_id, (FROM release_info SELECT release)"
    reader = app.cursor().execute(everything)
    rows = reader.fetchmany(10)
    for number in (2, 3):
        publish(number)
        with app.cursor() as cursor:
            assert cursor.execute("SELECT release FROM release_info").fetchall() == [(number,)]
    assert [path.name for path in (tmp_path / "releases").glob("release-*")] == ["release-3.duckdb"]
    rows += reader.fetchall()
    assert len(rows) == 8 * 20_000 and {*rows} == {(f"org_00{n}", 1) for n in range(4)}

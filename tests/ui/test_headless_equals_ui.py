"""However a run is started, it gives the same release; and what Dagster's pages show of it, in a real browser."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import Any

import dagster as dg
import duckdb
import pytest
from browser import browser, chromium
from dagster_servers import dagster, environment, tool
from small_world import World, one_down

from pipeline.flow.graph import build_defs
from pipeline.flow.partitions import one_run
from pipeline.flow.workspace import Workspace
from pipeline.settings import Settings
from warehouse.release import Releases

pytestmark = pytest.mark.timeout(400)  # servers start, on a machine that others share
QUIET = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}
RUN_S = 180_000  # milliseconds that a run in a process of its own may take
DATES = ("TIMESTAMP", "DATE")  # types of columns that tell when


@pytest.fixture(scope="module")
def world() -> World:
    """The registry that every way of running reads, after `iop run`."""
    return one_down()


def without_release(world: World, folder: Path) -> World:
    """Another run's directory for its registry."""
    other = World(folder)
    other.registry = world.registry
    return other


@pytest.fixture(scope="module")
def by_command(world: World) -> Path:
    """The release of `iop run`."""
    return world.out / "releases" / "current"


def differing(one: Path, other: Path) -> dict[str, list[str]]:
    """Columns whose values differ between two releases, by table: but for dates and durations, and what tells which build it was."""
    found: dict[str, list[str]] = {}
    with duckdb.connect() as con:
        con.execute(f"ATTACH '{one}' AS one (READ_ONLY); ATTACH '{other}' AS other (READ_ONLY)")
        columns = con.execute(
            "SELECT table_name, column_name FROM duckdb_columns() WHERE database_name = 'one' AND table_name <> 'release_info' AND column_name <> 'elapsed_ms' AND NOT list_contains(?, data_type)",
            [list(DATES)],
        ).fetchall()
        for table, column in columns:
            query = f'SELECT count(*) FROM (SELECT "{column}" FROM {{}}.{table} EXCEPT ALL SELECT "{column}" FROM {{}}.{table})'
            ends = [
                con.execute(query.format(*order)).fetchone() for order in (("one", "other"), ("other", "one"))
            ]
            if any(row and row[0] for row in ends):
                found.setdefault(table, []).append(column)
    return found


def assert_the_same(one: Path, other: Path) -> None:
    assert differing(one, other) == {"directory_history": ["row_hash"]}, "which is a hash of dates, too"


def test_what_the_schedule_asks_for_has_nothing_new_after_a_command(
    world: World, by_command: Path, root: Path, tmp_path: Path
) -> None:
    """Launched by `dg launch`: the hash of what it would publish is that of the release that is there. (It refused the job, as
    not every asset said that a range is one run.)"""
    own = without_release(world, tmp_path / "launched")
    shutil.copytree(by_command.parent.parent, own.out, symlinks=True)
    env = environment(own, tmp_path / "home", root)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(tmp_path / "home")
        with dg.DagsterInstance.from_config(str(tmp_path / "home")) as instance:
            command = [tool("dg"), "launch", "--job", "directory_job", "-m", "pipeline.definitions"]
            command += ["--partition-range", "...".join(scheduled(own, instance))]
            done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
            assert done.returncode == 0, done.stderr[-2000:]
            (run,) = instance.get_runs()
            told = instance.fetch_materializations(dg.AssetKey("release"), limit=1).records[0]
    assert run.is_success
    metadata = told.asset_materialization.metadata
    assert (metadata["release"].value, metadata["news"].value) == (1, "dates")
    assert [release.number for release in Releases(own.out / "releases").list()] == [1]


def scheduled(world: World, instance: dg.DagsterInstance) -> list[str]:
    """The first and the last source of the one run that the schedule asks for, without config of its own."""
    settings = Settings.choose(registry=world.registry, out=world.out, environment={})
    schedule = build_defs(Workspace(settings)).get_repository_def().get_schedule_def("daily")
    with dg.build_schedule_context(instance=instance) as context:
        (request,) = schedule.evaluate_tick(context).run_requests or ()
    assert (schedule.job_name, request.run_config) == ("directory_job", {})
    ends = {name: value for name, value in request.tags.items() if "partition" in name}
    assert ends == one_run(instance, ["birchley", "harbor", "licenses"])
    return list(ends.values())


def test_a_run_that_names_no_sources_says_what_to_give(tmp_path: Path, world: World) -> None:
    settings = Settings.choose(registry=world.registry, out=tmp_path / "out", environment={})
    job = build_defs(Workspace(settings)).resolve_job_def("directory_job")
    with dg.DagsterInstance.ephemeral() as instance:
        result = job.execute_in_process(instance=instance, run_config=QUIET, raise_on_error=False)
    failed = result.failure_data_for_node("documents")
    assert failed and "--partition-range" in str(failed)


@pytest.mark.skipif(chromium() is None, reason="there is no chromium to look with")
def test_the_user_interface(world: World, by_command: Path, root: Path, tmp_path: Path) -> None:
    """Launched by hand in a browser: partitions, checks with their verdicts, what the release is; no errors of the page."""
    from playwright.sync_api import expect

    expect.set_options(timeout=60_000)  # milliseconds: the web server shares its processors with other tests
    errors: list[str] = []
    own = without_release(world, tmp_path / "clicked")
    with dagster(own, tmp_path / "home", root) as address, browser() as opened:
        tab = opened.new_page(viewport={"width": 1400, "height": 900})
        tab.set_default_timeout(60_000)
        tab.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
        tab.on("pageerror", lambda error: errors.append(str(error)))
        launch(tab, address)
        expect(tab.get_by_text("Success").first).to_be_visible(timeout=RUN_S)
        tab.goto(f"{address}/assets/documents?view=partitions")
        for words in ("birchley", "harbor", "licenses", "Materialized (2)", "Missing (1)"):
            expect(tab.get_by_text(words, exact=True).first).to_be_visible()
        tab.goto(f"{address}/assets/documents?view=checks")
        for words in ("fetched", "registry_is_valid", "outcome connection", "Failed"):
            expect(tab.get_by_text(words, exact=True).first).to_be_visible()
        tab.goto(f"{address}/assets/directory?view=checks")
        tab.get_by_text("rows_are_fresh").first.click()  # judged on the release before, which did not exist
        expect(tab.get_by_text("Passed", exact=True).first).to_be_visible()
        tab.goto(f"{address}/assets/release")
        expect(tab.get_by_text(str(own.out / "releases" / "current"), exact=True).first).to_be_visible()
    assert not errors
    assert_the_same(own.out / "releases" / "current", by_command)


def launch(tab: Any, address: str) -> None:
    """All partitions of the job, by "Materialize all"; then the page of its runs."""
    tab.goto(f"{address}/jobs")
    tab.get_by_role("link", name="directory_job").first.click()
    tab.get_by_role("button", name="Materialize all").click()
    tab.get_by_role("button", name="All", exact=True).click()
    tab.get_by_role("button", name="Launch backfill").click()
    tab.get_by_text("Created backfill").wait_for()
    tab.goto(f"{tab.url}/runs")

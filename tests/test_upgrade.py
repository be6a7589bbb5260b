"""An upgrade: what the version before left behind (archive, stage, readings, releases, Dagster's state) goes on here."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tarfile
from io import BytesIO
from pathlib import Path
from typing import Any

import dagster as dg
import duckdb
import pytest
from command_line import iop as run
from made_once import made_once

from pipeline.commands.exit_codes import ExitCode
from pipeline.flow.graph import build_defs
from pipeline.flow.workspace import Workspace
from pipeline.read.kept_pages import KeptReadings
from pipeline.settings import Settings

OLD = "9a758f04aca0c03f75ec748e2ac8a9f4adb99d81"  # the last commit of the version before
SITES = ("elm_street", "puente_salud")
LISTS = ("demo_findtreatment", "demo_license_list")
SOURCES = (*SITES, *LISTS)
pytestmark = pytest.mark.timeout(600)  # three runs, and the clock also ticks for whoever shares the machine
RUN_OLD = """
import sys, pipeline
assert pipeline.__file__.startswith(sys.argv.pop(1)), f"{pipeline.__file__} is not the old version"
from pipeline.cli import main
main()
"""
IDS = "SELECT entity_type, entity_id, minted_at FROM ledger WHERE status = 'active'"
FACTS = """SELECT entity_id, field, value, first_seen FROM claim WHERE chosen AND source_id = ANY(?)
    AND field NOT IN ('organization', 'site_name')"""  # the name that most listings print is chosen now


@pytest.fixture(scope="module")
def code(root: Path) -> Path:
    """The files of the version before, from the history of this checkout."""

    def unpack(folder: Path) -> None:
        packed = subprocess.run(f"git archive {OLD}", shell=True, cwd=root, capture_output=True, check=False)
        if packed.returncode:
            told = packed.stderr.decode()
            pytest.skip(f"the version before is not in the history of this checkout: {told}")
        with tarfile.open(fileobj=BytesIO(packed.stdout)) as files:
            files.extractall(folder, filter="data")

    return made_once("version_before", unpack)


@pytest.fixture(scope="module")
def old(code: Path) -> Path:
    """The directory of one run of the version before, over two sites, an API and a list of the demo world. Beside each
    directory, in `home`, Dagster keeps its state."""

    def make(folder: Path) -> None:
        home, out = folder / "home", folder / "out"
        home.mkdir()
        shutil.copy(code / "dagster.yaml", home)
        environment = os.environ | {"PYTHONPATH": str(code), "DAGSTER_HOME": str(home)}
        command = [sys.executable, "-c", RUN_OLD, str(code), "run", *where(code, out), *named(SOURCES)]
        done = subprocess.run(command, cwd=home, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == ExitCode.OK, done.stderr

    return made_once("old", make) / "out"


@pytest.fixture(scope="module")
def upgraded(code: Path, old: Path, root: Path) -> Path:
    """The directory after the next run, which is ours; every source is asked again."""

    def make(folder: Path) -> None:
        home = folder / "home"
        shutil.copytree(old.parent, folder, symlinks=True, dirs_exist_ok=True)
        shutil.copy(root / "dagster.yaml", home)
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("DAGSTER_HOME", str(home))
            patch.chdir(home)  # dagster.yaml names its folders from here
            iop("run", *where(code, folder / "out"), *named(SOURCES))

    return made_once("upgraded", make) / "out"


@pytest.fixture(scope="module")
def replayed(code: Path, old: Path) -> Path:
    """The directory after our replay of one site and the API; what the others gave is as the version before left it."""

    def replay(folder: Path) -> None:
        shutil.copytree(old.parent, folder, symlinks=True, dirs_exist_ok=True)
        iop("replay", *where(code, folder / "out"), *named((SITES[0], LISTS[0])))

    return made_once("replayed", replay) / "out"


def where(code: Path, out: Path) -> tuple[str, ...]:
    """The options of every command: the demo world, as the registry of the version before lists it."""
    return ("--profile", "demo", "--registry", str(code / "sources/demo/registry"), "--out", str(out))


def named(source_ids: tuple[str, ...]) -> list[str]:
    return [word for source_id in source_ids for word in ("--source", source_id)]


def iop(*arguments: object) -> str:
    code, text = run(*arguments)
    assert code == ExitCode.OK, text
    return text


def rows(out: Path, sql: str, *values: Any) -> set[tuple[Any, ...]]:
    """What the current release of a directory answers."""
    with duckdb.connect(str(out / "releases" / "current"), read_only=True) as connection:
        return set(connection.execute(sql, values).fetchall())


def test_the_next_release_keeps_every_id(old: Path, upgraded: Path) -> None:
    assert rows(upgraded, "SELECT release, previous_release FROM release_info") == {(2, 1)}
    before = rows(old, IDS)
    assert len({kind for kind, *_ in before}) == 3
    assert before <= rows(upgraded, IDS)
    offers = "SELECT service_id, location_id, level_of_care, first_seen FROM directory"
    assert rows(old, offers) <= rows(upgraded, offers)
    assert not rows(upgraded, "SELECT entity_id FROM changes WHERE field = 'entity' AND release = 2")


def test_nothing_is_quarantined_that_was_not(old: Path, upgraded: Path) -> None:
    rejected = "SELECT source_id, locator, reason FROM quarantine"
    assert rows(upgraded, rejected) == rows(old, rejected) != set()


def test_the_archive_goes_on(code: Path, old: Path, upgraded: Path) -> None:
    """Validators of the version before are sent, and its content is read where a site answers 304."""
    assert iop("sources", *where(code, old)).count("│ healthy") == len(SOURCES)
    attempts = "SELECT source_id, url, fetched_at FROM document"
    assert rows(old, attempts) < rows(upgraded, attempts)
    outcomes = """SELECT DISTINCT outcome FROM document
        WHERE source_id = ANY(?) AND fetched_at > (SELECT previous_built_at FROM release_info)"""
    assert rows(upgraded, outcomes, SITES) == {("unchanged",)}


def test_readings_that_were_kept_are_no_hindrance(old: Path, upgraded: Path) -> None:
    """The code has changed, so they are read anew; those of classes that have moved cannot even be loaded."""
    for source_id in SITES:
        assert KeptReadings(old / "stage", source_id).of("no such page", str) == ""
        kept = f"stage/.readings/{source_id}.zst"
        assert (old / kept).read_bytes() != (upgraded / kept).read_bytes()
    pages = "SELECT DISTINCT source_id, url FROM observation WHERE source_id = ANY(?)"
    assert rows(old, pages, SITES) <= rows(upgraded, pages, SITES)


def test_a_replay_reads_the_archive_and_the_stage(old: Path, replayed: Path) -> None:
    assert rows(replayed, "SELECT release FROM release_info") == {(2,)}
    assert rows(replayed, "FROM document") == rows(old, "FROM document")  # nothing was fetched
    assert rows(old, IDS) <= rows(replayed, IDS)
    untouched = (SITES[1], LISTS[1])
    assert rows(replayed, FACTS, untouched) == rows(old, FACTS, untouched) != set()


def test_old_releases_open(code: Path, upgraded: Path, tmp_path: Path) -> None:
    out = shutil.copytree(upgraded, tmp_path / "out", symlinks=True)
    assert "│ 1 " in iop("releases", "--verify", *where(code, out))
    assert "Release 1 → 2" in iop("diff", "1", "2", *where(code, out))
    iop("rollback", "1", *where(code, out))
    assert rows(out, "SELECT release FROM release_info") == {(1,)}
    iop("export", "hsds", "--to", str(tmp_path / "hsds"), "--out", str(out))
    assert (tmp_path / "hsds" / "datapackage.json").exists()


def test_dagster_shows_the_runs_of_both(code: Path, upgraded: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = upgraded.parent / "home"
    monkeypatch.chdir(home)
    settings = Settings.choose("demo", code / "sources/demo/registry", upgraded, environment={})
    graph = build_defs(Workspace(settings)).resolve_asset_graph()
    with dg.DagsterInstance.from_config(str(home)) as instance:
        assert [run.status for run in instance.get_runs()] == [dg.DagsterRunStatus.SUCCESS] * 2
        assert set(instance.get_asset_keys()) <= set(graph.get_all_asset_keys())
        published = instance.fetch_materializations(dg.AssetKey("release"), limit=9).records
        numbers = [m.asset_materialization.metadata["release"].value for m in published]
        read = instance.get_materialized_partitions(dg.AssetKey("documents"))
    assert numbers == [2, 1]
    assert read == set(SOURCES)

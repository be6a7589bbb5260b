"""Beyond one process: whoever runs the steps, the release is the same, and the run lock holds from the first to the last."""

from __future__ import annotations

import os
import pickle
import shutil
from collections.abc import Iterator
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import dagster as dg
import pytest
from command_line import iop
from loopback import files
from same_words import words_of

from pipeline.commands.exit_codes import ExitCode
from pipeline.flow.again import reconstructable_job
from pipeline.flow.executors import EXECUTORS, _holding
from pipeline.flow.graph import build_defs
from pipeline.flow.leavings import Leavings
from pipeline.flow.run_lock import RunLockedError, run_lock
from pipeline.flow.workspace import Workspace
from pipeline.settings import Settings

LIST = "Name,Street,City,ST,ZIP,Tel,Setting\n" + "".join(
    f"Clinic {n},{n} Main Street,Lowell,MA,01852,978-555-01{n:02},Intensive Outpatient\n" for n in range(1, 5)
)
LICENSES = """
[licenses]
kind = "license_list"
path = "list.csv"
state = "MA"
published = 2026-06-01
columns = {name1 = "Name", street1 = "Street", city = "City", state = "ST", zip = "ZIP", phone = "Tel", setting = "Setting"}
"""
SITE = (
    '\n[{0}]\nkind = "provider_site"\ntitle = "{0}"\nurl = "{1}/{0}/"\nstate = "MA"\nallow_loopback = true\n'
)
PAGE = """<html><title>{0} Behavioral Health</title><h1>{0} Behavioral Health</h1><p>{1} Elm Street, Lowell, MA 01852.
Call (978) 555-02{1}.</p><h2>Intensive Outpatient Program</h2><p>Our intensive outpatient program meets three days a week,
three hours a day, for 8 weeks. We treat adults.</p></html>"""
SITES = {"aspen": "127.0.0.1", "birch": "127.0.0.1", "cedar": "localhost"}  # two share a host


@pytest.fixture(scope="module")
def registry(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A list in a file, and three sites that a server on loopback has."""
    folder, pages = tmp_path_factory.mktemp("registry"), tmp_path_factory.mktemp("pages")
    for number, name in enumerate(SITES, 11):
        (pages / name).mkdir()
        (pages / name / "index.html").write_text(PAGE.format(name.capitalize(), number))
    (folder / "list.csv").write_text(LIST)
    with files(pages) as address:
        tables = [SITE.format(name, address.replace("127.0.0.1", host)) for name, host in SITES.items()]
        (folder / "some.toml").write_text(LICENSES + "".join(tables))
        yield folder


def run_by(executor: str, registry: Path, out: Path, *options: str) -> str:
    """What `iop run` showed."""
    package = EXECUTORS[executor].package
    if find_spec(package.replace("-", "_")) is None:
        pytest.skip(f"{package} is not installed: pip install 'iop-directory[{executor}]'")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("IOP_EXECUTOR", executor)
        patch.setenv("IOP_DELAY_S", "0")
        code, shown = iop("run", "--registry", registry, "--out", out, *options)
    assert code == ExitCode.OK, shown
    return shown


@pytest.fixture(scope="module")
def in_process(registry: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where a run in this process published release 1."""
    out = tmp_path_factory.mktemp("run") / "in_process"
    run_by("in_process", registry, out)
    return out


def was_shared_out(out: Path) -> None:
    """Between two workers, sources of one host to the same."""
    (run,) = (out / ".run").iterdir()
    assert {"fetched--1.json", "fetched--2.json", "audit--.json"} <= {file.name for file in run.iterdir()}
    (shards,) = Leavings(out).parts("shards", list[list[str]])
    assert {"aspen", "birch"} in [set(shard) & {"aspen", "birch"} for shard in shards] and all(shards)


def test_the_job_made_again_has_the_steps_that_were_chosen(registry: Path, tmp_path: Path) -> None:
    """Also where a worker's environment names no executor, as one whose parent was there before."""
    chosen = Settings.choose(registry=registry, out=tmp_path, environment={})
    again = reconstructable_job(replace(chosen, executor="multiprocess", workers=3)).get_definition()
    assert {node.name for node in again.all_node_defs} >= {"share_out", "shard_1", "shard_3", "join"}


@pytest.mark.timeout(600)
def test_every_step_in_a_process_of_its_own_gives_the_same_release(
    registry: Path, in_process: Path, tmp_path: Path
) -> None:
    shown = run_by("multiprocess", registry, tmp_path / "out")
    assert "Release 1 published" in shown and "4 sources" in shown and "1 ok" in shown
    same = words_of(in_process / "releases" / "current")
    assert len(same) > 20 and words_of(tmp_path / "out" / "releases" / "current") == same
    was_shared_out(tmp_path / "out")


@pytest.mark.skipif(not os.environ.get("CI"), reason="it takes a minute of CPU: CI=1 runs it")
@pytest.mark.timeout(600)
def test_workers_of_dask_read_it_all_again_and_find_nothing_new(
    registry: Path, in_process: Path, tmp_path: Path
) -> None:
    """The hash of content says so (`warehouse.content`), which decides whether a release is published."""
    out = tmp_path / "out"
    shutil.copytree(in_process, out, symlinks=True)
    shown = run_by("dask", registry, out, "--refetch", "--reread")
    assert "Nothing new: release 1 stays" in shown and "4 sources" in shown
    was_shared_out(out)


def test_what_a_run_came_to_is_read_by_another_process(in_process: Path) -> None:
    """It was in the memory of the process that ran the steps."""
    summary = Workspace(Settings.choose(out=in_process, environment={})).summary
    assert summary.release is not None and summary.audit is not None and not summary.nothing_new
    assert len(summary.reads) == 4 and summary.entities is not None and summary.entities.services
    assert {document.source_id for document in summary.fetched} == {"licenses", *SITES}


@pytest.mark.parametrize(
    ("name", "why"), [("nonesuch", "choose in_process"), ("celery", "pip install dagster-celery")]
)
def test_an_executor_that_is_not_there(
    name: str, why: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if name == "celery" and find_spec("dagster_celery") is not None:
        pytest.skip("dagster-celery is installed")
    monkeypatch.setenv("IOP_EXECUTOR", name)
    code, shown = iop("run", "--profile", "demo", "--out", tmp_path)
    assert code == ExitCode.USAGE and why in " ".join(shown.split())


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings.choose(profile="demo", out=tmp_path, environment={})


@pytest.mark.parametrize("as_of", ["", "2026-03-31T23:59"])
def test_the_lock_is_held_between_two_steps_and_a_past_stage_stays_until_the_end(
    settings: Settings, as_of: str
) -> None:
    job = build_defs(Workspace(settings)).resolve_job_def("directory_job")
    folder = settings.out / "stage_as_of" / "the_run"
    for _ in executing(settings, job, {"resources": {"workspace": {"config": {"as_of": as_of}}}}):
        with pytest.raises(RunLockedError), run_lock(settings, "another"):
            pass
        with run_lock(settings, "the_run"):
            assert folder.is_dir() == bool(as_of)
    with run_lock(settings, "another"):
        assert not folder.parent.exists()


def test_who_only_reads_takes_no_lock(settings: Settings) -> None:
    job = build_defs(Workspace(settings)).resolve_job_def("freshness_job")
    with run_lock(settings, "another"):
        assert len(list(executing(settings, job, {}))) == 2


def executing(settings: Settings, job: dg.JobDefinition, config: dict[str, Any]) -> Iterator[Any]:
    """Two steps of a run, as an executor of the settings goes through them."""
    two = SimpleNamespace(execute=lambda context, plan: iter(("one", "two")))
    definition: Any = SimpleNamespace(executor_creation_fn=lambda context: two)
    context: Any = SimpleNamespace(
        job=SimpleNamespace(get_definition=lambda: job),
        dagster_run=SimpleNamespace(tags={}, run_id="the_run", parent_run_id=None),
        run_config=config,
    )
    return _holding(definition, context, settings).execute(context, context)


def ran(before: object, name: str) -> list[Any]:
    return [SimpleNamespace(is_step_failure=name == "fails")]


def test_under_dask_no_step_runs_after_one_that_failed() -> None:
    """dagster-dask runs it: a release would be built of what is left."""
    pytest.importorskip("dagster_dask", reason="dagster-dask is not installed")
    from pipeline.flow.dask_steps import after_success

    def step(name: str, *before: Any) -> Any:
        return after_success(before, pickle.dumps((ran, (name,))))

    well, ill = step("first"), step("fails")
    assert well and ill and step("then", well, well)
    assert step("then", well, ill) == [] and step("last", well, step("then", ill)) == []

"""One writer, whoever starts it: Dagster runs, commands and upkeep take the same lock."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

import dagster as dg
import pytest
from filelock import FileLock, Timeout
from typer.testing import CliRunner

from pipeline.cli import app
from pipeline.flow.assets.geography import geography
from pipeline.flow.graph import build_defs
from pipeline.flow.resources import resources
from pipeline.flow.run_lock import RunLockedError, run_lock
from pipeline.flow.workspace import Workspace
from pipeline.settings import Settings

QUIET = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}
WRITERS = {"documents", "read", "geography", "entities", "geocode", "build", "release", "coverage_report"}


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings.choose(profile="demo", out=tmp_path, environment={})


def run(asset: dg.AssetsDefinition, settings: Settings) -> dg.ExecuteInProcessResult:
    with dg.DagsterInstance.ephemeral() as instance:
        return dg.materialize(
            [asset],
            resources=resources(Workspace(settings)),
            instance=instance,
            run_config=QUIET,
            raise_on_error=False,
        )


def test_a_run_of_the_user_interface_stops_at_a_lock_that_is_held(settings: Settings) -> None:
    """Published while `iop run` was at work, before this."""
    with FileLock(settings.out / ".lock"):
        result = run(geography, settings)
    assert not result.success
    assert any("Another run works in" in str(event.event_specific_data) for event in result.all_events)
    assert not settings.stage.exists()
    assert run(geography, settings).success  # and the next one works


def test_a_dagster_run_holds_the_lock_until_its_end_well_or_ill(settings: Settings) -> None:
    @dg.asset
    def at_work(workspace: dg.ResourceParam[Workspace]) -> None:
        with pytest.raises(Timeout):
            FileLock(settings.out / ".lock", timeout=0).acquire()
        raise dg.Failure("as it happens")

    result = run(at_work, settings)
    assert "as it happens" in str(result.failure_data_for_node("at_work"))
    with FileLock(settings.out / ".lock", timeout=0):
        pass


def test_upkeep_waits_for_nobody(settings: Settings) -> None:
    """`archive prune` beside a run, in another thread as in another process, is refused in one line."""
    (settings.out / "archive").mkdir()
    answers: list[str] = []

    def prune() -> None:
        done = CliRunner().invoke(app, ["archive", "prune", "--yes", "--out", str(settings.out)])
        answers.append(f"{done.exit_code} {done.output}")

    @dg.asset
    def at_work(workspace: dg.ResourceParam[Workspace]) -> None:
        thread = threading.Thread(target=prune)
        thread.start()
        thread.join()

    assert run(at_work, settings).success
    assert answers and answers[0].startswith("1 ") and "Another run works in" in answers[0]


def test_who_holds_it_enters_again_and_nobody_else_does(settings: Settings) -> None:
    with run_lock(settings):
        with run_lock(settings):
            pass
        with pytest.raises(Timeout):
            FileLock(settings.out / ".lock", timeout=0).acquire()
        refused: list[bool] = []

        def another() -> None:
            with pytest.raises(RunLockedError, match="Another run works in"), run_lock(settings):
                pass
            refused.append(True)

        thread = threading.Thread(target=another)
        thread.start()
        thread.join()
        assert refused


def test_every_asset_takes_the_lock_and_no_lone_check_does(settings: Settings) -> None:
    """A check that reads needs no turn: freshness is judged while a run is at work."""
    job = build_defs(Workspace(settings)).resolve_implicit_global_asset_job_def()
    needs = {node.name: node.definition.required_resource_keys for node in job.nodes}  # type: ignore[attr-defined]
    assert {name for name, keys in needs.items() if "workspace" in keys} == WRITERS
    assert all("reader" in keys for name, keys in needs.items() if name not in WRITERS)


def test_a_run_of_the_past_leaves_the_working_stage_alone(settings: Settings) -> None:
    """Run config `as_of`, as the user interface gives it, works on a stage of its own, like `iop replay --as-of`."""
    seen: list[Path] = []

    @dg.asset
    def looks(workspace: dg.ResourceParam[Workspace]) -> None:
        seen.append(workspace.settings.stage)
        assert workspace.offline

    with dg.DagsterInstance.ephemeral() as instance:
        result = dg.materialize(
            [looks],
            resources=resources(Workspace(settings)),
            instance=instance,
            run_config={**QUIET, "resources": {"workspace": {"config": {"as_of": "2026-03-31T23:59"}}}},
        )
    assert result.success
    assert seen[0] != settings.stage
    assert not seen[0].exists()


HOLDS = """
import sys
from pathlib import Path
from pipeline.flow.run_lock import run_lock
from pipeline.settings import Settings

with run_lock(Settings.choose(profile="demo", out=Path(sys.argv[1]), environment={}), "one"):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_processes_of_one_run_share_the_lock_and_it_dies_with_them(settings: Settings) -> None:
    """The step of another process failed with 'Another run works in', before this."""
    command = [sys.executable, "-c", HOLDS, str(settings.out)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None and other.stdout.readline() == "held\n"
        with run_lock(settings, "one"):
            pass
        with pytest.raises(RunLockedError, match="Another run works in"), run_lock(settings, "two"):
            pass
        with run_lock(settings, "one"):
            other.kill()
            other.wait()
            with pytest.raises(RunLockedError), run_lock(settings, "two"):
                pass
    with run_lock(settings, "two"):
        pass

"""How a run ends where sources could not be read, and what it says first."""

from __future__ import annotations

import socket
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import dagster as dg
import pytest
from command_line import iop
from license_list import in_lowell, write_registry
from small_world import one_down

from pipeline.archive.archive import Archive
from pipeline.commands import run as run_command
from pipeline.commands.exit_codes import ExitCode
from pipeline.commands.run_report import COUNTED, SHOWN, _table
from pipeline.flow.leavings import Summary
from pipeline.flow.workspace import Workspace
from pipeline.read.report import ReadReport
from pipeline.records import Document, Outcome
from pipeline.settings import Settings


def site(name: str, address: str) -> str:
    return f'\n[{name}]\nkind = "provider_site"\ntitle = "Elm"\nurl = "{address}"\nstate = "MA"\nallow_loopback = true\n'


def test_a_source_that_is_down_is_told_and_exits_with_3(tmp_path: Path) -> None:
    world = one_down().copied(tmp_path / "world")
    text = (world.folder / "shown.txt").read_text()
    rows = [line for line in text.splitlines() if "harbor" in line or "licenses" in line]
    assert "could not be fetched" in rows[0] and "licenses" in rows[1]
    assert world.run("--source", "harbor")[0] == ExitCode.PARTIAL
    assert world.run("--source", "licenses")[0] == ExitCode.OK


async def no_dns(host: str, port: int) -> list[str]:
    raise socket.gaierror(-3, "Temporary failure in name resolution")


def test_the_first_run_offline_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "r").mkdir()
    sites = "".join(site(name, f"http://{name}-house.org/") for name in ("elm", "oak"))
    (tmp_path / "r" / "some.toml").write_text(sites.replace("allow_loopback = true\n", ""))
    settings = Settings.choose(registry=tmp_path / "r", out=tmp_path / "out", environment={})
    settings = replace(settings, fetch=replace(settings.fetch, resolve=no_dns, attempts=1))
    monkeypatch.setattr(run_command, "chosen", lambda *_: settings)
    code, text = iop("run")
    assert code == ExitCode.FAILED
    assert "this machine is offline" in text and "set IOP_USER_AGENT" in text
    assert "none of 2 sources could be fetched" in text and "in the model" not in text
    with Archive(tmp_path / "out" / "archive") as archive:
        assert not archive.visits()


def test_all_that_failed_stands_first_and_none_of_it_is_cut_off() -> None:
    summary = Summary()
    for n in range(SHOWN + 50):
        summary.reads.append(ReadReport(f"good_{n:03}", rows=dict.fromkeys(COUNTED, 1000)))
        summary.reads.append(ReadReport(f"lost_{n:03}", rows=dict.fromkeys(COUNTED, 1)))
        summary.reads.append(ReadReport(f"torn_{n:03}", problem="layout changed"))
        summary.fetched.append(
            Document(f"lost_{n:03}", f"http://{n}.example/", datetime.now(UTC), Outcome.DNS)
        )
    names = [str(cell) for cell in _table(summary).columns[0].cells]
    first = names[: 2 * (SHOWN + 50)]
    assert sorted({name.partition("_")[0] for name in first}) == ["lost", "torn"]
    assert len(set(first)) == 2 * (SHOWN + 50) and len(names) == len(first) + SHOWN + 1


@pytest.mark.parametrize(
    ("option", "wanted"),
    [
        ("--refetch", (True, False, False)),
        ("--reread", (False, True, False)),
        ("--accept-layout", (False, False, True)),
        ("--force", (True, True, True)),
    ],
)
def test_each_option_asks_for_one_thing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, option: str, wanted: tuple[bool, ...]
) -> None:
    write_registry(tmp_path, in_lowell("Elm House"))
    seen: list[Workspace] = []
    monkeypatch.setattr(run_command, "finish", lambda workspace, *_: seen.append(workspace))
    assert iop("run", "--registry", tmp_path, option)[0] == ExitCode.OK
    (workspace,) = seen
    assert (workspace.refetch, workspace.reread, workspace.accept) == wanted


def test_of_a_run_that_passes_no_event_is_stored_but_how_it_ended(tmp_path: Path) -> None:
    @dg.asset
    def one() -> None: ...

    settings = Settings.choose(profile="demo", out=tmp_path, environment={})
    with run_command._instance(settings) as instance:
        result = dg.materialize([one], instance=instance)
        (run,) = instance.get_runs()
        stored = [entry.get_dagster_event() for entry in instance.all_logs(run.run_id)]
    assert run.is_success and result.asset_materializations_for_node("one")
    assert stored and all(event.is_job_event for event in stored)

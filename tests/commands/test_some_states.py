"""`iop run --state`: some of a profile's states, in a directory of their own."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from command_line import iop

from pipeline.commands.exit_codes import ExitCode
from pipeline.flow.workspace import Workspace


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Workspace]]:
    """What would be run, instead of running it."""
    found: list[Workspace] = []

    def finish(workspace: Workspace, *_rest: Any) -> None:
        found.append(workspace)

    monkeypatch.setattr("pipeline.commands.run.finish", finish)
    yield found


def test_a_run_reads_the_states_that_are_asked_for(asked: list[Workspace]) -> None:
    assert iop("run", "--profile", "us", "--state", "ct, RI")[0] == ExitCode.OK
    (workspace,) = asked
    assert workspace.settings.states == {"CT", "RI"}
    assert workspace.settings.out.name == "us-CT-RI"


def test_a_state_that_is_none_ends_the_command_with_what_to_write(asked: list[Workspace]) -> None:
    code, text = iop("run", "--profile", "massachusetts", "--state", "CT")
    assert (code, "no state CT: the profile reads MA" in text, asked) == (ExitCode.USAGE, True, [])

"""`iop review --names`: what is called like a person waits, is shown with its evidence, and is what people say it is."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest
from command_line import iop
from license_list import HEAD
from small_world import TOWN, World
from typer.testing import CliRunner

from pipeline.cli import app
from pipeline.commands.exit_codes import ExitCode
from warehouse.overrides import OverrideError, append_override, load_overrides

ROWS = (
    f"Elm House,1 Elm Street,{TOWN},Intensive Outpatient\n"
    f"Gideon Plainname,2 Oak Street,{TOWN},Intensive Outpatient\n"
    f"Hortensia Placename,3 Oak Street,{TOWN},Intensive Outpatient\n"
    f"Zoe [red]Sample,1 Elm Street,{TOWN},Intensive Outpatient\n"
)


def published(world: World) -> set[str]:
    with duckdb.connect(str(world.out / "releases" / "current"), read_only=True) as release:
        return {name for (name,) in release.execute("SELECT organization_name FROM listing").fetchall()}


def test_people_decide_and_the_next_run_obeys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IOP_OVERRIDES", str(tmp_path / "overrides"))
    (tmp_path / "overrides").mkdir()
    world = World(tmp_path / "world")
    world.write()
    (world.registry / "list.csv").write_text(HEAD + ROWS)
    options = ("--registry", str(world.registry), "--out", str(world.out))
    code, text = world.run()
    assert code == ExitCode.OK, text
    assert not {"Gideon Plainname", "Hortensia Placename"} & published(world)

    code, text = iop("review", "--names", "--list", *options)
    assert code == ExitCode.OK
    assert "Gideon Plainname" in text and "Hortensia Placename" in text and "2 names held" in text
    assert iop("review", "--names", *options)[0] == ExitCode.USAGE  # nobody says who decides
    asked = CliRunner().invoke(
        app, ["review", "--names", "--who", "Jo", *options], input="person\nhis practice\nplace\na clinic\n"
    )
    assert asked.exit_code == 0 and "2 Oak Street" in asked.output, asked.output
    assert "0 names held" in iop("review", "--names", "--list", *options)[1]

    assert world.run("--reread")[0] == ExitCode.OK
    assert "Hortensia Placename" in published(world) and "Gideon Plainname" not in published(world)
    assert "0 names held" in iop("review", "--names", "--list", *options)[1]


def test_nobody_is_both(tmp_path: Path) -> None:
    said = {"id": "list:1", "who": "Jo", "when": "2026-01-01", "why": "seen"}
    append_override(tmp_path, "person", said)
    append_override(tmp_path, "not_a_person", said)
    with pytest.raises(
        OverrideError, match=r"not_a_person.csv: line 2: person.csv: line 2 says the opposite"
    ):
        load_overrides(tmp_path)

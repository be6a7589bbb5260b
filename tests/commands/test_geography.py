"""`iop geography`, and a run with a folder of Census files."""

from __future__ import annotations

from pathlib import Path

import dagster as dg
import pytest
from census_files import centres
from typer.testing import CliRunner

from pipeline.cli import app
from pipeline.fetch import download as downloading
from pipeline.flow.assets.geography import geography
from pipeline.flow.workspace import Workspace
from pipeline.settings import Settings
from sources.geography.datasets import load_datasets

RHODE_ISLAND = ["44,007,000100,1,1000,+41.82,-71.41"]


def iop(*arguments: str | Path) -> tuple[int, str]:
    result = CliRunner().invoke(app, [str(argument) for argument in arguments], env={"COLUMNS": "200"})
    return result.exit_code, result.output


def test_the_data_sets_are_listed() -> None:
    code, shown = iop("geography", "list")
    assert code == 0
    assert all(dataset.id in shown for dataset in load_datasets().datasets)


def test_a_folder_is_checked(tmp_path: Path) -> None:
    centres(tmp_path, RHODE_ISLAND)
    code, shown = iop("geography", "check", tmp_path)
    assert (code, "cenpop" in shown) == (0, True)
    (tmp_path / "photo.jpg").touch()
    code, shown = iop("geography", "check", tmp_path)
    assert code == 3 and "photo.jpg: is no file that we know" in shown
    assert iop("geography", "check", tmp_path / "none")[0] == 2


def test_files_are_fetched_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def came(url: str, to: Path, *_: object) -> None:
        asked.append(url)
        if "county" in url:
            raise downloading.DownloadError(f"{url} answers 503")
        to.write_text("it came")

    monkeypatch.setattr("pipeline.commands.geography.download", came)
    folder = tmp_path / "census"
    code, shown = iop("geography", "fetch", folder, "--only", "dhc_p12", "--only", "cenpop")
    assert code == 1 and "answers 503" in shown
    names = {file.name for file in folder.iterdir()}
    assert names == {"DECENNIALDHC2020.P12-zcta.json", "CenPop2020_Mean_BG.txt"}
    assert iop("geography", "fetch", folder, "--only", "cenpop")[0] == 0
    assert len(asked) == 3
    code, shown = iop("geography", "fetch", folder, "--only", "zcta_acs_2022")
    assert code == 2 and "choose dhc_pct12" in shown


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    code, shown = iop("run", "--out", tmp_path, "--geography", tmp_path / "nowhere")
    assert code == 2 and "nowhere: make it, or name another" in shown


def test_the_asset_writes_the_tables_and_warns(tmp_path: Path) -> None:
    census = tmp_path / "census"
    census.mkdir()
    centres(census, RHODE_ISLAND, "CenPop2010_Mean_BG44.txt")
    workspace = Workspace(Settings.choose(out=tmp_path / "out", geography=census, environment={}))
    resource = dg.ResourceDefinition.hardcoded_resource(workspace)
    result = dg.materialize([geography], resources={"workspace": resource})
    (made,) = result.asset_materializations_for_node("geography")
    assert made.metadata["problems"].value == 1
    assert made.metadata["rows boundary"].value == workspace.stage.read("boundary").height
    assert workspace.summary.geography is not None

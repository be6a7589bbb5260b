"""The asset of coverage reports: what it writes and shows, and that nothing of it touches the release."""

from __future__ import annotations

import base64
import hashlib
import re
import sys
from pathlib import Path

import dagster as dg
import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "warehouse"))

from coverage_world import coverage_world
from warehouse_world import build_world

from pipeline.flow.assets.coverage_report import coverage_report
from pipeline.flow.workspace import Workspace
from pipeline.settings import Settings
from warehouse.findings import AuditReport

IMAGE = re.compile(r"\*\*(.+?)\*\*\n\n!\[Map\]\(data:image/png;base64,([A-Za-z0-9+/=]+)\)")


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return build_world(coverage_world(), tmp_path_factory.mktemp("built")).read_bytes()


@pytest.fixture
def workspace(built: bytes, tmp_path: Path) -> Workspace:
    """Where release 1 is published."""
    workspace = Workspace(Settings.choose(profile="demo", out=tmp_path, environment={}))
    candidate = tmp_path / "candidate.duckdb"
    candidate.write_bytes(built)
    workspace.releases.publish(candidate, AuditReport(candidate, 1, ()))
    return workspace


def materialize(workspace: Workspace) -> dg.ExecuteInProcessResult:
    return dg.materialize(
        [coverage_report],
        resources={"workspace": dg.ResourceDefinition.hardcoded_resource(workspace)},
        instance=dg.DagsterInstance.ephemeral(),
        run_config={"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}},
        raise_on_error=False,
    )


def test_reports_of_all_states_with_their_maps_as_metadata(workspace: Workspace) -> None:
    result = materialize(workspace)
    assert result.success
    to = workspace.settings.out / "reports"
    assert workspace.summary.reports == to
    (event,) = result.asset_materializations_for_node("coverage_report")
    shown = {name: value.value for name, value in event.metadata.items()}
    assert shown["read them at"] == str(to / "index.html")
    for state in ("MA", "NH"):
        assert shown[state] == str(to / state / "index.html")
        assert (to / state / "index.html").is_file() and (to / state / "tables" / "counties.csv").is_file()
    images = IMAGE.findall(shown["maps"])
    assert [of for of, _ in images] == ["All states", "MA", "NH"]
    pictures = [base64.b64decode(data, validate=True) for _, data in images]
    assert all(picture.startswith(b"\x89PNG") for picture in pictures)
    assert all(int.from_bytes(picture[16:20]) == 480 for picture in pictures)  # the width in its header
    assert len(shown["maps"]) < 400_000  # Dagster keeps it with every run


def test_a_report_that_cannot_be_written_touches_nothing(workspace: Workspace) -> None:
    release = workspace.releases.current_path()
    assert release is not None
    before = hashlib.sha256(release.read_bytes()).hexdigest()
    (workspace.settings.out / "reports").mkdir()
    (workspace.settings.out / "reports" / "mine.txt").write_text("somebody's")
    result = materialize(workspace)
    assert not result.success and workspace.summary.reports is None
    assert "holds something else than an export of coverage" in str(
        result.failure_data_for_node("coverage_report")
    )
    assert [path.name for path in (workspace.settings.out / "reports").iterdir()] == ["mine.txt"]
    assert workspace.releases.current_path() == release and workspace.releases.verify(1) is None
    assert hashlib.sha256(release.read_bytes()).hexdigest() == before


def test_without_a_release_it_says_what_to_do(tmp_path: Path) -> None:
    result = materialize(Workspace(Settings.choose(profile="demo", out=tmp_path, environment={})))
    assert "materialize `release` first" in str(result.failure_data_for_node("coverage_report"))

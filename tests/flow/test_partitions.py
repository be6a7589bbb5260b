"""The registry lives: partitions follow its folder, a run asks for what it has then, a slip touches its own table alone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest
from registry_folder import Folder

from pipeline.flow.partitions import one_run


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Folder]:
    with dg.DagsterInstance.ephemeral() as instance:
        yield Folder(tmp_path, instance)


@pytest.fixture
def lasting(tmp_path: Path) -> Iterator[Folder]:
    """On an instance with files of its own, as a schedule wants it."""
    (tmp_path / "home").mkdir()
    with dg.instance_for_test(temp_dir=str(tmp_path / "home")) as instance:
        yield Folder(tmp_path, instance)


def test_the_sensor_keeps_the_partitions(folder: Folder) -> None:
    assert folder.sense() == ["a", "b", "c"]
    folder.write("d")
    (folder.registry / "b.toml").unlink()
    assert folder.sense() == ["a", "c", "d"]
    assert folder.sense() == ["a", "c", "d"]


def test_a_mistyped_table_keeps_its_partition_and_others_come(folder: Folder) -> None:
    folder.sense()
    folder.write("a", kind="provider_sight")
    folder.write("d")
    assert folder.sense() == ["a", "b", "c", "d"]


def test_no_partition_goes_while_a_run_may_name_it(folder: Folder) -> None:
    folder.sense()
    (folder.registry / "a.toml").unlink()
    run = folder.instance.create_run_for_job(folder.defs.resolve_job_def("directory_job"))
    assert folder.sense() == ["a", "b", "c"]
    folder.instance.report_run_canceled(run)
    assert folder.sense() == ["b", "c"]


def test_the_schedule_asks_for_what_there_is_when_it_ticks(lasting: Folder) -> None:
    """Also where the sensor is off, or did not come round yet."""
    assert set(lasting.tick().values()) == {"a", "c"}
    lasting.write("d")
    (lasting.registry / "a.toml").unlink()
    assert set(lasting.tick().values()) == {"b", "d"}


def test_the_schedule_skips_an_empty_registry_and_says_so(lasting: Folder) -> None:
    for file in lasting.registry.iterdir():
        file.unlink()
    schedule = lasting.defs.get_repository_def().get_schedule_def("daily")
    with dg.build_schedule_context(instance=lasting.instance) as context:
        tick = schedule.evaluate_tick(context)
    assert not tick.run_requests and "declares no usable source" in (tick.skip_message or "")


@pytest.mark.parametrize(
    ("name", "slip"), [("a", "removed"), ("b", "mistyped"), ("c", "mistyped"), ("c", "broken file")]
)
def test_what_happens_to_one_table_after_the_tick_leaves_the_others_alone(
    folder: Folder, name: str, slip: str
) -> None:
    """It was 'Nonexistent partition keys', and nobody was read."""
    tags = dict(one_run(folder.instance, ["a", "b", "c"]))
    if slip == "removed":
        (folder.registry / f"{name}.toml").unlink()
    elif slip == "mistyped":
        folder.write(name, kind="provider_sight")
    else:
        (folder.registry / f"{name}.toml").write_text("[")
    result = folder.run(tags)
    assert result.success
    listed = folder.workspace.stage.read("document")["source_id"].unique().to_list()
    assert sorted(listed) == sorted({"a", "b", "c"} - {name})
    checks = {e.check_name: e for e in result.get_asset_check_evaluations()}
    assert checks["registry_is_valid"].passed == (slip == "removed")
    if slip == "mistyped":
        assert "provider_sight" in str(checks["registry_is_valid"].metadata)


def test_some_sources_of_many(folder: Folder) -> None:
    """Dagster names a range; what lies between is left out."""
    folder.sense()
    result = folder.run(dict(one_run(folder.instance, ["c", "a"])), "a", "c")
    assert result.success
    assert sorted(folder.workspace.stage.read("document")["source_id"].unique()) == ["a", "c"]

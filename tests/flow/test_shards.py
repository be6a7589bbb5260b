"""Fetching and reading in shards: who takes what, and what becomes of the others where one fails."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import dagster as dg
import pytest
from registry_folder import Folder

from pipeline.archive.archive import Archive
from pipeline.flow.assets import documents as fetching
from pipeline.flow.assets import listings as reading
from pipeline.flow.leavings import Leavings
from pipeline.flow.partitions import one_run
from pipeline.flow.sharding import balanced, shards_of, together
from pipeline.records import Document, Outcome
from sources.kinds import KINDS
from sources.registry import Source

ALL = ["a", "b", "c"]


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Folder]:
    """Three sources for two workers; the steps run in this process."""
    with dg.DagsterInstance.ephemeral() as instance:
        folder = Folder(tmp_path, instance)
        settings = replace(folder.workspace.settings, executor="multiprocess", workers=2)
        folder.workspace = replace(folder.workspace, settings=settings)
        yield folder


def steps(result: dg.ExecuteInProcessResult, kind: dg.DagsterEventType) -> set[str | None]:
    return {event.step_key for event in result.all_events if event.event_type == kind}


def told(result: dg.ExecuteInProcessResult, asset: str) -> set[str | None]:
    """Partitions that were materialized; every event is of one."""
    return {
        event.partition
        for event in result.all_events
        if event.event_type == dg.DagsterEventType.ASSET_MATERIALIZATION
        and event.asset_key == dg.AssetKey(asset)
    }


def verdicts(result: dg.ExecuteInProcessResult, check: str) -> dict[str | None, bool]:
    return {e.partition: e.passed for e in result.get_asset_check_evaluations() if e.check_name == check}


def test_partitions_are_told_as_by_one_step(folder: Folder) -> None:
    result = folder.run(dict(one_run(folder.instance, ALL)))
    assert result.success
    ended = steps(result, dg.DagsterEventType.STEP_SUCCESS)
    assert {f"fetch_and_read.{name}" for name in ("share_out", "shard_1", "shard_2", "join")} <= ended
    for asset in ("documents", "observations", "listings"):
        assert told(result, asset) == set(ALL)
        assert folder.instance.get_materialized_partitions(dg.AssetKey(asset)) == set(ALL)
    assert verdicts(result, "fetched") == verdicts(result, "readable") == dict.fromkeys(ALL, True)
    assert {report.source_id for report in folder.workspace.summary.reads} == set(ALL)


@pytest.mark.parametrize("where", ["fetch", "read"])
def test_a_shard_that_fails_stops_no_other(
    folder: Folder, where: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    module = fetching if where == "fetch" else reading
    real = getattr(module, where)
    lost: list[str] = []

    def fails(context, workspace, sources, part, **how):  # type: ignore[no-untyped-def]
        if part == "1":
            lost.extend(source.id for source in sources)
            raise OSError("the volume is gone")
        real(context, workspace, sources, part, **how)

    monkeypatch.setattr(module, where, fails)
    result = folder.run(dict(one_run(folder.instance, ALL)))
    assert result.success and 0 < len(lost) < len(ALL)
    assert told(result, "listings") == set(ALL) - set(lost)
    check = "fetched" if where == "fetch" else "readable"
    assert verdicts(result, check) == {name: name not in lost for name in ALL}
    problems = {report.source_id for report in folder.workspace.summary.reads if report.problem}
    assert problems == set(lost), "iop run ends with 3 for it"


def test_where_every_shard_fails_the_run_does(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object) -> None:
        raise OSError("the volume is gone")

    monkeypatch.setattr(fetching, "fetch", fails)
    result = folder.run(dict(one_run(folder.instance, ALL)))
    assert not result.success
    assert steps(result, dg.DagsterEventType.STEP_FAILURE) == {"fetch_and_read.join"}


def test_what_was_left_over_is_shared_out_to_who_goes_on(tmp_path: Path) -> None:
    """A run that executes the failed steps of another again finds what the others of it left."""
    Leavings(tmp_path, "first").leave("shards", [["a"], ["b"]], list[list[str]])
    Leavings(tmp_path, "second").begin(again=("first",))
    assert list(Leavings(tmp_path, "second").parts("shards", list[list[str]])) == [[["a"], ["b"]]]
    Leavings(tmp_path, "third").begin()
    assert [f.name for f in (tmp_path / ".run").iterdir()] == ["third"]


def test_sources_of_one_host_stay_together() -> None:
    hosts = {
        "a": {"x.org"},
        "b": {"y.org"},
        "c": {"z.org", "y.org"},
        "d": {"x.org", "z.org"},
        "e": set[str](),
    }
    assert sorted(map(sorted, together(hosts))) == [["a", "b", "c", "d"], ["e"]]
    assert together({"a": ["x.org"], "b": ["y.org"]}) == [["a"], ["b"]]


def test_shards_are_of_about_one_size() -> None:
    weights = {name: weight for weight, name in enumerate("abcdefgh", 1)}
    shards = balanced([[name] for name in weights], weights, 3)
    assert sorted(i for shard in shards for i in shard) == sorted(weights)
    assert max(sum(weights[i] for i in shard) for shard in shards) <= 13  # 12 each would be best
    assert balanced([["a"]], {"a": 1}, 3) == [["a"], [], []]


def test_a_redirect_that_the_archive_knows_counts_as_a_host(archive: Archive) -> None:
    sources = [
        Source(name, KINDS["provider_site"], name, url=f"https://www.{name}.example/")
        for name in ("a", "b", "c")
    ]
    apart = shards_of(sources, archive, 3)
    assert sorted(map(len, apart)) == [1, 1, 1]
    moment = datetime(2026, 6, 1, tzinfo=UTC)
    archive.record(
        Document("a", "https://www.a.example/", moment, Outcome.OK, final_url="https://c.example/new")
    )
    assert sorted(map(sorted, shards_of(sources, archive, 3))) == [[], ["a", "c"], ["b"]]

"""A run that finds nothing new builds nothing, and what stands is what a build of all would give, whatever changed before."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import count
from pathlib import Path

import dagster as dg
import duckdb
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from workbooks import workbook

from pipeline.flow.acceptance import Accept
from pipeline.flow.assets.entities import match_anew
from pipeline.flow.assets.warehouse import build_anew, candidate_path
from pipeline.flow.graph import build_defs
from pipeline.flow.leavings import Summary
from pipeline.flow.partitions import one_run
from pipeline.flow.standing import FILE, inputs_of, noted, stands
from pipeline.flow.workspace import Workspace
from pipeline.settings import Settings
from pipeline.stage.tables import ALL
from warehouse.content import News, content_of
from warehouse.findings import AuditReport
from warehouse.policy import using

HEADER = ["Name1", "Street1", "City", "State", "Zip", "Phone", "Service_code_info"]
MATCHED = ("crosswalk", "ledger", "match_pair")
TREES = "Elm Hazel Rowan Alder Birch Cedar".split()
BEGIN = datetime(2026, 3, 1, 9, tzinfo=UTC)
CONFIG = {
    "loggers": {"console": {"config": {"log_level": "CRITICAL"}}},
    "ops": {"build": {"config": {"accept": "drift", "why": "the world is made up"}}},
}


class Lists:
    """A registry of lists of programs, what people decided of them, a clock, and a run's directory."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.out = folder, folder / "out"
        self.registry, self.overrides = folder / "registry", folder / "overrides"
        self.now = BEGIN
        self.written: dict[str, dict[str, str]] = {}
        self.rows: dict[str, dict[str, str]] = {"one": {}, "two": {}}
        for tree in TREES[:4]:
            self.rows["one"][tree] = "SA OIT"
        for tree in TREES[2:5]:
            self.rows["two"][tree] = "SA OIT OP"

    def copied(self, folder: Path) -> Lists:
        other = Lists(Path(shutil.copytree(self.folder, folder, symlinks=True)))
        other.now, other.rows, other.written = self.now, deepcopy(self.rows), deepcopy(self.written)
        return other

    def write(self) -> None:
        for part in (self.registry, self.overrides):
            part.mkdir(parents=True, exist_ok=True)
        tables = []
        for number, (source, rows) in enumerate(sorted(self.rows.items())):
            sheet = [
                [
                    f"{tree} House",
                    f"{len(tree)} {tree} Street",
                    "Casper",
                    "WY",
                    "82601",
                    f"307-555-01{ord(tree[0])}",
                    codes,
                ]
                for tree, codes in sorted(rows.items())
            ]
            if self.written.get(source) != rows:  # a workbook has the time of day in it
                (self.registry / f"{source}.xlsx").write_bytes(workbook([HEADER, *sheet]))
            tables.append(
                f'[{source}]\nkind = "samhsa_directory"\ntitle = "{source}"\ncadence = "60d"\n'
                f'path = "{source}.xlsx"\npublished = {date(2025, 6, 1) + timedelta(days=100 * number)}\n'
            )
        self.written = deepcopy(self.rows)
        (self.registry / "lists.toml").write_text("\n".join(tables))

    def workspace(self, rebuild: bool = False) -> Workspace:
        chosen = Settings.choose(
            registry=self.registry, out=self.out, environment={"IOP_OVERRIDES": str(self.overrides)}
        )
        fetch = replace(chosen.fetch, now=lambda: self.now)
        return Workspace(replace(chosen, fetch=fetch), clock=lambda: self.now, rebuild=rebuild)

    def run(self, rebuild: bool = False) -> Summary:
        """A run of all sources a little later, through the graph."""
        self.write()
        self.now += timedelta(minutes=5)
        workspace = self.workspace(rebuild)
        job = build_defs(workspace).resolve_job_def("directory_job")
        with dg.DagsterInstance.ephemeral() as instance:
            done = job.execute_in_process(
                instance=instance, tags=one_run(instance, sorted(self.rows)), run_config=CONFIG
            )
        assert done.success
        return workspace.summary

    def listing(self, number: int) -> str:
        with duckdb.connect(str(self.out / "releases" / "current"), read_only=True) as release:
            ids = [
                row[0] for row in release.execute("SELECT listing_id FROM listing ORDER BY ALL").fetchall()
            ]
        return ids[number % len(ids)]

    def decide(self, kind: str, **cells: str) -> None:
        file = self.overrides / f"{kind}.csv"
        row = {**cells, "who": "Robin", "when": "2026-02-01", "why": "looked"}
        fresh = not file.exists()
        with file.open("a", newline="") as lines:
            writer = csv.DictWriter(lines, list(row))
            if fresh:
                writer.writeheader()
            writer.writerow(row)


def add_source(lists: Lists, n: int) -> None:
    lists.rows.setdefault("three", dict.fromkeys(TREES[n % 3 :], "SA OIT PHDT"))


def remove_source(lists: Lists, n: int) -> None:
    if len(lists.rows) > 1:
        del lists.rows[sorted(lists.rows)[n % len(lists.rows)]]


def edit_row(lists: Lists, n: int) -> None:
    rows = lists.rows[sorted(lists.rows)[n % len(lists.rows)]]
    rows[sorted(rows)[n % len(rows)]] = "SA PHDT"


def drop_row(lists: Lists, n: int) -> None:
    rows = lists.rows[sorted(lists.rows)[n % len(lists.rows)]]
    if len(rows) > 1:
        del rows[sorted(rows)[n % len(rows)]]


def part_places(lists: Lists, n: int) -> None:
    left, right = lists.listing(n), lists.listing(n + 1)
    if left != right:
        lists.decide("different", level="location", left=left, right=right)


def take_down(lists: Lists, n: int) -> None:
    lists.decide("takedown", id=lists.listing(n))


def correct(lists: Lists, n: int) -> None:
    lists.decide("correction", id=lists.listing(n), field="phone", value=f"+1307555{1000 + n}")


def wait(lists: Lists, n: int) -> None:
    lists.now += timedelta(hours=(1, 14, 26, 24 * 40, 24 * 200)[n % 5])


def nothing(_lists: Lists, _n: int) -> None:
    """The next run finds all as it was."""


CHANGES: list[Callable[[Lists, int], None]] = [
    *(add_source, remove_source, edit_row, drop_row, part_places, take_down, correct),
    *(wait, wait, wait, nothing),
]


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Lists:
    """After the first run."""
    lists = Lists(tmp_path_factory.mktemp("first") / "lists")  # copies go beside it
    assert not lists.run().nothing_new
    return lists


@pytest.fixture(scope="module")
def numbers() -> count[int]:
    return count()


def findings(report: AuditReport | None) -> set[tuple[str, ...]]:
    assert report is not None
    return {(f.check, f.severity, f.table, f.column, f.message) for f in report.findings}


def assert_as_if_built(lists: Lists, summary: Summary, folder: Path) -> None:
    """A build of all that the run did not build has nothing to publish, and its audit finds the same."""
    assert summary.release is not None and summary.nothing_new
    anew = lists.copied(folder)
    workspace = anew.workspace()
    note = noted(workspace)
    assert note is not None
    assert match_anew(workspace) == summary.entities
    with using(workspace.settings.policy):
        built, audit = build_anew(workspace, Accept())
    news = content_of(candidate_path(workspace)).news(summary.release.content)
    young = anew.now - datetime.fromisoformat(summary.release.built_at).replace(tzinfo=UTC) < timedelta(
        hours=20
    )
    assert news is News.NONE or (news is News.DATES and young)
    assert findings(audit) == findings(summary.audit)
    assert summary.build is not None and built.rows.keys() == summary.build.rows.keys()


def test_matching_of_much_has_a_process_of_its_own(
    first: Lists, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lists = first.copied(tmp_path / "lists")
    workspace = lists.workspace()
    here = match_anew(workspace)
    tables = [workspace.stage.read(table, ALL) for table in MATCHED]
    monkeypatch.setattr("pipeline.flow.assets.entities.MUCH", 0)
    assert match_anew(workspace) == here
    assert all(
        table.equals(workspace.stage.read(name, ALL)) for name, table in zip(MATCHED, tables, strict=True)
    )


@settings(
    max_examples=3,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.generate],
)
@given(st.lists(st.tuples(st.sampled_from(CHANGES), st.integers(0, 40)), min_size=1, max_size=4))
def test_what_is_carried_is_what_a_build_would_give(
    first: Lists, numbers: count[int], changes: list[tuple[Callable[[Lists, int], None], int]]
) -> None:
    lists = first.copied(first.folder.with_name(f"world_{next(numbers)}"))
    for change, number in changes:
        change(lists, number)
    lists.run()
    again = lists.run()
    assert again.carried, "nothing changed since the last run"
    assert_as_if_built(lists, again, first.folder.with_name(f"anew_{next(numbers)}"))


def test_who_wants_all_built_has_it_built(first: Lists, numbers: count[int]) -> None:
    lists = first.copied(first.folder.with_name(f"world_{next(numbers)}"))
    again = lists.run(rebuild=True)
    assert again.nothing_new and not again.carried


def test_what_is_not_noted_does_not_stand(first: Lists, numbers: count[int]) -> None:
    """No note, one that cannot be read, or one of another release."""
    lists = first.copied(first.folder.with_name(f"world_{next(numbers)}"))
    assert stands(lists.workspace()) is not None
    file = lists.out / FILE
    written = file.read_text()
    for words in ("", "{}", written.replace('"release":1,"built_at"', '"release":7,"built_at"')):
        file.write_text(words)
        assert stands(lists.workspace()) is None
    file.unlink()
    assert stands(lists.workspace()) is None


@pytest.mark.parametrize("table", ["observation", "crosswalk", "ledger", "source", "place"])
def test_a_table_of_the_stage_that_changed_is_built_again(
    first: Lists, numbers: count[int], table: str
) -> None:
    lists = first.copied(first.folder.with_name(f"world_{next(numbers)}"))
    before = inputs_of(lists.workspace())
    file = next((lists.out / "stage" / table).glob("*.parquet"))
    file.write_bytes(file.read_bytes() + b"more")
    assert inputs_of(lists.workspace()).facts != before.facts
    assert stands(lists.workspace()) is None

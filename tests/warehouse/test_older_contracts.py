"""What older contracts left behind is taken over, or refused with what to do: the last three versions, and one made up, of which
a column has come since, one has gone and one has another name."""

from __future__ import annotations

import shutil
from pathlib import Path

import polars as pl
import pytest
from older_contracts import KEPT, release_in_shape, remembered, shape, stage_in_shape
from warehouse_world import NOW, VOCABULARY, World, ask, build_world

from pipeline.stage.entities import resolve_entities
from pipeline.stage.tables import Stage
from sources.kinds import trust
from warehouse.audit import audit
from warehouse.build import build
from warehouse.contracts import contract_version, stage_tables
from warehouse.inputs import StageError
from warehouse.release import ReleaseError

LATER = NOW.replace(day=NOW.day + 1)
FIRST_SEEN = "SELECT service_id, first_seen FROM directory ORDER BY ALL"
IDS = "SELECT entity_type, entity_id, minted_at FROM ledger ORDER BY ALL"
MADE_UP = "made up"


@pytest.fixture(scope="module")
def today(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a release and its stage, of today's contract: only read."""
    folder = tmp_path_factory.mktemp("today")
    world = World(providers=2)
    build_world(world, folder)
    world.write(folder / "stage")
    return folder


def of(version: str, layer: str) -> dict[str, dict[str, str]]:
    """The tables of a version. The one that is made up had no `zip`, a `fax`, and called the phone `telephone`."""
    if version != MADE_UP:
        return shape(version, layer)
    tables = shape(contract_version(), layer)
    for columns in tables.values():
        if "phone" in columns:
            columns["telephone"] = columns.pop("phone")
            columns["fax"] = "VARCHAR"
            columns.pop("zip", None)
    return tables


@pytest.fixture(scope="module", params=[*remembered(), MADE_UP])
def version(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def release(version: str, today: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A release of that version: only read."""
    old = tmp_path_factory.mktemp("release") / "old.duckdb"
    return release_in_shape(today / "candidate.duckdb", old, of(version, "release"), version)


@pytest.fixture(scope="module")
def stage_of(version: str, today: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A stage of that version: only read."""
    copied = shutil.copytree(today / "stage", tmp_path_factory.mktemp("stage") / "stage")
    return stage_in_shape(copied, of(version, "stage"))


@pytest.fixture
def stage(stage_of: Path, tmp_path: Path) -> Path:
    """A copy of it."""
    return Path(shutil.copytree(stage_of, tmp_path / "stage"))


def built(stage: Path, release: Path, to: Path) -> Path:
    given = {"trust": trust(), "previous": release, "overrides": None, "now": LATER, "run": {}}
    return build(stage, VOCABULARY, to, **given).path  # type: ignore[arg-type]


def test_the_last_three_versions_are_remembered() -> None:
    assert len(remembered()) == KEPT == 3
    assert contract_version() == [*remembered()][-1], (
        "run tests/helpers/older_contracts.py: the version is another"
    )


def test_it_is_gone_on_from_or_the_line_says_what_to_do(
    version: str, stage: Path, release: Path, today: Path, tmp_path: Path
) -> None:
    """Ids, first sights and history go on. What the stage lacks is unknown where some source was read anew; where none
    was, a run has to read them."""
    contracts, new = stage_tables(), tmp_path / "new.duckdb"
    had = of(version, "stage")
    if any(
        not {*columns} >= {*contracts[table].names} for table, columns in had.items() if table in contracts
    ):
        with pytest.raises(StageError, match=r"column \w+ .*is missing.*`iop replay`"):
            built(stage, release, new)
    for table, contract in contracts.items():
        Stage(stage).write(table, "read_anew", pl.DataFrame(schema=contract.polars_schema))
    built(stage, release, new)
    assert [found for found in audit(new, release, LATER).errors if not found.drift] == []
    assert ask(new, "SELECT release, previous_release FROM release_info") == [(2, 1)]
    assert ask(new, FIRST_SEEN) == ask(today / "candidate.duckdb", FIRST_SEEN)
    assert ask(new, IDS) == ask(today / "candidate.duckdb", IDS)
    assert ask(new, "SELECT * FROM changes WHERE release = 2 AND field = 'entity'") == []
    assert (1,) in ask(new, "SELECT DISTINCT from_release FROM directory_history")


def test_its_ids_are_taken_over(release: Path, today: Path, tmp_path: Path) -> None:
    stage = Stage(shutil.copytree(today / "stage", tmp_path / "ours"))
    resolve_entities(stage, release, tmp_path, LATER)
    known = {row[1] for row in ask(release, IDS)}
    assert known <= set(stage.read("ledger", "all")["entity_id"])


def test_its_stage_is_read_as_todays(stage: Path, today: Path) -> None:
    """A column that went since made the stage a damaged one."""
    for table, contract in stage_tables().items():
        ours, theirs = Stage(today / "stage").read(table), Stage(stage).read(table)
        assert dict(theirs.schema) == contract.polars_schema
        if (stage / table).is_dir() and list((stage / table).iterdir()):
            key = list(contract.key)
            assert theirs.select(key).equals(ours.select(key))


@pytest.mark.parametrize("table", ["ledger", "crosswalk"])
def test_a_release_without_what_ids_follow_from_is_refused(today: Path, tmp_path: Path, table: str) -> None:
    """Every id would have been a new one, or the line spoke of a column that polars did not find."""
    tables = shape(contract_version(), "release")
    tables[table]["id"] = tables[table].pop("entity_id")
    old = release_in_shape(today / "candidate.duckdb", tmp_path / "old.duckdb", tables, "0.9")
    stage = Stage(shutil.copytree(today / "stage", tmp_path / "ours"))
    with pytest.raises(ReleaseError, match=rf"whose {table} has no entity_id.*CHANGELOG"):
        resolve_entities(stage, old, tmp_path, LATER)

"""Releases as snapshots of a DuckLake, with a catalog in SQLite and in Postgres."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import fsspec
import pytest
from postgres_server import PASSWORD, postgres_server

from warehouse import withdrawal
from warehouse.release import Release, Releases
from warehouse.targets import lake as lakes
from warehouse.targets.extensions import load, packaged
from warehouse.targets.lake import LakeTarget, missed, snapshots
from warehouse.targets.target import TargetError, without_secret

Publish = Callable[..., Release]
needs_extension = pytest.mark.skipif(
    not (packaged("ducklake") and packaged("sqlite_scanner") and packaged("postgres_scanner")),
    reason="no DuckDB extension ducklake for this DuckDB: pip install 'iop-directory[lake]'",
)


@pytest.fixture(scope="module")
def catalog_server() -> Iterator[str]:
    with postgres_server() as port, pytest.MonkeyPatch.context() as patch:
        patch.setenv("PGPASSWORD", PASSWORD)
        yield f"ducklake:postgres:host=127.0.0.1 port={port} user=iop dbname="


@pytest.fixture(params=["sqlite", "postgres"])
def lake(request: pytest.FixtureRequest, tmp_path: Path) -> LakeTarget:
    place = f"ducklake:sqlite:{tmp_path}/lake/catalog.sqlite"
    if request.param == "postgres":
        server = request.getfixturevalue("catalog_server")
        name = "t" + str(abs(hash(request.node.name)))
        engine, address = request.getfixturevalue("engine"), server.removeprefix("ducklake:postgres:")
        engine.execute(f"ATTACH '{address}postgres' AS pg (TYPE postgres)")
        engine.execute(
            f"CALL postgres_execute('pg', 'CREATE DATABASE {name}', use_transaction => false); DETACH pg"
        )
        place = server + name
    return LakeTarget(place, tmp_path / "files")


@pytest.fixture(scope="module")
def engine() -> Iterator[duckdb.DuckDBPyConnection]:
    """DuckDB with the extensions in it: to load them takes half a second each time."""
    with duckdb.connect() as connection:
        load(connection, "sqlite_scanner", "postgres_scanner", "ducklake")
        yield connection


@pytest.fixture
def one_engine(engine: duckdb.DuckDBPyConnection, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever opens a lake, one after another, uses that."""

    @contextmanager
    def connection() -> Iterator[duckdb.DuckDBPyConnection]:
        with engine.cursor() as cursor:
            yield cursor
        others = engine.execute("SELECT database_name FROM duckdb_databases() WHERE NOT internal").fetchall()
        for (name,) in others:
            if name != "memory" and not name.startswith("__"):
                engine.execute(f"DETACH {name}")

    monkeypatch.setattr(lakes, "_connection", connection)
    monkeypatch.setattr(lakes, "load", lambda *names: None)


def ask(lake: LakeTarget, sql: str) -> list[tuple[object, ...]]:
    with lake._open(read_only=True) as connection:
        return connection.execute(sql).fetchall()


def files(tmp_path: Path, table: str) -> set[str]:
    return {path.name for path in (tmp_path / "files").rglob(f"{table}/*.parquet")}


@needs_extension
def test_each_release_is_a_snapshot_and_what_did_not_change_stays(
    one_engine: None, lake: LakeTarget, publish: Publish, releases: Releases, tmp_path: Path
) -> None:
    assert lake.bring_up(releases).current is None
    publish(releases)
    assert lake.bring_up(releases).sent == (1,) and lake.current() == 1
    area = files(tmp_path, "area")
    assert len(area) == len(files(tmp_path, "directory")) == 1
    publish(releases, "Boston", "CREATE TABLE more AS SELECT 1 AS a; DROP TABLE directory_history")
    assert lake.bring_up(releases).sent == (2,)
    assert lake.bring_up(releases).sent == ()
    assert files(tmp_path, "area") == area and len(files(tmp_path, "directory")) == 2
    (first, second) = ask(
        lake,
        "SELECT snapshot_id, commit_message, author FROM lake.snapshots() WHERE author = 'iop' ORDER BY ALL",
    )
    assert first[1:] == ("release 1, built 2026-01-02T00:00:00", "iop")
    assert str(second[1]).startswith("release 2")
    assert ask(lake, "SELECT DISTINCT city FROM lake.directory") == [("Boston",)]
    assert ask(lake, f"SELECT DISTINCT city FROM lake.directory AT (VERSION => {first[0]})") == [("Lowell",)]
    tables = ask(lake, "SELECT table_name FROM duckdb_tables() WHERE database_name = 'lake'")
    assert {("more",), ("area",), ("release_info",)} <= set(tables) and ("directory_history",) not in tables
    publish(releases, more="ALTER TABLE directory ADD COLUMN tags VARCHAR[] DEFAULT ['a']")
    lake.bring_up(releases)
    assert ask(lake, "SELECT DISTINCT tags FROM lake.directory") == [(["a"],)]
    assert ask(lake, "SELECT count(*) FROM lake.iop") == [(100,)]


@needs_extension
def test_an_outage_is_caught_up_and_rollback_hold_and_retirement_travel(
    one_engine: None, lake: LakeTarget, publish: Publish, releases: Releases
) -> None:
    for city in ("A", "B", "C"):
        publish(releases, city)
    assert lake.bring_up(releases).sent == (1, 2, 3)
    releases.rollback(2, hold="is C right?")
    publish(releases, "D")
    assert lake.bring_up(releases).sent == (2,) and ask(lake, "SELECT max(city) FROM lake.directory") == [
        ("B",)
    ]
    releases.resume()
    publish(releases, "E")
    publish(releases, "F")
    assert lake.bring_up(releases).sent == (4, 5, 6)
    assert ask(lake, "SELECT DISTINCT city FROM lake.directory") == [("F",)]
    with lake._open(read_only=True) as connection:  # retired here, expired there
        assert {one.release for one in snapshots(connection)} == {4, 5, 6}


@needs_extension
def test_what_is_withdrawn_leaves_the_lake_with_its_files_at_once(
    one_engine: None,
    lake: LakeTarget,
    publish: Publish,
    releases: Releases,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Releases 1 and 2 speak of what was taken down; what merely retires waits for readers that still have it open."""
    for city in ("Takentown", "Takentown", "Lowell"):
        publish(releases, city)
    lake.bring_up(releases)
    monkeypatch.setattr(withdrawal, "redirects_of", lambda path: {})
    monkeypatch.setattr(
        withdrawal, "speaks_of", lambda path, ids: path.name in ("release-1.duckdb", "release-2.duckdb")
    )
    assert withdrawal.Withdrawal(releases.folder).withdraw(["svc_0a"]) == (1, 2)
    assert lake.bring_up(releases).sent == ()
    with lake._open(read_only=True) as connection:
        assert [one.release for one in snapshots(connection)] == [3]
    assert ask(lake, "SELECT DISTINCT city FROM lake.directory") == [("Lowell",)]
    left = [*(tmp_path / "files").rglob("directory*/*.parquet")]
    assert left and not [path for path in left if "Takentown" in cities(path)]


def cities(file: Path) -> str:
    """The cities of a file of a lake's table."""
    rows = duckdb.execute("SELECT DISTINCT city FROM read_parquet(?)", [str(file)]).fetchall()
    return "|".join(str(city) for (city,) in rows)


@needs_extension
def test_readers_see_one_release_while_two_publish_of_whom_one_is_told(
    lake: LakeTarget, publish: Publish, releases: Releases, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each with an engine of its own, as on three machines."""
    other = Releases(tmp_path / "other")
    publish(releases, "Salem")
    shutil.copytree(releases.folder, other.folder, symlinks=True)
    lake.bring_up(releases)
    for folder, city in ((releases, "Lowell"), (other, "Boston")):
        publish(folder, city)
    both_wrote, told = threading.Barrier(2), []
    lay_down = lakes._lay_down

    def at_once(*arguments: object) -> None:
        lay_down(*arguments)  # type: ignore[arg-type]
        both_wrote.wait(30)

    def bring_up(folder: Releases) -> None:
        try:
            told.append(str(lake.bring_up(folder).current))
        except TargetError as error:
            told.append(str(error))

    monkeypatch.setattr(lakes, "_lay_down", at_once)
    look = "SELECT DISTINCT city, release FROM lake.directory, lake.release_info"
    with lake._open(read_only=True) as reader:
        reader.execute("BEGIN")
        assert reader.execute(look).fetchall() == [("Salem", 1)]
        threads = [threading.Thread(target=bring_up, args=(folder,)) for folder in (releases, other)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert reader.execute(look).fetchall() == [("Salem", 1)]  # until it ends its transaction
        reader.execute("COMMIT")
        assert sorted(len(t) > 1 for t in told) == [False, True] and "2" in told, told
        assert any("somebody else wrote meanwhile" in t for t in told), told
        ((city, number),) = reader.execute(look).fetchall()
        assert number == 2 and reader.execute("SELECT count(*) FROM lake.directory").fetchall() == [(100,)]
    monkeypatch.undo()
    loser = other if city == "Lowell" else releases
    with pytest.raises(TargetError, match="two publishers share it"):
        lake.bring_up(loser)


@needs_extension
@pytest.mark.skipif(
    not packaged("httpfs"), reason="no DuckDB extension httpfs: pip install 'iop-directory[lake]'"
)
def test_files_of_a_lake_may_lie_in_an_object_store(
    one_engine: None, url: str, publish: Publish, releases: Releases, tmp_path: Path
) -> None:
    lake = LakeTarget(f"ducklake:sqlite:{tmp_path}/catalog.sqlite", f"{url}/")
    publish(releases)
    assert lake.bring_up(releases).sent == (1,)
    assert ask(lake, "SELECT DISTINCT city FROM lake.directory") == [("Lowell",)]
    fs, root = fsspec.core.url_to_fs(url, use_listings_cache=False)
    assert any(path.endswith(".parquet") for path in fs.find(root))


def test_what_is_missing_comes_in_turn_and_newer_ones_wait(publish: Publish, releases: Releases) -> None:
    mine = {number: publish(releases) for number in (1, 2, 3)}
    last = lakes.Snapshot(7, 1, mine[1].sha256)
    assert [r.number for r in missed(mine, mine[3], last)] == [2, 3]
    assert [r.number for r in missed(mine, mine[2], None)] == [1, 2]
    assert [r.number for r in missed(mine, mine[1], lakes.Snapshot(9, 3, ""))] == [1]
    assert not missed(mine, mine[1], last)


def test_an_extension_that_cannot_be_had_is_told_with_the_remedy(
    publish: Publish, releases: Releases, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(releases)
    monkeypatch.setattr("warehouse.targets.extensions.packaged", lambda name: tmp_path / "absent")
    with pytest.raises(TargetError, match="pip install 'duckdb-extension-sqlite-scanner==") as told:
        LakeTarget(f"ducklake:sqlite:{tmp_path}/c.sqlite").bring_up(releases)
    assert "\n" not in str(told.value)


@pytest.mark.parametrize("place", ["ducklake:mysql:x", "ducklake:sqlite:", "ducklake:catalog"])
def test_what_is_no_catalog_is_told(place: str) -> None:
    with pytest.raises(TargetError, match="is no catalog: write ducklake:sqlite:FILE"):
        LakeTarget(place)


def test_a_password_is_not_shown() -> None:
    assert without_secret("ducklake:postgres:dbname=x password=hush user=y").endswith("password=… user=y")
    assert "hush" not in without_secret("s3://key:hush@bucket/x")

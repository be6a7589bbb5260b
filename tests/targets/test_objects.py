"""Releases in an object store: what readers see moves last, or not at all; the folder is the truth."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from pathlib import Path

import duckdb
import fsspec
import pytest
from s3_server import S3Server

from pipeline.archive.store import StoreError, open_store
from warehouse.release import Release, Releases
from warehouse.targets.extensions import allow_s3, packaged
from warehouse.targets.objects import ObjectTarget
from warehouse.targets.target import TargetError

Publish = Callable[..., Release]


def there(url: str) -> dict[str, object]:
    """Names in the store, and what its pointer says."""
    fs, root = fsspec.core.url_to_fs(url, use_listings_cache=False)
    names = {path.rpartition("/")[2] for path in fs.find(root)}
    pointer = json.loads(fs.cat_file(f"{root}/current.json")) if "current.json" in names else None
    return {
        "releases": sorted(int(n[8:-7]) for n in names if n.startswith("release-")),
        "current": pointer and pointer["number"],
    }


@pytest.mark.parametrize("kind", ["s3", "memory", "file"])
def test_a_release_goes_there_once_and_the_pointer_last(
    kind: str, s3: S3Server, url: str, publish: Publish, releases: Releases, tmp_path: Path
) -> None:
    place = {"s3": url, "memory": f"memory://{tmp_path.name}", "file": f"file://{tmp_path}/web"}[kind]
    target = ObjectTarget(place)
    assert target.bring_up(releases).current is None
    first = publish(releases)
    done = target.bring_up(releases)
    assert (done.current, done.sent, done.bytes) == (1, (1,), first.bytes)
    assert there(place) == {"releases": [1], "current": 1}
    if kind == "s3":
        puts = [line.rpartition("/")[2] for line in s3.seen if line.startswith("PUT")]
        assert puts == ["release-1.duckdb", "index.json", "current.json"]
        s3.seen.clear()
    again = target.bring_up(releases)
    assert (again.current, again.sent) == (1, ()) and not [line for line in s3.seen if "PUT" in line]


def test_rollback_hold_keep_and_retirement_travel(url: str, publish: Publish, releases: Releases) -> None:
    target = ObjectTarget(url)
    for _ in range(3):
        publish(releases)
        target.bring_up(releases)
    releases.rollback(2, hold="is 3 right?")
    releases.keep(1, "the annual report")
    publish(releases)
    publish(releases)
    assert target.bring_up(releases).sent == (4, 5)
    assert there(url)["current"] == 2
    fs, root = fsspec.core.url_to_fs(url)
    assert json.loads(fs.cat_file(f"{root}/current.json"))["held"] == "is 3 right?"
    rows = json.loads(fs.cat_file(f"{root}/index.json"))["releases"]
    assert {row["number"]: row["kept"] for row in rows}[1] == "the annual report"
    releases.resume()
    publish(
        releases
    )  # 2 and 3 are retired here; there they go one publication later, for those who read them
    target.bring_up(releases)
    assert [r.number for r in releases.list()] == [6, 5, 4, 1]
    assert there(url) == {"releases": [1, 2, 3, 4, 5, 6], "current": 6}
    target.bring_up(releases)
    assert there(url)["releases"] == [1, 4, 5, 6]


@pytest.mark.parametrize("name", ["release-2.duckdb", "index.json", "current.json"])
def test_a_store_that_fails_midway_leaves_readers_where_they_were(
    name: str, s3: S3Server, url: str, publish: Publish, releases: Releases
) -> None:
    target = ObjectTarget(url)
    publish(releases)
    target.bring_up(releases)
    publish(releases)
    s3.fails = lambda method, path: method == "PUT" and path.endswith(name)
    with pytest.raises(TargetError, match="and run again") as told:
        target.bring_up(releases)
    assert "\n" not in str(told.value) and there(url)["current"] == 1
    s3.well()
    publish(releases)
    assert 3 in target.bring_up(releases).sent  # the next run catches up
    assert there(url) == {"releases": [1, 2, 3], "current": 3}


def test_what_does_not_arrive_as_it_is_does_not_count(url: str, publish: Publish, releases: Releases) -> None:
    target, release = ObjectTarget(url), publish(releases)
    release.path.chmod(0o644)
    release.path.write_bytes(release.path.read_bytes()[:-1] + b"?")
    with pytest.raises(TargetError, match="did not arrive as the index says"):
        target.bring_up(releases)
    assert there(url) == {"releases": [], "current": None}


def test_a_second_publisher_is_refused_whether_it_is_behind_beside_or_at_once(
    url: str, publish: Publish, releases: Releases, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = Releases(tmp_path / "other")
    for folder, city in ((releases, "Lowell"), (other, "Boston")):
        publish(folder, city)
    # both look before either writes: the store itself lets one of them in
    both = threading.Barrier(2)
    send, told = ObjectTarget._send, []

    def wait(self: ObjectTarget, release: object) -> bool:
        both.wait(20)
        return send(self, release)  # type: ignore[arg-type]

    def bring_up(folder: Releases) -> None:
        try:
            told.append(str(ObjectTarget(url).bring_up(folder).current))
        except TargetError as error:
            told.append(str(error))

    monkeypatch.setattr(ObjectTarget, "_send", wait)
    threads = [threading.Thread(target=bring_up, args=(folder,)) for folder in (releases, other)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    monkeypatch.undo()
    assert len([t for t in told if t == "1"]) == 1, told
    assert [t for t in told if "written by somebody else meanwhile" in t], told
    winner, loser = (releases, other) if told_by(url, releases) else (other, releases)
    with pytest.raises(TargetError, match="two publishers share it"):
        ObjectTarget(url).bring_up(loser)
    publish(winner)
    ObjectTarget(url).bring_up(winner)
    with pytest.raises(TargetError, match="is ahead"):
        ObjectTarget(url).bring_up(loser)


def told_by(url: str, releases: Releases) -> bool:
    fs, root = fsspec.core.url_to_fs(url)
    current = releases.current()
    return bool(current and json.loads(fs.cat_file(f"{root}/current.json"))["sha256"] == current.sha256)


def test_the_pointer_is_not_taken_from_one_who_moved_it_meanwhile(url: str, s3: S3Server) -> None:
    from warehouse.targets.store import ChangedError, Objects, Seen

    objects = Objects(url)
    objects.replace("current.json", b"1", objects.see("current.json"))
    seen = objects.see("current.json")
    objects.replace("current.json", b"2", seen)
    for stale in (seen, Seen(None)):
        with pytest.raises(ChangedError):
            objects.replace("current.json", b"3", stale)
    assert objects.see("current.json").data == b"2"


@pytest.mark.parametrize(
    ("place", "environment", "words"),
    [
        ("s3://no-such-bucket/r", {}, "no-such-bucket.*does not exist"),
        ("s3://bucket/r", {"AWS_ENDPOINT_URL": "http://127.0.0.1:9"}, "Could not connect"),
        ("s3://bucket/r", {"AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": ""}, "credentials"),
        ("nosuch://bucket/r", {}, "not known"),
    ],
)
def test_what_is_wrong_is_told_in_one_line(
    place: str,
    environment: dict[str, str],
    words: str,
    s3: S3Server,
    publish: Publish,
    releases: Releases,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    import s3fs

    publish(releases)
    for name in (*environment,):
        if environment[name]:
            monkeypatch.setenv(name, environment[name])
        else:
            monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    s3fs.S3FileSystem.clear_instance_cache()
    with pytest.raises(TargetError, match=words) as told:
        ObjectTarget(place).bring_up(releases)
    assert "\n" not in str(told.value)
    s3fs.S3FileSystem.clear_instance_cache()


@pytest.mark.skipif(
    not packaged("httpfs"), reason="no DuckDB extension httpfs: pip install duckdb-extension-httpfs"
)
def test_duckdb_reads_the_object_where_it_lies(url: str, publish: Publish, releases: Releases) -> None:
    publish(releases)
    ObjectTarget(url).bring_up(releases)
    with duckdb.connect() as connection:
        allow_s3(connection)
        (file,) = connection.execute(f"SELECT file FROM read_json('{url}/current.json')").fetchone() or ("",)
        connection.execute(f"ATTACH '{url}/{file}' AS iop (READ_ONLY)")
        assert connection.execute("SELECT count(*) FROM iop.directory").fetchall() == [(100,)]


def test_a_client_that_is_not_installed_is_told_with_the_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    def absent(*args: object, **options: object) -> None:
        raise ImportError("Install s3fs to access S3")

    monkeypatch.setattr(fsspec.core, "url_to_fs", absent)
    with pytest.raises(TargetError, match=r"pip install 'iop-directory\[s3\]'"):
        ObjectTarget("s3://bucket/releases")
    with pytest.raises(StoreError, match=r"pip install 'iop-directory\[s3\]'"):
        open_store("s3://bucket/archive")

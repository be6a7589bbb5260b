"""The archive: content once, a row for every attempt, nothing lost to a kill, the same on an object store."""

from __future__ import annotations

import multiprocessing
import os
import random
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import pytest

from pipeline.fetch import Archive, ArchiveError, VisitRow, compact, prune, stats
from pipeline.records import Document, Outcome

DAY = datetime(2026, 3, 1, tzinfo=UTC)
RUN = """
from pipeline.fetch import Archive, FetchSettings, fetch_all
from sources.registry import Kind, Source
sources = [Source(f"k{n}", Kind.PROVIDER_SITE, "k", url=f"http://k{n}.example/", max_pages=9) for n in range(12)]
settings = FetchSettings(connect_to={"*.example": ("127.0.0.1", port)}, per_host_delay_s=0.04)
with Archive(root) as archive:
    fetch_all(sources, archive, settings, due_only=True)
"""


@pytest.fixture(params=["local", "memory"])
def store(request, tmp_path: Path) -> Iterator[Archive]:
    import fsspec

    fsspec.filesystem("memory").store.clear()
    with Archive(tmp_path / "a" if request.param == "local" else "memory://a") as archive:
        yield archive


def seen(
    url: str, day: int = 0, outcome: Outcome = Outcome.OK, sha256: str | None = None, **more
) -> Document:
    return Document(
        more.pop("source_id", "s"), url, DAY + timedelta(days=day), outcome, sha256=sha256, **more
    )


def test_content_is_kept_once_and_comes_back(store: Archive) -> None:
    first, again = store.put(b"page" * 1000), store.put(b"page" * 1000)
    assert first == again
    assert store.get(first) == b"page" * 1000
    assert [name for name, size, _ in store.store.names("blobs/")] == [f"blobs/{first[:2]}/{first}.zst"]
    assert first in store
    assert "0" * 64 not in store
    assert None not in store
    with pytest.raises(KeyError):
        store.get("0" * 64)


def test_rows_come_back_as_they_were_by_source_and_date(store: Archive) -> None:
    rows = [
        seen(
            "http://a.example/ü?x='1'",
            0,
            detail='a "quoted"\nline',
            redirects=("b", "c"),
            etag='W/"1"',
            status=200,
        ),
        seen("http://a.example/", 1, Outcome.GONE, source_id="t"),
        seen("http://a.example/", 2, Outcome.OK, sha256=store.put(b"x"), size=1, charset="utf-8"),
    ]
    for row in rows:
        store.record(row)
    assert list(store.documents()) == rows
    assert list(store.documents("t")) == rows[1:2]
    assert list(store.documents(as_of=DAY + timedelta(days=1))) == rows[:2]
    assert list(store.documents(since=DAY + timedelta(days=1))) == rows[1:]


def test_an_empty_archive_is_an_archive(store: Archive) -> None:
    assert list(store.documents()) == []
    assert store.visits() == []
    assert stats(store).attempts == 0


def test_latest_is_the_newest_attempt_with_content(store: Archive) -> None:
    old, new = store.put(b"old"), store.put(b"new")
    for row in (
        seen("u", 0, sha256=old),
        seen("u", 2, sha256=new),
        seen("u", 3, Outcome.BLOCKED, sha256=old),
    ):
        store.record(row)
    assert {u: d.sha256 for u, d in store.latest().of(["s", "t"])["s"].items()} == {"u": new}


def test_damaged_content_is_found_out(tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    names = archive.put(b"one" * 100), archive.put(b"two" * 100)
    paths = [tmp_path / "blobs" / n[:2] / f"{n}.zst" for n in names]
    paths[0].write_bytes(paths[0].read_bytes()[:-3])
    paths[1].write_bytes((tmp_path / "blobs" / names[0][:2] / f"{names[0]}.zst").read_bytes())
    for name in names:
        with pytest.raises(ArchiveError):
            archive.get(name)


def test_half_a_last_line_is_skipped_and_the_log_goes_on(tmp_path: Path) -> None:
    with Archive(tmp_path) as archive:
        archive.record(seen("u"))
        archive.record_visit(VisitRow("s", DAY, DAY, {"ok": 1}, 5))
    for log in (*(tmp_path / "log").iterdir(), *(tmp_path / "visits").iterdir()):
        with log.open("ab") as file:
            file.write(b'{"source_id": "s", "url": "http://cut.exam')
    with Archive(tmp_path) as archive:
        archive.record(seen("v", 1))
        assert [d.url for d in archive.documents()] == ["u", "v"]
        assert [v.good for v in archive.visits()] == [1]


def test_duckdb_reads_the_log(tmp_path: Path) -> None:
    with Archive(tmp_path) as archive:
        archive.record(seen("u", sha256=archive.put(b"x")))
    query = f"SELECT count(*), min(outcome) FROM read_json('{tmp_path}/log/*.jsonl')"
    assert duckdb.connect().execute(query).fetchone() == (1, "ok")


def test_stats_and_prune(store: Archive) -> None:
    old, new, orphan = store.put(b"old" * 50), store.put(b"new" * 50), store.put(b"orphan")
    store.record(seen("u", 0, sha256=old, size=150))
    store.record(seen("u", 40, sha256=new, size=150))
    store.record(seen("v", 1, Outcome.GONE))
    counted = stats(store)
    assert (counted.attempts, counted.urls, counted.contents, counted.content) == (3, 2, 3, 300)
    assert counted.outcomes == {"ok": 2, "gone": 1}
    assert prune(store, dry_run=False).orphans == 0  # too young: its row may be on its way
    kept = prune(store, DAY + timedelta(days=30))
    assert (kept.superseded, old in store) == (1, True)  # a dry run
    assert prune(store, DAY + timedelta(days=60), dry_run=False).superseded == 1
    assert (old in store, new in store, orphan in store) == (False, True, True)


def test_an_old_orphan_is_pruned(tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    name = archive.put(b"orphan")
    path = tmp_path / "blobs" / name[:2] / f"{name}.zst"
    os.utime(path, (1, 1))
    assert prune(archive, dry_run=False).orphans == 1
    assert not path.exists()


def test_a_packed_log_reads_the_same_whenever_packing_was_cut_short(tmp_path: Path) -> None:
    for day in range(3):
        with Archive(tmp_path) as archive:
            row = seen(f"it's {day}", day, sha256=archive.put(b"%d" % day), redirects=("a", "b"), detail="ü")
            archive.record(row)
    archive = Archive(tmp_path)
    before = list(archive.documents())
    lines = {path: path.read_bytes() for path in sorted(tmp_path.glob("log/*.jsonl"))}
    assert compact(archive) == 0  # a day has not passed: a writer may be at them
    for path in lines:
        os.utime(path, (1, 1))
    assert compact(archive) == 3
    assert list(tmp_path.glob("log/*.jsonl")) == []
    assert list(archive.documents()) == before
    for path, data in lines.items():  # killed before they were removed
        path.write_bytes(data)
    assert list(archive.documents()) == before
    archive.record(seen("new", 9))
    assert [d.url for d in archive.documents()] == ["it's 0", "it's 1", "it's 2", "new"]
    assert compact(archive) == 0
    assert set(archive.latest().of(["s"])["s"]) == {"it's 0", "it's 1", "it's 2"}


def rows_logged(root: Path) -> int:
    return sum(path.read_bytes().count(b"\n") for path in root.glob("log/*.jsonl"))


def test_kill_9_at_random_moments_loses_nothing_that_was_logged(web_in_thread, tmp_path: Path) -> None:
    links = "".join(f'<a href="/program-{n}">Program {n}</a>' for n in range(8))
    for host in range(12):
        web_in_thread.page(
            f"k{host}.example", "*", f"<html><h1>Host {host}</h1><p>Evening groups.</p>{links}</html>"
        )
        for path in ("/robots.txt", "/sitemap.xml"):
            web_in_thread.page(f"k{host}.example", path, "none", 404)
    chance = random.Random(5)
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["pipeline.fetch", "sources.registry"])

    def start() -> multiprocessing.process.BaseProcess:
        run = context.Process(target=exec, args=(RUN, {"root": str(tmp_path), "port": web_in_thread.port}))
        run.start()
        return run

    for _ in range(5):
        until = rows_logged(tmp_path) + chance.randrange(1, 15)
        run = start()
        while rows_logged(tmp_path) < until and run.is_alive():
            time.sleep(0.002)
        run.kill()
        run.join()
        with Archive(tmp_path) as archive:
            logged = list(archive.documents())
            assert len(logged) >= until
            for document in logged:
                assert document.sha256 is not None
                assert b"Evening groups" in archive.get(document.sha256)
    finished = {v.source_id for v in Archive(tmp_path).visits()}
    assert len(finished) < 12, "the kills came too late to prove anything"
    run = start()
    run.join()
    assert run.exitcode == 0
    with Archive(tmp_path) as archive:
        assert len({(d.source_id, d.url) for d in archive.documents()}) == 12 * 9
        assert {v.source_id for v in archive.visits()} == {f"k{n}" for n in range(12)}

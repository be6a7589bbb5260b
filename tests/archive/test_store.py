"""Stores: a file is whole or not there, whatever the disk does; what was flushed is durable; others' files are seen."""

from __future__ import annotations

import errno
import io
import os
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipeline.archive import store as stores
from pipeline.archive.archive import Archive, ArchiveError
from pipeline.archive.store import LocalStore, RemoteStore
from pipeline.archive.upkeep import stats
from pipeline.records import Document, Outcome

DAY = datetime(2026, 3, 1, tzinfo=UTC)


def gone(url: str) -> Document:
    return Document("s", url, DAY, Outcome.GONE)


def test_a_row_that_a_full_disk_cut_short_raises_and_spoils_no_other(tmp_path: Path, monkeypatch) -> None:
    archive = Archive(tmp_path)
    archive.record(gone("before"))
    write, left = os.write, [40, 0]  # bytes that the disk still takes

    def full(descriptor: int, data: bytes) -> int:
        room = left.pop(0)
        if not room:
            raise OSError(errno.ENOSPC, "no space left on device")
        return write(descriptor, data[:room])

    monkeypatch.setattr(os, "write", full)
    for url in ("cut", "not begun"):
        with pytest.raises(ArchiveError, match="takes no row"):
            archive.record(gone(url))
    monkeypatch.setattr(os, "write", write)
    archive.record(gone("after"))
    archive.record(gone("later"))
    assert {d.url for d in archive.documents()} == {"before", "after", "later"}
    assert stats(archive).unread == 1


def test_content_that_a_full_disk_cut_short_is_not_there(tmp_path: Path, monkeypatch) -> None:
    archive = Archive(tmp_path)

    class Full(io.FileIO):
        def write(self, data: bytes) -> int:  # type: ignore[override]
            return super().write(data[:10])

    monkeypatch.setattr(stores, "open", lambda path, mode, buffering: Full(path, mode), raising=False)
    with pytest.raises(OSError, match="could not be written to its end"):
        archive.put(b"page")
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
    monkeypatch.undo()
    assert archive.get(archive.put(b"page")) == b"page"


def test_contents_are_durable_before_the_rows_that_name_them(tmp_path: Path, monkeypatch) -> None:
    archive = Archive(tmp_path)
    done: list[str] = []
    monkeypatch.setattr(stores, "_syncfs", lambda descriptor: done.append("contents") or 0)
    monkeypatch.setattr(os, "fsync", lambda descriptor: done.append("log"))
    archive.put(b"page")
    archive.record(gone("u"))
    archive.flush()
    assert done == ["contents", "log"]
    archive.flush()
    assert len(done) == 2, "nothing new"
    archive.record(gone("v"))
    archive.close()
    assert done[2:] == ["log"]


def test_content_is_made_durable_now_and_then_and_a_failure_of_it_is_told(
    tmp_path: Path, monkeypatch
) -> None:
    store = LocalStore(tmp_path)
    results = [-1, 0]
    monkeypatch.setattr(stores, "_syncfs", lambda descriptor: results.pop(0))
    store.write("blobs/a", b"x")
    assert len(results) == 2
    with pytest.raises(OSError, match=r"."):
        store.sync()
    monkeypatch.setattr(stores, "SYNC_S", -1.0)
    store.write("blobs/b", b"x")
    assert results == []


def test_what_is_renewed_is_in_use_and_what_is_empty_or_wrong_is_not_there(tmp_path: Path) -> None:
    store = LocalStore(tmp_path)
    store.write("blobs/a", b"right")
    os.utime(tmp_path / "blobs/a", (1, 1))
    assert not store.renew("blobs/a", lambda data: data == b"wrong")
    assert store.remove_unused("blobs/none", 1.0) is False
    assert store.renew("blobs/a", lambda data: data == b"right")
    assert time.time() - (tmp_path / "blobs/a").stat().st_mtime < 60
    assert store.remove_unused("blobs/a", 1.0) is False
    assert store.read("blobs/a") == b"right"
    changed = (tmp_path / "blobs/a").stat().st_mtime
    assert store.remove_unused("blobs/a", changed) is True
    assert not store.renew("blobs/a", lambda data: True)
    assert list((tmp_path / "blobs").iterdir()) == []
    (tmp_path / "blobs/a").touch()
    assert not store.exists("blobs/a")


def test_a_log_is_in_use_until_it_is_closed(tmp_path: Path) -> None:
    store = LocalStore(tmp_path)
    log = store.log_writer("log/x")
    (name,) = [name for name, _, _ in store.names("log/")]
    assert store.in_use(name)
    log.close()
    assert not store.in_use(name)


def test_a_folder_whose_name_looks_like_a_pattern(tmp_path: Path) -> None:
    with Archive(tmp_path / "it's [a] *?") as archive:
        archive.record(gone("u"))
        assert [d.url for d in archive.documents()] == ["u"]


def test_object_stores_are_listed_anew_each_time() -> None:
    store = RemoteStore("memory://listed")
    assert store.fs.storage_options == {"use_listings_cache": False}
    store.write("log/a", b"")
    assert not store.exists("log/a")
    store.write("log/a", b"x")
    assert store.exists("log/a")
    ((_, _, changed),) = store.names("log/")
    assert not store.remove_unused("log/a", changed - 1)
    assert store.remove_unused("log/a", changed)
    store.remove("log/a")
    assert list(store.names("log/")) == []

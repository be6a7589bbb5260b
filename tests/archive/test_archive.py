"""The archive: content once, a row for every attempt, the same on an object store."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import pytest

from pipeline.archive import log as logs
from pipeline.archive.archive import Archive, ArchiveError
from pipeline.archive.replay import current_documents
from pipeline.archive.upkeep import stats
from pipeline.archive.visits import VisitRow
from pipeline.records import Document, Outcome

DAY = datetime(2026, 3, 1, tzinfo=UTC)


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


BAD = {
    "a month 91": b'{"source_id": "s", "url": "bad", "fetched_at": "2026-91-01T00:00:00Z", "outcome": "ok"}',
    "a year 20000": b'{"source_id": "s", "url": "bad", "fetched_at": "20000-01-01T00:00:00Z", "outcome": "ok"}',
    "no such outcome": b'{"source_id": "s", "url": "bad", "fetched_at": "2026-03-01T00:00:00Z", "outcome": "oj"}',
    "no source": b'{"url": "bad", "fetched_at": "2026-03-01T00:00:00Z", "outcome": "ok"}',
    "an array": b"[1, 2]",
    "a number": b"12",
    "nothing": b"{}",
    "half a line": b'{"source_id": "s", "url": "ba',
    "zeros": bytes(300),
    "no UTF-8": b'\xff\xfe{"url": "\xff"}',
}


def test_a_line_that_is_no_row_is_passed_over_and_counted(tmp_path: Path) -> None:
    with Archive(tmp_path) as archive:
        archive.record(seen("u", sha256=archive.put(b"x"), size=1))
    (log,) = tmp_path.glob("log/*.jsonl")
    good = log.read_bytes()
    log.write_bytes(
        b"".join(line + b"\n" + good.replace(b'"u"', b'"v%d"' % n) for n, line in enumerate(BAD.values()))
    )
    archive = Archive(tmp_path)
    expected = {f"v{n}" for n in range(len(BAD))}
    assert {d.url for d in archive.documents()} == expected
    assert set(archive.latest().of(["s"])["s"]) == expected
    assert len(list(current_documents(archive))) == 1  # one content
    assert stats(archive).unread == len(BAD)


def test_a_line_too_long_for_duckdb_does_not_stop_the_others(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(logs, "LINE_LIMIT", 4000)
    monkeypatch.setattr("pipeline.archive.archive.LINE_LIMIT", 4000)
    with Archive(tmp_path) as archive:
        archive.record(seen("it's u"))
        with pytest.raises(ArchiveError, match="could not be read again"):
            archive.record(seen("x" * 4000))
    (log,) = tmp_path.glob("log/*.jsonl")
    with log.open("ab") as file:
        file.write(b'{"source_id": "' + b"x" * 9000 + b'"}\n' + log.read_bytes().replace(b"it's u", b"v"))
    assert sorted(d.url for d in Archive(tmp_path).documents()) == ["it's u", "v"]
    assert stats(Archive(tmp_path)).unread == 1


def test_a_bad_visit_is_passed_over_and_counted(tmp_path: Path) -> None:
    with Archive(tmp_path) as archive:
        archive.record_visit(VisitRow("s", DAY, DAY, {"ok": 1}, 5))
    (log,) = tmp_path.glob("visits/*.jsonl")
    good = log.read_bytes()
    bad = (
        good.replace(b"2026-03-01", b"2026-91-01"),
        good.replace(b'{"ok": 1}', b"[1]"),
        good.replace(b'"s"', b"null"),
        good.replace(b": 5", b': "many"'),
        b"[]\n",
        b"\0\xff\n",
    )
    log.write_bytes(good + b"".join(bad) + good.replace(b"2026-03-01", b"2026-03-02"))
    archive = Archive(tmp_path)
    later = DAY + timedelta(days=1)
    assert archive.visits() == [VisitRow("s", d, d, {"ok": 1}, 5) for d in (DAY, later)]
    assert stats(archive).unread == len(bad)


def spoilt(archive: Archive, how: str) -> tuple[str, Path]:
    name = archive.put(b"page" * 100)
    path = Path(str(archive.store.root), "blobs", name[:2], f"{name}.zst")
    whole = path.read_bytes()
    huge = whole[:4] + b"\xe0" + b"\xff" * 7 + b"\x0f" + whole[5:]  # a frame that names a size of 2**60
    path.write_bytes({"empty": b"", "cut": whole[:-3], "flipped": whole[:-1] + b"\0", "huge": huge}[how])
    return name, path


@pytest.mark.parametrize("how", ["empty", "cut", "flipped", "huge"])
def test_damaged_content_is_written_again_when_it_comes_again(tmp_path: Path, how: str) -> None:
    archive = Archive(tmp_path)
    name, _ = spoilt(archive, how)
    assert (name in archive) == (how != "empty")
    assert archive.put(b"page" * 100) == name
    assert archive.get(name) == b"page" * 100


@pytest.mark.parametrize("how", ["empty", "cut", "flipped", "huge"])
def test_content_that_was_found_damaged_counts_as_absent_until_it_comes_again(
    tmp_path: Path, how: str
) -> None:
    archive = Archive(tmp_path)
    name, _ = spoilt(archive, how)
    with pytest.raises(KeyError if how == "empty" else ArchiveError):
        archive.get(name)
    for reader in (
        archive,
        Archive(tmp_path),
    ):  # also for other processes: no server is to answer "not modified"
        assert name not in reader
    assert stats(archive).damaged == (how != "empty")
    archive = Archive(tmp_path)
    archive.put(b"page" * 100)
    assert name in archive
    assert (name in Archive(tmp_path), stats(archive).damaged) == (True, 0)


def test_what_is_no_hash_names_nothing(store: Archive) -> None:
    for name in ("", "../../etc/passwd", "\0", "a" * 63):
        assert name not in store
        with pytest.raises(KeyError):
            store.get(name)


def test_a_page_is_absent_after_two_moments_of_gone(store: Archive) -> None:
    sha256 = store.put(b"x")
    store.record(seen("u", 0, sha256=sha256))
    for _ in range(2):  # one attempt, imported twice
        store.record(seen("u", 1, Outcome.GONE))
    assert set(store.latest().of(["s"])["s"]) == {"u"}
    store.record(seen("u", 2, Outcome.GONE))
    assert store.latest().of(["s"]) == {}


def test_two_archives_written_at_once_have_both_their_rows(tmp_path: Path) -> None:
    with Archive(tmp_path) as one, Archive(tmp_path) as other:
        for n in range(20):
            for archive, name in ((one, "one"), (other, "other")):
                sha256 = archive.put(b"shared %d" % n)
                archive.record(seen(f"{name}/{n}", -n, sha256=sha256))  # the clock goes backwards
        found = list(one.documents())
    assert len(found) == 40
    assert [d.fetched_at for d in found] == sorted(d.fetched_at for d in found)


def test_text_that_is_none_is_logged_all_the_same(store: Archive) -> None:
    store.record(seen("u", detail="half a pair: \ud800"))
    assert [d.detail for d in store.documents()] == ["half a pair: ?"]

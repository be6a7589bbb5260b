"""Upkeep: what is packed reads the same, what is damaged stops nothing, what is needed is never removed."""

from __future__ import annotations

import logging
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from filelock import FileLock
from typer.testing import CliRunner

from pipeline.archive import upkeep
from pipeline.archive.archive import Archive, ArchiveError
from pipeline.archive.upkeep import compact, prune, stats
from pipeline.archive.visits import VisitRow
from pipeline.commands.archive import app
from pipeline.records import Document, Outcome

DAY = datetime(2026, 3, 1, tzinfo=UTC)


def seen(
    url: str, day: int = 0, outcome: Outcome = Outcome.OK, sha256: str | None = None, **more
) -> Document:
    return Document("s", url, DAY + timedelta(days=day), outcome, sha256=sha256, **more)


def blob(root: Path, sha256: str) -> Path:
    return root / "blobs" / sha256[:2] / f"{sha256}.zst"


def aged(root: Path, pattern: str = "*/*") -> None:
    for path in root.glob(pattern):
        os.utime(path, (1, 1))


def three_runs(root: Path) -> Archive:
    for day in range(3):
        with Archive(root) as archive:
            content = archive.put(b"%d" % day)
            archive.record(seen(f"it's {day}", day, sha256=content, redirects=("a", "b"), detail="ü"))
            archive.record_visit(VisitRow("s", DAY, DAY + timedelta(days=day), {"ok": 1, "gone": 2}, 5))
    return Archive(root)


def test_stats_and_prune(store: Archive, monkeypatch) -> None:
    old, new, orphan = store.put(b"old" * 50), store.put(b"new" * 50), store.put(b"orphan")
    store.record(seen("u", 0, sha256=old, size=150))
    store.record(seen("u", 40, sha256=new, size=150))
    store.record(seen("v", 1, Outcome.GONE))
    counted = stats(store)
    assert (counted.attempts, counted.urls, counted.contents, counted.content) == (3, 2, 3, 306)
    assert (counted.outcomes, counted.unread, counted.damaged) == ({"ok": 2, "gone": 1}, 0, 0)
    young = prune(store, DAY + timedelta(days=60), dry_run=False)
    assert (young.orphans, young.superseded) == (0, 0)  # their rows may be on their way
    monkeypatch.setattr(upkeep, "YOUNG_S", -1.0)
    told = prune(store, DAY + timedelta(days=30))
    assert (told.orphans, told.superseded, old in store) == (1, 1, True)  # a dry run
    assert prune(store, DAY + timedelta(days=60), dry_run=False) == told
    assert (old in store, new in store, orphan in store) == (False, True, False)
    after = stats(store)
    assert (after.contents, after.content) == (1, 150)


def test_an_old_orphan_is_pruned_but_not_one_that_came_again(tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    names = archive.put(b"orphan"), archive.put(b"orphan too")
    aged(tmp_path, "blobs/*/*")
    archive.put(b"orphan too")
    assert prune(archive, dry_run=False).orphans == 1
    assert [name in archive for name in names] == [False, True]


@pytest.mark.parametrize("moment", ["put", "logged"])
def test_what_a_run_takes_up_while_prune_looks_stays(tmp_path: Path, monkeypatch, moment: str) -> None:
    archive = Archive(tmp_path)
    sha256 = archive.put(b"orphan")
    aged(tmp_path, "blobs/*/*")
    last_seen, calls = upkeep._last_seen, []

    def busy(of: Archive) -> dict[str, datetime]:
        calls.append(of)
        if len(calls) == 2:  # the orphans are known, and about to be removed
            with Archive(tmp_path) as run:
                if moment == "put":
                    run.put(b"orphan")
                else:
                    run.record(seen("u", sha256=sha256))
        return last_seen(of)

    monkeypatch.setattr(upkeep, "_last_seen", busy)
    assert prune(archive, dry_run=False).orphans == 0
    assert sha256 in archive


def test_prune_spares_what_a_line_names_that_cannot_be_read(tmp_path: Path) -> None:
    with Archive(tmp_path) as archive:
        sha256 = archive.put(b"page")
        archive.record(seen("u", sha256=sha256))
    aged(tmp_path, "blobs/*/*")
    (log,) = tmp_path.glob("log/*")
    log.write_bytes(log.read_bytes().replace(b'"ok"', b'"oj"'))
    for _ in range(2):
        assert prune(Archive(tmp_path), dry_run=False).orphans == 0
        assert sha256 in Archive(tmp_path)
        aged(tmp_path)
        compact(Archive(tmp_path))  # which sets the line aside


def test_a_packed_log_reads_the_same_whenever_packing_was_cut_short(tmp_path: Path) -> None:
    archive = three_runs(tmp_path)
    before, visits = list(archive.documents()), archive.visits()
    lines = {path: path.read_bytes() for path in sorted(tmp_path.glob("*/*.jsonl"))}
    assert compact(archive) == 0  # a day has not passed
    aged(tmp_path)
    assert compact(archive) == 6
    assert list(tmp_path.glob("*/*.jsonl")) == []
    assert [len(list(tmp_path.glob(f"{folder}/*"))) for folder in ("log", "visits")] == [1, 1]
    assert (list(archive.documents()), archive.visits()) == (before, visits)
    for path, data in lines.items():  # killed before they were removed
        path.write_bytes(data)
    assert (list(archive.documents()), archive.visits()) == (before, visits)
    archive.record(seen("new", 9))
    assert [d.url for d in archive.documents()] == ["it's 0", "it's 1", "it's 2", "new"]
    aged(tmp_path)
    assert compact(archive) == 0  # the new one is in use
    assert len(list(tmp_path.glob("*/*.jsonl"))) == 1
    assert set(archive.latest().of(["s"])["s"]) == {"it's 0", "it's 1", "it's 2"}
    archive.close()
    assert (compact(archive), len(list(archive.documents()))) == (1, 4)


def test_a_log_without_a_whole_line_is_removed_and_nothing_is_packed(tmp_path: Path) -> None:
    (tmp_path / "log").mkdir()
    (tmp_path / "log" / "20260101T000000Z-aa.jsonl").write_bytes(b'{"source_id": "s", "ur')
    (tmp_path / "log" / ".0123.tmp").write_bytes(b"left by a kill")
    assert stats(Archive(tmp_path)).unread == 1
    aged(tmp_path)
    assert compact(Archive(tmp_path)) == 0
    assert list((tmp_path / "log").iterdir()) == []


def test_lines_that_are_no_rows_are_set_aside_not_removed(tmp_path: Path) -> None:
    with Archive(tmp_path) as archive:
        archive.record(seen("u"))
    (log,) = tmp_path.glob("log/*")
    log.write_bytes(b"{spoilt}\n" + log.read_bytes())
    written = log.read_bytes()
    aged(tmp_path)
    archive = Archive(tmp_path)
    for packed in (1, 0):
        assert compact(archive) == packed
        assert [d.url for d in archive.documents()] == ["u"]
        assert (log.exists(), log.with_name(f"{log.name}.unread").read_bytes()) == (False, written)
        assert stats(archive).unread == 1


@pytest.mark.parametrize("how", ["cut", "flipped", "empty of sense", "old name"])
def test_a_damaged_packed_file_is_named_and_the_rest_is_read(tmp_path: Path, caplog, how: str) -> None:
    archive = three_runs(tmp_path)
    lines = {path: path.read_bytes() for path in tmp_path.glob("log/*.jsonl")}
    aged(tmp_path, "log/*")
    compact(archive)
    archive.record(seen("new", 9))
    archive.close()
    (packed,) = tmp_path.glob("log/*.parquet")
    data = packed.read_bytes()
    flipped = data[:200] + bytes([data[200] ^ 1]) + data[201:]
    packed.write_bytes(
        {"cut": data[:-20], "old name": data[:-20], "flipped": flipped, "empty of sense": b"PAR1" * 9}[how]
    )
    if how == "old name":
        packed = packed.rename(packed.with_name("20260101T000000Z-0a1b2c3d.parquet"))
    with caplog.at_level(logging.WARNING):
        assert [d.url for d in Archive(tmp_path).documents()] == ["new"]
    assert packed.name in caplog.text
    assert stats(Archive(tmp_path)).damaged_logs == (f"log/{packed.name}",)
    assert set(Archive(tmp_path).latest().of(["s"])) == set()
    with pytest.raises(ArchiveError, match=packed.name):  # what looks like an orphan may be named there
        prune(Archive(tmp_path))
    for path, content in lines.items():
        path.write_bytes(content)
    assert len(list(Archive(tmp_path).documents())) == 4


def test_lines_stay_until_what_they_were_packed_into_was_read_back(tmp_path: Path, monkeypatch) -> None:
    archive = three_runs(tmp_path)
    before = list(archive.documents())
    aged(tmp_path)
    write = archive.store.write
    monkeypatch.setattr(archive.store, "write", lambda name, data: write(name, data[:-20]))
    with pytest.raises(ArchiveError, match="could not be read back"):
        compact(archive)
    assert [path.suffix for path in tmp_path.glob("log/*")] == [".jsonl"] * 3
    assert list(archive.documents()) == before


def test_a_reader_that_packing_overtakes_reads_on(tmp_path: Path, monkeypatch) -> None:
    archive = three_runs(tmp_path)
    before, visits = list(archive.documents()), archive.visits()
    aged(tmp_path)
    connection = archive._connection
    monkeypatch.setattr(
        archive, "_connection", lambda table: (connection(table), compact(Archive(tmp_path)))[0]
    )
    assert list(archive.documents()) == before
    assert archive.visits() == visits


def test_the_commands_keep_clear_of_a_run_and_say_what_is_damaged(tmp_path: Path) -> None:
    archive = three_runs(tmp_path / "archive")
    (tmp_path / "archive/log/bad.jsonl").write_bytes(b"{}\n")
    aged(tmp_path, "archive/*/*")

    def iop(*arguments: str) -> tuple[int, str]:
        found = CliRunner().invoke(app, [*arguments, "--profile", "demo", "--out", str(tmp_path)])
        return found.exit_code, found.output

    with FileLock(tmp_path / ".lock"):
        assert [iop(*c)[0] for c in (["compact"], ["prune", "--yes"], ["prune"], ["stats"])] == [1, 1, 0, 0]
    assert iop("compact") == (0, "6 logs packed\n")
    (packed,) = tmp_path.glob("archive/log/*.parquet")
    assert iop("prune", "--yes")[0] == 0
    packed.write_bytes(b"PAR1")
    with pytest.raises(KeyError):
        archive.get("0" * 64)
    code, text = iop("stats")
    assert (code, "lines that are no rows" in text, packed.name in text) == (0, True, True)
    code, text = iop("prune")
    assert (code, packed.name in text) == (1, True)

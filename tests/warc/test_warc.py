"""WARC out and in again: nothing is lost, nothing is there twice, standard tools read it."""

from __future__ import annotations

import gzip
import zlib
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner
from warcio.archiveiterator import ArchiveIterator
from warcio.checker import Checker

from pipeline.archive.archive import Archive
from pipeline.archive.replay import current_documents
from pipeline.archive.visits import VisitRow
from pipeline.cli import app
from pipeline.commands.exit_codes import ExitCode
from pipeline.records import Document, Outcome
from pipeline.warc.read import Imported, NoWarcError, import_warc
from pipeline.warc.write import export_warc

DAY = datetime(2026, 3, 1, 12, 30, 15, 123456, UTC)
URL = "https://a.example/"


def page(n: int | str) -> bytes:
    return (
        b"<html><title>IOP</title><p>Our program meets three evenings a week, groups of eight.</p>%b</html>"
        % str(n).encode()
    )


def add(
    archive: Archive, day: float, outcome: str = "ok", body: bytes | None = None, url: str = URL, **more
) -> None:
    sha256, size = (archive.put(body), len(body)) if body else (None, None)
    fields = {"source_id": "a", "final_url": url, "status": 200, "media_type": "text/html", **more}
    moment = DAY + timedelta(days=day)
    archive.record(
        Document(url=url, fetched_at=moment, outcome=Outcome(outcome), sha256=sha256, size=size, **fields)
    )


@pytest.fixture
def history(archive: Archive) -> Archive:
    """Attempts of every sort, with all that a Document can hold."""
    add(archive, 0, body=page(1), etag='W/"é"', last_modified="Mon, 02 Mar 2026 00:00:00 GMT", elapsed_ms=12)
    hops = ("https://a.example/x y", "https://a.example/ü")
    add(archive, 1, "unchanged", page(1), status=304, charset="windows-1252", redirects=hops)
    add(archive, 2, body="<p>café".encode("cp1252"), url=f"{URL}x?q=%20&b", final_url="https://a.example/é")
    add(archive, 3, "gone", url=f"{URL}x?q=%20&b", status=404, media_type=None)
    add(
        archive, 4, "gone", url=f"{URL}x?q=%20&b", status=404, body=b"<h1>Not found</h1>", detail="status 404"
    )
    add(archive, 5, "dns", final_url=None, status=None, media_type=None, detail=" no \r\n name\u2028 100% ")
    for n, outcome in enumerate(Outcome):
        add(archive, 6 + n, outcome.value, url=f"{URL}{outcome}", status=999, detail=f"{outcome}: ok")
    edition = {"source_id": "list", "published": date(2026, 1, 1)}
    local = {"final_url": "file:lists/my list.csv", "status": None, **edition}
    add(archive, 7, body=b"name,city\n", url="file:lists/my list.csv", media_type="text/csv", **local)
    add(archive, 8, body=b"name,city\n", url="file:lists/my list.csv", media_type="text/csv", **local)
    add(archive, 9, body=page(2), source_id="b", url="https://b.example/")
    archive.record_visit(VisitRow("a", DAY, DAY + timedelta(minutes=5), {"ok": 1, "gone": 2}, 123))
    archive.record_visit(VisitRow("b", DAY, DAY + timedelta(days=9), {"ok": 1}, 9))
    return archive


def records(path: Path) -> list[tuple[str, str, bytes]]:
    with path.open("rb") as file:
        return [
            (r.rec_type, r.rec_headers["WARC-Target-URI"], r.content_stream().read())
            for r in ArchiveIterator(file)
        ]


def copied(path: Path, folder: Path) -> tuple[Archive, Imported]:
    copy = Archive(folder)
    return copy, import_warc(copy, path)


def test_an_archive_comes_back_as_it_was(history: Archive, tmp_path: Path) -> None:
    path = tmp_path / "all.warc.gz"
    everything = list(history.documents())
    assert export_warc(history, path) == len(everything)
    copy, found = copied(path, tmp_path / "copy")
    assert list(copy.documents()) == everything
    assert copy.visits() == history.visits()
    assert list(current_documents(copy)) == list(current_documents(history))
    for document in everything:
        assert document.sha256 is None or copy.get(document.sha256) == history.get(document.sha256)
    assert (found.documents, found.visits, found.already, found.left_out) == (len(everything), 2, 0, 0)
    export_warc(copy, tmp_path / "again.warc.gz")
    assert records(path)[1:] == records(tmp_path / "again.warc.gz")[1:]


def test_what_is_there_is_not_logged_again(history: Archive, tmp_path: Path) -> None:
    path = tmp_path / "all.warc.gz"
    before, visits = list(history.documents()), history.visits()
    export_warc(history, path)
    path.write_bytes(path.read_bytes() * 2)
    found = import_warc(history, path)
    assert (found.documents, found.visits, found.already) == (0, 0, 2 * len(before))
    assert (list(history.documents()), history.visits()) == (before, visits)
    copy, twice = copied(path, tmp_path / "copy")
    assert (twice.documents, twice.already) == (len(before), len(before))
    assert list(copy.documents()) == before


def test_standard_tools_read_it(history: Archive, tmp_path: Path) -> None:
    path = tmp_path / "all.warc.gz"
    export_warc(history, path)

    class Command:
        inputs, verbose = (str(path),), False

    assert Checker(Command).process_all() == 0
    kinds = [kind for kind, _, _ in records(path)]
    assert kinds[:4] == ["warcinfo", "response", "revisit", "response"]
    assert {kinds.count(k) for k in ("resource", "response")} == {1, 4}
    members, rest = 0, path.read_bytes()
    while rest:
        member = zlib.decompressobj(zlib.MAX_WBITS | 16)
        assert member.decompress(rest).startswith(b"WARC/1.1\r\n")
        members, rest = members + 1, member.unused_data
    assert members == len(kinds)


def test_a_revisit_has_the_digest_of_its_response(history: Archive, tmp_path: Path) -> None:
    export_warc(history, tmp_path / "all.warc.gz")
    with (tmp_path / "all.warc.gz").open("rb") as file:
        headers = [r.rec_headers for r in ArchiveIterator(file) if r.rec_type in ("response", "revisit")]
    response, revisit = headers[:2]
    assert response["WARC-Payload-Digest"].startswith("sha1:")
    assert revisit["WARC-Payload-Digest"] == response["WARC-Payload-Digest"]
    assert revisit["WARC-Refers-To"] == response["WARC-Record-ID"]
    assert revisit["WARC-Refers-To-Date"] == response["WARC-Date"] == "2026-03-01T12:30:15.123456Z"
    assert revisit["IOP-Sha256"] == response["IOP-Sha256"]


def test_a_source_and_days_are_exported_alone(history: Archive, tmp_path: Path) -> None:
    path = tmp_path / "b.warc.gz"
    assert export_warc(history, path, source_id="b") == 1
    copy, _ = copied(path, tmp_path / "b")
    assert ([d.source_id for d in copy.documents()], len(copy.visits())) == (["b"], 1)
    since, until = DAY + timedelta(days=1), DAY + timedelta(days=2)
    assert export_warc(history, path, since=since, until=until) == 2
    copy, _ = copied(path, tmp_path / "days")
    assert [d.fetched_at for d in copy.documents()] == [since, until]
    assert copy.visits() == []


def test_content_that_is_lost_is_told_and_its_attempt_stays(history: Archive, tmp_path: Path) -> None:
    lost = next(history.documents("b")).sha256
    export_warc(history, tmp_path / "whole.warc.gz")
    history.store.remove(f"blobs/{lost[:2]}/{lost}.zst")
    told: list[tuple[str, str]] = []
    export_warc(history, tmp_path / "b.warc.gz", missing=lambda d, why: told.append((d.source_id, why)))
    assert told == [("b", "pruned")]
    copy, _ = copied(tmp_path / "b.warc.gz", tmp_path / "copy")
    assert list(copy.documents()) == list(history.documents())
    assert import_warc(history, tmp_path / "whole.warc.gz").documents == 0
    assert history.get(lost) == page(2)  # what the file has of it is back


def test_a_failed_export_leaves_what_was_there(history: Archive, tmp_path: Path) -> None:
    folder = tmp_path / "warcs"
    folder.mkdir()
    path = folder / "all.warc.gz"
    path.write_text("the last one")

    def fail(document: Document, why: str) -> None:
        raise RuntimeError

    lost = next(history.documents("b")).sha256
    history.store.remove(f"blobs/{lost[:2]}/{lost}.zst")
    with pytest.raises(RuntimeError):
        export_warc(history, path, missing=fail)
    assert [p.read_text() for p in folder.iterdir()] == ["the last one"]
    with pytest.raises(OSError, match="no file"):
        export_warc(history, folder)


def test_a_file_cut_short_gives_what_is_whole(archive: Archive, tmp_path: Path) -> None:
    path = tmp_path / "cut.warc.gz"
    for n in range(3):
        add(archive, n, body=page(n) + bytes(str(hash(n)) * 3000, "ascii"), url=f"{URL}{n}")
    export_warc(archive, path)
    whole = path.read_bytes()
    path.write_bytes(whole[:-60])
    copy, found = copied(path, tmp_path / "copy")
    assert (found.documents, found.left_out) == (2, 1)
    assert "cut short" in found.rejected[0][1]
    assert all(d.sha256 in copy for d in copy.documents())
    path.write_bytes(whole + b"no WARC\r\n" * 9)
    copy, found = copied(path, tmp_path / "more")
    assert found.documents == 3


@pytest.mark.parametrize(
    "content",
    [b"", b"root:x:0:0:root:/root:/bin/sh\n" * 3, gzip.compress(b"x,y\n1,2\n", mtime=0), b"\x1f\x8b\x08"],
    ids=["empty", "text", "gzip", "cut short"],
)
def test_a_file_that_is_no_warc_is_an_error(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "passwd"
    path.write_bytes(content)
    with pytest.raises(NoWarcError, match="no WARC file"):
        copied(path, tmp_path / "copy")
    result = CliRunner().invoke(app, ["archive", "import", str(path), "--out", str(tmp_path / "out")])
    assert (result.exit_code, "is no WARC file" in result.output) == (ExitCode.USAGE, True)
    assert not (tmp_path / "out").exists()


def test_the_command_says_what_was_taken_in_and_what_not(history: Archive, tmp_path: Path) -> None:
    path, out = tmp_path / "all.warc.gz", tmp_path / "out"
    export_warc(history, path)
    nowhere = ["archive", "export", str(tmp_path / "no" / "x.gz"), "--out", str(tmp_path / "new")]
    for said in (f"{len(list(history.documents()))} documents and 2 visits", "0 documents and 0 visits"):
        result = CliRunner().invoke(app, ["archive", "import", str(path), "--out", str(out)])
        assert (result.exit_code, said in result.output) == (ExitCode.OK, True)
    nowhere[-1] = str(out)
    result = CliRunner().invoke(app, nowhere)
    assert (result.exit_code, "cannot be written" in result.output) == (ExitCode.FAILED, True)

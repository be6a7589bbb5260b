"""Replay by date, WARC out and in, and the authoring of a source: nothing here may need the network but the last."""

from __future__ import annotations

import asyncio
import gzip
import io
import tomllib
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from warcio.archiveiterator import ArchiveIterator
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from pipeline.fetch import Archive, export_warc, import_warc, propose_source, replay_documents
from pipeline.records import Document, Outcome

DAY = datetime(2026, 3, 1, tzinfo=UTC)
HTML = b"<html><title>IOP</title><p>Three evenings a week, groups of eight people.</p>%d</html>"


class History:
    """Attempts written into an archive, a day at a time."""

    def __init__(self, archive: Archive) -> None:
        self.archive = archive

    def add(self, day: int, url: str, outcome: str = "ok", body: bytes | None = None, **more) -> None:
        sha256 = self.archive.put(body) if body else None
        moment = DAY + timedelta(days=day)
        size = len(body) if body else None
        fields = {"source_id": "s", "media_type": "text/html", "charset": "utf-8", "status": 200, **more}
        self.archive.record(
            Document(url=url, fetched_at=moment, outcome=Outcome(outcome), sha256=sha256, size=size, **fields)
        )

    def at(self, day: int | None = None, source_id: str | None = None) -> dict[str, bytes]:
        as_of = None if day is None else DAY + timedelta(days=day)
        return {d.url: body for d, body in replay_documents(self.archive, as_of, source_id)}


@pytest.fixture
def history(archive: Archive) -> History:
    return History(archive)


def test_replay_gives_the_newest_good_content_at_a_date(history: History) -> None:
    history.add(0, "a", body=b"old")
    history.add(5, "a", body=b"new")
    history.add(6, "a", "unchanged", body=b"new")
    history.add(7, "a", "blocked", body=b"go away")
    history.add(3, "b", body=b"b", source_id="t")
    assert history.at(-1) == {}
    assert history.at(0) == {"a": b"old"}
    assert history.at(4) == {"a": b"old", "b": b"b"}
    assert history.at() == {"a": b"new", "b": b"b"}
    assert history.at(source_id="t") == {"b": b"b"}
    newest = next(d for d, _ in replay_documents(history.archive, source_id="s"))
    assert (newest.outcome, newest.fetched_at) == (Outcome.UNCHANGED, DAY + timedelta(days=6))


def test_a_page_is_absent_after_being_gone_twice_and_back_when_it_is_back(history: History) -> None:
    history.add(0, "a", body=b"page")
    history.add(7, "a", "gone", status=404)
    assert history.at() == {"a": b"page"}
    history.add(8, "a", "timeout")
    history.add(9, "a", "blocked")
    assert history.at() == {"a": b"page"}
    history.add(14, "a", "gone", status=404)
    assert history.at() == {}
    assert history.at(9) == {"a": b"page"}
    history.add(21, "a", body=b"page again")
    assert history.at() == {"a": b"page again"}


def test_one_page_under_two_addresses_counts_once(history: History) -> None:
    history.add(0, "http://x.example/old", body=b"page", final_url="http://x.example/iop")
    history.add(1, "http://x.example/iop", body=b"page, revised", final_url="http://x.example/iop")
    history.add(1, "http://x.example/iop?print=1", body=b"page, revised")
    assert history.at() == {"http://x.example/iop": b"page, revised"}
    history.add(1, "http://x.example/iop", body=b"page, revised", source_id="t")
    assert len(list(replay_documents(history.archive))) == 2  # each source keeps its own


def test_content_that_is_lost_is_told_and_the_rest_goes_on(history: History) -> None:
    history.add(0, "a", body=b"a")
    history.add(0, "b", body=b"b")
    lost = next(d for d, body in replay_documents(history.archive) if body == b"a").sha256
    history.archive.store.remove(f"blobs/{lost[:2]}/{lost}.zst")
    told: list[tuple[str, str]] = []
    replayed = replay_documents(history.archive, missing=lambda d, why: told.append((d.url, why)))
    assert [d.url for d, _ in replayed] == ["b"]
    assert told == [("a", "pruned")]


def test_a_warc_of_ours_is_read_by_warcio_and_comes_back_the_same(history: History, tmp_path: Path) -> None:
    history.add(0, "http://a.example/", body=HTML % 1, etag='"1"', final_url="http://a.example/en")
    history.add(1, "http://a.example/", "unchanged", body=HTML % 1, detail="same content")
    history.add(2, "http://a.example/x", body="<p>café".encode("cp1252"), charset="windows-1252")
    history.add(3, "http://a.example/y", "gone", status=404)
    history.add(3, "http://b.example/", body=b"other source", source_id="t")
    assert (
        export_warc(history.archive, tmp_path / "s.warc.gz", source_id="s", until=DAY + timedelta(days=2))
        == 3
    )
    with (tmp_path / "s.warc.gz").open("rb") as file:
        records = [
            (r.rec_type, r.rec_headers["WARC-Target-URI"], r.content_stream().read())
            for r in ArchiveIterator(file)
        ]
    assert [r[0] for r in records] == ["warcinfo", "response", "revisit", "response"]
    assert records[1][1:] == ("http://a.example/", HTML % 1)
    with Archive(tmp_path / "copy") as copy:
        assert import_warc(copy, tmp_path / "s.warc.gz").documents == 3
        mine = [d for d in history.archive.documents("s") if d.sha256]
        theirs = list(copy.documents())
        same = ("source_id", "url", "fetched_at", "outcome", "sha256", "size", "etag", "charset", "detail")
        assert [[getattr(d, f) for f in same] for d in theirs] == [
            [getattr(d, f) for f in same] for d in mine
        ]
        assert theirs[0].final_url == "http://a.example/en"
        assert [b for _, b in replay_documents(copy)] == [
            b for _, b in replay_documents(history.archive, source_id="s")
        ]


def foreign(path: Path, *responses: tuple[str, int, dict[str, str], bytes]) -> None:
    with path.open("wb") as file:
        writer = WARCWriter(file, gzip=True)
        for url, status, headers, body in responses:
            http = StatusAndHeaders(f"{status} X", list(headers.items()), protocol="HTTP/1.1")
            writer.write_record(
                writer.create_warc_record(url, "response", payload=io.BytesIO(body), http_headers=http)
            )


def test_a_warc_of_another_tool_is_judged_and_what_is_no_source_is_told(
    archive: Archive, tmp_path: Path
) -> None:
    page = HTML % 7
    html = {"Content-Type": "text/html"}
    foreign(
        tmp_path / "f.warc.gz",
        ("http://a.example/", 200, {**html, "Content-Encoding": "gzip"}, gzip.compress(page)),
        ("http://a.example/gone", 404, html, b"<p>not here"),
        ("http://a.example/wall", 200, html, b"<title>Just a moment...</title>"),
        ("http://elsewhere.example/", 200, html, page),
    )
    sources = {"a.example": "a"}
    found = import_warc(archive, tmp_path / "f.warc.gz", lambda url: sources.get(url.split("/")[2]))
    assert [(d.source_id, d.outcome) for d in archive.documents()] == [
        ("a", Outcome.OK),
        ("a", Outcome.GONE),
        ("a", Outcome.BLOCKED),
    ]
    assert archive.get(next(archive.documents()).sha256) == page
    assert [url for url, _ in found.rejected] == ["http://elsewhere.example/"]


def test_a_warc_cut_short_gives_what_is_whole(history: History, tmp_path: Path) -> None:
    path = tmp_path / "cut.warc.gz"
    for n in range(3):
        history.add(n, f"http://a.example/{n}", body=HTML % n + bytes(str(hash(n)) * 3000, "ascii"))
    export_warc(history.archive, path)
    path.write_bytes(path.read_bytes()[:-60])
    with Archive(tmp_path / "copy") as copy:
        found = import_warc(copy, path)
        assert found.documents == 2
        assert len(found.rejected) == 1
        assert all(d.sha256 in copy for d in copy.documents())


HOME = """<html><title>Welcome | Harbor Oak Recovery</title>
<script type="application/ld+json">{"@graph": [{"@type": "WebPage", "name": "Home"},
 {"@type": ["MedicalClinic"], "name": "Harbor \\"Oak\\" Recovery"}]}</script>
<p>We help people in recovery, by day and in the evening.</p>
<a href="/programs/iop">Intensive Outpatient</a><a href="/insurance">Insurance</a><a href="/careers">Jobs</a>
<a href="/blog/iop">What is an IOP?</a><a href="/contact?src=nav">Contact</a></html>"""


def proposed(web, url: str):
    from pipeline.fetch import FetchSettings

    async def unknown(host: str, port: int) -> list[str]:
        raise OSError("no such name")

    async def run():
        async with web:
            settings = FetchSettings(
                connect_to=web.connect_to, per_host_delay_s=0, attempts=1, now=lambda: DAY, resolve=unknown
            )
            return await propose_source(url, settings)

    return asyncio.run(run())


def test_a_source_is_proposed_as_toml_with_what_would_be_read(web) -> None:
    web.page("harbor-oak.example", "/", HOME)
    dates = "<lastmod>2026-02-20</lastmod>"
    locs = f"<url><loc>http://harbor-oak.example/locations</loc>{dates}</url>"
    web.body(
        "harbor-oak.example", "/sitemap.xml", f"<urlset>{locs}</urlset>".encode(), content_type="text/xml"
    )
    found = proposed(web, "http://harbor-oak.example/#top")
    table = tomllib.loads(found.toml)["harbor_oak"]
    assert found.outcome is Outcome.OK
    assert table["title"] == 'Harbor "Oak" Recovery'
    assert table["entry"] == ["/programs/iop", "/insurance", "/locations", "/contact?src=nav"]
    assert (table["url"], table["cadence"], table["kind"]) == (
        "http://harbor-oak.example/",
        "7d",
        "provider_site",
    )
    assert [u.rpartition("/")[2] for u, _ in found.pages] == [
        "",
        "iop",
        "insurance",
        "locations",
        "contact?src=nav",
    ]


def test_a_proposal_passes_the_registrys_own_validation(web, tmp_path: Path) -> None:
    from sources.registry import load_registry

    web.page("harbor-oak.example", "/", HOME)
    (tmp_path / "new.toml").write_text(proposed(web, "http://harbor-oak.example/").toml)
    registry = load_registry(tmp_path)
    assert registry.problems == ()
    assert registry["harbor_oak"].title == 'Harbor "Oak" Recovery'


def test_a_page_of_a_subdomain_keeps_its_host_and_a_name_its_characters(web) -> None:
    link = '<a href="http://boston.harbor-oak.example/intensive-outpatient">IOP in Boston</a>'
    name = '<script type="application/ld+json">{"@type": "MedicalClinic", "name": "Harbor &amp; Oak"}</script>'
    web.page("harbor-oak.example", "/", f"<html>{name}<h1>Welcome</h1><p>We help adults.</p>{link}</html>")
    table = tomllib.loads(proposed(web, "http://harbor-oak.example/").toml)["harbor_oak"]
    assert table["entry"] == ["http://boston.harbor-oak.example/intensive-outpatient"]
    assert table["title"] == "Harbor & Oak"


def test_a_name_without_a_scheme_is_looked_for_at_https_then_at_http(web) -> None:
    web.page("harbor-oak.example", "/", HOME)
    assert '"http://harbor-oak.example/"' in proposed(web, "harbor-oak.example").toml
    nothing = proposed(web, "harbor-oak.nowhere")
    assert (nothing.outcome, nothing.toml) == (Outcome.DNS, "")


def test_a_site_that_cannot_be_read_is_said_to_be_so(web) -> None:
    web.page("wall.example", "/", "<title>Just a moment...</title>", 403)
    assert proposed(web, "http://wall.example/").outcome is Outcome.BLOCKED
    with pytest.raises(ValueError, match="http"):
        proposed(web, "ftp://wall.example/")

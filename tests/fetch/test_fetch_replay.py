"""Replay by date, and the authoring of a source: nothing here may need the network but the last."""

from __future__ import annotations

import asyncio
import tomllib
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from pipeline.archive.archive import Archive
from pipeline.archive.replay import current_documents, replay_documents
from pipeline.fetch.crawl.propose import propose_source
from pipeline.records import Document, Outcome

DAY = datetime(2026, 3, 1, tzinfo=UTC)


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


def test_a_page_that_sends_on_has_no_content_of_its_own_any_more(history: History) -> None:
    history.add(0, "http://x.example/iop", body=b"old", final_url="http://x.example/iop")
    history.add(7, "http://x.example/iop", body=b"new", final_url="http://x.example/programs/iop")
    assert history.at(0) == {"http://x.example/iop": b"old"}
    assert history.at() == {"http://x.example/iop": b"new"}
    history.add(14, "http://x.example/programs/iop", body=b"newer", final_url="http://x.example/programs/iop")
    history.add(14, "http://x.example/iop", body=b"newer", final_url="http://x.example/programs/iop")
    assert set(history.at().values()) == {b"newer"}


def test_one_absence_that_was_logged_twice_is_one(history: History) -> None:
    history.add(0, "a", body=b"page")
    for _ in range(3):
        history.add(7, "a", "gone", status=404)
    assert history.at() == {"a": b"page"}


def test_a_lasting_source_stands_though_it_is_gone(history: History) -> None:
    history.add(0, "a", body=b"list")
    history.add(0, "b", body=b"page", source_id="t")
    for day in (7, 14):
        history.add(day, "a", "gone", status=404)
        history.add(day, "b", "gone", status=404, source_id="t")
    assert [d.url for d in current_documents(history.archive, lasting=["s"])] == ["a"]


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


HOME = """<html><title>Welcome | Harbor Oak Recovery</title>
<script type="application/ld+json">{"@graph": [{"@type": "WebPage", "name": "Home"},
 {"@type": ["MedicalClinic"], "name": "Harbor \\"Oak\\" Recovery"}]}</script>
<p>We help people in recovery, by day and in the evening.</p>
<a href="/programs/iop">Intensive Outpatient</a><a href="/insurance">Insurance</a><a href="/careers">Jobs</a>
<a href="/blog/iop">What is an IOP?</a><a href="/contact?src=nav">Contact</a></html>"""


def proposed(web, url: str):
    from pipeline.fetch.settings import FetchSettings

    async def unknown(host: str, port: int) -> list[str]:
        raise OSError("no such name")

    async def run():
        async with web:
            settings = FetchSettings(
                connect_to=web.connect_to,
                per_host_delay_s=0,
                attempts=1,
                connect_s=0.5,
                now=lambda: DAY,
                resolve=unknown,
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
    assert table["entry"] == ["/programs/iop", "/insurance", "/contact?src=nav", "/locations"]
    assert (table["url"], table["cadence"], table["kind"]) == (
        "http://harbor-oak.example/",
        "7d",
        "provider_site",
    )
    assert [u.rpartition("/")[2] for u, _ in found.pages] == [
        "",
        "iop",
        "insurance",
        "contact?src=nav",
        "locations",
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
    name = (
        '<script type="application/ld+json">{"@type": "MedicalClinic", "name": "Harbor &amp; Oak"}</script>'
    )
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

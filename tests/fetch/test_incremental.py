"""A run with nothing new costs almost nothing; and sources that are files, folders or an API's pages."""

from __future__ import annotations

import hashlib
import json
import os
import signal
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from pipeline.archive.replay import replay_documents
from pipeline.archive.visits import VisitRow, due, next_due
from pipeline.fetch.run import fetch_all
from pipeline.fetch.settings import FetchSettings
from pipeline.records import Outcome
from sources.kinds import KINDS
from sources.registry import Source

DAY = datetime(2026, 3, 1, tzinfo=UTC)
PAGE = "<html><title>IOP</title><p>Three evenings a week, groups of eight.</p>{}</html>"


def with_etag(web, host: str, path: str, html: str) -> None:
    etag = f'"{hashlib.sha256(html.encode()).hexdigest()[:8]}"'
    head = f"content-type: text/html\r\netag: {etag}\r\ncontent-length: {len(html.encode())}\r\n\r\n{html}"

    async def answer(request, writer):
        if request.headers.get("if-none-match") == etag:
            writer.write(b"HTTP/1.1 304 Not Modified\r\n\r\n")
        else:
            writer.write(f"HTTP/1.1 200 OK\r\n{head}".encode())

    web.answers[host, path] = answer


def by_url(documents) -> dict[str, Outcome]:
    return {d.url.removeprefix("http://clinic.example"): d.outcome for d in documents}


def test_unchanged_pages_cost_a_row_and_no_body(web, fetch, archive, new_site) -> None:
    with_etag(web, "clinic.example", "/", PAGE.format('<a href="/iop">IOP</a><a href="/contact">Contact</a>'))
    with_etag(web, "clinic.example", "/iop", PAGE.format("a"))
    web.page("clinic.example", "/contact", PAGE.format("no validators"))
    source = new_site("clinic.example")
    assert set(by_url(fetch(source)).values()) == {Outcome.OK}
    contents = set(archive.store.names("blobs/"))
    again = fetch(source)
    assert by_url(again) == {"/": "unchanged", "/iop": "unchanged", "/contact": "unchanged"}
    assert sorted(d.status for d in again) == [200, 304, 304]
    assert all(d.sha256 and d.size and d.media_type == "text/html" for d in again)
    assert set(archive.store.names("blobs/")) == contents
    with_etag(web, "clinic.example", "/iop", PAGE.format("Changed: four evenings."))
    assert by_url(fetch(source)) == {"/": "unchanged", "/iop": "ok", "/contact": "unchanged"}


def test_validators_are_not_sent_where_the_content_is_not_kept(web, fetch, archive, new_site) -> None:
    with_etag(web, "clinic.example", "/", PAGE.format(""))
    (first,) = fetch(new_site("clinic.example"))
    archive.store.remove(f"blobs/{first.sha256[:2]}/{first.sha256}.zst")
    (second,) = fetch(new_site("clinic.example"))
    assert second.status == 200
    assert second.sha256 in archive


def three_pages(web, dates: dict[str, str]) -> None:
    """A home page, /iop and /php, and a sitemap that says when each changed."""
    for path in ("/", "/iop", "/php"):
        with_etag(web, "clinic.example", path, PAGE.format(f"about {path}"))
    locs = "".join(
        f"<url><loc>http://clinic.example{p}</loc><lastmod>{d}</lastmod></url>" for p, d in dates.items()
    )
    web.body("clinic.example", "/sitemap.xml", f"<urlset>{locs}</urlset>".encode(), content_type="text/xml")


@pytest.mark.parametrize(
    ("later", "asked"),
    [(timedelta(days=7), ["/php"]), (timedelta(days=40), ["/iop", "/php"])],  # believed for three weeks
)
def test_a_sitemaps_word_spares_the_request_for_a_while(web, fetch, new_site, later, asked) -> None:
    three_pages(web, {"/iop": "2026-01-01", "/php": (DAY + timedelta(days=3)).isoformat()})
    source = new_site("clinic.example")
    assert len(fetch(source, now=lambda: DAY)) == 3
    web.requests.clear()
    documents = fetch(source, now=lambda: DAY + later)
    assert [p for p in web.asked("clinic.example") if p in ("/iop", "/php")] == asked
    assert len(documents) == 1 + len(asked)


def test_a_sitemap_that_was_wrong_once_is_not_believed(web, fetch, archive, new_site) -> None:
    three_pages(web, dict.fromkeys(("/", "/iop", "/php"), "2026-01-01"))
    source = new_site("clinic.example")
    fetch(source, now=lambda: DAY)
    with_etag(web, "clinic.example", "/", PAGE.format("changed, whatever the sitemap says"))
    web.requests.clear()
    fetch(source, now=lambda: DAY + timedelta(days=7))
    assert {"/iop", "/php"} <= set(web.asked("clinic.example"))
    assert [v.good for v in archive.visits()] == [3, 3]


def test_new_pages_are_found_though_the_old_ones_did_not_change(web, fetch, new_site) -> None:
    with_etag(web, "clinic.example", "/", PAGE.format('<a href="/iop">IOP</a>'))
    source = new_site("clinic.example")
    fetch(source)
    web.page("clinic.example", "/iop")
    assert by_url(fetch(source)) == {"/": "unchanged", "/iop": "ok"}


def test_a_page_that_is_gone_is_asked_for_twice_more_and_then_no_longer(web, fetch, new_site) -> None:
    link = '<a href="/iop">IOP</a>'
    with_etag(web, "clinic.example", "/", PAGE.format(link))
    web.page("clinic.example", "/iop")
    source = new_site("clinic.example")
    fetch(source)
    del web.answers["clinic.example", "/iop"]
    with_etag(web, "clinic.example", "/", PAGE.format(""))
    asked = [by_url(fetch(source)).get("/iop") for _ in range(4)]
    assert asked == ["gone", "gone", None, None]


def test_a_link_to_a_host_in_trouble_does_not_end_the_visit(web, fetch, new_site) -> None:
    async def unknown(host: str, port: int) -> list[str]:
        raise OSError("no such host")

    web.page("clinic.example", "/", PAGE.format('<a href="/iop">IOP</a><a href="/contact">Contact</a>'))
    web.redirect("clinic.example", "/iop", "http://nowhere.test/")
    web.page("clinic.example", "/contact")
    outcomes = by_url(fetch(new_site("clinic.example"), resolve=unknown))
    assert outcomes == {"/": "ok", "/iop": "dns", "/contact": "ok"}


def visit(day: float, **outcomes: int) -> VisitRow:
    moment = DAY + timedelta(days=day)
    return VisitRow("s", moment, moment, outcomes)


@pytest.mark.parametrize(
    ("visits", "day"),
    [
        ([visit(0, ok=5)], 7.0),
        ([visit(0, unchanged=5)], 7.0),
        ([visit(0, ok=5), visit(7, timeout=3)], 8.0),
        ([visit(0, ok=5), visit(7, timeout=3), visit(8, blocked=1)], 10.0),
        ([visit(n, timeout=1) for n in range(20)], 26.0),  # never rarer than the cadence
        ([visit(3, ok=1), visit(0, timeout=3)], 10.0),  # in whatever order
    ],
)
def test_a_source_is_due_by_its_cadence_and_sooner_after_a_failure(
    visits: list[VisitRow], day: float
) -> None:
    source = Source("s", KINDS["provider_site"], "s", url="http://s.example/", cadence_days=7)
    other = VisitRow("other", DAY, DAY + timedelta(days=100), {"ok": 1})
    assert next_due(source, [*visits, other]) == DAY + timedelta(days=day)
    assert not due(source, visits, DAY + timedelta(days=day - 0.5))
    assert due(source, visits, DAY + timedelta(days=day))


def test_a_source_never_visited_is_due_and_others_wait(web, fetch, archive, new_site) -> None:
    for host in ("old.example", "new.example"):
        web.page(host, "/")
    fetch(new_site("old.example"), now=lambda: DAY)
    sources = [new_site("old.example"), new_site("new.example")]
    documents = fetch_all(
        sources, archive, FetchSettings(attempts=1), now=DAY + timedelta(days=1), due_only=True
    )
    assert {d.source_id for d in documents} == {"new"}


def test_a_local_file_and_a_folder_of_pages(archive, tmp_path: Path) -> None:
    (tmp_path / "site/programs").mkdir(parents=True)
    (tmp_path / "site/index.html").write_text("<p>Home</p>")
    (tmp_path / "site/programs/iop.HTML").write_text("<p>IOP</p>")
    (tmp_path / "site/notes.txt").write_text("no page")
    (tmp_path / "list.csv").write_text("name\nClinic\n")
    (tmp_path / "empty.csv").write_text("")
    sources = [
        Source("folder", KINDS["provider_site"], "f", path=tmp_path / "site"),
        Source("list", KINDS["license_list"], "l", path=tmp_path / "list.csv"),
        Source("empty", KINDS["license_list"], "e", path=tmp_path / "empty.csv"),
        Source("none", KINDS["license_list"], "n", path=tmp_path / "none.csv"),
    ]
    first = {d.url: d for d in fetch_all(sources, archive, FetchSettings(), now=DAY)}
    assert {u: d.outcome for u, d in first.items()} == {
        "file:site/index.html": Outcome.OK,
        "file:site/programs/iop.HTML": Outcome.OK,
        "file:list.csv": Outcome.OK,
        "file:empty.csv": Outcome.EMPTY,
        "file:none.csv": Outcome.GONE,
    }
    assert archive.get(first["file:list.csv"].sha256) == b"name\nClinic\n"
    again = fetch_all(sources[:2], archive, FetchSettings(), now=DAY + timedelta(days=1))
    assert {d.outcome for d in again} == {Outcome.UNCHANGED}


def test_an_api_is_followed_page_by_page_and_stops_where_one_is_missing(web, fetch) -> None:
    for page in (1, 2, 4):
        body = json.dumps({"page": page, "totalPages": 4, "rows": []}).encode()
        path = "/api?sType=both" + (f"&page={page}" if page > 1 else "")
        web.body("api.example", path, body, content_type="application/json")
    source = Source("api", KINDS["findtreatment"], "a", url="http://api.example/api?sType=both")
    documents = fetch(source)
    assert [d.outcome for d in documents] == [Outcome.OK, Outcome.OK, Outcome.GONE]
    assert web.asked("api.example")[0] == "/robots.txt"


def test_a_workbook_is_one_file_and_an_error_page_is_not_taken_for_it(web, fetch, archive) -> None:
    web.body("a.example", "/list.xlsx", b"PK\x03\x04 workbook", content_type="application/vnd.ms-excel")
    web.page("b.example", "/list.xlsx", "gone", 404)
    sources = [
        Source(n, KINDS["samhsa_directory"], n, url=f"http://{n}.example/list.xlsx") for n in ("a", "b")
    ]
    found = {d.source_id: d for d in fetch(*sources)}
    assert archive.get(found["a"].sha256) == b"PK\x03\x04 workbook"
    assert (found["b"].outcome, found["b"].sha256) == (Outcome.GONE, None)


@pytest.mark.parametrize(
    ("html", "outcome"),
    [
        ("<html><title>Just a moment...</title>", Outcome.BLOCKED),
        (
            "<!DOCTYPE html><h1>Our data moved</h1><p>Lists are in the new data portal.",
            Outcome.LAYOUT_CHANGED,
        ),
    ],
)
def test_a_web_page_in_place_of_a_list_leaves_the_last_list_standing(
    web, fetch, archive, html: str, outcome: Outcome
) -> None:
    source = Source("a", KINDS["license_list"], "a", url="http://a.example/list.csv")
    web.body("a.example", "/list.csv", b"name\nClinic\n", content_type="text/csv")
    fetch(source, now=lambda: DAY)
    web.page("a.example", "/list.csv", html)
    (again,) = fetch(source)
    assert (again.outcome, again.sha256) == (outcome, None)
    assert [content for _, content in replay_documents(archive)] == [b"name\nClinic\n"]


def test_a_list_that_did_not_change_is_not_sent_again(web, fetch) -> None:
    async def answer(request, writer):
        known = request.headers.get("if-none-match") == '"1"'
        writer.write(
            b'HTTP/1.1 304 X\r\netag: "1"\r\n\r\n'
            if known
            else b'HTTP/1.1 200 X\r\netag: "1"\r\ncontent-type: text/csv\r\ncontent-length: 5\r\n\r\nname\n'
        )

    web.answers["a.example", "/list.csv"] = answer
    source = Source("a", KINDS["license_list"], "a", url="http://a.example/list.csv")
    assert [d.outcome for d in (*fetch(source), *fetch(source))] == [Outcome.OK, Outcome.UNCHANGED]


def test_a_signal_that_raises_stops_in_order_and_what_was_logged_stays(
    web_in_thread, archive, new_site
) -> None:
    class Interrupted(BaseException):
        pass

    def handler(*_: object) -> None:
        raise Interrupted

    def first_document(_: object) -> None:
        os.kill(os.getpid(), signal.SIGUSR1)

    web_in_thread.page("long.example", "*")
    settings = FetchSettings(connect_to=web_in_thread.connect_to, per_host_delay_s=0.05)
    before = signal.signal(signal.SIGUSR1, handler)
    try:
        with pytest.raises(Interrupted):
            source = new_site("long.example", *(f"/{n}" for n in range(500)), max_pages=500)
            fetch_all([source], archive, settings, progress=first_document)
    finally:
        signal.signal(signal.SIGUSR1, before)
    logged = list(archive.documents())
    assert 1 <= len(logged) < 500
    assert all(d.sha256 in archive for d in logged)
    assert archive.visits() == []  # it was not read to its end, so the next run takes it up


def test_a_full_disk_is_no_fault_of_the_site_and_its_source_is_read_again(
    web, fetch, new_site, archive, monkeypatch
) -> None:
    import errno

    def full(data: bytes) -> str:
        raise OSError(errno.ENOSPC, "No space left on device")

    for path in ("/", "/iop", "/contact"):
        web.page("full.example", path)
    monkeypatch.setattr(archive._packer, "_put", full)
    source = new_site("full.example", "/iop", "/contact")
    documents = fetch(source)
    assert {d.outcome for d in documents} == {Outcome.ERROR}
    assert "No space left" in documents[0].detail
    assert due(source, archive.visits(), archive.visits()[-1].ended_at + timedelta(days=1))


def test_a_page_that_is_reached_by_redirect_is_not_fetched_twice(web, fetch, new_site) -> None:
    menu = "".join(f'<a href="/old/iop-{n}">IOP {n}</a>' for n in range(6))
    web.page("way.example", "/", f"<html><p>Our programs for adults in six towns.</p>{menu}</html>")
    for n in range(6):
        web.redirect("way.example", f"/old/iop-{n}", f"/new/iop-{n}", 301)
        web.page("way.example", f"/new/iop-{n}")
    first = {d.final_url for d in fetch(new_site("way.example"))}
    web.requests.clear()
    again = fetch(new_site("way.example"))
    assert {d.final_url for d in again} == first
    asked = [path for path in web.asked("way.example") if path.startswith("/new")]
    assert len(asked) == len(set(asked)) == 6


def test_a_parting_408_is_asked_again(web, fetch, new_site) -> None:
    refused = []

    async def answer(request, writer):
        if not refused:
            refused.append(request.path)
            writer.write(b"HTTP/1.1 408 X\r\nconnection: close\r\ncontent-length: 0\r\n\r\n")
            writer.close()
        else:
            page = b"<html><p>Three evenings a week, in groups of eight.</p>"
            head = b"HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: %d\r\n\r\n"
            writer.write(head % len(page) + page)

    web.answers["part.example", "/"] = answer
    assert [d.outcome for d in fetch(new_site("part.example"))] == [Outcome.OK]


def test_a_fault_of_ours_is_an_outcome_of_its_source_and_the_others_finish(
    web, fetch, new_site, monkeypatch
) -> None:
    import pipeline.fetch.outcome.judge as judge_module

    real = judge_module.summarize

    def fault(html, url, offered=None):
        if "bad.example" in url:
            raise RuntimeError("a bug")
        return real(html, url, offered)

    monkeypatch.setattr(judge_module, "summarize", fault)
    for host in ("bad.example", "good.example"):
        web.page(host, "/")
    found = {d.source_id: d for d in fetch(new_site("bad.example"), new_site("good.example"))}
    assert found["bad"].outcome is Outcome.ERROR
    assert "a bug" in found["bad"].detail
    assert found["good"].outcome is Outcome.OK

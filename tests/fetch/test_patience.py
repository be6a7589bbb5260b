"""Hosts that cost time: what they gave is kept, the others do not wait for them, and they are asked again soon."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import cast

import httpx
import pytest

from pipeline.archive.visits import VisitRow, by_source, next_due
from pipeline.fetch.crawl.links import names_iop
from pipeline.fetch.settings import FetchSettings
from pipeline.fetch.wire.messages import Request, TooSlowError, as_fetch_error, read_body
from pipeline.records import Outcome
from sources.kinds import KINDS
from sources.registry import Source

NOW = datetime(2026, 10, 1, 12, tzinfo=UTC)


class Dripping:
    """An answer whose pieces come a second apart on the test's clock."""

    def __init__(self, clock, *sizes: int) -> None:
        self._clock, self._sizes = clock, sizes

    async def aiter_raw(self) -> AsyncIterator[bytes]:
        for size in self._sizes:
            self._clock.now += 1
            if size:
                yield b"x" * size


def body_of(clock, *sizes: int) -> bytes:
    request, settings = Request("http://oak.example/", 10**9), FetchSettings(clock=clock)
    received = cast(httpx.Response, Dripping(clock, *sizes))
    body, whole = asyncio.run(read_body(received, {}, request, settings))
    assert whole
    return body


def test_a_body_that_drips_is_left(clock) -> None:
    with pytest.raises(TooSlowError, match="1300 bytes in 13 s") as told:
        body_of(clock, *[100] * 60)
    assert clock.now == 13
    failure = as_fetch_error(told.value)
    assert failure.outcome is Outcome.TIMEOUT and not failure.retry and "1300 bytes" in failure.detail


@pytest.mark.parametrize(
    "sizes",
    [(1_001,) * 60, (100,) * 12, (0,) * 15 + (60_000,), (50_000, *(0,) * 40, 1), (*(0,) * 15, 9, 9)],
    ids=str,
)
def test_a_body_that_is_merely_slow_is_read(clock, sizes: tuple[int, ...]) -> None:
    assert len(body_of(clock, *sizes)) == sum(sizes)


def slow_page(clock, seconds: float, page: str = "<h1>IOP</h1>"):
    async def answer(request, writer) -> None:
        clock.now += seconds
        body = (
            f"<title>{request.path}</title>{page}<p>{request.path} is a page of its own, of some length.</p>"
        )
        writer.write(
            f"HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: {len(body)}\r\n\r\n{body}".encode()
        )

    return answer


def test_a_site_whose_answers_are_slow_is_left_and_due_the_next_day(
    web, archive, fetch, new_site, clock
) -> None:
    entries = tuple(f"/{n}" for n in range(1, 10))
    web.answers["slow.example", "*"] = slow_page(clock, 30)
    for path in ("/robots.txt", "/sitemap.xml"):
        web.page("slow.example", path, status=404)
    slow = new_site("slow.example", *entries)
    documents = fetch(slow, clock=clock, sleep=clock.sleep, now=lambda: NOW)
    assert Counter(d.outcome for d in documents) == {Outcome.OK: 3, Outcome.TIMEOUT: 1}
    assert "5 answers took 90 s" in documents[-1].detail
    assert next_due(slow, by_source(archive.visits())) == NOW + timedelta(days=1)


def test_pauses_that_a_host_asks_for_are_no_slowness(web, fetch, new_site, clock) -> None:
    web.body("polite.example", "/robots.txt", b"User-agent: *\nCrawl-delay: 60", content_type="text/plain")
    web.answers["polite.example", "*"] = slow_page(clock, 4)
    entries = tuple(f"/{n}" for n in range(1, 10))
    documents = fetch(
        new_site("polite.example", *entries, max_pages=10), clock=clock, sleep=clock.sleep, site_s=1e9
    )
    assert [d.outcome for d in documents if "sitemap" not in d.url] == [Outcome.OK] * 10
    assert clock.now > 600


def test_time_of_our_own_is_not_the_hosts_slowness(web, fetch, new_site, clock, monkeypatch) -> None:
    from pipeline.fetch.wire.stalls import Stalls

    late = Stalls()

    async def answer(request, writer) -> None:
        late.seconds += 26
        await slow_page(clock, 30)(request, writer)

    monkeypatch.setattr("pipeline.fetch.wire.client.Stalls", lambda: late)
    web.answers["oak.example", "*"] = answer
    documents = fetch(new_site("oak.example", *(f"/{n}" for n in range(1, 10)), max_pages=10), clock=clock)
    assert [d.outcome for d in documents if "sitemap" not in d.url] == [Outcome.OK] * 10


def test_the_event_loop_tells_how_late_it_is(monkeypatch) -> None:
    from pipeline.fetch.wire import stalls

    async def run() -> float:
        late, loop = stalls.Stalls(), asyncio.get_running_loop()
        real, skipped = loop.time, [0.0]
        monkeypatch.setattr(loop, "time", lambda: real() + skipped[0])
        watching = asyncio.create_task(late.watch())
        await asyncio.sleep(0)
        skipped[0] = 1000.0  # as if something had kept the processor
        while not late.seconds:
            await asyncio.sleep(0)
        watching.cancel()
        return late.seconds

    assert 990 < asyncio.run(run()) < 1010


def test_all_pages_of_a_list_are_waited_for(web, fetch, clock) -> None:
    async def answer(request, writer) -> None:
        clock.now += 30
        page = json.dumps({"page": 1, "totalPages": 8, "recordCount": 8, "rows": [{"name1": request.path}]})
        writer.write(
            f"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {len(page)}\r\n\r\n{page}".encode()
        )

    web.answers["list.example", "*"] = answer
    url = "http://list.example/list?page=1"
    documents = fetch(Source("list", KINDS["findtreatment"], "List", url=url), clock=clock)
    assert [d.outcome for d in documents] == [Outcome.OK] * 8


@pytest.mark.parametrize("outcome", [Outcome.TIMEOUT, Outcome.ERROR, Outcome.GONE])
def test_where_time_ran_out_pages_are_left_for_soon(new_site, outcome: Outcome) -> None:
    visit = VisitRow("oak", NOW, NOW, {Outcome.OK.value: 9, outcome.value: 1}, 1)
    wait = timedelta(days=new_site("oak.example").cadence_days if outcome is Outcome.GONE else 1)
    assert next_due(new_site("oak.example"), [visit]) == NOW + wait


def test_three_redirects_to_nowhere_in_a_row_end_a_visit(web, fetch, new_site) -> None:
    web.page("maze.example", "/")
    for n in range(1, 9):
        web.redirect("maze.example", f"/{n}", f"http://maze.example/{n}")
    documents = fetch(new_site("maze.example", *(f"/{n}" for n in range(1, 9))))
    looped = [d for d in documents if d.outcome is Outcome.REDIRECT_LOOP]
    assert len(looped) == 3 and documents[-1] is looped[-1]


@pytest.mark.timeout(20)
def test_a_head_without_end_is_left_when_an_answer_would_be(web, fetch, new_site) -> None:
    async def drip(request, writer) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nx-words: ")
        while not writer.is_closing():
            writer.write(b"x")
            await writer.drain()
            await asyncio.sleep(0.01)

    web.answers["head.example", "/"] = drip
    [document] = fetch(new_site("head.example"), connect_s=0.1, read_s=1.0, total_s=1e9)
    assert document.outcome is Outcome.TIMEOUT


def test_of_a_crowd_in_a_sitemap_those_named_like_an_iop_are_rated(web, fetch, new_site, monkeypatch) -> None:
    from pipeline.fetch.crawl import site as module

    monkeypatch.setattr(module, "MAX_RATED", 100)
    monkeypatch.setattr(module, "MAX_NAMED", 5)
    taken: set[str] = set()
    real = module.Frontier.add
    monkeypatch.setattr(
        module.Frontier, "add", lambda self, url, *a, **k: taken.add(url) or real(self, url, *a, **k)
    )
    pages = [f"/town-{n}" for n in range(300)] + [f"/programs/iop-{n}" for n in range(20)]
    locs = "".join(f"<url><loc>http://crowd.example{page}</loc></url>" for page in pages)
    web.body("crowd.example", "/sitemap.xml", f"<urlset>{locs}</urlset>".encode(), content_type="text/xml")
    web.page("crowd.example", "*")
    documents = fetch(new_site("crowd.example", max_pages=2))
    assert len([url for url in taken if "/town-" in url]) == 100
    assert len([url for url in taken if "/iop-" in url]) == 5
    assert documents[-1].url.startswith("http://crowd.example/programs/iop-")


@pytest.mark.parametrize(
    ("path", "named"),
    [
        ("/services/intensive-outpatient-program/", True),
        ("/Intensive_Outpatient", True),
        ("/teen-iop", True),
        ("/partial-hospitalization", True),
        ("/biopsy", False),
        ("/physicians/anna-oak", False),
        ("/iopscience", False),
    ],
)
def test_a_glance_tells_an_iop_in_an_address(path: str, named: bool) -> None:
    assert names_iop(f"https://oak.example{path}") is named

"""With the limits on, proven on a clock that tests turn: the server writes down when each request came."""

from __future__ import annotations

import gzip
from collections import defaultdict
from dataclasses import replace
from datetime import UTC, datetime
from email.utils import format_datetime
from itertools import pairwise

import pytest

from pipeline.fetch.settings import FetchSettings
from pipeline.fetch.wire.messages import retry_after
from pipeline.records import Outcome

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def polite(web, fetch, clock):
    """Fetch with the real delays, on the test's clock."""
    web.clock = clock

    def run(*sources, **settings):
        return fetch(*sources, **{"per_host_delay_s": 1.0, "clock": clock, "sleep": clock.sleep, **settings})

    return run


def gaps(web) -> dict[str, list[float]]:
    times = defaultdict(list)
    for request in web.requests:
        times[request.host].append(request.at)
    return {host: [b - a for a, b in pairwise(t)] for host, t in times.items()}


def test_never_two_requests_to_one_host_within_its_delay(web, polite, new_site) -> None:
    hosts = [f"h{n}.example" for n in range(5)]
    for host in hosts:
        web.page(host, "*")
    sources = [new_site(host, "/iop", "/contact", max_pages=6) for host in hosts]
    sources += [
        new_site("h0.example", "/insurance", "/locations", max_pages=4)
    ]  # a second source of one host
    documents = polite(*sources)
    assert sum(d.outcome is Outcome.OK for d in documents) > 15
    assert all(min(found) >= 1.0 for found in gaps(web).values())
    assert len(gaps(web)["h0.example"]) > 6


def test_redirects_between_hosts_keep_to_the_delay_of_each(web, polite, new_site) -> None:
    for n in range(4):
        web.redirect("a.example", f"/{n or ''}", f"http://b.example/{n}")
        web.page("b.example", f"/{n}")
    polite(new_site("a.example", "/1", "/2", "/3"), new_site("b.example", "/0", "/1"))
    assert all(min(found) >= 1.0 for found in gaps(web).values())


def test_the_crawl_delay_of_robots_txt_is_kept(web, polite, new_site) -> None:
    web.body("slow.example", "/robots.txt", b"User-agent: *\nCrawl-delay: 7\n", content_type="text/plain")
    web.body("rate.example", "/robots.txt", b"User-agent: *\nRequest-rate: 1/4\n", content_type="text/plain")
    for host in ("slow.example", "rate.example"):
        web.page(host, "/")
        web.page(host, "/iop")
    polite(new_site("slow.example", "/iop"), new_site("rate.example", "/iop"))
    assert min(gaps(web)["slow.example"]) >= 7
    assert min(gaps(web)["rate.example"]) >= 4


@pytest.mark.parametrize("status", [429, 503])
def test_retry_after_is_waited_for(web, polite, new_site, status: int) -> None:
    refused = []

    async def answer(request, writer):
        if not refused:
            refused.append(request.at)
            writer.write(f"HTTP/1.1 {status} X\r\nretry-after: 30\r\ncontent-length: 0\r\n\r\n".encode())
        else:
            body = b"<html><p>Our evening program, three evenings a week.</p>"
            writer.write(
                b"HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: %d\r\n\r\n" % len(body) + body
            )

    web.answers["busy.example", "/"] = answer
    documents = polite(new_site("busy.example"))
    again = [r.at for r in web.requests if r.path == "/"][1]
    assert documents[0].outcome is Outcome.OK
    assert again - refused[0] >= 30


def test_a_retry_after_beyond_the_bound_ends_the_visit(web, polite, new_site) -> None:
    web.page("rest.example", "/", "later", 429, retry_after="86400")
    web.page("rest.example", "/iop")
    documents = polite(new_site("rest.example", "/iop"))
    assert [d.outcome for d in documents] == [Outcome.RATE_LIMITED]
    assert "86400" in documents[0].detail
    assert web.asked("rest.example") == ["/robots.txt", "/"]


def test_robots_txt_is_asked_first_and_once_and_obeyed(web, polite, new_site) -> None:
    rules = b"User-agent: iop-directory\nDisallow: /private\nAllow: /\n\nUser-agent: *\nDisallow: /"
    web.body("rules.example", "/robots.txt", rules, content_type="text/plain")
    web.page("rules.example", "/")
    web.page("rules.example", "/private/iop")
    documents = polite(new_site("rules.example", "/private/iop"))
    assert {d.url: d.outcome for d in documents} == {
        "http://rules.example/": Outcome.OK,
        "http://rules.example/private/iop": Outcome.ROBOTS_DENIED,
    }
    assert web.asked("rules.example")[0] == "/robots.txt"
    assert web.asked("rules.example").count("/robots.txt") == 1
    assert "/private/iop" not in web.asked("rules.example")
    assert all("(+http" in r.headers["user-agent"] for r in web.requests)


def test_closed_pages_are_noted_ten_times_and_do_not_end_the_visit(web, polite, new_site) -> None:
    web.body("shut.example", "/robots.txt", b"User-agent: *\nDisallow: /iop-", content_type="text/plain")
    links = "".join(f'<a href="/iop-{n}">IOP {n}</a>' for n in range(40)) + '<a href="/contact">Contact</a>'
    web.page("shut.example", "/", f"<p>Our programs, all of them, by day and evening.</p>{links}")
    web.page("shut.example", "/contact")
    outcomes = [d.outcome for d in polite(new_site("shut.example"))]
    assert outcomes.count(Outcome.ROBOTS_DENIED) == 10
    assert outcomes[-1] is Outcome.OK


def test_robots_txt_is_asked_again_when_it_is_a_day_old(web, polite, new_site) -> None:
    for n in range(4):
        web.page("old.example", f"/{n or ''}")
    polite(new_site("old.example", "/1", "/2", "/3"), per_host_delay_s=30_000.0, site_s=1e9)
    assert web.asked("old.example").count("/robots.txt") == 2


def test_a_host_that_fails_three_times_is_left_alone(web, polite, new_site) -> None:
    web.page("down.example", "*", "broken", 500)
    web.page("down.example", "/robots.txt", "", 404)
    documents = polite(
        new_site("down.example", *(f"/{n}" for n in range(20))), attempts=2, retry_wait_s=0.001
    )
    assert [d.outcome for d in documents] == [Outcome.SERVER_ERROR] * 3


def test_a_source_has_a_time_limit_of_its_own(web, polite, new_site) -> None:
    web.page("long.example", "*")
    documents = polite(new_site("long.example", *(f"/{n}" for n in range(50)), max_pages=100), site_s=10.0)
    assert len(documents) <= 10


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        (None, None),
        ("", None),
        ("120", 120.0),
        ("soon", None),
        ("-5", None),
        (format_datetime(NOW.replace(minute=5), usegmt=True), 300.0),
        (format_datetime(NOW.replace(hour=1), usegmt=True), 0.0),
    ],
)
def test_retry_after_is_seconds_or_a_date(value: str | None, seconds: float | None) -> None:
    assert retry_after(value, FetchSettings(now=lambda: NOW)) == seconds


def test_an_agent_without_a_contact_is_refused() -> None:
    with pytest.raises(ValueError, match="contact"):
        FetchSettings(user_agent="Mozilla/5.0")


LONG_PAUSES = {
    "crawl delay": ("/robots.txt", b"User-agent: *\nCrawl-delay: 86400", 200, {}),
    "503": ("/iop", b"closed for today", 503, {"retry_after": "86400"}),
    "429": ("/iop", b"later", 429, {"retry_after": "86400"}),
    "for ever": ("/iop", b"later", 503, {"retry_after": "9" * 400}),
}


@pytest.mark.parametrize(("path", "body", "status", "headers"), LONG_PAUSES.values(), ids=LONG_PAUSES)
def test_a_host_that_asks_for_a_day_keeps_nobody_waiting(
    web, polite, new_site, clock, path: str, body: bytes, status: int, headers: dict[str, str]
) -> None:
    web.page("slow.example", "*")
    web.body("slow.example", path, body, status, content_type="text/plain", **headers)
    web.page("good.example", "/")
    sources = [new_site("slow.example", "/iop"), new_site("good.example")]
    sources += [replace(new_site("slow.example", "/contact"), id="second")]
    documents = polite(*sources, site_s=600.0)
    last = {d.source_id: d for d in documents}
    assert last["slow"].outcome in (Outcome.RATE_LIMITED, Outcome.SERVER_ERROR)
    assert "after" in last["slow"].detail or "pause" in last["slow"].detail
    assert last["good"].outcome is Outcome.OK
    assert clock.now <= 600
    assert all(min(found, default=1.0) >= 1.0 for found in gaps(web).values())


def test_a_source_has_its_time_whatever_it_sends(web, fetch, new_site, clock) -> None:
    """Sitemaps and the pages of an API count as pages do."""

    async def drip(request, writer):
        clock.now += 100
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-type: text/xml\r\ncontent-length: 9\r\n\r\n<urlset/>")

    maps = "".join(f"Sitemap: http://maps.example/{n}.xml\n" for n in range(5))
    web.body("maps.example", "/robots.txt", maps.encode(), content_type="text/plain")
    web.page("maps.example", "/")
    for n in range(5):
        web.answers["maps.example", f"/{n}.xml"] = drip
    fetch(new_site("maps.example"), site_s=250.0, slow_s=1e9, clock=clock)
    assert len([path for path in web.asked("maps.example") if path.endswith(".xml")]) == 3


@pytest.mark.parametrize(
    "other", ["http://A.example/", "http://a.example:80/", "http://u:p@a.example/", "http://a.example./"]
)
def test_one_host_in_other_spellings_is_one_host(web, polite, new_site, other: str) -> None:
    index = f"<sitemapindex><sitemap><loc>{other}more.xml</loc></sitemap></sitemapindex>"
    web.page("a.example", "*")
    web.body("a.example", "/sitemap.xml", index.encode(), content_type="text/xml")
    web.body("a.example", "/more.xml", b"<urlset/>", content_type="text/xml")
    web.page("a.example", "/robots.txt", status=404)
    source = new_site("a.example", "/iop", max_pages=3)
    polite(source, replace(source, id="again", url=other))
    assert web.asked("a.example").count("/robots.txt") <= 2, "once in each visit"
    assert all(min(found) >= 1.0 for found in gaps(web).values())


def test_the_ports_of_a_host_share_its_pace(web, fetch, clock) -> None:
    from pipeline.fetch.wire.hosts import Hosts

    hosts = Hosts(FetchSettings(clock=clock, sleep=clock.sleep))
    plain, other = hosts.of("http://a.example/iop"), hosts.of("https://a.example:8443/iop")
    assert plain.gate is other.gate
    assert plain is not other, "rules belong to an origin"


@pytest.mark.parametrize(
    "rules",
    [
        b"\xef\xbb\xbfUser-agent: *\nDisallow: /",
        b"User-agent: iop-directory/2.0\nDisallow: /\n\nUser-agent: *\nAllow: /",
        b"User-agent: *\nDisallow: /\n" + b"# filler\n" * 800_000,
    ],
    ids=["byte order mark", "version", "long"],
)
def test_rules_are_found_however_they_are_written(web, fetch, new_site, rules: bytes) -> None:
    web.body("rules.example", "/robots.txt", rules, content_type="text/plain")
    web.page("rules.example", "/")
    assert [d.outcome for d in fetch(new_site("rules.example"))] == [Outcome.ROBOTS_DENIED]


def test_rules_that_cannot_be_read_close_the_host_and_are_asked_for_once(web, fetch, new_site) -> None:
    web.body("br.example", "/robots.txt", b"\x8b\x00", content_type="text/plain", content_encoding="br")
    cut = gzip.compress(b"User-agent: *\nDisallow: /iop\n" * 50)[:-30]
    web.body("cut.example", "/robots.txt", cut, content_type="text/plain", content_encoding="gzip")
    web.redirect("inner.example", "/robots.txt", "http://127.0.0.1:9/robots.txt")
    sources = [new_site(f"{name}.example", *(f"/{n}" for n in range(9))) for name in ("br", "cut", "inner")]
    found = {d.source_id: d for d in fetch(*sources, attempts=1)}
    assert {name: d.outcome for name, d in found.items()} == {
        "br": Outcome.ROBOTS_DENIED,
        "cut": Outcome.CONNECTION,
        "inner": Outcome.REFUSED_ADDRESS,
    }
    assert all(d.detail.startswith("robots.txt: ") for d in found.values())
    assert all(len(web.asked(f"{name}.example")) == 1 for name in ("br", "cut", "inner"))


def test_the_rules_stay_known_while_another_source_reads_their_host(web, polite, new_site) -> None:
    web.page("a.example", "*")
    web.page("a.example", "/robots.txt", status=404)
    short = new_site("a.example", max_pages=1)
    long = replace(new_site("a.example", *(f"/iop-{n}" for n in range(8))), id="long")
    polite(short, long)
    assert web.asked("a.example").count("/robots.txt") == 1


@pytest.mark.parametrize(
    ("value", "seconds"), [("²", None), ("9" * 400, 1e9), ("-5", None), ("0", 0.0), ("1e5", None)]
)
def test_a_retry_after_is_a_number_of_seconds_or_none(value: str, seconds: float | None) -> None:
    assert retry_after(value, FetchSettings()) == seconds


def test_a_look_at_one_page_keeps_to_the_delay_too(web, clock) -> None:
    import asyncio

    from pipeline.fetch.crawl.look import look_at

    web.clock = clock
    web.page("one.example", "/")

    async def run() -> Outcome:
        async with web:
            settings = FetchSettings(connect_to=web.connect_to, clock=clock, sleep=clock.sleep)
            return (await look_at("http://one.example/", settings)).outcome

    assert asyncio.run(run()) is Outcome.OK
    assert min(gaps(web)["one.example"]) >= 1.0

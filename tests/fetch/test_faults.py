"""Every fault has its outcome; nothing hangs, and the good source beside the bad ones finishes."""

from __future__ import annotations

import asyncio
import gzip
import ssl
import zlib
from collections.abc import Callable

import pytest
import trustme

from pipeline.records import Document, Outcome

Fetch = Callable[..., list[Document]]
ADDRESSES = {
    "inner.test": ["127.0.0.1"],
    "metadata.test": ["169.254.169.254"],
    "both.test": ["93.184.215.14", "::ffff:10.0.0.1"],  # one address that is not public is one too many
    "none.test": [],
}


async def resolve(host: str, port: int) -> list[str]:
    if host not in ADDRESSES:
        raise OSError("unknown")
    return ADDRESSES[host]


async def slow_loris(request, writer):
    for byte in b"HTTP/1.1 200 OK\r\ncontent-type: text/html\r\nx-filler: " + b"a" * 100_000:
        writer.write(bytes([byte]))
        await writer.drain()
        await asyncio.sleep(0.02)


async def reset(request, writer):
    writer.write(b"HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: 5000\r\n\r\n<html>")
    await writer.drain()
    writer.transport.abort()


async def truncated(request, writer):
    writer.write(b"HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: 5000\r\n\r\n<html>half")
    await writer.drain()
    writer.close()


async def endless(request, writer):
    writer.write(b"HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ntransfer-encoding: chunked\r\n\r\n")
    while True:
        writer.write(b"10000\r\n" + b"x" * 0x10000 + b"\r\n")
        await writer.drain()


async def garbage(request, writer):
    writer.write(b"\x00\x01 this is not HTTP\r\n\r\n")
    await writer.drain()
    writer.close()


def bomb(size: int) -> bytes:
    """`size` zero bytes in gzip, about a thousandth of that long."""
    packer = zlib.compressobj(9, zlib.DEFLATED, zlib.MAX_WBITS | 16)
    return b"".join(packer.compress(bytes(1_000_000)) for _ in range(size // 1_000_000)) + packer.flush()


FAULTS = {
    "reset": Outcome.CONNECTION,
    "truncated": Outcome.CONNECTION,
    "garbage": Outcome.CONNECTION,
    "bomb": Outcome.TOO_LARGE,
    "endless": Outcome.TOO_LARGE,
    "declared": Outcome.TOO_LARGE,
    "brotli": Outcome.NOT_HTML,
    "badgzip": Outcome.CONNECTION,
    "loop": Outcome.REDIRECT_LOOP,
    "chain": Outcome.REDIRECT_LOOP,
    "toloopback": Outcome.REFUSED_ADDRESS,
    "toname": Outcome.REFUSED_ADDRESS,
    "tometadata": Outcome.REFUSED_ADDRESS,
    "toboth": Outcome.REFUSED_ADDRESS,
    "tofile": Outcome.REFUSED_ADDRESS,
    "nowhere": Outcome.DNS,
    "nodns": Outcome.DNS,
    "robots500": Outcome.ROBOTS_DENIED,
    "robots429": Outcome.ROBOTS_DENIED,
    "robotsno": Outcome.ROBOTS_DENIED,
    "error500": Outcome.SERVER_ERROR,
    "forbidden": Outcome.BLOCKED,
    "missing": Outcome.GONE,
    "pdf": Outcome.NOT_HTML,
    "nothing": Outcome.EMPTY,
    "moved": Outcome.MOVED,
    "lent": Outcome.MOVED,
    "good": Outcome.OK,
}


def misbehave(web) -> None:
    for host, answer in {
        "reset": reset,
        "truncated": truncated,
        "endless": endless,
        "garbage": garbage,
    }.items():
        web.answers[f"{host}.example", "/"] = answer
    web.body("bomb.example", "/", bomb(50_000_000), content_type="text/html", content_encoding="gzip")
    web.body("declared.example", "/", b"", content_type="text/html", content_length="99999999999")
    web.body("brotli.example", "/", b"\x8b\x00\x80", content_type="text/html", content_encoding="br")
    web.body("badgzip.example", "/", b"no gzip at all", content_type="text/html", content_encoding="gzip")
    web.redirect("loop.example", "/", "/again")
    web.redirect("loop.example", "/again", "/")
    for n in range(9):
        web.redirect("chain.example", f"/{n or ''}", f"/{n + 1}")
    web.redirect("toloopback.example", "/", "http://127.0.0.1:1/")
    web.redirect("toname.example", "/", "http://inner.test/")
    web.redirect("tometadata.example", "/", "http://metadata.test/latest/meta-data/")
    web.redirect("toboth.example", "/", "http://both.test/")
    web.redirect("nowhere.example", "/", "http://none.test/")
    web.redirect("tofile.example", "/", "file:///etc/passwd")
    web.redirect("nodns.example", "/", "http://nowhere.test/")
    web.page("robots500.example", "/robots.txt", "oh no", 500)
    web.page("robots429.example", "/robots.txt", "slower", 429)
    web.body("robotsno.example", "/robots.txt", b"User-agent: *\nDisallow: /", content_type="text/plain")
    for host in ("robots500", "robots429", "robotsno", "good"):
        web.page(f"{host}.example", "/")
    web.page("good.example", "/iop")
    web.page("error500.example", "/", "<html>broken", 500)
    web.page("forbidden.example", "/", "<html>no", 403)
    web.body("pdf.example", "/", b"%PDF-1.7", content_type="application/pdf")
    web.body("nothing.example", "/", b"", content_type="text/html")
    web.redirect("moved.example", "/", "http://elsewhere.example/", 301)
    web.redirect("lent.example", "/", "http://elsewhere.example/", 302)
    web.page("elsewhere.example", "/")


@pytest.fixture
def outcomes(web, fetch: Fetch, new_site) -> dict[str, Document]:
    misbehave(web)
    sources = [new_site(f"{name}.example", *(["/iop"] if name == "good" else [])) for name in FAULTS]
    documents = fetch(*sources, total_s=60.0, max_bytes=2_000_000, attempts=2, resolve=resolve)
    assert [d.url for d in documents if d.source_id == "good"] == [
        "http://good.example/",
        "http://good.example/iop",
    ]
    return {d.source_id: d for d in reversed(documents)}


def test_each_fault_has_its_outcome_and_an_explanation_and_nothing_is_lost(
    outcomes: dict[str, Document], archive
) -> None:
    assert {name: d.outcome for name, d in outcomes.items()} == FAULTS
    assert all(d.detail for d in outcomes.values() if d.outcome is not Outcome.OK)
    assert outcomes["moved"].final_url == "http://elsewhere.example/"
    assert "169.254.169.254" in outcomes["tometadata"].detail
    logged = list(archive.documents())
    assert {d.source_id for d in logged} == set(FAULTS)
    assert all(d.sha256 in archive for d in logged if d.sha256)


def test_a_slow_loris_is_left_after_the_total_time_and_does_not_keep_the_others(
    web, fetch: Fetch, new_site
) -> None:
    web.answers["loris.example", "/"] = slow_loris
    web.page("good.example", "/")
    documents = fetch(new_site("loris.example"), new_site("good.example"), total_s=2.0, attempts=1)
    assert {d.source_id: d.outcome for d in documents} == {"loris": Outcome.TIMEOUT, "good": Outcome.OK}


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:{port}/", "http://localhost:{port}/", "http://[::1]:{port}/"]
)
def test_loopback_is_refused_unless_the_source_allows_it(web, archive, url: str) -> None:
    from pipeline.fetch.run import fetch_sources
    from pipeline.fetch.settings import FetchSettings
    from sources.kinds import KINDS
    from sources.registry import Source

    web.answers["127.0.0.1", "*"] = web.answers["localhost", "*"] = slow_loris

    async def run(allow: bool) -> Outcome:
        source = Source("s", KINDS["provider_site"], "s", url=url.format(port=web.port), allow_loopback=allow)
        settings = FetchSettings(per_host_delay_s=0, total_s=0.2, attempts=1)
        documents = [d async for d in fetch_sources([source], archive, settings)]
        return documents[0].outcome

    async def both() -> list[Outcome]:
        async with web:
            return [await run(False), await run(True)]

    refused, allowed = asyncio.run(both())
    assert refused is Outcome.REFUSED_ADDRESS
    assert allowed in (Outcome.TIMEOUT, Outcome.CONNECTION)  # it was tried; ::1 has no listener here
    assert [r.path for r in web.requests] in ([], ["/robots.txt"])


def test_a_body_longer_than_declared_does_not_spoil_the_next_page(web, fetch: Fetch, new_site) -> None:
    page = b"<html><body>" + b"An evening program for adults. " * 10
    web.body(
        "long.example", "/", page + b"tail" * 100, content_type="text/html", content_length=str(len(page))
    )
    web.page("long.example", "/iop")
    first, second = fetch(new_site("long.example", "/iop"), attempts=2)
    assert (first.outcome, first.size) == (Outcome.OK, len(page))
    assert second.outcome is Outcome.OK


def test_sitemap_bombs_are_refused_and_the_site_is_read(web, fetch: Fetch, new_site) -> None:
    robots = "Sitemap: http://boom.example/a.xml.gz\nSitemap: /b.xml\nSitemap: /c.xml"
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
    entities = f'<!DOCTYPE x [<!ENTITY l0 "ha">{laughs}]><urlset><url><loc>&l11;</loc></url></urlset>'
    index = "<sitemapindex>" + "<sitemap><loc>/c.xml</loc></sitemap>" * 5000 + "</sitemapindex>"
    web.body("boom.example", "/robots.txt", robots.encode(), content_type="text/plain")
    web.body("boom.example", "/a.xml.gz", bomb(50_000_000), content_type="application/gzip")
    web.body("boom.example", "/b.xml", entities.encode(), content_type="text/xml")
    web.body("boom.example", "/c.xml", index.encode(), content_type="text/xml")
    web.page("boom.example", "/")
    documents = fetch(new_site("boom.example"), max_bytes=2_000_000)
    assert [(d.url, d.outcome) for d in documents] == [
        ("http://boom.example/", Outcome.OK),
        ("http://boom.example/a.xml.gz", Outcome.TOO_LARGE),
    ]
    assert len(web.asked("boom.example")) <= 7


def test_the_sitemaps_of_a_site_are_looked_at_up_to_a_bound(web, fetch, new_site, monkeypatch) -> None:
    from pipeline.fetch.crawl import site as module

    monkeypatch.setattr(module, "MAX_MAPPED", 300)
    taken: list[str] = []
    real = module.Frontier.add
    monkeypatch.setattr(
        module.Frontier, "add", lambda self, url, *a, **k: taken.append(url) or real(self, url, *a, **k)
    )
    names = "".join(f"Sitemap: http://maps.example/{n}.xml\n" for n in range(5))
    web.body("maps.example", "/robots.txt", names.encode(), content_type="text/plain")
    for n in range(5):
        locs = "".join(f"<url><loc>http://maps.example/{n}/iop-{m}</loc></url>" for m in range(250))
        web.body("maps.example", f"/{n}.xml", f"<urlset>{locs}</urlset>".encode(), content_type="text/xml")
    web.page("maps.example", "*")
    fetch(new_site("maps.example", max_pages=2))
    assert len({url for url in taken if "/iop-" in url}) == 300


def test_a_page_of_10000_links_stays_within_the_budget_and_the_best_are_read(
    web, fetch: Fetch, new_site
) -> None:
    links = "".join(f'<a href="/page-{n}?x={n}">Read on {n}</a>' for n in range(10_000))
    html = f'<html><title>Us</title><p>Welcome to our outpatient center.</p><a href="/iop">Our IOP</a>{links}</html>'
    web.page("many.example", "/", html)
    for path in ("*", "/robots.txt", "/sitemap.xml"):
        web.page("many.example", path, status=200 if path == "*" else 404)
    documents = fetch(new_site("many.example", max_pages=10))
    assert len(documents) == 10
    assert documents[1].url == "http://many.example/iop"


def tls_web(web, name: str) -> tuple[ssl.SSLContext, trustme.CA]:
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(name).configure_cert(context)
    return context, authority


@pytest.mark.parametrize(
    ("certified", "trusted", "outcome"),
    [
        ("secure.example", True, Outcome.OK),
        ("secure.example", False, Outcome.TLS),
        ("other.example", True, Outcome.TLS),
    ],
)
def test_certificates_are_checked_against_the_name_that_was_asked_for(
    web, archive, certified: str, trusted: bool, outcome: Outcome
) -> None:
    from pipeline.fetch.run import fetch_sources
    from pipeline.fetch.settings import FetchSettings
    from sources.kinds import KINDS
    from sources.registry import Source

    web.page("secure.example", "/")
    server, authority = tls_web(web, certified)
    client = ssl.create_default_context()
    if trusted:
        authority.configure_trust(client)

    async def run() -> Document:
        listening = await asyncio.start_server(web.serve, "127.0.0.1", 0, ssl=server)
        port = listening.sockets[0].getsockname()[1]
        settings = FetchSettings(
            connect_to={"*.example": ("127.0.0.1", port)}, per_host_delay_s=0, attempts=1, ssl_context=client
        )
        source = Source("s", KINDS["provider_site"], "s", url="https://secure.example/")
        try:
            documents = [d async for d in fetch_sources([source], archive, settings)]
            return documents[0]
        finally:
            listening.close()

    assert asyncio.run(run()).outcome is outcome


def test_gzip_is_read(web, fetch: Fetch, new_site, archive) -> None:
    html = b"<html><p>" + b"Group therapy three evenings a week. " * 20
    web.body("zip.example", "/", gzip.compress(html), content_type="text/html", content_encoding="gzip")
    (document,) = fetch(new_site("zip.example"))
    assert archive.get(document.sha256) == html

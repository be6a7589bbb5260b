"""One odd byte from a server costs its page at most: never the rest of its site."""

from __future__ import annotations

import asyncio
import gzip
import socket
import ssl
import zlib
from pathlib import Path

import pytest

from pipeline.fetch.body import DamagedError, decoder, gunzip
from pipeline.fetch.crawl.sitemap import parse_sitemap
from pipeline.fetch.settings import FetchSettings
from pipeline.fetch.wire.address import CheckedBackend, is_public
from pipeline.html import decode
from pipeline.records import Outcome

PAGE = b"<html><title>IOP</title><p>Three evenings a week, in groups of eight people.</p></html>"
REFUSED = [
    "http://[::1",
    "http://a:b/",
    "http://0177.0.0.1/",
    "http://xn--zz-.example/",
    "javascript:void(0)",
]
CHARSETS = ["base64", "hex", "rot13", "zlib", "idna", "punycode", "undefined", "no-such-thing"]


def surrounded(web, host: str) -> None:
    """A site whose pages but one are good."""
    for path in ("/", "/contact"):
        web.page(host, path)


@pytest.mark.parametrize("location", REFUSED)
def test_a_redirect_to_no_address_is_refused_and_the_site_read_on(
    web, fetch, new_site, location: str
) -> None:
    surrounded(web, "odd.example")
    web.redirect("odd.example", "/iop", location)
    found = {d.url: d.outcome for d in fetch(new_site("odd.example", "/iop", "/contact"))}
    assert found["http://odd.example/iop"] is Outcome.REFUSED_ADDRESS
    assert found["http://odd.example/contact"] is Outcome.OK


def test_a_redirect_in_utf_8_is_followed_as_browsers_do(web, fetch, new_site) -> None:
    surrounded(web, "odd.example")
    web.raw("odd.example", "/iop", "HTTP/1.1 302 X\r\nlocation: /café\r\ncontent-length: 0\r\n\r\n".encode())
    web.page("odd.example", "/caf%C3%A9")
    (document,) = [d for d in fetch(new_site("odd.example", "/iop")) if d.url.endswith("/iop")]
    assert (document.outcome, document.final_url) == (Outcome.OK, "http://odd.example/café")


@pytest.mark.parametrize("charset", CHARSETS)
def test_a_charset_that_is_none_is_guessed(charset: str) -> None:
    for text, header in (
        (f'<meta charset="{charset}">Café', None),
        ("Café", f"text/html; charset={charset}"),
    ):
        assert decode(text.encode(), header) == (text, "utf-8")


@pytest.mark.parametrize("cookie", [b"n=\xff", b"n=\x01", b"=;;;=", b"n=1; Max-Age=\xb2; Domain=[::1"])
def test_an_odd_cookie_does_not_cost_the_next_page(web, fetch, new_site, cookie: bytes) -> None:
    surrounded(web, "odd.example")
    head = b"HTTP/1.1 200 OK\r\ncontent-type: text/html\r\nset-cookie: " + cookie
    web.raw("odd.example", "/", head + b"\r\ncontent-length: %d\r\n\r\n" % len(PAGE) + PAGE)
    documents = fetch(new_site("odd.example", "/contact"))
    assert [d.outcome for d in documents] == [Outcome.OK, Outcome.OK]


def test_a_length_said_twice_is_one_and_two_lengths_are_none(web, fetch, new_site) -> None:
    head = b"HTTP/1.1 200 OK\r\ncontent-type: text/html\r\n"
    length = b"Content-Length: %d\r\n" % len(PAGE)
    web.raw("twice.example", "/", head + length * 2 + b"\r\n" + PAGE)
    web.raw("two.example", "/", head + length + b"Content-Length: 5\r\n\r\n" + PAGE)
    found = {d.source_id: d for d in fetch(new_site("twice.example"), new_site("two.example"), attempts=1)}
    assert (found["twice"].outcome, found["twice"].size) == (Outcome.OK, len(PAGE))
    assert found["two"].outcome is Outcome.CONNECTION


def test_endless_trailers_are_cut_off(web, fetch, new_site) -> None:
    async def trailers(request, writer):
        writer.write(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n")
        while True:
            writer.write(b"x: " + b"a" * 1000 + b"\r\n")
            await writer.drain()

    web.answers["odd.example", "/"] = trailers
    (document,) = fetch(new_site("odd.example"), attempts=1)
    assert document.outcome is Outcome.CONNECTION


@pytest.mark.parametrize("framed", [True, False], ids=["content-length", "until the end"])
def test_compression_that_is_cut_short_is_no_page(web, fetch, new_site, framed: bool) -> None:
    cut = gzip.compress(PAGE * 20)[:-20]
    head = b"HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-encoding: gzip\r\n"
    length = b"content-length: %d\r\n" % len(cut) if framed else b"connection: close\r\n"

    async def answer(request, writer):
        writer.write(head + length + b"\r\n" + cut)
        if not framed:
            writer.close()

    web.answers["cut.example", "/"] = answer
    (document,) = fetch(new_site("cut.example"), attempts=1)
    assert (document.outcome, document.sha256) == (Outcome.CONNECTION, None)
    with pytest.raises(DamagedError):
        gunzip(cut, 100_000)


@pytest.mark.parametrize("window", [zlib.MAX_WBITS, -zlib.MAX_WBITS], ids=["zlib", "raw"])
def test_deflate_is_read_in_any_pieces(window: int) -> None:
    packer = zlib.compressobj(wbits=window)
    packed = packer.compress(PAGE) + packer.flush()
    for size in (1, 2, 3, len(packed)):
        found = decoder("deflate", 1000)
        assert b"".join(found.feed(packed[n : n + size]) for n in range(0, len(packed), size)) == PAGE
        found.finish()


@pytest.mark.parametrize(
    "address", ["192.0.0.192", "192.88.99.1", "168.63.129.16", "3fff::1", "fec0::1", "::ffff:192.0.0.192"]
)
def test_special_addresses_are_not_public(address: str) -> None:
    assert not is_public(address)


def test_a_name_server_that_does_not_answer_is_not_the_end_of_a_site(fetch, new_site) -> None:
    async def broken(host: str, port: int) -> list[str]:
        raise socket.gaierror(socket.EAI_AGAIN, "try again")

    (document,) = fetch(new_site("far.test"), resolve=broken, attempts=1)
    assert document.outcome is Outcome.CONNECTION, "dns would count as an absence"


def test_a_name_is_resolved_once_so_that_what_was_checked_is_what_is_connected_to() -> None:
    answers = [["93.184.215.14"], ["127.0.0.1"]]

    async def rebinding(host: str, port: int) -> list[str]:
        return answers.pop(0)

    async def run() -> list[str]:
        connector = CheckedBackend(FetchSettings(resolve=rebinding))
        return [*(await connector.checked("a.test", 80)), *(await connector.checked("a.test", 80))]

    assert asyncio.run(run()) == ["93.184.215.14"] * 2


def test_an_http2_body_that_is_not_wanted_does_not_starve_the_next_page(archive) -> None:
    """The server keeps to the flow control: what was left unread would fill the connection's window."""
    import trustme
    from h2.config import H2Configuration
    from h2.connection import H2Connection
    from h2.events import RequestReceived, WindowUpdated

    from pipeline.fetch.run import fetch_sources
    from sources.kinds import KINDS
    from sources.registry import Source

    authority = trustme.CA()
    server, client = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), ssl.create_default_context()
    authority.issue_cert("two.example").configure_cert(server)
    authority.configure_trust(client)
    server.set_alpn_protocols(["h2"])

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        h2 = H2Connection(H2Configuration(client_side=False, header_encoding=None))
        h2.initiate_connection()
        waiting: dict[int, int] = {}  # stream → bytes to send
        try:
            while data := await reader.read(65536):
                for event in h2.receive_data(data):
                    if isinstance(event, RequestReceived):
                        path = dict(event.headers)[b":path"]
                        pdf, found = path == b"/file", path in (b"/", b"/file", b"/iop")
                        media = b"application/pdf" if pdf else b"text/html"
                        status = b"200" if found else b"404"
                        h2.send_headers(event.stream_id, [(b":status", status), (b"content-type", media)])
                        waiting[event.stream_id] = 20_000_000 if pdf else len(PAGE)
                    if isinstance(event, RequestReceived | WindowUpdated):
                        for stream in list(waiting):
                            while (left := waiting[stream]) and (
                                room := h2.local_flow_control_window(stream)
                            ) > 0:
                                size = min(left, room, 16_384)
                                page = size == len(PAGE)
                                h2.send_data(stream, PAGE if page else bytes(size), end_stream=left == size)
                                waiting[stream] -= size
                writer.write(h2.data_to_send())
                await writer.drain()
        except (OSError, ssl.SSLError):
            pass
        finally:
            writer.close()

    async def run() -> dict[str, Outcome]:
        listening = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=server)
        settings = FetchSettings(
            connect_to={"two.example": ("127.0.0.1", listening.sockets[0].getsockname()[1])},
            ssl_context=client,
            per_host_delay_s=0,
            attempts=1,
            read_s=5.0,
        )
        source = Source(
            "two", KINDS["provider_site"], "two", url="https://two.example/", entry=("/file", "/iop")
        )
        found = {d.url[-5:]: d.outcome async for d in fetch_sources([source], archive, settings)}
        listening.close()
        return found

    found = asyncio.run(run())
    assert (found["/file"], found["e/iop"]) == (Outcome.NOT_HTML, Outcome.OK)


@pytest.mark.parametrize(
    "page",
    [
        '<meta http-equiv=refresh content="0..1;url=/x">',
        '<meta http-equiv=refresh content="...;url=/x">',
        '<base href="http://[x">',
        '<link rel=canonical href="http://[x">',
        "<svg><a xlink:href='/x'>",
        "<a>no address</a><area><frame>",
    ],
)
def test_odd_markup_does_not_cost_the_rest_of_the_site(web, fetch, new_site, page: str) -> None:
    surrounded(web, "odd.example")
    web.page("odd.example", "/", f"<html>{page}<p>Our program meets three evenings a week.</p></html>")
    found = {d.url: d.outcome for d in fetch(new_site("odd.example", "/contact"))}
    assert set(found.values()) == {Outcome.OK} and len(found) == 2


SITEMAPS = {
    "child": "<sitemapindex><sitemap><loc>http://[bad/a.xml</loc></sitemap></sitemapindex>",
    "page": "<urlset><url><loc>http://[bad/</loc><lastmod>2026-01-01</lastmod></url></urlset>",
    "date": "<urlset><url><loc>http://odd.example/iop</loc><lastmod>9999-12-31</lastmod></url></urlset>",
    "rate": "<urlset/>",
}


@pytest.mark.parametrize("name", SITEMAPS)
def test_odd_sitemaps_and_rules_do_not_cost_the_rest_of_the_site(web, fetch, new_site, name: str) -> None:
    surrounded(web, "odd.example")
    web.page("odd.example", "/iop")
    web.body("odd.example", "/sitemap.xml", SITEMAPS[name].encode(), content_type="text/xml")
    rules = b"User-agent: *\nRequest-rate: 1/" + b"9" * 400
    web.body("odd.example", "/robots.txt", rules if name == "rate" else b"", content_type="text/plain")
    found = [d.outcome for d in fetch(new_site("odd.example", "/contact"))]
    assert found in ([Outcome.OK] * 2, [Outcome.OK] * 3)


@pytest.mark.parametrize("charset", ["utf-8", "utf-16"])
def test_entities_of_a_sitemap_are_not_read(tmp_path: Path, charset: str) -> None:
    (tmp_path / "secret").write_text("leaked")
    many = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 12))
    entities = f'<!ENTITY file SYSTEM "{(tmp_path / "secret").as_uri()}"><!ENTITY e0 "leaked">{many}'
    pages = "".join(f"<url><loc>http://odd.example/{path}</loc></url>" for path in ("&file;", "&e11;", "iop"))
    read = parse_sitemap(f"<!DOCTYPE urlset [{entities}]><urlset>{pages}</urlset>".encode(charset))
    urls = [url for url, _ in read.pages]
    assert "http://odd.example/iop" in urls and "leaked" not in str(urls) and len(str(urls)) < 1000


def test_304_says_nothing_where_nothing_was_asked(web, fetch, new_site) -> None:
    web.page("odd.example", "/")  # without a validator
    assert [d.outcome for d in fetch(new_site("odd.example"))] == [Outcome.OK]
    web.raw("odd.example", "/", b"HTTP/1.1 304 Not Modified\r\n\r\n")
    (document,) = fetch(new_site("odd.example"), attempts=1)
    assert (document.outcome, document.sha256) == (Outcome.SERVER_ERROR, None), "it is not verified"


def test_a_dead_subdomain_does_not_end_the_visit(web, fetch, new_site) -> None:
    async def dead(request, writer):
        writer.transport.abort()

    links = "".join(f'<a href="http://{n}.odd.example/intensive-outpatient">IOP</a>' for n in "abcd")
    more = '<a href="/insurance">Insurance</a><a href="/contact">Contact</a>'
    web.page("odd.example", "/", f"<html><p>Programs for adults in three towns.</p>{links}{more}</html>")
    for n in "abcd":
        web.answers[f"{n}.odd.example", "*"] = dead
    for path in ("/insurance", "/contact"):
        web.page("odd.example", path)
    found = {d.url: d.outcome for d in fetch(new_site("odd.example"), attempts=1)}
    assert found["http://odd.example/contact"] is found["http://odd.example/insurance"] is Outcome.OK


def test_the_frames_of_a_frameset_are_read(web, fetch, new_site) -> None:
    frames = '<frameset cols="20,80"><frame src="menu.htm"><frame src="main.htm"></frameset>'
    web.page("odd.example", "/", f"<html><title>Us</title>{frames}</html>")
    web.page("odd.example", "/main.htm")
    web.page(
        "odd.example", "/menu.htm", '<html><p>Here is our menu of pages.</p><a href="/iop">IOP</a></html>'
    )
    web.page("odd.example", "/iop")
    found = {d.url: d.outcome for d in fetch(new_site("odd.example"))}
    assert found["http://odd.example/main.htm"] is found["http://odd.example/iop"] is Outcome.OK


HOSTILE = {
    "nested": "<div>" * 60_000,
    "options": "<select>" + "<option>a" * 100_000,
    "attributes": "<div " + " ".join(f"a{n}" for n in range(60_000)) + ">x</div>",
    "scripts": "<script>" * 100_000,
    "brackets": "<" * 500_000,
}


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.timeout(20)  # minutes, where the parser's time grows with the square of such pages
def test_hostile_markup_keeps_nobody_waiting(web, fetch, new_site, name: str) -> None:
    from pipeline.extract.parsing.parse import read_page as read_for_facts
    from pipeline.extract.reading import extract

    web.page("odd.example", "/", f"<html><p>Our program meets three evenings a week.</p>{HOSTILE[name]}")
    surrounded(web, "good.example")
    found = {d.source_id: d.outcome for d in fetch(new_site("odd.example"), new_site("good.example"))}
    assert found["good"] is Outcome.OK
    assert not extract(read_for_facts(HOSTILE[name])).is_listing

"""HTTP/1.1 as servers really speak it: answers in all their forms, where they end, and what is no answer."""

from __future__ import annotations

import asyncio
import ssl

import httpx
import pytest

from pipeline.fetch.settings import FetchSettings
from pipeline.fetch.wire.connections import MOST, Connections
from pipeline.records import Outcome

PAGE = b"<html><p>Three evenings a week, in groups of eight people.</p></html>"
OK = b"HTTP/1.1 200 OK\r\ncontent-type: text/html\r\n"
LENGTH = b"content-length: %d\r\n\r\n" % len(PAGE)
CHUNKS = b"%x\r\n%b\r\n%x;more=1\r\n%b\r\n0\r\n" % (9, PAGE[:9], len(PAGE) - 9, PAGE[9:])
CHUNKED = OK + b"transfer-encoding: chunked\r\n\r\n" + CHUNKS
WHOLE = {
    "length": OK + LENGTH + PAGE,
    "chunks": CHUNKED + b"\r\n",
    "trailers": CHUNKED + b"x-late: 1\r\ncontent-type: text/plain\r\n\r\n",
    "length and chunks": OK + b"content-length: 3\r\ntransfer-encoding: chunked\r\n\r\n" + CHUNKS + b"\r\n",
    "goodbye": OK + b"connection: close\r\n" + LENGTH + PAGE,
    "early hints": b"HTTP/1.1 103 Early Hints\r\nlink: </a.css>\r\n\r\n" + OK + LENGTH + PAGE,
    "line feeds": (OK + LENGTH).replace(b"\r\n", b"\n") + PAGE,
    "folded header": OK + b"x-old: one\r\n  two\r\n" + LENGTH + PAGE,
    "no reason": OK.replace(b" OK", b"") + LENGTH + PAGE,
    "too long": OK + LENGTH + PAGE + b"tail",
}
NO_ANSWER = {
    "ssh": b"SSH-2.0-OpenSSH_9.6\r\n",
    "tls": b"\x16\x03\x01 TLS where HTTP should be\r\n\r\n",
    "upgrade": b"HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: upgrade\r\n\r\n",
    "chunk size": OK + b"transfer-encoding: chunked\r\n\r\nnot hexadecimal\r\n",
    "endless header": OK + b"x: " + b"a" * 200_000,
    "two lengths": OK + b"content-length: 5\r\n" + LENGTH + PAGE,
    "cut chunks": CHUNKED,
}


@pytest.mark.parametrize("name", WHOLE)
def test_an_answer_is_read_in_whatever_form(web, archive, fetch, new_site, name: str) -> None:
    async def in_pieces(request, writer):
        for start in range(0, len(WHOLE[name]), 20):
            writer.write(WHOLE[name][start : start + 20])
            await writer.drain()
            await asyncio.sleep(0)
        if name == "goodbye":
            writer.close()

    web.answers["odd.example", "/"] = in_pieces
    web.raw("odd.example", "/iop", WHOLE[name])
    documents = fetch(new_site("odd.example", "/iop"))
    assert [archive.get(d.sha256 or "") for d in documents] == [PAGE, PAGE]


@pytest.mark.parametrize("name", NO_ANSWER)
def test_what_is_no_answer_is_a_fault(web, fetch, new_site, name: str) -> None:
    async def answer(request, writer):
        writer.write(NO_ANSWER[name])
        writer.close()

    web.answers["odd.example", "/"] = answer
    (document,) = fetch(new_site("odd.example"), attempts=1)
    assert (document.outcome, document.sha256) == (Outcome.CONNECTION, None)


def test_connections_are_kept_and_made_anew_where_the_server_closed_them(web, fetch, new_site) -> None:
    connections: set[int] = set()

    async def answer(request, writer):
        connections.add(id(writer))
        writer.write(OK + LENGTH + PAGE)
        if request.path == "/b":
            await writer.drain()
            writer.close()  # without a word: the next request finds out
            await asyncio.sleep(0)

    for path in ("/", "/a", "/b", "/c", "/d"):
        web.answers["kept.example", path] = answer
    documents = fetch(new_site("kept.example", "/a", "/b", "/c", "/d"))
    assert {d.outcome for d in documents} == {Outcome.OK}
    assert len(connections) == 2


def test_a_visit_keeps_connections_with_the_hosts_that_it_asked_last(web) -> None:
    made: dict[str, set[object]] = {}

    async def answer(request, writer):
        made.setdefault(request.headers["host"], set()).add(writer)
        writer.write(OK + LENGTH + PAGE)

    async def ask() -> None:
        async with web:
            settings = FetchSettings(connect_to=web.connect_to)
            connections = Connections(settings, ssl.create_default_context(), frozenset())
            for host in (*hosts, hosts[-1], hosts[0]):
                response = await connections.get(httpx.URL(f"http://{host}/"), [])
                await response.aread()
                await response.aclose()
            await connections.aclose()

    hosts = [f"host{n}.example" for n in range(MOST + 1)]
    for host in hosts:
        web.answers[host, "/"] = answer
    asyncio.run(ask())
    assert (len(made[hosts[0]]), len(made[hosts[-1]])) == (2, 1)


def test_a_validator_cannot_add_lines_to_a_request(web) -> None:
    async def ask() -> None:
        async with web:
            settings = FetchSettings(connect_to=web.connect_to)
            connections = Connections(settings, ssl.create_default_context(), frozenset())
            url, evil = httpx.URL("http://a.example/"), [(b"if-none-match", b'"1"\r\nx-evil: 1')]
            with pytest.raises(httpx.LocalProtocolError):
                await connections.get(url, evil)
            await connections.aclose()

    asyncio.run(ask())
    assert not web.requests

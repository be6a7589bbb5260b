"""A real server on loopback that can misbehave in every way we know, and a clock that tests turn."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from pipeline.archive.archive import Archive
from pipeline.fetch.run import fetch_sources
from pipeline.fetch.settings import FetchSettings
from pipeline.records import Document
from sources.kinds import KINDS
from sources.registry import Source

Answer = Callable[["Request", asyncio.StreamWriter], Awaitable[None]]
FILLER = "<p>We offer an intensive outpatient program on weekday evenings in our office on Main Street.</p>"


@dataclass
class Request:
    host: str
    path: str
    headers: dict[str, str]
    at: float


@dataclass
class Clock:
    """Time that moves when somebody sleeps."""

    now: float = 0.0

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.now += seconds
        await asyncio.sleep(0)


@dataclass
class Web:
    """Virtual hosts by Host header. `answers` are keyed by host and path; a host's "*" answers every path."""

    answers: dict[tuple[str, str], Answer] = field(default_factory=dict)
    requests: list[Request] = field(default_factory=list)
    clock: Callable[[], float] = lambda: 0.0
    port: int = 0

    def page(self, host: str, path: str, html: str = "", status: int = 200, **headers: str) -> None:
        """A page; `headers` with _ for -. An empty `html` means a good page of its own."""
        text = html or f"<html><title>{path}</title><h1>{path}</h1>{FILLER}</html>"
        self.body(
            host, path, text.encode(), status, **{"content_type": "text/html; charset=utf-8", **headers}
        )

    def body(self, host: str, path: str, body: bytes, status: int = 200, **headers: str) -> None:
        lines = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
        length = "" if "content_length" in headers else f"content-length: {len(body)}\r\n"
        self.raw(host, path, f"HTTP/1.1 {status} X\r\n{lines}{length}\r\n".encode() + body)

    def redirect(self, host: str, path: str, to: str, status: int = 302) -> None:
        self.raw(host, path, f"HTTP/1.1 {status} X\r\nlocation: {to}\r\ncontent-length: 0\r\n\r\n".encode())

    def raw(self, host: str, path: str, data: bytes) -> None:
        async def answer(request: Request, writer: asyncio.StreamWriter) -> None:
            writer.write(data)

        self.answers[host, path] = answer

    def asked(self, host: str) -> list[str]:
        return [r.path for r in self.requests if r.host == host]

    @property
    def connect_to(self) -> dict[str, tuple[str, int]]:
        return {"*.example": ("127.0.0.1", self.port)}

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
                headers = {
                    k.lower(): v.strip() for k, _, v in (line.partition(":") for line in head[1:] if line)
                }
                request = Request(
                    headers["host"].partition(":")[0], head[0].split(" ")[1], headers, self.clock()
                )
                self.requests.append(request)
                answer = self.answers.get((request.host, request.path)) or self.answers.get(
                    (request.host, "*")
                )
                if answer is None:
                    writer.write(b"HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n")
                else:
                    await answer(request, writer)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    async def __aenter__(self) -> Web:
        self._server = await asyncio.start_server(self.serve, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()


@pytest.fixture
def web() -> Web:
    return Web()


def site(host: str, *entry: str, **more: Any) -> Source:
    source_id = host.partition(".")[0].replace("-", "_")
    return Source(source_id, KINDS["provider_site"], host, url=f"http://{host}/", entry=entry, **more)


def quick(web: Web, **more: Any) -> FetchSettings:
    """Settings without the delays that politeness would cost a test."""
    return FetchSettings(
        **{
            "connect_to": web.connect_to,
            "per_host_delay_s": 0.0,
            "retry_wait_s": 0.001,
            "sleep": Clock().sleep,
            **more,
        }
    )


def fetched(web: Web, archive: Archive, sources: list[Source], **settings: Any) -> list[Document]:
    """What fetching the sources from the web gives, server and client in one event loop."""

    async def run() -> list[Document]:
        async with web:
            return [d async for d in fetch_sources(sources, archive, quick(web, **settings))]

    return asyncio.run(run())


@pytest.fixture
def fetch(web: Web, archive: Archive) -> Callable[..., list[Document]]:
    return lambda *sources, **settings: fetched(web, archive, list(sources), **settings)


@pytest.fixture
def new_site() -> Callable[..., Source]:
    return site


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def web_in_thread(web: Web) -> Iterator[Web]:
    """The web served beside the test, for fetching in another process."""
    started, stop = threading.Event(), asyncio.Event()
    loops: list[asyncio.AbstractEventLoop] = []

    async def run() -> None:
        loops.append(asyncio.get_running_loop())
        async with web:
            started.set()
            await stop.wait()

    thread = threading.Thread(target=asyncio.run, args=(run(),), daemon=True)
    thread.start()
    started.wait(10)
    yield web
    loops[0].call_soon_threadsafe(stop.set)
    thread.join(10)

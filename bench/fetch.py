"""How fast fetching is, beside bare httpx: `python bench/fetch.py`. Politeness limits lifted, all on loopback.

A server process plays 200 hosts with 25 pages each. Measured in one run: bare httpx with the same concurrency
(a client per host, bodies read and dropped), then a first pass with archiving, then a second with 5% of the pages
changed, and the memory of fetching 1,000 and 5,000 pages. `--kills N` is the soak: N runs killed at random
moments, the archive checked after each, then a run that completes.
"""

from __future__ import annotations

import argparse
import asyncio
import gzip
import hashlib
import json
import multiprocessing
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

import httpx

from pipeline.fetch import Archive, FetchSettings, fetch_sources
from sources.registry import Kind, Source

PAGES = 25
WORDS = "intensive outpatient evening group family therapy insurance schedule location recovery care team day".split()


def page_bytes(host: str, number: int, version: int) -> bytes:
    """Some 30 KB of HTML, as pages of providers' sites are, different for every page."""
    chance = random.Random(f"{host}/{number}/{version}")
    links = "".join(f'<li><a href="/iop/p{n}">Program {n}</a></li>' for n in range(1, PAGES))
    body = "".join(
        f'<section class="c-{i}"><h2>{" ".join(chance.choices(WORDS, k=4))}</h2>'
        f'<p class="text body-{chance.random()}">{" ".join(chance.choices(WORDS, k=60))}</p></section>'
        for i in range(60)
    )
    return f"<!doctype html><html><head><title>{host} {number}</title></head><body><nav><ul>{links}</ul></nav><main>{body}</main></body></html>".encode()


class Server(asyncio.Protocol):
    """HTTP/1.1 at its barest: a prepared answer for each host, page and version, gzipped, with an ETag."""

    answers: dict[tuple[str, int, int], tuple[bytes, bytes, bytes]] = {}
    versions: dict[tuple[str, int], int] = {}

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self.buffer = b""

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        while b"\r\n\r\n" in self.buffer:
            head, _, self.buffer = self.buffer.partition(b"\r\n\r\n")
            self.transport.write(self.answer(head))

    def answer(self, head: bytes) -> bytes:
        lines = head.split(b"\r\n")
        path = lines[0].split(b" ")[1]
        headers = dict(line.lower().split(b": ", 1) for line in lines[1:])
        if path.startswith(b"/version/"):
            changed = random.Random(1)
            for key in sorted(self.versions):
                self.versions[key] += changed.random() < int(path[9:]) / 100
            return b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n"
        if path in (b"/robots.txt", b"/sitemap.xml"):
            return b"HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n"
        host = headers[b"host"].split(b":")[0].decode()
        number = int(path[6:] or 0)
        key = (host, number, self.versions.setdefault((host, number), 0))
        if key not in self.answers:
            body = gzip.compress(page_bytes(*key), 6)
            etag = b'"' + hashlib.sha1(body, usedforsecurity=False).hexdigest().encode() + b'"'
            full = b"HTTP/1.1 200 OK\r\ncontent-type: text/html; charset=utf-8\r\ncontent-encoding: gzip\r\n"
            full += b"etag: " + etag + b"\r\ncontent-length: " + str(len(body)).encode() + b"\r\n\r\n" + body
            self.answers[key] = (etag, full, b"HTTP/1.1 304 Not Modified\r\netag: " + etag + b"\r\n\r\n")
        etag, full, unchanged = self.answers[key]
        return unchanged if headers.get(b"if-none-match") == etag else full


def serve(pipe: object, hosts: int) -> None:
    async def run() -> None:
        server = await asyncio.get_running_loop().create_server(Server, "127.0.0.1", 0, backlog=1000)
        worker = Server()
        for number in range(hosts):
            for page in range(PAGES):
                worker.answer(f"GET /iop/p{page or ''} HTTP/1.1\r\nHost: h{number}.example".encode())
        pipe.send(server.sockets[0].getsockname()[1])  # type: ignore[attr-defined]
        await server.serve_forever()

    asyncio.run(run())


def sources(hosts: int) -> list[Source]:
    return [
        Source(f"h{n}", Kind.PROVIDER_SITE, f"h{n}", url=f"http://h{n}.example/iop/p", max_pages=PAGES)
        for n in range(hosts)
    ]


def settings(port: int, concurrency: int) -> FetchSettings:
    return FetchSettings(
        connect_to={"*.example": ("127.0.0.1", port)},
        per_host_delay_s=0.0,
        concurrency=concurrency,
        sites_at_once=concurrency,
    )


async def bare(port: int, hosts: int, concurrency: int) -> float:
    """Requests per second of httpx alone: a client per host, at most `concurrency` hosts at a time."""
    slots = asyncio.Semaphore(concurrency)
    tls = httpx.create_ssl_context()
    began = time.perf_counter()

    async def host(number: int) -> None:
        async with slots, httpx.AsyncClient(verify=tls, http2=True, trust_env=False) as client:
            for page in range(PAGES):
                url = f"http://127.0.0.1:{port}/iop/p{page or ''}"
                response = await client.get(url, headers={"host": f"h{number}.example"})
                assert len(response.content) > 1000

    await asyncio.gather(*(host(number) for number in range(hosts)))
    return hosts * PAGES / (time.perf_counter() - began)


async def ours(port: int, hosts: int, concurrency: int, root: Path) -> tuple[float, Counter[str]]:
    """Seconds of one pass, and what came of it."""
    outcomes: Counter[str] = Counter()
    began = time.perf_counter()
    with Archive(root) as archive:
        async for document in fetch_sources(sources(hosts), archive, settings(port, concurrency)):
            outcomes[document.outcome] += 1
    return time.perf_counter() - began, outcomes


def in_process(*arguments: object) -> dict[str, object]:
    """One measurement in a process of its own, so that its memory is its own."""
    command = [sys.executable, __file__, "--one", *map(str, arguments)]
    return dict(json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout))


def one(kind: str, port: str, hosts: str, concurrency: str, root: str) -> None:
    if kind == "bare":
        print(json.dumps({"rate": asyncio.run(bare(int(port), int(hosts), int(concurrency)))}))
        return
    seconds, outcomes = asyncio.run(ours(int(port), int(hosts), int(concurrency), Path(root)))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"seconds": seconds, "outcomes": outcomes, "rate": outcomes.total() / seconds, "peak_mb": peak}))


def soak(port: int, kills: int, root: Path, hosts: int = 40) -> None:
    """Kill runs at random moments; after each, every logged content must be there."""
    chance = random.Random(7)
    lost = rows = 0
    for _ in range(kills):
        command = [sys.executable, __file__, "--one", "ours", str(port), str(hosts), "20", str(root)]
        run = subprocess.Popen(command, stdout=subprocess.DEVNULL, start_new_session=True)
        time.sleep(chance.uniform(0.3, 2.5))
        os.killpg(run.pid, signal.SIGKILL)
        run.wait()
        with Archive(root) as archive:
            logged = list(archive.documents())
            lost += sum(d.sha256 is not None and d.sha256 not in archive for d in logged)
            for document in chance.sample(logged, min(50, len(logged))):
                if document.sha256:
                    archive.get(document.sha256)  # raises where the content is damaged
            rows = len(logged)
    done = in_process("ours", port, hosts, 20, root)
    print(f"soak: {kills} kills, {rows} rows logged, {lost} contents lost; then {done['outcomes']}")
    assert lost == 0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--hosts", type=int, default=200)
    parser.add_argument("--concurrency", type=int, default=50)
    parser.add_argument("--kills", type=int, default=0)
    parser.add_argument("--one", nargs=5, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        one(*options.one)
        return
    here, there = multiprocessing.Pipe()
    server = multiprocessing.Process(target=serve, args=(there, options.hosts), daemon=True)
    server.start()
    port = here.recv()
    root = Path(tempfile.mkdtemp(prefix="bench-fetch-"))
    try:
        if options.kills:
            soak(port, options.kills, root / "soak")
            return
        measure(port, options.hosts, options.concurrency, root)
    finally:
        server.terminate()
        shutil.rmtree(root)


def measure(port: int, hosts: int, concurrency: int, root: Path) -> None:
    alone = in_process("bare", port, hosts, concurrency, "-")
    first = in_process("ours", port, hosts, concurrency, root / "a")
    httpx.get(f"http://127.0.0.1:{port}/version/5", trust_env=False)
    second = in_process("ours", port, hosts, concurrency, root / "a")
    small = in_process("ours", port, hosts // 5, concurrency, root / "b")
    print(f"bare httpx      {alone['rate']:7.0f} requests/s")
    print(f"first pass      {first['rate']:7.0f} pages/s = {first['rate'] / alone['rate']:.0%} of bare  {first['outcomes']}")
    print(f"second pass     {second['seconds'] / first['seconds']:7.0%} of the first's time  {second['outcomes']}")
    print(f"peak memory     {small['peak_mb']:7.0f} MB at {small['outcomes']}, {first['peak_mb']:.0f} MB at {first['outcomes']}")


if __name__ == "__main__":
    main()

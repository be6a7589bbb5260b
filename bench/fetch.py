"""How fast fetching is, beside bare httpx: `python bench/fetch.py`. Politeness limits lifted, all on loopback.

A server process plays 200 hosts with 25 pages each. Measured in one run, in rounds: bare httpx with the same
concurrency (a client per host, bodies read and dropped), then a first pass with archiving. Then second passes with 5% of
the pages changed: with ETags alone, where the sites have sitemaps with dates, and, of a fifth of the hosts, with the
pages read for facts too; and the memory at 1,000 and 5,000 pages. `--kills N` is the soak: N runs killed at random
moments, the archive checked after each, then a run that completes.
"""

from __future__ import annotations

import argparse
import asyncio
import gzip
import hashlib
import json
import multiprocessing
import random
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Any, ClassVar

import httpx

from pipeline.archive.archive import Archive
from pipeline.archive.replay import current_documents
from pipeline.fetch.run import fetch_sources
from pipeline.fetch.settings import FetchSettings
from pipeline.records import Document
from sources.kinds import KINDS
from sources.registry import Source

PAGES = 25
WORDS = (
    "intensive outpatient evening group family therapy insurance schedule location recovery care team day "
    + "we you our your can help life work time people find make start each with from about what when "
    "more than first step talk learn feel well good new place year way home back hand part need know " * 4
).split()


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

    answers: ClassVar[dict[tuple[str, int, int], tuple[bytes, bytes, bytes]]] = {}
    versions: ClassVar[dict[tuple[str, int], int]] = {}
    changed: ClassVar[dict[tuple[str, int], str]] = {}
    sitemaps = False
    chance = random.Random(1)

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
            for key in sorted(self.versions):
                if self.chance.random() < int(path[9:]) / 100:
                    self.versions[key] += 1
                    self.changed[key] = datetime.now(UTC).isoformat()
            return b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n"
        host = headers[b"host"].split(b":")[0].decode()
        if path == b"/sitemaps":
            Server.sitemaps = True
        if path == b"/sitemap.xml" and self.sitemaps:
            return self.sitemap(host)
        if path in (b"/robots.txt", b"/sitemap.xml", b"/sitemaps"):
            return b"HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n"
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

    def sitemap(self, host: str) -> bytes:
        body = "".join(
            f"<url><loc>http://{host}/iop/p{page or ''}</loc>"
            f"<lastmod>{self.changed.get((host, page), '2020-01-01')}</lastmod></url>"
            for page in range(PAGES)
        )
        data = f"<urlset>{body}</urlset>".encode()
        head = f"HTTP/1.1 200 OK\r\ncontent-type: text/xml\r\ncontent-length: {len(data)}\r\n\r\n"
        return head.encode() + data


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
        Source(f"h{n}", KINDS["provider_site"], f"h{n}", url=f"http://h{n}.example/iop/p", max_pages=PAGES)
        for n in range(hosts)
    ]


def settings(port: int, concurrency: int) -> FetchSettings:
    return FetchSettings(
        connect_to={"*.example": ("127.0.0.1", port)},
        per_host_delay_s=0.0,
        concurrency=concurrency,
        sites_at_once=concurrency,
    )


async def bare(port: int, hosts: int, concurrency: int) -> Counter[str]:
    """httpx alone: a client per host, at most `concurrency` hosts at a time, bodies read and dropped."""
    slots = asyncio.Semaphore(concurrency)
    tls = httpx.create_ssl_context()

    async def host(number: int) -> None:
        async with slots, httpx.AsyncClient(verify=tls, http2=True, trust_env=False) as client:
            for page in range(PAGES):
                url = f"http://127.0.0.1:{port}/iop/p{page or ''}"
                response = await client.get(url, headers={"host": f"h{number}.example"})
                assert len(response.content) > 1000

    await asyncio.gather(*(host(number) for number in range(hosts)))
    return Counter({"ok": hosts * PAGES})


async def ours(port: int, hosts: int, concurrency: int, root: Path) -> Counter[str]:
    """One pass, archiving included; what came of it."""
    outcomes: Counter[str] = Counter()
    with Archive(root) as archive:
        async for document in fetch_sources(sources(hosts), archive, settings(port, concurrency)):
            outcomes[document.outcome] += 1
    return outcomes


def read_pages(hosts: int, root: Path) -> None:
    """Read all sites for facts, as a run does: what did not change is not parsed again."""
    from pipeline.read.source import Reader  # here, so that the memory of fetching is measured without it
    from pipeline.stage.tables import Stage

    with Archive(root) as archive:
        documents: dict[str, list[Document]] = {}
        for document in current_documents(archive):
            documents.setdefault(document.source_id, []).append(document)
        for source in sources(hosts):
            reader = Reader(source, archive, Stage(root / "stage"), frozenset(), datetime.now(UTC))
            reader.read(documents[source.id])


def in_process(*arguments: object) -> dict[str, Any]:
    """One measurement in a process of its own, so that its memory is its own."""
    command = [sys.executable, __file__, "--one", *map(str, arguments)]
    return dict(json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout))


def one(kind: str, port: str, hosts: str, concurrency: str, root: str) -> None:
    """One measurement, as JSON: seconds of wall and of CPU, outcomes, pages per second, peak memory."""
    began, cpu = time.perf_counter(), time.process_time()
    work = (
        bare(int(port), int(hosts), int(concurrency))
        if kind == "bare"
        else ours(int(port), int(hosts), int(concurrency), Path(root))
    )
    outcomes = asyncio.run(work)
    if kind == "read":
        read_pages(int(hosts), Path(root))
    seconds = time.perf_counter() - began
    found = {
        "seconds": seconds,
        "cpu": time.process_time() - cpu,
        "outcomes": outcomes,
        "rate": int(hosts) * PAGES / seconds,
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }
    print(json.dumps(found))


def one_pass(port: int, hosts: int, root: Path) -> None:
    asyncio.run(ours(port, hosts, 20, root))


def soak(port: int, kills: int, root: Path, hosts: int = 40) -> None:
    """Kill runs -9 at random moments; after each, every logged content must be there and whole."""
    chance = random.Random(7)
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["pipeline.fetch.run"])
    lost = rows = 0
    for _ in range(kills):
        run = context.Process(target=one_pass, args=(port, hosts, root))
        run.start()
        until = rows + chance.randrange(1, 500)
        while run.is_alive() and sum(f.read_bytes().count(b"\n") for f in root.glob("log/*.jsonl")) < until:
            time.sleep(chance.random() / 100)
        run.kill()
        run.join()
        with Archive(root) as archive:
            logged = list(archive.documents())
            lost += sum(d.sha256 is not None and d.sha256 not in archive for d in logged)
            for document in chance.sample(logged, min(50, len(logged))):
                if document.sha256:
                    archive.get(document.sha256)  # raises where the content is damaged
            rows = len(logged)
        httpx.get(f"http://127.0.0.1:{port}/version/20", trust_env=False)
    done = in_process("ours", port, hosts, 20, root)
    print(f"soak: {kills} kills, {rows} rows logged, {lost} contents lost; then a run of {done['outcomes']}")
    assert lost == 0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--hosts", type=int, default=200)
    parser.add_argument("--concurrency", type=int, default=50)
    parser.add_argument("--rounds", type=int, default=3)
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
        measure(port, options.hosts, options.concurrency, options.rounds, root)
    finally:
        server.terminate()
        shutil.rmtree(root)


def measure(port: int, hosts: int, concurrency: int, rounds: int, root: Path) -> None:
    """All runs, in turn, each in its own process; CPU time is shown because a shared machine makes walls bend."""

    def run(name: str, kind: str, folder: str = "-", share: int = 1) -> dict[str, Any]:
        found = in_process(kind, port, hosts // share, concurrency, root / folder)
        print(
            f"{name:28} {found['rate']:6.0f}/s  {found['seconds']:6.1f} s  CPU {found['cpu']:5.1f} s  {found['outcomes']}",
            flush=True,
        )
        return found

    def change() -> None:
        httpx.get(f"http://127.0.0.1:{port}/version/5", trust_env=False)

    def share(second: dict[str, Any], first: dict[str, Any]) -> str:
        return f"{second['seconds'] / first['seconds']:.0%} of the first's time, {second['cpu'] / first['cpu']:.0%} of its CPU"

    pairs = [(run("bare httpx", "bare"), run("first pass", "ours", f"{n}")) for n in range(rounds)]
    first = pairs[0][1]
    change()
    validators = run("second pass, ETags only", "ours", "0")
    small = run("a fifth of the hosts, read", "read", "small", 5)
    change()
    reading = run("second pass of these", "read", "small", 5)
    httpx.get(f"http://127.0.0.1:{port}/sitemaps", trust_env=False)
    sitemaps = run("second pass, with sitemaps", "ours", "0")
    memory = run("a fifth of the hosts", "ours", "memory", 5)
    shares = sorted(ours["rate"] / alone["rate"] for alone, ours in pairs)
    print(
        f"\nfirst pass                  {median(shares):.0%} of the rate of bare httpx ({shares[0]:.0%} to {shares[-1]:.0%})"
    )
    print(f"second pass, ETags only     {share(validators, first)}")
    print(f"second pass, with sitemaps  {share(sitemaps, first)}")
    print(f"second pass, pages read too {share(reading, small)}")
    print(
        f"peak memory                 {memory['peak_mb']:.0f} MB at {hosts // 5 * PAGES} pages, {first['peak_mb']:.0f} MB at {hosts * PAGES}"
    )


if __name__ == "__main__":
    main()

"""Hostile hosts beside honest ones in one `iop run`: `python bench/soak.py [--hostile 200] [--honest 50]`. All on loopback.

The honest ones alone, then all together, each into a folder of its own. Told: facts of the honest ones published, wall and
processor time, memory of the largest process. What hostile hosts do stands in `TRICKS`.
"""

from __future__ import annotations

import argparse
import asyncio
import gzip
import multiprocessing
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from multiprocessing.connection import Connection
from pathlib import Path

import duckdb

PAGES = 5  # of each site
HONEST = """<html><head><title>Oak House {n}</title></head><body><h1>Intensive Outpatient Program</h1>
<p>Our intensive outpatient program meets Monday, Wednesday and Friday from 9 am to 12 pm for 8 weeks. We treat PTSD and
depression in adults and accept Aetna.</p><p>{n} Mill Street, Casper, WY 82601 - 307-555-{n:04}</p>{links}</body></html>"""
NEAR = (
    "18+ ",
    "CARF ",
    "no IOP ",
    "our IOP? ",
    "adults and ",
    "Boston, MA ",
    "residents of ",
    "<h2>IOP</h2>",
)
TABLE = '[{id}]\nkind = "provider_site"\nurl = "http://{host}:{port}/"\nallow_loopback = true\nstate = "WY"\nmax_pages = 5\n'
HTML = b"content-type: text/html\r\n"


def links() -> str:
    return "".join(f'<a href="/iop/{n}">Program {n}</a> ' for n in range(1, PAGES))


def reply(body: bytes, headers: bytes = HTML, status: str = "200 OK") -> bytes:
    return f"HTTP/1.1 {status}\r\ncontent-length: {len(body)}\r\n".encode() + headers + b"\r\n" + body


def page(words: str, head: str = "") -> str:
    return f"<html><head>{head}</head><h1>Intensive Outpatient Program</h1>{links()}<p>{words}</p></html>"


def near(number: int) -> bytes:
    word = NEAR[number % len(NEAR)]
    return reply(page(word * (150_000 // len(word))).encode())


# What a host answers for its robots.txt ("r"), its pages ("p"), by its number. "slow" and "endless" never end.
TRICKS: tuple[tuple[str, str], ...] = (
    ("p", "near"),
    ("r", "newlines"),
    ("p", "punycode"),
    ("p", "bomb"),
    ("p", "loop"),
    ("p", "private"),
    ("p", "later"),
    ("p", "deep"),
    ("p", "endless"),
    ("p", "reset"),
    ("p", "slow"),
)


def trick(name: str, number: int, path: str) -> bytes:
    match name:
        case "near":
            return near(number)
        case "newlines":
            return reply(b"\n" * 500_000, b"content-type: text/plain\r\n")
        case "punycode":
            return reply(
                b"<p>" + b"a" * 200_000 + b"-" + b"b99999" * 30_000,
                b"content-type: text/html; charset=punycode\r\n",
            )
        case "bomb":
            return reply(gzip.compress(b"<p>x" * 20_000_000), HTML + b"content-encoding: gzip\r\n")
        case "loop":
            return reply(b"", b"location: " + path.encode() + b"x\r\n", "302 Found")
        case "private":
            return reply(b"", b"location: http://169.254.169.254/latest\r\n", "302 Found")
        case "later":
            return reply(
                b"", b"retry-after: Thu, 01 Jan 99999999999 00:00:00 GMT\r\n", "429 Too Many Requests"
            )
        case "deep":
            return reply(b"<div>" * 400_000)
        case _:
            return b""


async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while head := await reader.readuntil(b"\r\n\r\n"):
            lines = head.decode("latin-1").split("\r\n")
            path = lines[0].split(" ")[1]
            host = next(line[6:] for line in lines if line.lower().startswith("host: ")).split(":")[0]
            _, is_hostile, _, number = map(int, host.split("."))
            where, name = TRICKS[number % len(TRICKS)] if is_hostile else ("", "")
            if path in ("/robots.txt", "/sitemap.xml") and where != "r":
                writer.write(reply(b"", status="404 Not Found"))
            elif where and (where == "r") == (path == "/robots.txt"):
                if name == "reset":
                    break
                if name in ("slow", "endless"):
                    writer.write(b"HTTP/1.1 200 OK\r\n" + HTML + b"\r\n")
                    while True:
                        writer.write(b"x" * (1 if name == "slow" else 65_536))
                        await writer.drain()
                        await asyncio.sleep(0.5 if name == "slow" else 0)
                writer.write(trick(name, number, path))
            else:
                writer.write(reply(HONEST.format(n=number, links=links()).encode()))
            await writer.drain()
    except (ConnectionError, asyncio.IncompleteReadError):
        pass
    finally:
        writer.close()


def serve(pipe: Connection) -> None:
    async def run() -> None:
        server = await asyncio.start_server(answer, "0.0.0.0", 0, backlog=1000)
        pipe.send(server.sockets[0].getsockname()[1])
        await server.serve_forever()

    asyncio.run(run())


def tables(kind: str, hosts: int, port: int) -> Iterator[str]:
    for number in range(1, hosts + 1):
        host = f"127.{int(kind == 'hostile')}.0.{number}"
        yield TABLE.format(id=f"{kind}_{number}", host=host, port=port)


def run(folder: Path, port: int, honest: int, hostile: int) -> tuple[float, int]:
    """Seconds of wall time of a run, and facts of the honest hosts that it published."""
    registry, out = folder / "registry", folder / "out"
    registry.mkdir(parents=True)
    (registry / "honest.toml").write_text("".join(tables("honest", honest, port)))
    (registry / "hostile.toml").write_text("".join(tables("hostile", hostile, port)))
    command = [sys.executable, "-m", "pipeline.cli", "run", "--registry", str(registry), "--out", str(out)]
    began = time.monotonic()
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, env={**os.environ, "COLUMNS": "200"}
    )
    took = time.monotonic() - began
    if not (out / "releases" / "current").exists():
        raise SystemExit(done.stdout[-2000:] + done.stderr[-2000:])
    with duckdb.connect(str(out / "releases" / "current"), read_only=True) as release:
        asked = "SELECT count(*) FROM observation WHERE source_id LIKE 'honest%' AND assertion = 'affirmed'"
        row = release.execute(asked).fetchone()
    return took, int(row[0]) if row else 0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--hostile", type=int, default=200)
    parser.add_argument("--honest", type=int, default=50)
    how = parser.parse_args()
    ours, theirs = multiprocessing.Pipe()
    server = multiprocessing.Process(target=serve, args=(theirs,), daemon=True)
    server.start()
    port = int(ours.recv())
    with tempfile.TemporaryDirectory() as folder:
        alone, facts = run(Path(folder, "alone"), port, how.honest, 0)
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        together, kept = run(Path(folder, "together"), port, how.honest, how.hostile)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
    print(
        f"{how.honest} honest alone: {alone:.1f} s, {used.ru_utime:.1f} s of CPU, {used.ru_maxrss // 1024} MB, {facts} facts"
    )
    print(
        f"beside {how.hostile} hostile: {together:.1f} s ({together / alone:.2f} x), "
        f"{after.ru_utime - used.ru_utime:.1f} s of CPU, {after.ru_maxrss // 1024} MB, {kept} facts ({kept / facts:.1%})"
    )
    server.terminate()


if __name__ == "__main__":
    main()

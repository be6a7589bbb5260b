"""Two workers against one on this machine: `python bench/workers.py`. Politeness limits lifted, all on loopback.

The server of bench/fetch.py plays the hosts, in a process of its own. A worker does what a shard's step does: it fetches its
sources into the shared archive, then reads them onto the shared stage in one process. (A run that is not shared out
reads in as many processes as there are processors.) Measured is from when all workers have started
until the last has ended, in rounds that take turns; and that both leave the same rows.
"""

from __future__ import annotations

import argparse
import hashlib
import multiprocessing
import resource
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

from fetch import PAGES, serve, settings, sources

from pipeline.archive.archive import Archive
from pipeline.fetch.run import fetch_all
from pipeline.flow.sharding import shards_of
from pipeline.read.editions import documents_by_source
from pipeline.read.processes import Job, read_sources
from pipeline.stage.tables import Stage

NOW = datetime(2026, 6, 1, tzinfo=UTC)
STAGES = ("fetch", "read")


def worker(begin: Any, ends: Any, port: int, hosts: int, ids: frozenset[str], root: Path) -> None:
    """Fetch and read some hosts; tell the moment at the end of each, and the CPU seconds that each took."""
    mine = [source for source in sources(hosts) if source.id in ids]
    begin.wait()
    told: list[tuple[float, float]] = []
    with Archive(root / "archive") as archive:
        fetch_all(mine, archive, settings(port, 64))
        told.append((time.monotonic(), cpu()))
        counted = documents_by_source(mine, archive, None)
    job = Job(root / "archive", root / "stage", frozenset(), NOW, processes=1)
    for report in read_sources(mine, counted, job):
        assert report.problem is None, report
    told.append((time.monotonic(), cpu()))
    ends.put(told)


def cpu() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def one_pass(count: int, port: int, hosts: int, root: Path) -> tuple[dict[str, float], str]:
    """Pages a minute and CPU milliseconds a page of both stages with so many workers, and a hash of what they left."""
    spawn = multiprocessing.get_context("spawn")
    begin, ends = spawn.Barrier(count + 1), spawn.Queue()
    with Archive(root / "archive") as archive:
        shards = shards_of(sources(hosts), archive, count)
    workers = [
        spawn.Process(target=worker, args=(begin, ends, port, hosts, frozenset(ids), root)) for ids in shards
    ]
    for process in workers:
        process.start()
    begin.wait()
    began = time.monotonic()
    told = [ends.get() for _ in workers]
    for process in workers:
        process.join()
    pages, figures, before = hosts * PAGES, {}, began
    for number, stage in enumerate(STAGES):
        ended = max(one[number][0] for one in told)
        figures[f"{stage}, pages a minute"] = pages / (ended - before) * 60
        before = ended
    spent = [sum(one[number][1] for one in told) for number in range(2)]
    figures["both, pages a minute"] = pages / (before - began) * 60
    figures["both, ms of CPU a page"] = spent[1] / pages * 1000
    return figures, left(root / "stage")


def left(stage: Path) -> str:
    """A hash of all rows that are not of moments."""
    digest = hashlib.sha256()
    for table in ("listing", "listing_service", "observation", "quarantine"):
        rows = Stage(stage).read(table)
        rows = rows.select(name for name, kind in rows.schema.items() if not kind.is_temporal())
        digest.update("\n".join(sorted(map(repr, rows.rows()))).encode())
    return digest.hexdigest()


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--hosts", type=int, default=40)
    options.add_argument("--rounds", type=int, default=3)
    chosen = options.parse_args()
    here, there = multiprocessing.Pipe()
    server = multiprocessing.get_context("spawn").Process(
        target=serve, args=(there, chosen.hosts), daemon=True
    )
    server.start()
    port = here.recv()
    found: dict[int, list[dict[str, float]]] = {1: [], 2: []}
    contents: set[str] = set()
    for number in range(chosen.rounds):
        for count in (1, 2) if number % 2 == 0 else (2, 1):
            with tempfile.TemporaryDirectory() as folder:
                figures, content = one_pass(count, port, chosen.hosts, Path(folder))
            found[count].append(figures)
            contents.add(content)
            print(f"{count} workers: {', '.join(f'{k} {v:,.1f}' for k, v in figures.items())}", flush=True)
    server.terminate()
    for name in found[1][0]:
        one, two = (median(figures[name] for figures in found[count]) for count in (1, 2))
        print(f"{name:25} one {one:10,.1f}   two {two:10,.1f}   ratio {two / one:.2f}")
    print(f"content: {'identical' if len(contents) == 1 else 'DIFFERENT'}")


if __name__ == "__main__":
    main()

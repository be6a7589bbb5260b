"""Hostile hosts beside honest ones in one `iop run`: `python bench/soak.py [--hostile 200] [--honest 50]`. All on loopback.

The honest ones alone, then all together, each into a folder of its own. Told: facts of the honest ones published, wall and
processor time, memory of the largest process. What hostile hosts do stands in `soak_hosts.py`.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb
from soak_hosts import KINDS, serve, trick_of

TABLE = '[{id}]\nkind = "{kind}"\nurl = "http://{host}:{port}/"\nallow_loopback = true\nstate = "WY"\n'
FACTS = "SELECT count(*) FROM observation WHERE source_id LIKE 'honest%' AND assertion = 'affirmed'"


@dataclass(frozen=True)
class Outcome:
    """Of a run: seconds of wall and processor time, the largest process (MB), facts of the honest hosts."""

    wall: float
    cpu: float
    memory: int
    facts: int

    def __str__(self) -> str:
        return f"{self.wall:.1f} s, {self.cpu:.1f} s of CPU, {self.memory} MB, {self.facts} facts"


def server(hostile: bool, pages: int) -> int:
    """The port of a server process that ends with this one."""
    ours, theirs = multiprocessing.Pipe()
    multiprocessing.Process(target=serve, args=(theirs, hostile, pages), daemon=True).start()
    return int(ours.recv())


def tables(hostile: bool, hosts: int, port: int, pages: int) -> Iterator[str]:
    for number in range(1, hosts + 1):
        name = f"{'hostile' if hostile else 'honest'}_{number}"
        kind = KINDS.get(trick_of(number)[1], "provider_site") if hostile else "provider_site"
        yield TABLE.format(id=name, kind=kind, host=f"127.{int(hostile)}.0.{number}", port=port)
        if kind == "provider_site":
            yield f"max_pages = {pages}\n"


def run(folder: Path, registry: dict[str, str]) -> Outcome:
    """A run of the sources in files of these names and words, into a folder."""
    (folder / "registry").mkdir(parents=True)
    for name, words in registry.items():
        (folder / "registry" / f"{name}.toml").write_text(words)
    command = [sys.executable, "-m", "pipeline.cli", "run"]
    command += ["--registry", str(folder / "registry"), "--out", str(folder / "out")]
    began, before = time.monotonic(), resource.getrusage(resource.RUSAGE_CHILDREN)
    with (folder / "log").open("w") as log:
        how = {"IOP_LOG_FORMAT": "json", "IOP_LOG_LEVEL": "INFO", **os.environ}
        done = subprocess.run(command, stdout=log, stderr=log, check=False, env=how)
    wall, used = time.monotonic() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    current = folder / "out" / "releases" / "current"
    if not current.exists():
        raise SystemExit(f"exit code {done.returncode}: {(folder / 'log').read_text()[-4000:]}")
    with duckdb.connect(str(current), read_only=True) as release:
        row = release.execute(FACTS).fetchone()
    cpu = used.ru_utime + used.ru_stime - before.ru_utime - before.ru_stime
    return Outcome(wall, cpu, used.ru_maxrss // 1024, row[0] if row else 0)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--hostile", type=int, default=200)
    parser.add_argument("--honest", type=int, default=50)
    parser.add_argument("--pages", type=int, default=25, help="of each site (default: the registry's own)")
    parser.add_argument("--keep", type=Path, help="a new folder for both runs and their logs")
    how = parser.parse_args()
    honest = "".join(tables(False, how.honest, server(False, how.pages), how.pages))
    hostile = "".join(tables(True, how.hostile, server(True, how.pages), how.pages))
    with tempfile.TemporaryDirectory() as passing:
        folder = how.keep or Path(passing)
        alone = run(folder / "alone", {"honest": honest})
        print(f"{how.honest} honest hosts of {how.pages} pages alone: {alone}", flush=True)
        together = run(folder / "together", {"honest": honest, "hostile": hostile})
    ratio, kept = together.wall / alone.wall, together.facts / alone.facts
    print(f"beside {how.hostile} hostile: {together}; {ratio:.2f} x the time, {kept:.1%} of the facts")


if __name__ == "__main__":
    main()

"""Readers of the stable path while `iop run` publishes again and again.

    python bench/readers.py [RUNS] [READERS]

Each reader is a process of its own that opens `releases/current` anew for every query, as a web app's worker does.
Prints answers, errors, and the releases that were seen; exits with 1 on any error.
"""

from __future__ import annotations

import multiprocessing
import subprocess
import sys
import tempfile
import time
from collections import Counter
from multiprocessing.synchronize import Event
from pathlib import Path
from queue import Queue

import duckdb

QUERY = """
SELECT (SELECT release FROM iop.release_info), count(*), count(DISTINCT service_id)
FROM iop.directory WHERE level_of_care = 'iop' AND has_evening IS NOT FALSE"""


def read(path: Path, over: Event, answers: Queue[tuple[str, int]]) -> None:
    """Query until told to stop; every answer or error is counted."""
    seen: Counter[str] = Counter()
    while not over.is_set():
        try:
            with duckdb.connect(config={"threads": "1"}) as con:
                con.execute(f"ATTACH '{path}' AS iop (READ_ONLY)")
                release, rows, services = con.execute(QUERY).fetchone() or (0, 0, 0)
                torn = rows < services or rows == 0
                seen["torn" if torn else f"release {release}"] += 1
        except duckdb.Error as error:
            seen[f"error: {str(error)[:120]}"] += 1
    for what, times in seen.items():
        answers.put((what, times))


def run(out: Path) -> None:
    command = [sys.executable, "-m", "pipeline.cli", "run", "--profile", "demo", "--out", str(out), "--force"]
    subprocess.run(command, check=True, capture_output=True)


def main() -> int:
    runs, readers = (int(a) for a in (sys.argv[1:] + ["5", "4"][len(sys.argv) - 1 :]))
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder)
        run(out)
        context = multiprocessing.get_context("spawn")
        over, answers = context.Event(), context.Manager().Queue()
        workers = [
            context.Process(target=read, args=(out / "releases" / "current", over, answers))
            for _ in range(readers)
        ]
        for worker in workers:
            worker.start()
        began = time.perf_counter()
        for _ in range(runs):
            run(out)
        seconds = time.perf_counter() - began
        over.set()
        for worker in workers:
            worker.join()
        total: Counter[str] = Counter()
        while not answers.empty():
            what, times = answers.get()
            total[what] += times
    for what, times in sorted(total.items()):
        print(f"{times:7,}  {what}")
    good = sum(times for what, times in total.items() if what.startswith("release"))
    bad = sum(total.values()) - good
    print(f"{runs} runs in {seconds:.0f} s, {readers} readers: {good:,} answers, {bad:,} errors")
    return 1 if bad or not good else 0


if __name__ == "__main__":
    sys.exit(main())

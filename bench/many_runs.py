"""Fifty runs in one process, as a daemon's worker would have them: `python bench/many_runs.py [--runs 50]`. No network.

Each run reads one program more of the small world of the drills, or one less, and publishes a release. After every five: open file
descriptors, threads, resident memory; at the end how memory grew over the runs from the tenth on (what caches take is
taken by then). Descriptors that stay open are named.
"""

from __future__ import annotations

import argparse
import gc
import os
import sys
import tempfile
import threading
import time
from collections import Counter
from pathlib import Path
from statistics import linear_regression

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "helpers")]

from small_world import World  # noqa: E402

FIRST = 10  # runs after which all that is kept for good has been filled
EVERY = 5


def descriptors() -> Counter[str]:
    """What is open, by what it is."""
    found: Counter[str] = Counter()
    for link in Path("/proc/self/fd").iterdir():
        try:
            found[str(link.readlink()).partition(":[")[0]] += 1
        except OSError:  # the folder's own
            continue
    return found


def resident() -> float:
    """Memory in MB."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--runs", type=int, default=50)
    how = parser.parse_args()
    for name in [name for name in os.environ if name.startswith(("IOP_", "DAGSTER_"))]:
        del os.environ[name]
    memory: list[tuple[int, float]] = []
    with tempfile.TemporaryDirectory() as folder:
        world = World(Path(folder, "world"))
        world.write()
        began = time.monotonic()
        for number in range(1, how.runs + 1):
            world.list(3 + number % 2)
            code, text = world.run()
            if code:
                raise SystemExit(f"run {number} ended with {code}: {text}")
            gc.collect()
            memory.append((number, resident()))
            if number == FIRST:
                before = descriptors()
            if number % EVERY == 0:
                told = (
                    f"{number:3} runs, {time.monotonic() - began:5.0f} s: {descriptors().total()} descriptors"
                )
                print(f"{told}, {threading.active_count()} threads, {resident():.1f} MB", flush=True)
    if how.runs > FIRST + 1:
        slope, _ = linear_regression(*zip(*memory[FIRST:], strict=True))
        print(
            f"from run {FIRST} on: {slope:+.2f} MB a run; opened since: {dict(descriptors() - before) or 'nothing'}"
        )


if __name__ == "__main__":
    main()

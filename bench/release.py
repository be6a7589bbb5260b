"""Publishing under stress: `python bench/release.py stress` and `python bench/release.py kill`.

stress: readers in other processes ask directory questions while releases are published and audits fail; every answer
must be one whole release. kill: build and publish are killed (SIGKILL) at random moments; the stable path must always
open and equal the old or the new release. Both work on a made-up world in a temporary folder.
"""

from __future__ import annotations

import json
import random
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path

import duckdb

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "helpers"), str(ROOT / "tests" / "warehouse")]

from warehouse_world import NOW, VOCABULARY, World, build_world  # noqa: E402

from warehouse.findings import AuditReport, Finding  # noqa: E402
from warehouse.release import ReleaseError, Releases  # noqa: E402

READER = """
import json, sys, time
from pathlib import Path
import duckdb
stable, stop = sys.argv[1], Path(sys.argv[2])
question = ("SELECT DISTINCT r.release, d.evidence_count FROM iop.release_info r, iop.directory d "
    "WHERE d.level_of_care = 'iop' AND d.state = 'MA' AND list_contains(d.conditions_all, 'trauma')")
times, errors, newest = [], [], 0
while not stop.exists():
    began = time.perf_counter()
    try:
        with duckdb.connect() as connection:
            connection.execute(f"ATTACH '{stable}' AS iop (READ_ONLY)")
            rows = connection.execute(question).fetchall()
        if len(rows) != 1 or rows[0][0] != rows[0][1] or rows[0][0] < newest:
            errors.append(f"torn or backwards: {rows} after {newest}")
        else:
            newest = rows[0][0]
    except Exception as error:
        errors.append(repr(error))
    times.append((time.perf_counter() - began) * 1000)
print(json.dumps([times, errors]))
"""


def numbered(good: Path, path: Path, number: int) -> Path:
    shutil.copy(good, path)
    with duckdb.connect(str(path)) as connection:
        connection.execute("UPDATE release_info SET release = ?", [number])
        connection.execute("UPDATE directory SET evidence_count = ?", [number])
    return path


def measure(stable: Path, folder: Path, readers: int, work) -> tuple[list[float], list[str]]:
    stop = folder / "stop"
    stop.unlink(missing_ok=True)
    command = [sys.executable, "-c", READER, str(stable), str(stop)]
    processes = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(readers)]
    work()
    stop.touch()
    answers = [json.loads(process.communicate()[0]) for process in processes]
    return [t for times, _ in answers for t in times], [e for _, errors in answers for e in errors]


def stress(seconds: float = 300, publishes: int = 200, failures: int = 20, readers: int = 8) -> bool:
    """The figures of the issue by default: 8 readers, 5 minutes, 200 releases, 20 failed audits."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        good = build_world(World(), folder)
        releases = Releases(folder / "releases", keep=3)
        first = numbered(good, folder / "c.duckdb", 1)
        releases.publish(first, AuditReport(first, 1, ()))
        quiet, _ = measure(releases.stable_path, folder, readers, lambda: time.sleep(min(seconds, 20)))
        refused = 0

        def publish() -> None:
            nonlocal refused
            began, failing = time.monotonic(), set(random.Random(1).sample(range(publishes), failures))
            for turn in range(publishes):
                path = numbered(good, folder / "c.duckdb", releases.next_number())
                if turn in failing:
                    bad = (Finding("key", "error", "directory", "service_id", 1, "", "twice", "look"),)
                    try:
                        releases.publish(path, AuditReport(path, 1, bad))
                    except ReleaseError:
                        refused += 1
                releases.publish(path, AuditReport(path, 1, ()))
                time.sleep(max(0.0, began + (turn + 1) * seconds / publishes - time.monotonic()))

        busy, errors = measure(releases.stable_path, folder, readers, publish)
    p95 = [statistics.quantiles(times, n=20)[-1] for times in (quiet, busy)]
    print(
        f"{readers} readers, {publishes} releases, {refused} refused: {len(busy):,} answers, {len(errors)} errors"
    )
    print(f"p95 quiet {p95[0]:.1f} ms, while publishing {p95[1]:.1f} ms, ratio {p95[1] / p95[0]:.2f}")
    print(*errors[:5], sep="\n")
    return not errors


WRITER = """
import sys
from datetime import datetime
from pathlib import Path
from sources.kinds import trust
from warehouse.audit import audit
from warehouse.build import build
from warehouse.release import Releases
folder, stage, vocabulary, now = Path(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3]), datetime.fromisoformat(sys.argv[4])
releases = Releases(folder / "releases", keep=2)
path, previous = folder / "candidate.duckdb", releases.current_path()
build(stage, vocabulary, path, trust=trust(), previous=previous, overrides=None, now=now, run={"release": releases.next_number()})
print("built", flush=True)
releases.publish(path, audit(path, previous, now))
"""


def kill(times: int = 50) -> bool:
    """Kill the writer at random moments between start and end; half of them around publishing."""
    rng, bad, outcomes = random.Random(5), [], {"old": 0, "new": 0}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        stage = World().write(folder / "stage")
        releases = Releases(folder / "releases", keep=2)
        now = NOW

        def command() -> list[str]:
            return [sys.executable, "-c", WRITER, str(folder), str(stage), str(VOCABULARY), now.isoformat()]

        began = time.monotonic()
        subprocess.run(command(), cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
        whole = time.monotonic() - began
        for turn in range(times):
            now += timedelta(minutes=1)
            before = releases.current()
            process = subprocess.Popen(command(), cwd=ROOT, stdout=subprocess.PIPE, text=True)
            if turn % 2 and process.stdout:
                process.stdout.readline()
                time.sleep(rng.uniform(0, 0.5 * whole))
            else:
                time.sleep(rng.uniform(0, whole))
            process.send_signal(signal.SIGKILL)
            process.wait()
            after = releases.current()
            with duckdb.connect() as connection:
                connection.execute(f"ATTACH '{releases.stable_path}' AS iop (READ_ONLY)")
                found = connection.execute(
                    "SELECT release, (SELECT count(*) FROM iop.directory) FROM iop.release_info"
                )
                release, rows = found.fetchone() or (0, 0)
            if (
                after is None
                or before is None
                or release != after.number
                or rows != 48
                or releases.verify(release)
            ):
                bad.append((turn, before, after, release, rows))
            else:
                outcomes["old" if after.number == before.number else "new"] += 1
        subprocess.run(command(), cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    print(
        f"{times} kills: {outcomes['old']} left the old release, {outcomes['new']} the new one, {len(bad)} neither"
    )
    print(*bad[:5], sep="\n")
    return not bad


if __name__ == "__main__":
    choice, numbers = sys.argv[1] if len(sys.argv) > 1 else "", [float(x) for x in sys.argv[2:]]
    if choice == "stress":
        seconds = numbers[0] if numbers else 300
        done = stress(seconds, publishes=int(numbers[1]) if len(numbers) > 1 else 200)
    elif choice == "kill":
        done = kill(int(numbers[0]) if numbers else 50)
    else:
        sys.exit("usage: python bench/release.py stress [SECONDS [RELEASES]] | kill [TIMES]")
    sys.exit(0 if done else 1)

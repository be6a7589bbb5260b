"""Kills aimed at every step of a run: `python bench/kills.py [--kills 120] [--seed 1]`. A few minutes; no network.

A run of the small world of the drills is watched once: each rename, opening to write, removal, write and fsync below its
directory is an event of a step (archive, stage, ledger, build, release, index, pointer, else "notes"). Then, of events spread
over all steps, each is the one before which (a write: within which) a run is killed (SIGKILL), besides kills at moments of chance,
which also fall into what DuckDB and Polars write. Half of the runs add to a published release, a quarter each begin an empty
directory and publish where one release is kept. After each kill: the path opens and is whole, no row of the log is lost; the
next run publishes, its ids are those of a run that was not killed, and no draft is left.
"""

from __future__ import annotations

import argparse
import importlib
import json
import os
import pkgutil
import random
import shutil
import signal
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "helpers")]

import duckdb  # noqa: E402
from small_world import World  # noqa: E402

import pipeline  # noqa: E402
import sources  # noqa: E402
import warehouse  # noqa: E402
from pipeline.archive.archive import Archive  # noqa: E402
from pipeline.stage.tables import Stage  # noqa: E402
from warehouse.release import Releases  # noqa: E402

# The first that a path below the run's directory begins with.
STEPS = {
    "archive/": "archive",
    "stage/ledger/": "ledger",
    "stage/crosswalk/": "ledger",
    "stage/": "stage",
    "candidate.duckdb": "build",
    "releases/release-": "release",
    "releases/index.json": "index",
    "releases/current": "pointer",
    "": "notes",
}
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT
EVENTS = {
    "os.rename": 1,
    "os.remove": 0,
    "os.symlink": 1,
    "os.link": 1,
    "os.mkdir": 0,
}  # and which argument is the path
CHANCE = "chance"  # the step of kills at a moment, not at an event
PAGE = """<html><h1>Birchley House</h1><p>Our intensive outpatient program meets Monday, Wednesday and Friday,
6 pm to 9 pm.</p><p>12 Mill Street, Casper, WY 82601 · 307-555-0100</p></html>"""


@dataclass(slots=True)
class Watch:
    """Counts the events of a process by step; kills it before the one that is named."""

    out: Path
    step: str = ""
    number: int = 0
    seen: Counter[str] = field(default_factory=Counter)

    def begin(self) -> None:
        sys.addaudithook(self._heard)
        write, fsync = os.write, os.fsync

        def half(descriptor: int, data: Any) -> int:
            if self._reached(_path_of(descriptor)):
                write(descriptor, bytes(data)[: len(data) // 2])
                os.kill(os.getpid(), signal.SIGKILL)
            return write(descriptor, data)

        def synced(descriptor: Any) -> None:
            self._count(_path_of(descriptor if isinstance(descriptor, int) else descriptor.fileno()))
            fsync(descriptor)

        os.write, os.fsync = half, synced  # type: ignore[assignment]

    def _heard(self, event: str, arguments: tuple[Any, ...]) -> None:
        if event == "open" and isinstance(arguments[2], int) and arguments[2] & WRITING:
            self._count(arguments[0])
        elif event in EVENTS:
            self._count(arguments[EVENTS[event]])

    def _count(self, path: Any) -> None:
        if self._reached(path):
            os.kill(os.getpid(), signal.SIGKILL)

    def _reached(self, path: Any) -> bool:
        if not isinstance(path, str | os.PathLike):
            return False
        step = step_of(os.fspath(path), self.out)
        if not step:
            return False
        self.seen[step] += 1
        return (step, self.seen[step]) == (self.step, self.number)


def _path_of(descriptor: int) -> str:
    try:
        return os.readlink(f"/proc/self/fd/{descriptor}")  # noqa: PTH115
    except OSError:
        return ""


def step_of(path: str, out: Path) -> str:
    """Which step of a run writes a path; "": none."""
    below = os.path.relpath(path, out)
    if below.startswith("..") or not below.strip("."):
        return ""
    return next(step for begin, step in STEPS.items() if below.startswith(begin))


def warm() -> None:
    """Import all that a run imports, once for all forks. (Nothing is computed here: threads do not outlive a fork.)"""
    for package in (pipeline, sources, warehouse):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if not module.name.endswith(("definitions", "dask_steps")):
                importlib.import_module(module.name)


def in_child(work: Callable[[], object], limit: float = 0) -> int:
    """The exit code of a forked process (negative: the signal that ended it), killed after `limit` seconds."""
    child = os.fork()
    if child == 0:
        try:
            silence = os.open(os.devnull, os.O_WRONLY)
            os.dup2(silence, 1)
            os.dup2(silence, 2)
            if limit:
                signal.signal(signal.SIGALRM, signal.SIG_DFL)
                signal.setitimer(signal.ITIMER_REAL, limit)
            code = work()
            os._exit(code if isinstance(code, int) else 0)
        except BaseException:
            Path(tempfile.gettempdir(), f"kills.{os.getpid()}.txt").write_text(traceback.format_exc())
            os._exit(70)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def run(world: World, keep: int, step: str = "", number: int = 0, told: Path | None = None) -> int:
    """A run in this process, killed at its event; what it counted goes into a file."""
    os.environ["IOP_KEEP_RELEASES"] = str(keep)
    watch = Watch(world.out.resolve(), step, number)
    if step or told:
        watch.begin()
    code, text = world.run()
    if told:
        told.write_text(json.dumps(watch.seen))
    if code:
        (world.folder / "said.txt").write_text(text)
    return code


@dataclass(frozen=True, slots=True)
class Found:
    """What a directory holds: release that readers see (0: none), its ids, rows of the archive's logs."""

    release: int
    ids: frozenset[tuple[str, ...]]
    rows: frozenset[tuple[str, ...]]


def look(world: World, where: Path) -> None:
    """Write what a directory holds, or what is wrong with it. (In a child: DuckDB's threads do not outlive a fork.)"""
    wrong, number, ids, rows = [], 0, [], []
    try:
        stage = Stage(world.out / "stage")
        broken = [
            f for f in (world.out / "stage").glob("*/*.parquet") if not stage.is_sound(f.parent.name, f.stem)
        ]
        wrong += [f"{file} is damaged" for file in broken]
        if (world.out / "archive").is_dir():
            with Archive(world.out / "archive") as archive:
                documents, visits = list(archive.documents()), archive.visits()
                for document in documents:
                    archive.get(document.sha256 or "")
            rows = [(d.source_id, d.url, str(d.fetched_at), d.sha256) for d in documents]
            rows += [(v.source_id, "", str(v.ended_at), "") for v in visits]
        folder = world.out / "releases"
        if (folder / "current").exists():
            with duckdb.connect(str(folder / "current"), read_only=True) as release:
                (number,) = release.execute("SELECT release FROM release_info").fetchone() or (0,)
                release.execute("SELECT count(*) FROM directory").fetchall()
            ids = sorted(world.ids())
            if (folder / "index.json").exists() and (problem := Releases(folder).verify(number)):
                wrong.append(problem)
    except Exception as error:
        wrong.append(f"{type(error).__name__}: {error}")
    where.write_text(json.dumps({"wrong": wrong, "release": number, "ids": ids, "rows": rows}))


def found(world: World) -> tuple[Found, list[str]]:
    where = world.folder / "found.json"
    in_child(lambda: look(world, where))
    told = json.loads(where.read_text())
    sets = (frozenset(tuple(row) for row in told[name]) for name in ("ids", "rows"))
    return Found(told["release"], *sets), told["wrong"]


@dataclass(frozen=True, slots=True)
class Case:
    """A world to be killed in, and what a whole run makes of it: `events` by step, `seconds`."""

    name: str
    world: World
    keep: int
    before: Found
    after: Found
    events: Counter[str]
    seconds: float


def cases(folder: Path) -> list[Case]:
    first = World(folder / "first")
    first.write()
    more = first.copied(folder / "more")
    if code := in_child(lambda: run(more, 10)):
        raise SystemExit(f"the small world gives no release: exit code {code}")
    more.list(4)
    (more.folder / "birchley" / "index.html").write_text(PAGE)
    return [case("first", first, 10), case("more", more, 10), case("one kept", more, 1)]


def case(name: str, world: World, keep: int) -> Case:
    whole, told = world.copied(world.folder.parent / f"whole {name}"), world.folder.parent / f"{name}.json"
    began = time.monotonic()
    if code := in_child(lambda: run(whole, keep, told=told)):
        raise SystemExit(f"{name}: exit code {code}")
    seconds = time.monotonic() - began
    return Case(
        name, world, keep, found(world)[0], found(whole)[0], Counter(json.loads(told.read_text())), seconds
    )


def spread(case: Case, kills: int, chance: random.Random) -> list[tuple[str, float]]:
    """(step, number of its event), as evenly over the steps as their events allow; and (CHANCE, share of the run's time)."""
    by_chance = kills // 6
    left = {step: list(range(1, count + 1)) for step, count in sorted(case.events.items())}
    points: list[tuple[str, float]] = [(CHANCE, 0.2 + 0.8 * chance.random()) for _ in range(by_chance)]
    while len(points) < kills and any(left.values()):
        for step, numbers in left.items():
            if numbers and len(points) < kills:
                points.append((step, numbers.pop(chance.randrange(len(numbers)))))
    return points


def kill(case: Case, step: str, at: float, folder: Path) -> tuple[bool, list[str]]:
    """Whether a run was killed, and what was wrong after it."""
    world = case.world.copied(folder)
    limit = case.seconds * at if step == CHANCE else 0
    name, number = ("", 0) if step == CHANCE else (step, int(at))
    code = in_child(lambda: run(world, case.keep, name, number), limit)
    killed, wrong = found(world)
    if not case.before.release <= killed.release <= case.after.release:
        wrong.append(f"readers see release {killed.release}")
    if killed.release and not killed.ids:
        wrong.append("the path does not open")
    if not case.before.rows <= killed.rows:
        wrong.append(f"{len(case.before.rows - killed.rows)} rows of the log are lost")
    if again := in_child(lambda: run(world, case.keep)):
        said = world.folder / "said.txt"
        wrong.append(f"the next run ended with {again}: {said.read_text()[-400:] if said.exists() else ''}")
    after, more = found(world)
    wrong += more
    if after.ids != case.after.ids:
        wrong.append(f"other ids: {sorted(after.ids ^ case.after.ids)[:4]}")
    if not killed.rows <= after.rows:
        wrong.append("the next run lost rows of the log")
    left = [file.name for file in (world.out / "releases").iterdir() if file.suffix in (".tmp", ".damaged")]
    wrong += [f"left: {name}" for name in left]
    return code < 0, wrong


def work(points: list[tuple[Case, str, float]], folder: Path, until: float, told: Path) -> None:
    """Kill at these points, one after another, and write down a line of each."""
    with told.open("w") as file:
        for one, step, at in points:
            if time.monotonic() > until:
                break
            killed, wrong = kill(one, step, at, folder)
            print(json.dumps([one.name, step, at, killed, wrong]), file=file, flush=True)
            shutil.rmtree(folder)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--kills", type=int, default=120)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--at-once", type=int, default=2)
    parser.add_argument("--minutes", type=float, default=60, help="begin no more kills after so long")
    how = parser.parse_args()
    for name in [name for name in os.environ if name.startswith(("IOP_", "DAGSTER_"))]:
        del os.environ[name]
    warm()
    chance, began = random.Random(how.seed), time.monotonic()
    until = began + 60 * how.minutes
    with tempfile.TemporaryDirectory() as place:
        folder, points = Path(place), []
        for one, kills in zip(cases(folder), (how.kills // 4, how.kills // 2, how.kills // 4), strict=True):
            print(f"{one.name}: {one.seconds:.1f} s, events {dict(sorted(one.events.items()))}", flush=True)
            points += [(one, step, at) for step, at in spread(one, kills, chance)]
        chance.shuffle(points)
        workers = []
        for number in range(how.at_once):
            mine, told = points[number :: how.at_once], folder / f"told {number}"
            workers.append(os.fork())
            if workers[-1] == 0:
                work(mine, folder / f"killed {number}", until, told)
                os._exit(0)
        for worker in workers:
            os.waitpid(worker, 0)
        lines = [json.loads(line) for file in folder.glob("told *") for line in file.open()]
    raise SystemExit(show(lines, time.monotonic() - began))


def show(lines: list[tuple[str, str, float, bool, list[str]]], seconds: float) -> bool:
    """Print what came of all kills; whether anything was wrong."""
    aimed, done, failed = Counter[str](), Counter[str](), Counter[str]()
    for name, step, at, killed, wrong in lines:
        aimed[step] += 1
        done[step] += killed
        failed[step] += bool(wrong)
        for line in wrong:
            print(f"  {name}, {step} at {at:.3g}: {line}")
    print("step      aimed  killed  failed")
    for step in sorted(aimed):
        print(f"{step:9} {aimed[step]:6} {done[step]:7} {failed[step]:7}")
    print(f"all       {aimed.total():6} {done.total():7} {failed.total():7}   in {seconds:.0f} s")
    return bool(failed)


if __name__ == "__main__":
    main()

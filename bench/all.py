"""Everything small, in some two minutes, beside the last committed figures: `python bench/all.py [--keep] [NAME …]`.

Each figure has an alternative that is measured in the same run, since seconds differ between machines and ratios hold: the
change told is that of the ratio. `--keep` writes the figures as the last ones (`figures.csv`). Large sizes, and how each
figure grows, are asked of the bench itself ([performance](../docs/performance.md)).
"""

from __future__ import annotations

import argparse
import csv
import multiprocessing
import resource
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parent
sys.path.insert(0, str(ROOT))
FIGURES = HERE / "figures.csv"
IOP = str(Path(sys.executable).with_name("iop"))
BARE = (sys.executable, "-c", "import duckdb; duckdb.sql('SELECT 1').fetchall()")
RECORDS = 10_000
SERVICES = 2_000
HOSTS = 40


@dataclass(frozen=True, slots=True)
class Figure:
    """What was measured, in its unit, beside what, in the same unit and run."""

    name: str
    unit: str
    value: float
    beside: str
    beside_value: float

    @property
    def ratio(self) -> float:
        return self.value / self.beside_value if self.beside_value else 0.0


def starting() -> Iterator[Figure]:
    """What a command costs before it does anything."""
    bare = cpu(BARE)
    yield Figure("iop --help", "CPU s", cpu((IOP, "--help")), "import duckdb", bare)
    with tempfile.TemporaryDirectory() as folder:
        out = ("--out", folder)
        yield Figure(
            "first run of the demo",
            "CPU s",
            cpu((IOP, "run", "--profile", "demo", *out), 1),
            "import duckdb",
            bare,
        )
        yield Figure(
            "run with nothing new",
            "CPU s",
            cpu((IOP, "run", "--profile", "demo", *out)),
            "import duckdb",
            bare,
        )
        yield Figure("iop query", "CPU s", cpu((IOP, "query", *out, "SELECT 1")), "import duckdb", bare)


def reading() -> Iterator[Figure]:
    """All facts of the demo's pages beside their text."""
    import extract

    pages = [path.read_bytes() for path in sorted((ROOT / "sources" / "demo" / "sites").rglob("*.html"))]
    extract.best(extract.whole, pages, 1)  # vocabularies are compiled once per process
    whole, soup = (1000 * extract.best(work, pages, 5) / len(pages) for work in (extract.whole, extract.soup))
    yield Figure("extraction of a page", "CPU ms", whole, "BeautifulSoup, its text alone", soup)


def fetching() -> Iterator[Figure]:
    """Passes over made-up sites on loopback."""
    import fetch
    import httpx

    here, there = multiprocessing.Pipe()
    server = multiprocessing.Process(target=fetch.serve, args=(there, HOSTS), daemon=True)
    server.start()
    port = here.recv()
    with tempfile.TemporaryDirectory() as folder:
        bare = fetch.in_process("bare", port, HOSTS, 20, "-")["cpu"]
        first = fetch.in_process("ours", port, HOSTS, 20, folder)["cpu"]
        httpx.get(f"http://127.0.0.1:{port}/version/5", trust_env=False)
        second = fetch.in_process("ours", port, HOSTS, 20, folder)["cpu"]
    server.terminate()
    yield Figure("first pass of 1,000 pages", "CPU s", first, "httpx alone", bare)
    yield Figure("second pass, 5% changed, ETags alone", "CPU s", second, "first pass", first)


def matching() -> Iterator[Figure]:
    """Made-up records; beside: how many would cost as much if it grew with their number alone."""
    import match
    import synthetic

    frame, truth = synthetic.World(match.SEED).records(RECORDS)
    took, matched = match.apart("ours", frame)
    few, _ = match.apart("ours", frame.head(RECORDS // 10))
    yield Figure("matching 10,000 records", "CPU s", took["cpu"], "of 1,000", few["cpu"])
    for column, wanted in (("location_id", "location"), ("organization_id", "organization")):
        yield Figure(f"F1 of {wanted}s", "", match.f1(matched, truth, column, wanted)[2], "perfect", 1.0)


def asking() -> Iterator[Figure]:
    """The directory's queries at 20,000 services, beside SQLite with an index for each."""
    import query

    with tempfile.TemporaryDirectory() as folder:
        for line in query.lines(query.Files(Path(folder), query.SERVICES), repeats=4):
            if line.lite:
                yield Figure(f"query {line.name}", "ms", line.ours[0], "SQLite", line.lite[0])


def exporting() -> Iterator[Figure]:
    """Formats that are written one resource at a time, beside rows of text."""
    import exports

    with tempfile.TemporaryDirectory() as folder:
        release = Path(folder, "release.duckdb")
        exports.make_release(release, SERVICES)
        measured = {
            format: exports.measure(release, format, Path(folder, format))
            for format in ("csv", "fhir", "hsds")
        }
    for format in ("fhir", "hsds"):
        yield Figure(f"export {format}", "CPU s", measured[format][1], "csv", measured["csv"][1])
        yield Figure(f"export {format}", "MB", measured[format][2], "csv", measured["csv"][2])


GROUPS: dict[str, Callable[[], Iterator[Figure]]] = {
    work.__name__: work for work in (starting, reading, fetching, matching, asking, exporting)
}


def cpu(command: Sequence[str], times: int = 3) -> float:
    """CPU seconds of a command and its children, the least of several."""
    taken = []
    for _ in range(times):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        done = subprocess.run(command, cwd=ROOT, capture_output=True, check=False)
        if done.returncode not in (0, 3):  # 3: some sites of the demo are down, as in life
            raise SystemExit(f"{' '.join(command)}: {done.stderr.decode(errors='replace')}")
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        taken.append(after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime)
    return min(taken)


def last() -> dict[tuple[str, str], Figure]:
    """The figures as they were kept."""
    if not FIGURES.exists():
        return {}
    with FIGURES.open(newline="", encoding="utf-8") as file:
        rows = [
            Figure(r["name"], r["unit"], float(r["value"]), r["beside"], float(r["beside_value"]))
            for r in csv.DictReader(file)
        ]
    return {(figure.name, figure.unit): figure for figure in rows}


def keep(figures: Iterable[Figure]) -> None:
    """Write the figures as the last ones."""
    with FIGURES.open("w", newline="", encoding="utf-8") as file:
        table = csv.DictWriter(file, [field.name for field in fields(Figure)], lineterminator="\n")
        table.writeheader()
        for figure in figures:
            shown = {"value": f"{figure.value:.4g}", "beside_value": f"{figure.beside_value:.4g}"}
            table.writerow(asdict(figure) | shown)


def main() -> None:
    arguments = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    arguments.add_argument(
        "names", nargs="*", choices=[[], *GROUPS], help="which groups; all of them by default"
    )
    arguments.add_argument("--keep", action="store_true", help="write them as the last figures")
    chosen = arguments.parse_args()
    before, now = last(), {}
    print(
        "| figure | | now | beside | | ratio | last | change |\n| --- | --- | ---: | --- | ---: | ---: | ---: | ---: |"
    )
    for name in chosen.names or GROUPS:
        for figure in GROUPS[name]():
            key = (figure.name, figure.unit)
            now[key] = figure
            then = before[key].ratio if key in before else None
            change = f"{then:.2f} | {figure.ratio / then - 1:+.0%}" if then else " | "
            print(
                f"| {figure.name} | {figure.unit} | {figure.value:.3g} | {figure.beside} | {figure.beside_value:.3g} "
                f"| {figure.ratio:.2f} | {change} |",
                flush=True,
            )
    if chosen.keep:
        keep((before | now).values())


if __name__ == "__main__":
    main()

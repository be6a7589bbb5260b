"""The house (docs/architecture.md): which floor each folder stands on, who imports whom, how large a file may be."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("pipeline", "sources", "warehouse")
LONGEST = 400
# From the ground up. A module may import its own floor's folder and everything below, nothing beside or above.
FLOORS = (
    "sources warehouse pipeline.values pipeline.vocabulary pipeline.progress pipeline.processor_time pipeline.denied pipeline.choices pipeline.frames pipeline.garbage",
    "pipeline.records pipeline.fields pipeline.logs pipeline.html pipeline.own_process",
    "pipeline.normalize pipeline.archive",
    "pipeline.match pipeline.extract pipeline.fetch",
    "pipeline.second_reader pipeline.geocode",
    "pipeline.settings pipeline.stage pipeline.warc",
    "pipeline.read",
    "pipeline.alerts",
    "pipeline.flow",
    "pipeline.definitions pipeline.commands",
    "pipeline.cli",
)
EXTRACT_FLOORS = (
    "pipeline.extract.parsing pipeline.extract.learned",
    "pipeline.extract.words",
    "pipeline.extract.kinds",
    "pipeline.extract.facts pipeline.extract.schedule pipeline.extract.tracks pipeline.extract.page_kind pipeline.extract.choice pipeline.extract.confidence",
    "pipeline.extract.reading",
    "pipeline.extract.site",
    "pipeline.extract.report",
    "pipeline.extract.evaluation",
)
FORBIDDEN = {  # libraries that have no business there
    "sources": {"dagster", "duckdb", "httpx"},
    "warehouse": {"dagster", "httpx"},
    "pipeline/normalize": {"dagster", "duckdb", "httpx"},
    "pipeline/extract": {"dagster", "duckdb", "httpx"},
    "pipeline/match": {"dagster", "duckdb", "httpx"},
    "pipeline/archive": {"dagster", "httpx"},
    "pipeline/second_reader": {"dagster", "duckdb", "httpx"},
    "pipeline/fetch": {"dagster"},
    "pipeline/geocode": {"dagster", "duckdb"},
    "pipeline/warc": {"dagster"},
    "pipeline/read": {"dagster", "httpx"},
    "pipeline/alerts": {"dagster", "duckdb"},
    "pipeline/stage": {"dagster", "httpx"},
    "pipeline/commands": {"httpx"},
}


@cache
def modules() -> Mapping[str, Path]:
    """Every module of ours by its dotted name; a package is its `__init__`."""
    files = [file for name in PACKAGES for file in (ROOT / name).rglob("*.py")]
    named = {".".join(f.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): f for f in files}
    return dict(sorted(named.items()))


def imported(file: Path) -> Iterator[tuple[str, str]]:
    """(module, name) of everything that a file imports, also inside functions; name "" for a whole module."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((alias.name, "") for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield from ((node.module, alias.name) for alias in node.names)


@cache
def arrows() -> frozenset[tuple[str, str]]:
    """(importing, imported) module; what is imported from a package is a module of it."""
    found = set()
    for module, file in modules().items():
        for source, name in imported(file):
            target = f"{source}.{name}" if f"{source}.{name}" in modules() else source
            if target in modules() and target != module:
                found.add((module, target))
    return frozenset(found)


def circle(edges: Iterable[tuple[str, str]]) -> list[str]:
    """Some circle among edges; none: empty."""
    graph: dict[str, set[str]] = defaultdict(set)
    for start, end in edges:
        graph[start].add(end)
    try:
        list(TopologicalSorter(graph).static_order())
    except CycleError as error:
        found: list[str] = error.args[1]
        return found
    return []


def within(module: str, folders: str) -> str | None:
    """Which of some folders (or modules) a module belongs to."""
    return next((f for f in folders.split() if module == f or module.startswith(f"{f}.")), None)


def floor_of(module: str, floors: tuple[str, ...]) -> tuple[int, str] | None:
    return next(((n, found) for n, floor in enumerate(floors) if (found := within(module, floor))), None)


def test_no_file_imports_in_a_circle() -> None:
    assert len(arrows()) > 300
    assert not circle(arrows())


@pytest.mark.parametrize("package", ["", *(m for m, f in modules().items() if f.name == "__init__.py")])
def test_no_folders_import_in_a_circle(package: str) -> None:
    """What stands side by side in a folder, files and folders, imports one way."""
    prefix = f"{package}." if package else ""

    def child(module: str) -> str | None:
        return module[len(prefix) :].partition(".")[0] if module.startswith(prefix) else None

    pairs = ((child(a), child(b)) for a, b in arrows())
    assert not circle((a, b) for a, b in pairs if a and b and a != b)


@pytest.mark.parametrize("floors", [FLOORS, EXTRACT_FLOORS], ids=["house", "extract"])
def test_no_arrow_runs_up(floors: tuple[str, ...]) -> None:
    wrong = set()
    for start, end in arrows():
        from_, to = floor_of(start, floors), floor_of(end, floors)
        if from_ and to and from_[1] != to[1] and to[0] >= from_[0]:
            wrong.add(f"{start} → {end}")
    assert not wrong


def test_every_folder_has_a_floor() -> None:
    homeless = {m for m in modules() if floor_of(m, FLOORS) is None and m != "pipeline"}
    inside = {
        m for m in modules() if m.startswith("pipeline.extract.") and floor_of(m, EXTRACT_FLOORS) is None
    }
    assert not homeless | inside


@pytest.mark.parametrize("folder", FORBIDDEN)
def test_libraries_stay_in_their_rooms(folder: str) -> None:
    wrong = {
        f"{file.relative_to(ROOT)}: {name}"
        for file in (ROOT / folder).rglob("*.py")
        for name in {module.partition(".")[0] for module, _ in imported(file)} & FORBIDDEN[folder]
    }
    assert not wrong


def test_one_module_asks_a_language_model() -> None:
    asking = {m for m, file in modules().items() if any(name == "openai" for name, _ in imported(file))}
    assert asking == {"pipeline.second_reader.client"}


def test_files_stay_small() -> None:
    files = [f for name in (*PACKAGES, "tests", "bench") for f in (ROOT / name).rglob("*.py")]
    assert files
    long = {str(f.relative_to(ROOT)): n for f in files if (n := len(f.read_text().splitlines())) > LONGEST}
    assert not long


def test_a_package_is_its_docstring() -> None:
    """Importers name the module that defines what they want, and load no more than that."""
    packages = {m: ast.parse(f.read_text()).body for m, f in modules().items() if f.name == "__init__.py"}
    assert packages
    assert not [m for m, body in packages.items() if len(body) != 1]


def test_every_module_says_what_it_is() -> None:
    assert not [m for m, f in modules().items() if not ast.get_docstring(ast.parse(f.read_text()))]


def test_no_file_names_a_machine() -> None:
    """Neither paths of somebody's machine nor the real data beside a checkout belong in the packages."""
    files = [
        f
        for name in PACKAGES
        for f in (ROOT / name).rglob("*")
        if f.suffix in (".py", ".toml", ".sql", ".csv")
    ]
    marks = ("/work/", "/home/", "/root/", "/Users/")
    assert not [
        str(f.relative_to(ROOT)) for f in files if any(m in f.read_text(errors="replace") for m in marks)
    ]

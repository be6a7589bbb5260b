"""The rules of docs/architecture.md: who imports whom, and how large a file may be."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGES = ("pipeline", "sources", "warehouse")
FORBIDDEN = {
    "sources": {"pipeline", "warehouse", "dagster"},
    "warehouse": {"pipeline", "sources", "dagster", "httpx"},
    "pipeline/extract": {"dagster", "duckdb", "httpx", "warehouse"},
    "pipeline/normalize": {"dagster", "duckdb", "httpx", "warehouse"},
    "pipeline/match": {"dagster", "duckdb", "httpx", "warehouse"},
    "pipeline/fetch": {"dagster", "warehouse"},
}
LONGEST = 400


def imports(file: Path) -> Iterator[str]:
    """Top-level names of everything that a file imports, also inside functions."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.split(".")[0]


@pytest.mark.parametrize("folder", FORBIDDEN)
def test_imports_go_one_way(root: Path, folder: str) -> None:
    wrong = {
        f"{file.relative_to(root)}: {name}"
        for file in (root / folder).rglob("*.py")
        for name in set(imports(file)) & FORBIDDEN[folder]
    }
    assert not wrong


def test_files_stay_small(root: Path) -> None:
    files = [f for name in (*PACKAGES, "tests", "bench") for f in (root / name).rglob("*.py")]
    assert files
    long = {str(f.relative_to(root)): n for f in files if (n := len(f.read_text().splitlines())) > LONGEST}
    assert not long


def test_every_module_says_what_it_is(root: Path) -> None:
    files = [f for name in PACKAGES for f in (root / name).rglob("*.py")]
    silent = [str(f.relative_to(root)) for f in files if not ast.get_docstring(ast.parse(f.read_text()))]
    assert not silent


def test_no_file_names_a_machine(root: Path) -> None:
    """Neither paths of somebody's machine nor the real data beside a checkout belong in the packages."""
    files = [
        f
        for name in PACKAGES
        for f in (root / name).rglob("*")
        if f.suffix in (".py", ".toml", ".sql", ".csv")
    ]
    marks = ("/work/", "/home/", "/root/", "/Users/")
    assert not [
        str(f.relative_to(root)) for f in files if any(m in f.read_text(errors="replace") for m in marks)
    ]

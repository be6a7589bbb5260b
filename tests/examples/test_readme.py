"""The README and docs: their links lead somewhere, and their SQL runs as it is printed."""

from __future__ import annotations

import re
from pathlib import Path

import duckdb

from pipeline.cli import COMMANDS
from warehouse.contracts import release_tables

LINK = re.compile(r"\[[^]]*\]\((?!https?:|#)([^)#]+)(?:#[^)]*)?\)")
SQL = re.compile(r"```sql\n(.*?)```", re.DOTALL)


def test_links_lead_somewhere(root: Path) -> None:
    pages = [root / "README.md", *(root / "docs").glob("*.md"), root / "examples" / "README.md"]
    broken = [
        f"{page.relative_to(root)}: {target}"
        for page in pages
        for target in LINK.findall(page.read_text(encoding="utf-8"))
        if not (page.parent / target).exists()
    ]
    assert not broken


def test_the_readme_query_runs_in_plain_duckdb(root: Path, release: Path) -> None:
    blocks = SQL.findall((root / "README.md").read_text(encoding="utf-8"))
    assert len(blocks) == 2
    script = blocks[0].replace("data/demo/releases/current", str(release))
    with duckdb.connect() as con:
        con.execute(script)
        con.execute(blocks[1])


def test_the_page_on_coverage_names_every_table_and_its_queries_run(root: Path, release: Path) -> None:
    page = (root / "docs" / "coverage.md").read_text(encoding="utf-8")
    tables = {name for name in release_tables() if name.startswith("coverage_")}
    assert set(re.findall(r"`(coverage_[a-z_]+)`", page)) - {"coverage_report"} == tables
    (script,) = SQL.findall(page)
    with duckdb.connect() as con:
        con.execute(script.replace("data/us/releases/current", str(release)))


def test_the_page_on_searching_runs_and_names_every_macro(root: Path, release: Path) -> None:
    page = (root / "docs" / "searching.md").read_text(encoding="utf-8")
    with duckdb.connect() as con:
        con.execute(f"ATTACH '{release}' AS iop (READ_ONLY); USE iop")
        assert [bool(con.execute(block).fetchall()) for block in SQL.findall(page)] == [True] * page.count(
            "```sql"
        )
        macros = con.execute(
            "SELECT DISTINCT function_name FROM duckdb_functions() WHERE database_name = 'iop' AND function_type LIKE '%macro%'"
        ).fetchall()
    elsewhere = {
        "distance_km",
        "longitude_reach",
        "place_key",
        "search_pieces",
        "is_small_word",
    }  # parts of others
    past = {"directory_as_of", "directory_as_of_release"}  # releases.md
    documents = {"entity_json", "entity_struct"}  # exports.md
    assert {name for (name,) in macros} - elsewhere - past - documents == set(
        re.findall(r"`(\w+)\(", page)
    ) - elsewhere


def test_commands_in_the_readme_exist(root: Path) -> None:
    named = set(re.findall(r"`iop ([a-z-]+)", (root / "README.md").read_text(encoding="utf-8")))
    assert named <= {name for name, *_ in COMMANDS}

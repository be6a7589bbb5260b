"""What a release says, as two hashes: one without anything that moves by itself, one with the dates of verification.

Two builds of the same sources differ in ages, which are counted to the build, and in what compares with the release
before (`clock` in `moving.csv`): neither is news. Where pages were read again and are as they were, dates move (`dates`):
that is published too, but once a day is enough (`policy.toml`, `[release]`). Everything else is news.
"""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cache
from pathlib import Path

import duckdb

from warehouse.engine import opened
from warehouse.policy import policy
from warehouse.sql import quoted

FILE = Path(__file__).parent / "moving.csv"
ANY = "*"


class News(StrEnum):
    """How a release differs from another."""

    FACTS = "facts"
    DATES = "dates"  # of verification, and the limits that they have passed
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Content:
    """Hashes of what a release says: `facts` alone, and with the dates of verification (`dated`)."""

    facts: str
    dated: str

    def news(self, before: Content) -> News:
        """What there is in this that was not in the one before."""
        if self.facts != before.facts:
            return News.FACTS
        return News.DATES if self.dated != before.dated else News.NONE


def is_worth_publishing(news: News, published: datetime, now: datetime) -> bool:
    """Whether a release with this news is to replace one that was built at `published`; both moments in UTC. One that
    was built in the future, by a clock that was ahead, is replaced as soon as there is anything."""
    wait = timedelta(hours=policy()["release"]["dates_hours"])
    return news is News.FACTS or (news is News.DATES and not published <= now < published + wait)


def content_of(release: Path) -> Content:
    """The hashes of a release's file. They are comparable between files hashed by one version of DuckDB."""
    facts, dated = hashlib.sha256(), hashlib.sha256()
    with opened(release) as connection:
        versions = connection.execute("SELECT contract_version, policy_version FROM release_info").fetchall()
        start = f"{duckdb.__version__} {versions}".encode()
        facts.update(start)
        dated.update(start)
        for table, columns in _columns(connection).items():
            said = [column for column in columns if not _moves(table, column)]
            moving = [column for column in columns if _moves(table, column) != "clock"]
            of_facts = hash_of_rows(connection, table, said)
            facts.update(of_facts)
            dated.update(of_facts if moving == said else hash_of_rows(connection, table, moving))
    return Content(facts.hexdigest(), dated.hexdigest())


def _columns(connection: duckdb.DuckDBPyConnection) -> Mapping[str, list[str]]:
    rows = connection.execute(
        """SELECT table_name, list(column_name ORDER BY column_index) FROM duckdb_columns()
        JOIN duckdb_tables() USING (database_name, table_name) WHERE database_name = 'release'
        GROUP BY ALL ORDER BY ALL"""
    ).fetchall()
    return dict(rows)


def hash_of_rows(connection: duckdb.DuckDBPyConnection, table: str, columns: list[str]) -> bytes:
    """Of the rows, in whatever order they are."""
    if not columns:
        return b""
    names = ", ".join(map(quoted, columns))
    row = connection.execute(f"SELECT count(*), sum(hash({names})::HUGEINT) FROM {quoted(table)}").fetchone()
    return f"{table} {columns} {row}".encode()


def _moves(table: str, column: str) -> str:
    """`clock`, `dates`, or "" for what only changes with what the sources say."""
    moving = _moving()
    return moving.get((table, ANY)) or moving.get((table, column)) or moving.get((ANY, column)) or ""


@cache
def _moving() -> Mapping[tuple[str, str], str]:
    with FILE.open(encoding="utf-8", newline="") as file:
        return {(row["table"], row["column"]): row["moves"] for row in csv.DictReader(file)}

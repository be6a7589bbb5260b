"""What is news: facts at once, dates of verification once a day, ages and comparisons never."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import duckdb
import pytest
from warehouse_world import World

from warehouse.content import ANY, FILE, Content, News, content_of, is_worth_publishing
from warehouse.contracts import release_tables

NOON = datetime(2026, 6, 1, 12)


@pytest.fixture(scope="module")
def content(built: Path) -> Content:
    return content_of(built)


@pytest.mark.parametrize(
    ("change", "news"),
    [
        ("UPDATE directory SET organization_name = 'Elm'", News.FACTS),
        ("DELETE FROM listing WHERE listing_id = (SELECT min(listing_id) FROM listing)", News.FACTS),
        ("UPDATE claim SET last_verified = last_verified + INTERVAL 1 DAY", News.DATES),
        ("UPDATE claim SET freshness = 'stale'", News.DATES),
        ("UPDATE document SET fetched_at = fetched_at + INTERVAL 1 DAY", News.DATES),
        ("UPDATE directory SET confidence = confidence / 2", News.NONE),
        ("UPDATE release_info SET release = 99, built_at = built_at + INTERVAL 9 DAY", News.NONE),
        ("UPDATE observation SET confidence = confidence / 2", News.FACTS),
        ("CREATE OR REPLACE TABLE place AS FROM location ORDER BY location_id DESC", News.FACTS),
    ],
)
def test_what_is_news(built: Path, content: Content, tmp_path: Path, change: str, news: News) -> None:
    changed = tmp_path / "changed.duckdb"
    shutil.copy(built, changed)
    with duckdb.connect(str(changed)) as connection:
        connection.execute(change)
    assert content_of(changed).news(content) is news


def test_two_builds_upon_one_release_say_the_same(make: Callable[..., Path]) -> None:
    """Readers are held at the first release, and every run builds upon that: only the first of those runs has news."""
    before, world = make(World(providers=2), "before"), World(providers=2)
    world.listing("su_2025", 99, "NEW HOUSE", 99)
    world.drop("listing", listing_id=world.rows["listing"][0]["listing_id"])
    second, third = (
        make(world, f"release_{n}", previous=before, now=world.now + timedelta(hours=n), run={"release": n})
        for n in (2, 3)
    )
    assert content_of(second).news(content_of(before)) is News.FACTS
    assert content_of(third).news(content_of(second)) is not News.FACTS


def test_the_order_of_rows_is_no_news(built: Path, content: Content, tmp_path: Path) -> None:
    changed = tmp_path / "changed.duckdb"
    shutil.copy(built, changed)
    with duckdb.connect(str(changed)) as connection:
        connection.execute("CREATE TEMP TABLE rows AS FROM claim ORDER BY hash(claim) DESC")
        connection.execute("DELETE FROM claim")
        connection.execute("INSERT INTO claim FROM rows")
    assert content_of(changed) == content


@pytest.mark.parametrize(
    ("news", "hours", "worth"),
    [
        (News.FACTS, 0, True),
        (News.DATES, 1, False),
        (News.DATES, 24, True),
        (News.NONE, 1000, False),
    ],
)
def test_dates_alone_are_published_once_a_day(news: News, hours: int, worth: bool) -> None:
    assert is_worth_publishing(news, NOON, NOON + timedelta(hours=hours)) is worth


def test_the_table_of_what_moves_names_what_there_is() -> None:
    tables = release_tables()
    everywhere = {column for contract in tables.values() for column in contract.names}
    with FILE.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            columns = everywhere if row["table"] == ANY else {*tables[row["table"]].names, ANY}
            assert row["column"] in columns, row
            assert row["moves"] in ("clock", "dates") and row["why"], row

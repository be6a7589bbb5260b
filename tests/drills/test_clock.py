"""A clock that went a year ahead, and back again: nothing is deleted for it, and nothing waits for that year to come."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from small_world import World

from pipeline.archive.archive import Archive
from pipeline.archive.replay import current_documents
from pipeline.archive.upkeep import prune
from pipeline.archive.visits import VisitRow, by_source, due
from pipeline.flow.options import failed_sources
from pipeline.records import Document, Outcome
from pipeline.settings import Settings
from warehouse.content import News, is_worth_publishing
from warehouse.freshness import fact_ages, row_ages
from warehouse.release import Releases

NOW = datetime.now(UTC)
AHEAD = NOW + timedelta(days=366)
WEEKLY = SimpleNamespace(id="birch", cadence_days=7)
URL = "https://birch.example/"


def seen(archive: Archive, at: datetime, content: bytes, outcome: Outcome = Outcome.OK) -> str:
    sha256 = archive.put(content)
    archive.record(Document("birch", URL, at, outcome, sha256=sha256, size=len(content)))
    archive.record_visit(VisitRow("birch", at, at, {outcome.value: 1}, len(content)))
    return sha256


@pytest.fixture
def jumped(tmp_path: Path) -> Archive:
    """Read last month, and once more by a clock that was a year ahead."""
    archive = Archive(tmp_path / "archive")
    seen(archive, NOW - timedelta(days=30), b"last month")
    seen(archive, AHEAD, b"as the clock was ahead")
    return archive


def test_a_source_is_due_although_it_was_read_next_year(jumped: Archive) -> None:
    """It was not due for a year and a week."""
    assert due(WEEKLY, by_source(jumped.visits()), NOW)
    seen(jumped, NOW, b"today")
    assert not due(WEEKLY, by_source(jumped.visits()), NOW)


def test_what_a_page_says_today_counts_not_what_it_said_next_year(jumped: Archive) -> None:
    """A page stood still for a year: its newest content was of the future."""
    today = seen(jumped, NOW, b"today")
    assert [document.sha256 for document in current_documents(jumped)] == [today]
    assert jumped.latest().of(["birch"])["birch"][URL].sha256 == today


def test_a_failure_of_next_year_is_not_retried_today(jumped: Archive, tmp_path: Path) -> None:
    settings = Settings.choose("demo", out=tmp_path, environment={})
    (source_id, *_) = [source.id for source in settings.registry.sources]
    jumped.record_visit(VisitRow(source_id, AHEAD, AHEAD, {Outcome.TIMEOUT.value: 1}, 0))
    jumped.close()
    assert failed_sources(settings) == []


def test_nothing_is_pruned_for_it(jumped: Archive) -> None:
    """Its row is of the future; the content that it names is kept all the same."""
    assert prune(jumped, dry_run=False).orphans == 0
    assert all(document.sha256 in jumped for document in jumped.documents())
    with jumped.connection() as con:
        assert con.execute("SELECT count(*) FROM log").fetchone() == (2,), "and the log is whole"


def test_dates_are_news_again_although_the_last_release_is_of_next_year() -> None:
    """They were none until a day after that year had come."""
    assert is_worth_publishing(News.DATES, AHEAD, NOW)
    assert not is_worth_publishing(News.NONE, AHEAD, NOW)
    assert not is_worth_publishing(News.DATES, NOW - timedelta(hours=1), NOW)


def test_a_year_later_facts_are_old_and_today_they_are_not(sound: World) -> None:
    """Ages are counted when they are asked for, so they come back with the clock."""
    release = sound.out / "releases" / "current"
    for at, ok in ((NOW, True), (AHEAD, False), (NOW, True)):
        assert {age.ok for age in (*fact_ages(release, at), *row_ages(release, at))} == {ok}


def test_releases_are_kept_by_number_whatever_their_dates(world: World) -> None:
    releases = Releases(world.out / "releases", keep=10, keep_days=30)
    index = releases.folder / "index.json"
    built = releases.list()[0].built_at
    index.write_text(index.read_text().replace(built, AHEAD.replace(tzinfo=None).isoformat(), 1))
    releases._retire()
    assert [release.number for release in releases.list()] == [2, 1]

"""A clock that went a year ahead, and back again: nothing is deleted for it, and nothing waits for that year to come."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from small_world import World

from pipeline.archive.archive import Archive
from pipeline.archive.clock import ClockError, later_rows, set_aside, trust_clock
from pipeline.archive.replay import current_documents
from pipeline.archive.upkeep import compact, prune
from pipeline.archive.visits import VisitRow, by_source, due
from pipeline.commands.exit_codes import ExitCode
from pipeline.flow.options import failed_sources
from pipeline.records import Document, Outcome
from pipeline.settings import Settings
from warehouse.content import News, is_worth_publishing
from warehouse.freshness import fact_ages, row_ages
from warehouse.release import Releases

NOW = datetime.now(UTC)
AHEAD = NOW + timedelta(days=366)
WEEKLY = SimpleNamespace(id="birchley", cadence_days=7)
URL = "https://birchley.example/"


def seen(archive: Archive, at: datetime, content: bytes, outcome: Outcome = Outcome.OK) -> str:
    sha256 = archive.put(content)
    archive.record(Document("birchley", URL, at, outcome, sha256=sha256, size=len(content)))
    archive.record_visit(VisitRow("birchley", at, at, {outcome.value: 1}, len(content)))
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
    assert jumped.latest().of(["birchley"])["birchley"][URL].sha256 == today


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


def test_what_was_put_aside_is_believed_on_no_day(jumped: Archive) -> None:
    """In a year, rows of today would have stood as the newest; their contents are kept, packed or not."""
    today, year = seen(jumped, NOW, b"today"), AHEAD - NOW
    told = str(set_aside(jumped, NOW))
    assert (
        told.startswith("2 rows of the archive are dated later than tomorrow")
        and later_rows(jumped, NOW).rows == 2
    )
    set_aside(jumped, NOW, dry_run=False)
    assert later_rows(jumped, NOW).rows == 0 == set_aside(jumped, NOW).rows
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("pipeline.archive.archive.AHEAD", 2 * year)
        assert [document.sha256 for document in current_documents(jumped)] == [today]
        assert len(jumped.visits()) == 2
    assert prune(jumped, NOW + 2 * year, dry_run=False).superseded == 0  # too young
    for blob in Path(jumped.store.root).glob("blobs/*/*"):
        os.utime(blob, (0, 0))
    assert prune(jumped, dry_run=False).orphans == 0
    jumped.close()
    for file in Path(jumped.store.root).glob("*/*.jsonl"):
        os.utime(file, (0, 0))
    again = Archive(jumped.store.root)
    assert compact(again) == 2 and later_rows(again, NOW).rows == 0
    (note,) = Path(jumped.store.root).glob("aside/*")
    note.write_text('{"after":')
    assert later_rows(again, NOW).rows == 2, "nothing was taken away, and a damaged note stops nobody"


DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("ahead", "idle_days", "said"),
    [
        (-400 * DAY, 730, r"dated later than tomorrow, until .* set the clock right; .*`iop archive heal --yes`"),
        (-400 * DAY, None, "set the clock right"),  # a replay would believe nothing of what is there
        (-8 * DAY, 730, "set the clock right"),
        (-6 * DAY, 730, ""),
        (-0.9 * DAY, 730, ""),
        (700 * DAY, 730, ""),
        (740 * DAY, 730, r"newest row is of .* set the clock right; .*IOP_IDLE_DAYS=741 lets"),
        (740 * DAY, 741, ""),
        (740 * DAY, None, ""),  # a replay dates no rows
    ],
)  # fmt: skip
def test_a_clock_far_from_the_newest_row_is_not_gone_by(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, ahead: timedelta, idle_days: int | None, said: str
) -> None:
    archive = Archive(tmp_path / "archive")
    trust_clock(archive, NOW, 0)  # an empty archive has nothing to say
    seen(archive, NOW, b"a page")
    if said:
        with pytest.raises(ClockError, match=said):
            trust_clock(archive, NOW + ahead, idle_days)
    else:
        trust_clock(archive, NOW + ahead, idle_days)
    assert ("passed over until that day" in caplog.text) == (ahead == -6 * DAY)


def test_an_archive_that_took_rows_of_the_future_heals_by_one_command(world: World) -> None:
    """A run went on as if nothing was: in a year, what the clock dated so would have been the newest."""
    with Archive(world.out / "archive") as archive:
        seen(archive, AHEAD, b"as the clock was ahead")
    for command in ("run", "replay"):
        code, text = world.iop(command, "--registry", world.registry)
        assert (
            code == ExitCode.FAILED and "iop archive heal --yes" in text and "Nothing was published" in text
        )
        assert len([line for line in text.splitlines() if "clock" in line]) == 1
    past = f"{NOW - DAY:%Y-%m-%d}", "--registry", world.registry
    assert "clock" not in world.iop("replay --as-of", *past)[1], "what was known then is told by any clock"
    assert "iop archive heal" in world.iop("doctor", "--registry", world.registry)[1]
    assert "add --yes" in world.iop("archive heal")[1]
    assert world.iop("archive heal", "--yes")[0] == ExitCode.OK
    code, text = world.iop("run", "--registry", world.registry)
    assert code == ExitCode.OK, text
    with Archive(world.out / "archive") as archive, archive.connection() as con:
        assert con.execute("SELECT max(fetched_at) FROM log").fetchone() == (AHEAD.replace(tzinfo=None),)
    assert world.iop("archive heal")[1].startswith("No row is dated later")

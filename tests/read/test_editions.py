"""Editions: a source has one at a time, taken up as a whole, and what it says keeps the date that it came under."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from workbooks import workbook

from pipeline.archive.archive import Archive
from pipeline.archive.replay import current_documents
from pipeline.archive.upkeep import prune
from pipeline.archive.visits import VisitRow
from pipeline.fetch.run import fetch_all
from pipeline.fetch.settings import FetchSettings
from pipeline.read.editions import documents_of, edition_of
from pipeline.read.report import ReadReport
from pipeline.read.source import Reader
from pipeline.records import Document, Outcome
from pipeline.stage.tables import Stage
from sources.kinds import KINDS
from sources.registry import Source

DAY = datetime(2024, 3, 1, 12, tzinfo=UTC)
OLD, NEW = date(2022, 1, 1), date(2023, 1, 1)
HEADER = ["Name1", "Street1", "City", "State", "Zip", "Phone", "Service_code_info"]


def book(*names: str) -> bytes:
    """An edition of a directory: a row for each name, at a street of that name."""
    rows = [
        [name, f"{len(name)} {name} Street", "Lowell", "MA", "01852", "978-555-0101", "OIT"] for name in names
    ]
    return workbook([HEADER, *rows])


class Desk:
    """One source in a folder, fetched and read a day at a time as runs do."""

    def __init__(self, folder: Path, archive: Archive) -> None:
        self.folder, self.archive, self.stage = folder, archive, Stage(folder / "stage")
        self.source = Source("su", KINDS["samhsa_directory"], "SU", path=folder / "old.xlsx", published=OLD)
        (folder / "old.xlsx").write_bytes(book("Elm", "Hazel"))

    def fetch(self, day: int, **changes: Any) -> None:
        self.source = replace(self.source, **changes)
        fetch_all([self.source], self.archive, FetchSettings(), now=DAY + timedelta(days=day))

    def read(self, day: int | None = None) -> ReadReport:
        as_of = None if day is None else DAY + timedelta(days=day)
        documents = documents_of(self.source, self.archive, as_of)
        self.stage.write_source(self.source)
        return Reader(self.source, self.archive, self.stage, frozenset(), DAY, as_of).read(documents)

    def run(self, day: int, **changes: Any) -> ReadReport:
        self.fetch(day, **changes)
        return self.read()

    @property
    def said(self) -> dict[str, date]:
        """Whom the stage lists, and of which day."""
        rows = self.stage.read("listing").select("organization_name", "site_name", "observed_at").rows()
        assert set(self.stage.read("observation")["observed_at"]) == {at for *_, at in rows}
        return {name or site: at.date() for name, site, at in rows}

    @property
    def published(self) -> date | None:
        published: date | None = self.stage.read("source")["published"].item()
        return published


@pytest.fixture
def desk(tmp_path: Path, archive: Archive) -> Desk:
    return Desk(tmp_path, archive)


def test_a_new_edition_takes_the_place_of_the_old_one(desk: Desk) -> None:
    desk.run(0)
    assert desk.said == {"Elm": OLD, "Hazel": OLD}
    (desk.folder / "new.xlsx").write_bytes(book("Hazel", "Rowan"))
    report = desk.run(300, path=desk.folder / "new.xlsx", published=NEW)
    assert (desk.said, desk.published, report.problem) == ({"Hazel": NEW, "Rowan": NEW}, NEW, None)


def test_an_edition_that_cannot_be_fetched_leaves_the_old_one_with_its_date(desk: Desk) -> None:
    desk.run(0)
    report = desk.run(300, path=desk.folder / "nowhere.xlsx", published=NEW)
    assert (desk.said, desk.published) == ({"Elm": OLD, "Hazel": OLD}, OLD)
    assert report.problem is not None and "2023-01-01" in report.problem and "2022-01-01" in report.problem


def test_an_edition_that_cannot_be_read_leaves_the_old_one_with_its_date(desk: Desk) -> None:
    desk.run(0)
    (desk.folder / "new.xlsx").write_bytes(b"PK\x03\x04 cut off")
    report = desk.run(300, path=desk.folder / "new.xlsx", published=NEW)
    assert (desk.said, desk.published) == ({"Elm": OLD, "Hazel": OLD}, OLD)
    assert report.problem is not None and "workbook" in report.problem


def test_a_file_that_is_replaced_in_its_place_is_of_the_edition_that_the_registry_names(desk: Desk) -> None:
    desk.run(0)
    (desk.folder / "old.xlsx").write_bytes(book("Hazel"))
    desk.run(1)
    assert desk.said == {"Hazel": OLD}
    (desk.folder / "old.xlsx").write_bytes(book("Rowan"))
    desk.run(2, published=NEW)
    assert desk.said == {"Rowan": NEW}


def test_an_address_that_moved_within_an_edition_is_followed(desk: Desk) -> None:
    desk.run(0)
    (desk.folder / "moved.xlsx").write_bytes(book("Elm", "Rowan"))
    desk.run(1, path=desk.folder / "moved.xlsx")
    assert desk.said == {"Elm": OLD, "Rowan": OLD}


def test_a_date_that_is_corrected_moves_what_is_already_read(desk: Desk) -> None:
    desk.run(0)
    desk.read()
    desk.run(1, published=date(2022, 6, 1))
    assert set(desk.said.values()) == {date(2022, 6, 1)} == {desk.published}


def test_an_edition_of_several_files_is_all_of_them_and_nothing_else(desk: Desk) -> None:
    folder = desk.folder / "books"
    folder.mkdir()
    (folder / "a.xlsx").write_bytes(book("Elm"))
    (folder / "b.xlsx").write_bytes(book("Hazel"))
    desk.run(0, path=folder)
    assert set(desk.said) == {"Elm", "Hazel"}
    (folder / "a.xlsx").unlink()
    (folder / "c.xlsx").write_bytes(book("Rowan"))
    desk.run(1)
    assert set(desk.said) == {"Hazel", "Rowan"}


def test_the_archive_tells_each_edition_at_its_time(desk: Desk) -> None:
    desk.run(0)
    (desk.folder / "new.xlsx").write_bytes(book("Rowan"))
    desk.run(300, path=desk.folder / "new.xlsx", published=NEW)
    desk.read(100)
    assert (desk.said, desk.published) == ({"Elm": OLD, "Hazel": OLD}, OLD)
    desk.read()
    assert (desk.said, desk.published) == ({"Rowan": NEW}, NEW)


API = Source(
    "api", KINDS["findtreatment"], "API", url="https://api.example/rows?page=1", published=OLD, state="VA"
)


def answer(archive: Archive, page: int, day: int, body: str | None, published: date | None) -> None:
    """One page of an API as it was fetched; no body: it timed out."""
    content = body.encode() if body else None
    document = Document(
        API.id,
        f"https://api.example/rows?page={page}",
        DAY + timedelta(days=day, seconds=page),
        Outcome.OK if content else Outcome.TIMEOUT,
        sha256=archive.put(content) if content else None,
        size=len(content) if content else None,
        published=published,
    )
    archive.record(document)


def visit(archive: Archive, day: int, pages: dict[int, str | None], published: date | None) -> None:
    for page, body in pages.items():
        answer(archive, page, day, body, published)
    failed = sum(body is None for body in pages.values())
    outcomes = {"ok": len(pages) - failed} | ({"timeout": failed} if failed else {})
    began = DAY + timedelta(days=day)
    archive.record_visit(VisitRow(API.id, began, began + timedelta(minutes=1), outcomes))


def contents(archive: Archive, source: Source, day: int | None = None) -> list[tuple[str, date | None]]:
    as_of = None if day is None else DAY + timedelta(days=day)
    return [
        (archive.get(d.sha256 or "").decode(), edition_of(source, d))
        for d in current_documents(archive, as_of, source.id, lasting=[source.id])
    ]


def test_half_an_edition_is_none(archive: Archive) -> None:
    visit(archive, 0, {1: "one", 2: "two"}, OLD)
    new = replace(API, published=NEW)
    visit(archive, 300, {1: "uno", 2: None}, NEW)
    assert contents(archive, new) == [("one", OLD), ("two", OLD)]
    visit(archive, 301, {1: "uno", 2: "due"}, NEW)
    assert contents(archive, new) == [("uno", NEW), ("due", NEW)]
    assert contents(archive, new, 300) == [("one", OLD), ("two", OLD)]


def test_pages_of_one_edition_are_taken_as_they_come(archive: Archive) -> None:
    visit(archive, 0, {1: "one", 2: "two"}, OLD)
    visit(archive, 7, {1: "uno", 2: None}, OLD)
    assert contents(archive, API) == [("uno", OLD), ("two", OLD)]


def test_a_visit_of_which_the_log_has_lost_rows_is_not_whole(archive: Archive) -> None:
    visit(archive, 0, {1: "one", 2: "two"}, OLD)
    answer(archive, 1, 300, "uno", NEW)
    began = DAY + timedelta(days=300)
    archive.record_visit(VisitRow(API.id, began, began + timedelta(minutes=1), {"ok": 2}))
    assert contents(archive, API) == [("one", OLD), ("two", OLD)]


def test_what_an_unfinished_edition_superseded_is_kept(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    visit(archive, 0, {1: "one", 2: "two"}, OLD)
    visit(archive, 300, {1: "uno", 2: None}, NEW)
    monkeypatch.setattr("pipeline.archive.upkeep.YOUNG_S", -1.0)
    assert prune(archive, DAY + timedelta(days=200), dry_run=False).superseded == 0
    assert contents(archive, API) == [("one", OLD), ("two", OLD)]


def test_where_the_log_names_no_edition_it_is_the_registrys_unless_that_is_younger(archive: Archive) -> None:
    """An archive of the version before, whose rows have no such field."""
    visit(archive, 0, {1: "one"}, None)
    assert contents(archive, API) == [("one", OLD)]
    assert contents(archive, replace(API, published=date(2025, 1, 1))) == [("one", None)]

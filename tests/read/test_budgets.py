"""A page, a site and a document that ask for too much: read as far as it goes, and told."""

from __future__ import annotations

import threading
import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipeline.archive.archive import Archive
from pipeline.extract import reading as reading_module
from pipeline.extract.parsing.parse import read_page
from pipeline.extract.reading import OVER_TIME, extract
from pipeline.processor_time import OverTimeError, processor_time
from pipeline.read import documents, processes
from pipeline.read.allowance import IN_ALL, Allowance
from pipeline.read.capped import MOST, TOO_MANY
from pipeline.read.editions import documents_of
from pipeline.read.processes import Job, later, read_sources
from pipeline.read.source import Reader
from pipeline.records import Document, Outcome
from pipeline.stage.tables import Stage
from sources.kinds import KINDS
from sources.records import SourceRecord
from sources.registry import Source

NOW = datetime(2026, 10, 1, 12, tzinfo=UTC)
COLUMNS = {"name1": "Name", "street1": "Street", "city": "City", "zip": "ZIP"}
LIST = Source(
    "oak", KINDS["license_list"], "Oak", url="https://oak.example/list.csv", state="MA", columns=COLUMNS
)
SITE = Source("elm", KINDS["provider_site"], "Elm House", url="https://elm.example/", state="MA")
SHORT = Source("ash", KINDS["provider_site"], "Ash House", url="https://ash.example/", state="MA")
PAGE = "<h1>Intensive Outpatient Program</h1><p>Our IOP treats PTSD. Call (978) 555-0101.</p>"
ROW = b"Oak House,1 Oak Street,Lowell,01852\n"


def put(archive: Archive, source: Source, content: bytes, url: str | None = None) -> None:
    sha256 = archive.put(content)
    outcome, size = Outcome.OK, len(content)
    archive.record(Document(source.id, url or source.location, NOW, outcome, sha256=sha256, size=size))


def job(tmp_path: Path) -> Job:
    return Job(str(tmp_path / "archive"), tmp_path / "stage", frozenset(), NOW)


def reasons(tmp_path: Path, source: Source) -> list[tuple[str, str]]:
    return Stage(tmp_path / "stage").read("quarantine", source.id).select("reason", "detail").rows()


def test_work_that_takes_too_long_is_interrupted_and_other_work_is_not() -> None:
    began = time.process_time()
    with pytest.raises(OverTimeError, match=r"more than 0\.05 s"), processor_time(0.05):
        while time.process_time() - began < 5:
            pass
    assert time.process_time() - began < 2
    with processor_time(5.0) as check:
        check()


def test_in_another_thread_it_ends_where_it_is_asked() -> None:
    told: list[Exception] = []

    def work() -> None:
        try:
            with processor_time(0.0) as check:
                sum(range(10_000))
                check()
        except OverTimeError as error:
            told.append(error)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert len(told) == 1


def test_of_a_page_that_takes_too_long_the_beginning_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    extract(read_page(PAGE))  # tables are read before anything is timed
    monkeypatch.setattr(reading_module, "LIMIT_S", 0.8)
    monkeypatch.setattr(reading_module, "MAX_MENTIONS", 100_000)
    monkeypatch.setattr(reading_module, "BEGINNING", 1_000)
    read = extract(read_page(f"<html>{PAGE}<p>{'no IOP ' * 10_000}</p></html>", "https://elm.example/"))
    [refused] = [one for one in read.page.refused if one.reason == OVER_TIME]
    assert "takes more than 0.8 s of processor time: its first" in refused.raw
    assert {"condition", "phone"} <= {o.field for o in read.observations}
    assert not any(one.reason == OVER_TIME for one in extract(read_page(PAGE)).page.refused)


def test_of_a_page_that_says_the_same_without_end_the_beginning_is_read() -> None:
    page = f"<html>{PAGE}<p>{'18+ ' * 5_001}</p></html>"
    read = extract(read_page(page, "https://elm.example/"))
    [refused] = [one for one in read.page.refused if one.reason == OVER_TIME]
    assert "words of our vocabulary, more than 5000: its first" in refused.raw
    assert {"condition", "phone"} <= {o.field for o in read.observations}
    long = extract(read_page(page.replace("18+ " * 5_001, "18+ " * 2_000), "https://elm.example/"))
    assert not long.page.refused


def test_pages_beyond_a_sites_time_are_left_for_the_next_run(
    tmp_path: Path, archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    for n in range(4):
        put(archive, SITE, f"{PAGE}<p>{n}</p>".encode(), f"https://elm.example/{n}")
    archive.flush()
    monkeypatch.setattr(documents, "processor_time", lambda _: processor_time(9.0))
    parsed = []
    for _ in range(4):
        reader = Reader(
            SITE, archive, Stage(tmp_path / "stage"), frozenset(), NOW, allowance=Allowance(1e-9, 0.0)
        )
        report = reader.read(documents_of(SITE, archive))
        parsed.append(report.parsed)
        left = [reason for reason, _ in reasons(tmp_path, SITE)].count(OVER_TIME)
        assert bool(left) == bool(report.problem), report.problem
    assert parsed == [1, 1, 1, 1] and report.problem is None


@pytest.fixture
def long_site(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> dict[str, list[Document]]:
    """A site of four pages that needs more than is usual, beside one of a single page."""
    for n in range(4):
        put(archive, SITE, f"{PAGE}<p>{n}</p>".encode(), f"https://elm.example/{n}")
    put(archive, SHORT, PAGE.encode(), SHORT.location)
    archive.flush()
    monkeypatch.setattr(processes, "AT_FIRST", Allowance(1e-9, 0.0))
    return {source.id: documents_of(source, archive) for source in (SITE, SHORT)}


def test_a_site_that_needs_more_than_is_usual_is_read_on_after_the_others(
    tmp_path: Path, long_site: dict[str, list[Document]]
) -> None:
    short, long = read_sources([SITE, SHORT], long_site, job(tmp_path))
    assert (short.source_id, short.parsed, short.problem) == (SHORT.id, 1, None)
    assert (long.source_id, long.parsed, long.problem) == (SITE.id, 4, None)
    assert not reasons(tmp_path, SITE)


def test_what_there_is_no_time_for_is_left_and_the_next_run_goes_on_from_there(
    tmp_path: Path, long_site: dict[str, list[Document]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(processes, "later", lambda *_: Allowance(1e-9, 0.0))
    _, long = read_sources([SITE, SHORT], long_site, replace(job(tmp_path), reread=True))
    assert (long.parsed, long.left) == (2, 2) and "left for the next run" in (long.problem or "")
    [long] = read_sources([SITE], long_site, job(tmp_path))
    assert (long.parsed, long.left, long.problem) == (2, 0, None)


def test_those_that_need_more_share_a_quarter_of_the_time_of_the_others() -> None:
    assert later(1, 1, 0.0) == later(1, 2, 100.0) == IN_ALL
    assert later(4, 2, 32.0) == Allowance(4.0, 0.0)
    assert later(40, 2, 80.0) == Allowance(1.0, 0.0)
    assert later(10, 1, 0.0) == Allowance(processes.LEAST_S / 10, 0.0)


def test_a_document_of_bad_rows_alone_has_some_in_quarantine_and_their_number(
    tmp_path: Path, archive: Archive
) -> None:
    put(archive, LIST, b"Name,Street,City,ZIP\n" + b"Nameless,,,\n" * (MOST + 500) + ROW)
    archive.flush()
    [report] = read_sources([LIST], {LIST.id: documents_of(LIST, archive)}, job(tmp_path))
    found = reasons(tmp_path, LIST)
    assert report.rows and report.rows["listing"] == 1
    assert len(found) == MOST + 1 and found[-1] == (
        TOO_MANY,
        "500 more of its rows or values could not be used",
    )


def broken(*_: object, **__: object) -> list[SourceRecord]:
    raise UnicodeEncodeError("utf-8", "\ud800", 0, 1, "surrogates not allowed")


def test_what_breaks_reading_is_the_problem_of_its_source(
    tmp_path: Path, archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(archive, LIST, b"Name,Street,City,ZIP\n" + ROW)
    put(archive, SITE, PAGE.encode())
    archive.flush()
    monkeypatch.setattr(documents.DirectoryReader, "read", broken)
    found = {source.id: documents_of(source, archive) for source in (LIST, SITE)}
    reports = {report.source_id: report for report in read_sources([LIST, SITE], found, job(tmp_path))}
    assert reports["elm"].problem is None
    assert "surrogates not allowed (test_budgets.py:" in (reports["oak"].problem or "")
    assert [reason for reason, _ in reasons(tmp_path, LIST)] == ["unreadable_source"]


def test_a_process_that_dies_is_the_problem_of_its_source(
    tmp_path: Path, archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(archive, LIST, b"Name,Street,City,ZIP\n" + ROW)
    archive.flush()
    monkeypatch.setattr(processes, "MUCH", 0)
    monkeypatch.setattr(processes._Crew, "_in_processes", lambda *_: iter(()))  # as where each of them dies
    jobs = Job(str(tmp_path / "archive"), tmp_path / "stage", frozenset(), NOW, processes=1)
    [report] = read_sources([LIST], {LIST.id: documents_of(LIST, archive)}, jobs)
    assert report.problem and "died" in report.problem
    assert [reason for reason, _ in reasons(tmp_path, LIST)] == ["unreadable_source"]

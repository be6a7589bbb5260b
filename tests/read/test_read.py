"""Reading: documents become listings once; what has not changed is left alone, what cannot be read is told."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from pipeline.archive.archive import Archive
from pipeline.archive.replay import current_documents
from pipeline.read import processes
from pipeline.read.editions import documents_of
from pipeline.read.fact_log import FactLog
from pipeline.read.processes import Job, read_sources
from pipeline.read.report import ReadReport
from pipeline.read.source import Reader
from pipeline.records import Document, Outcome
from pipeline.stage.tables import Stage
from sources.kinds import KINDS
from sources.registry import Source

NOW = datetime(2026, 10, 1, 12, tzinfo=UTC)
LIST = Source(
    "oak",
    KINDS["license_list"],
    "Oak",
    url="https://oak.example/list.csv",
    state="MA",
    columns={
        "name1": "Name",
        "street1": "Street",
        "city": "City",
        "zip": "ZIP",
        "setting": "Setting",
    },
)
GOOD = b"Name,Street,City,ZIP,Setting\nOak House,1 Oak Street,Lowell,01852,Outpatient Services\nElm,2 Elm Street,Lynn,01902,\n"
SITE = Source("elm", KINDS["provider_site"], "Elm House", url="https://elm.example/", state="MA")
PAGE = """<html><head><title>Intensive Outpatient Program | Elm House</title></head><body><main>
<h1>Intensive Outpatient Program (IOP)</h1><p>Our IOP meets Monday, Wednesday and Friday from 9 a.m. to noon.
We treat depression, anxiety and PTSD in adults.</p><p>Elm House, 1 Elm Street, Lowell, MA 01852. Call (978) 555-0101.</p>
</main></body></html>"""


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with Archive(tmp_path / "archive") as opened:
        yield opened


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    return Stage(tmp_path / "stage")


def put(archive: Archive, source: Source, content: bytes, day: int = 0, url: str | None = None) -> None:
    document = Document(
        source.id,
        url or source.url or "",
        NOW + timedelta(days=day),
        Outcome.OK,
        status=200,
        sha256=archive.put(content),
        size=len(content),
        media_type="text/html",
    )
    archive.record(document)
    archive.flush()


def read(source: Source, archive: Archive, stage: Stage, **more: Any) -> ReadReport:
    documents = documents_of(source, archive, more.get("as_of"))
    return Reader(source, archive, stage, **{"states": frozenset(), "now": NOW, **more}).read(documents)


def test_rows_of_other_states_in_the_circle_around_a_state_are_passed_over(
    archive: Archive, stage: Stage
) -> None:
    url = "https://locator.example/v2?sAddr=42.1,-71.6&limitType=2&limitValue=160000"
    source = Source("near", KINDS["findtreatment"], "Locator", url=url, state="MA")
    rows = [
        {"name1": "Oak House", "city": "Lowell", "state": "MA", "zip": "01852"},
        {"name1": "Elm House", "city": "Nashua", "state": "NH", "zip": "03060"},
    ]
    put(archive, source, json.dumps({"totalPages": 1, "rows": rows}).encode())
    report = read(source, archive, stage)
    assert stage.read("listing", "near")["state"].to_list() == ["MA"]
    assert report.out_of_scope == 1


def test_a_list_is_read_once_and_again_when_it_changes(archive: Archive, stage: Stage) -> None:
    put(archive, LIST, GOOD)
    first = read(LIST, archive, stage)
    assert first.changed and first.rows is not None and first.rows["listing"] == 2
    again = read(LIST, archive, stage)
    assert not again.changed and again.rows == {**first.rows}
    put(archive, LIST, GOOD + b"Ash,3 Ash Street,Lynn,01902,\n", day=1)
    assert read(LIST, archive, stage).rows["listing"] == 3  # type: ignore[index]


def test_content_seen_again_is_verified_anew(archive: Archive, stage: Stage) -> None:
    put(archive, LIST, GOOD)
    read(LIST, archive, stage)
    put(archive, LIST, GOOD, day=30)
    assert not read(LIST, archive, stage).changed
    assert stage.read("listing")["observed_at"].max() == datetime(2026, 10, 31, 12)


def test_an_edition_is_as_old_as_its_publisher_says(archive: Archive, stage: Stage) -> None:
    dated = replace(LIST, published=datetime(2025, 3, 1, tzinfo=UTC).date())
    put(archive, dated, GOOD)
    read(dated, archive, stage)
    assert stage.read("observation")["observed_at"].unique().to_list() == [datetime(2025, 3, 1)]


def test_what_is_no_list_keeps_the_listings_of_last_time(archive: Archive, stage: Stage) -> None:
    put(archive, LIST, GOOD)
    read(LIST, archive, stage)
    put(archive, LIST, b"<html>maintenance</html>", day=1)
    report = read(LIST, archive, stage)
    assert report.problem is not None and "column" in report.problem
    assert stage.read("listing").height == 2
    assert stage.read("quarantine")["reason"].to_list() == ["unreadable_document"]


def test_other_states_are_counted_and_left_out(archive: Archive, stage: Stage) -> None:
    put(archive, LIST, GOOD)
    documents = list(current_documents(archive))
    report = Reader(LIST, archive, stage, frozenset({"NY"}), NOW).read(documents)
    assert (report.out_of_scope, stage.read("listing").height) == (2, 0)


def test_a_site_gives_a_listing_with_evidence_of_its_page(archive: Archive, stage: Stage) -> None:
    put(archive, SITE, PAGE.encode())
    report = read(SITE, archive, stage)
    assert report.problem is None
    (listing,) = stage.read("listing").rows(named=True)
    assert (listing["city"], listing["zip"], listing["organization_name"]) == ("Lowell", "01852", "Elm House")
    said = {(row["field"], row["value"]) for row in stage.read("observation").iter_rows(named=True)}
    assert {("condition", "ptsd"), ("phone", "+19785550101")} <= said
    assert stage.read("observation")["document_sha256"].null_count() == 0


def test_what_was_refused_of_rows_elsewhere_is_left_out_with_them(archive: Archive, stage: Stage) -> None:
    put(archive, LIST, GOOD.replace(b"01852", b"O1852"))
    read(LIST, archive, stage)
    (row,) = stage.read("quarantine").rows(named=True)
    assert (row["reason"], row["detail"], row["raw"]) == ("bad_zip", "zip", "O1852")
    read(LIST, archive, stage, states=frozenset({"NY"}))
    assert stage.read("quarantine").height == 0


def test_what_cannot_be_used_of_a_page_s_data_is_in_quarantine_once(archive: Archive, stage: Stage) -> None:
    data = '<script type="application/ld+json">{"@type": "Organization", "telephone": "617-555-012"}</script>'
    broken = '<script type="application/ld+json">{"@type": "Organi</script>'
    for path in ("", "iop"):
        put(archive, SITE, PAGE.replace("<main>", f"{data}{broken}<main>").encode(), url=f"{SITE.url}{path}")
    read(SITE, archive, stage)
    found = stage.read("quarantine").select("reason", "detail", "raw").rows()
    assert sorted(found) == [
        ("bad_json_ld", "json_ld", '{"@type": "Organi'),
        ("bad_phone", "phone", "617-555-012"),
    ]


def test_a_page_that_breaks_the_reader_stops_only_itself(
    archive: Archive, stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    from pipeline.read import documents as module

    whole = module.read_page

    def brittle(text: str, *rest: object) -> object:
        if "poison" in text:
            raise RecursionError("too deep")
        return whole(text, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(module, "read_page", brittle)
    put(archive, SITE, PAGE.encode())
    put(archive, SITE, b"<p>poison</p>", url="https://elm.example/poison")
    read(SITE, archive, stage)
    assert stage.read("listing").height == 1
    (row,) = stage.read("quarantine").rows(named=True)
    assert (row["reason"], row["locator"]) == ("unreadable_page", "https://elm.example/poison")
    assert "RecursionError" in row["detail"]


def test_a_site_may_be_trimmed_by_hand(archive: Archive, stage: Stage) -> None:
    put(
        archive,
        SITE,
        PAGE.replace("</main>", "<aside class=x>We treat schizophrenia.</aside></main>").encode(),
    )
    read(replace(SITE, drop=(".x",)), archive, stage)
    assert "schizophrenia" not in stage.read("observation")["value"].to_list()
    read(replace(SITE, keep=("article",)), archive, stage, accept=True)
    assert stage.read("quarantine")["reason"].to_list() == ["layout_changed"]


def test_a_changed_layout_keeps_what_was_known_until_a_person_accepts(archive: Archive, stage: Stage) -> None:
    put(archive, SITE, PAGE.encode())
    read(SITE, archive, stage)
    put(
        archive,
        SITE,
        b"<html><body><div id=app>Loading Elm House, please wait a moment</div></body></html>",
        day=1,
    )
    report = read(SITE, archive, stage)
    assert report.problem is not None and "--accept-layout" in report.problem
    assert stage.read("listing").height == 1
    assert "layout_changed" in stage.read("quarantine")["reason"].to_list()
    assert read(SITE, archive, stage, accept=True).problem is None


def test_reading_in_processes_gives_the_same(
    archive: Archive, stage: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = replace(LIST, id="ash", url="https://ash.example/list.csv")
    for source in (LIST, other):
        put(archive, source, GOOD)
    documents = {s.id: list(current_documents(archive, source_id=s.id)) for s in (LIST, other)}
    here = Job(tmp_path / "archive", tmp_path / "here", frozenset(), NOW)
    apart = replace(here, stage=tmp_path / "apart")
    list(read_sources([LIST, other], documents, here))
    monkeypatch.setattr(processes, "MUCH", 0)
    reports = list(read_sources([LIST, other], documents, apart))
    assert {r.source_id for r in reports} == {"oak", "ash"}
    for table in ("listing", "observation"):
        one, two = (Stage(job.stage).read(table).sort("listing_id") for job in (here, apart))
        assert sorted(map(str, one.rows())) == sorted(map(str, two.rows()))


def site_of_pages(archive: Archive, *versions: str, day: int = 0) -> None:
    for number, version in enumerate(versions):
        html = PAGE.replace("</main>", f"<p>{version}</p></main>").encode()
        put(archive, SITE, html, day, f"https://elm.example/{number}")


def test_only_the_page_that_changed_is_parsed_again(archive: Archive, stage: Stage, tmp_path: Path) -> None:
    site_of_pages(archive, "one", "two", "three")
    assert read(SITE, archive, stage).parsed == 3
    site_of_pages(archive, "one", "We accept Aetna and Cigna insurance.", "three", day=1)
    again = read(SITE, archive, stage)
    assert (again.changed, again.parsed) == (True, 1)
    afresh = Stage(tmp_path / "afresh")
    assert read(SITE, archive, afresh).parsed == 3
    for table in ("listing", "listing_service", "observation"):
        assert stage.read(table).equals(afresh.read(table)), "what was kept reads like what is read anew"
    assert "aetna" in stage.read("observation")["value"]


def test_kept_readings_that_cannot_be_read_are_made_again(archive: Archive, stage: Stage) -> None:
    site_of_pages(archive, "one", "two")
    read(SITE, archive, stage)
    (kept,) = (stage.folder / ".readings").iterdir()
    kept.write_bytes(kept.read_bytes()[:100])
    site_of_pages(archive, "one", "three", day=1)
    assert read(SITE, archive, stage).parsed == 2
    site_of_pages(archive, "four", "three", day=2)
    assert read(SITE, archive, stage).parsed == 1


def test_another_way_to_trim_parses_the_site_again(archive: Archive, stage: Stage) -> None:
    site_of_pages(archive, "one", "two")
    read(SITE, archive, stage)
    assert read(replace(SITE, drop=("nav",)), archive, stage).parsed == 2


def test_force_parses_every_page_again(archive: Archive, stage: Stage) -> None:
    site_of_pages(archive, "one", "two")
    read(SITE, archive, stage)
    current = list(current_documents(archive, source_id=SITE.id))
    job = Job(Path(archive.store.root), stage.folder, frozenset(), NOW, reread=True)
    (report,) = read_sources([SITE], {SITE.id: current}, job)
    assert (report.changed, report.parsed) == (True, 2)


def test_a_page_whose_content_is_lost_does_not_stop_its_site(archive: Archive, stage: Stage) -> None:
    site_of_pages(archive, "one", "two")
    lost = next(d for d in archive.documents() if d.url.endswith("1"))
    (Path(archive.store.root) / "blobs" / lost.sha256[:2] / f"{lost.sha256}.zst").unlink()
    report = read(SITE, archive, stage)
    assert report.problem == "1 of 2 pages are lost or damaged in the archive"
    assert report.rows is not None and (report.rows["listing"], report.rows["quarantine"]) == (1, 1)
    assert stage.read("quarantine")["reason"].to_list() == ["unreadable_document"]
    site_of_pages(archive, "one", "two")  # the next visit finds the very same page
    found = read(SITE, archive, stage)
    assert (found.problem, found.parsed, found.rows and found.rows["quarantine"]) == (None, 1, 0)


def test_a_refused_layout_is_what_the_source_s_health_says(archive: Archive, stage: Stage) -> None:
    site_of_pages(archive, "one", "two")
    read(SITE, archive, stage)
    put(archive, SITE, b"<html><h1>Welcome</h1></html>", 1, "https://elm.example/0")
    put(archive, SITE, b"<html><h1>Hello</h1></html>", 1, "https://elm.example/1")
    for _ in range(2):
        assert "facts where there were" in (read(SITE, archive, stage).problem or "")
    log = FactLog(archive.store)
    assert [bool(reading.refused) for reading in log.read(SITE.id)] == [False, True]
    assert read(SITE, archive, stage, accept=True).problem is None
    assert [bool(reading.refused) for reading in log.read(SITE.id)] == [False, False]


def test_a_replay_comes_to_the_same_decisions(archive: Archive, stage: Stage, tmp_path: Path) -> None:
    """What is refused, broken, or gone is so again when all is read anew from the archive alone."""
    put(archive, SITE, PAGE.encode())
    put(archive, LIST, GOOD)
    for source in (SITE, LIST):
        read(source, archive, stage)
    put(archive, SITE, b"<html><div id=app>Loading Elm House, please wait a moment</div></html>", day=1)
    put(archive, LIST, b"<html>maintenance</html>", day=1)
    for source in (SITE, LIST):
        assert read(source, archive, stage).problem
    afresh = Stage(tmp_path / "afresh")
    for source in (SITE, LIST):
        assert read(source, archive, afresh).problem
    assert afresh.read("listing").height == 3
    for table in ("listing", "observation", "quarantine"):
        assert stage.read(table).equals(afresh.read(table)), table


def test_a_refused_layout_does_not_make_what_was_known_look_fresh(archive: Archive, stage: Stage) -> None:
    put(archive, SITE, PAGE.encode())
    read(SITE, archive, stage)
    put(archive, SITE, b"<html><div id=app>Loading Elm House, please wait a moment</div></html>", day=9)
    for _ in range(2):
        read(SITE, archive, stage)
        assert stage.read("observation")["observed_at"].max() == datetime(2026, 10, 1, 12)


def absent(archive: Archive, source: Source, *days: int) -> None:
    for day in days:
        moment = NOW + timedelta(days=day)
        archive.record(Document(source.id, source.url or "", moment, Outcome.GONE, status=404))
    archive.flush()


def test_a_site_that_is_gone_ends_and_a_list_whose_address_is_gone_stands(
    archive: Archive, stage: Stage
) -> None:
    for source, content in ((SITE, PAGE.encode()), (LIST, GOOD)):
        put(archive, source, content)
        read(source, archive, stage)
        absent(archive, source, 30)
        read(source, archive, stage)
        assert stage.read("listing", source.id).height, "one absence is none"
        absent(archive, source, 60)
        read(source, archive, stage)
    assert (stage.read("listing", SITE.id).height, stage.read("listing", LIST.id).height) == (0, 2)


def test_reading_as_of_a_date_knows_nothing_later(archive: Archive, stage: Stage) -> None:
    put(archive, SITE, PAGE.encode())
    put(archive, SITE, PAGE.replace("PTSD", "OCD").encode(), day=10)
    read(SITE, archive, stage)
    read(SITE, archive, stage, as_of=NOW + timedelta(days=5))
    assert {"ptsd"} == {"ptsd", "ocd"} & set(stage.read("observation")["value"])
    read(SITE, archive, stage, as_of=NOW - timedelta(days=5))
    assert stage.read("listing").height == 0
    assert len(FactLog(archive.store).read(SITE.id)) == 1, "a look back is no reading of its own"


def test_a_source_that_gave_nothing_yet_has_no_rows(archive: Archive, stage: Stage) -> None:
    absent(archive, SITE, 1, 2)
    assert read(SITE, archive, stage).rows is None

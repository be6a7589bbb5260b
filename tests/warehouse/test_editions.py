"""The audit of a new edition: real turnover passes and is told, half a file or another one does not; acceptance."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import duckdb
import pytest
from warehouse_world import NOW, World, ask, build_world

from warehouse.acceptance import as_recorded, record_drift
from warehouse.audit import audit
from warehouse.findings import Acceptance, AuditReport, Finding
from warehouse.policy import policy
from warehouse.release import ReleaseError, Releases

OLD, NEW = date(2022, 1, 1), date(2023, 1, 1)
LATER = NOW + timedelta(days=1)
MINE = Acceptance("jo", "the publisher dropped the code", datetime(2026, 3, 2))


class Edition(World):
    """A directory alone, that lists these places; every fourth is in New Hampshire. `own` also have a site."""

    def __init__(self, numbers: Iterable[int], published: date, own: Iterable[int] = ()) -> None:
        super().__init__(providers=0)
        self.find("source", source_id="su_2025")[0]["published"] = published
        for number in numbers:
            row = self.listing("su_2025", number, f"EXAMPLE RECOVERY {number} INC", number)
            self.service(row, "iop", "iop", None)
            for level, prefix in (("organization", "org"), ("location", "loc")):
                self.entity(level, f"{prefix}_{number:03x}", [(row, None)])
            self.entity("service", f"svc_{number:03x}a", [(row, "iop")])
        for number in own:
            self.provider(number + 1000)


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_world(Edition(range(100), OLD, own=range(30)), tmp_path_factory.mktemp("before"))


@pytest.fixture
def judge(before: Path, tmp_path: Path) -> Callable[[World], AuditReport]:
    """The audit of a world as the release after `before`."""
    return lambda world: audit(build_world(world, tmp_path, previous=before, now=LATER), before, LATER)


def stopped(report: AuditReport) -> set[tuple[str, str]]:
    return {(f.check, f.sample) for f in report.errors}


TURNOVER = [*range(36), *range(70, 100), *range(100, 140)]  # 34 of 100 places are gone, 40 are new


def test_the_turnover_of_an_edition_passes_and_is_told_by_group(
    judge: Callable[[World], AuditReport],
) -> None:
    report = judge(Edition(TURNOVER, NEW, own=range(30)))
    assert report.ok, report.errors
    told = {(f.severity, f.sample): f.message for f in report.findings if f.check == "edition"}
    assert "34 of its 130 places are gone, 40 are new" in told["warning", "su_2025"]
    assert "26 of 75 services are gone, 30 are new" in told["info", "iop MA"]
    assert told.keys() == {("warning", "su_2025"), ("info", "iop MA"), ("info", "iop NH")}


def test_the_same_loss_within_an_edition_stops_as_ever(judge: Callable[[World], AuditReport]) -> None:
    assert ("volume", "su_2025") in stopped(judge(Edition(range(60), OLD, own=range(30))))
    small = [n for n in range(100) if n % 4 != 3 or n > 40]  # 10 of 25 in New Hampshire are gone
    assert ("volume", "iop NH") in stopped(judge(Edition(small, OLD, own=range(30))))
    report = judge(Edition(small, NEW, own=range(30)))
    assert report.ok
    assert ("volume", "iop NH") in {(f.check, f.sample) for f in report.warnings}


def test_half_a_file_is_no_edition(judge: Callable[[World], AuditReport]) -> None:
    assert ("volume", "su_2025") in stopped(judge(Edition(range(0, 100, 2), NEW, own=range(30))))


def test_another_file_is_no_edition(judge: Callable[[World], AuditReport]) -> None:
    assert stopped(judge(Edition(range(200, 300), NEW, own=range(30)))) == {("edition", "su_2025")}


def test_a_state_that_is_missing_is_no_turnover(judge: Callable[[World], AuditReport]) -> None:
    report = judge(Edition([n for n in range(130) if n % 4 != 3], NEW))
    assert {("volume", "NH"), ("volume", "iop NH")} <= stopped(report)


def test_a_large_group_is_judged_as_ever(
    before: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fewer = Edition([n for n in range(160) if n % 4 == 3 or n > 99 or n < 25], NEW)
    after = build_world(fewer, tmp_path, previous=before, now=LATER)
    small = {**policy()["edition"], "large": 50}
    assert ("volume", "iop MA") not in stopped(audit(after, before, LATER))
    monkeypatch.setattr("warehouse.drift.policy", lambda: {**policy(), "edition": small})
    assert ("volume", "iop MA") in stopped(audit(after, before, LATER))


def test_what_other_sources_say_is_judged_as_ever(tmp_path: Path) -> None:
    """An edition does not hide that the providers' own pages are lost: here both speak in one group."""
    before = build_world(Edition(range(40), OLD, own=range(60)), tmp_path, "before")
    after = build_world(Edition(range(40), NEW), tmp_path, previous=before, now=LATER)
    assert ("volume", "iop MA") in stopped(audit(after, before, LATER))
    before = build_world(Edition(range(100), OLD), tmp_path, "alone")
    after = build_world(Edition(range(40), NEW), tmp_path, previous=before, now=LATER)
    assert ("volume", "iop MA") not in stopped(audit(after, before, LATER)), "the source as a whole stops it"


def test_ids_that_are_lost_are_no_turnover(judge: Callable[[World], AuditReport]) -> None:
    """The rows are still there, under other ids: the ledger was not given to the matching."""
    world = Edition(range(100), NEW, own=range(30))
    for row in (*world.rows["crosswalk"], *world.rows["ledger"]):
        row["entity_id"] += "x"
    assert "matching" in {check for check, _ in stopped(judge(world))}


def test_a_row_that_the_next_edition_repeats_goes_on_in_history(before: Path, tmp_path: Path) -> None:
    after = build_world(Edition(range(100), NEW, own=range(30)), tmp_path, previous=before, now=LATER)
    assert ask(after, "SELECT count(*) FROM directory_history WHERE valid_to IS NOT NULL") == [(0,)]


@pytest.fixture
def half(before: Path, tmp_path: Path) -> AuditReport:
    """An audit that drift alone stops."""
    world = Edition(range(0, 100, 2), NEW, own=range(30))
    path = build_world(world, tmp_path, "half", previous=before, now=LATER, run={"release": 2})
    return audit(path, before, LATER)


def test_drift_that_is_accepted_is_published_with_who_and_why(half: AuditReport, tmp_path: Path) -> None:
    releases = Releases(tmp_path / "releases")
    with pytest.raises(ReleaseError, match="failed its audit"):
        releases.publish(half.path, half)
    taken = half.accept(lambda _: MINE)
    assert taken.ok and {f.severity for f in taken.accepted} == {"error"}
    record_drift(taken)
    path = releases.publish(half.path, taken).path
    rows = ask(
        path, "SELECT about, accepted_by, accepted_why, accepted_at FROM drift WHERE severity = 'error'"
    )
    assert ("su_2025", "jo", MINE.why, MINE.at) in rows
    assert {who for _, who, *_ in rows} == {"jo"}
    assert ask(path, "SELECT count(*) > 0 FROM drift WHERE severity = 'info' AND accepted_by IS NULL") == [
        (True,)
    ]


def test_what_was_accepted_is_read_from_the_file_and_nothing_else(half: AuditReport) -> None:
    record_drift(half.accept(lambda f: MINE if f.sample == "su_2025" else None))
    again = as_recorded(half)
    assert {(f.check, f.sample) for f in again.accepted} == {("volume", "su_2025")}
    assert stopped(again) == stopped(half) - {("volume", "su_2025")}
    record_drift(half)
    assert as_recorded(half).errors == half.errors


def test_nobody_accepts_a_broken_contract_or_a_name(half: AuditReport, before: Path, tmp_path: Path) -> None:
    copy = tmp_path / "spoiled.duckdb"
    shutil.copy(half.path, copy)
    with duckdb.connect(str(copy)) as connection:
        connection.execute("UPDATE organization SET name = 'Jane Q. Sample, LICSW'")
        connection.execute("UPDATE directory SET level_of_care = 'spa'")
        connection.execute("DELETE FROM contract_column WHERE column_name = 'phone'")
    report = audit(copy, before, LATER).accept(lambda _: MINE)
    assert {"privacy", "enum", "contract"} <= {f.check for f in report.errors}
    assert report.accepted and not report.ok


def test_accepted_drift_is_shown_as_what_does_not_stop() -> None:
    found = Finding("volume", "error", "listing", "source_id", 1, "su", "gone", "look", drift=True)
    report = AuditReport(Path("x"), 1, (found,))
    assert (len(report.errors), len(report.warnings)) == (1, 0)
    report = replace(report, findings=(replace(found, accepted=MINE),))
    assert (len(report.errors), len(report.warnings)) == (0, 1)

"""The audit of a new edition: real turnover passes and is told, half a file or another one does not; acceptance.

Every case has a list and states of its own; all of them stand in two pairs of releases.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

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


SITES = 500  # numbers from here on are of places that have a site, too


class Editions(World):
    """Lists of places, each list in two states of its own: every fourth of its places is in the second."""

    def __init__(self) -> None:
        super().__init__(providers=0)
        self.drop("source", source_id="su_2025")
        self.drop("document", source_id="su_2025")

    def list(
        self, case: Case, numbers: Iterable[int], published: date, own: Iterable[int] = range(30)
    ) -> None:
        """An edition with these places; those of `own` are there as well, and their operators have sites."""
        self.source(case.source, "samhsa_directory", published=published)
        for number in (*numbers, *(SITES + number for number in own)):
            self._place(case, 1000 * [*CASES].index(case) + number, has_site=number >= SITES)

    def _place(self, case: Case, number: int, *, has_site: bool) -> None:
        state, name = case.states[number % 4 == 3], f"EXAMPLE RECOVERY {number} INC"
        rows = [self.listing(case.source, number, name, number, state)]
        if has_site:
            self.source(f"site_{number}", "provider_site", state=state)
            rows.append(self.listing(f"site_{number}", number, name, number, state))
        for row in rows:
            self.service(row, "iop", "iop", None)
        for level, prefix in (("organization", "org"), ("location", "loc")):
            self.entity(level, f"{prefix}_{number:03x}", [(row, None) for row in rows])
        self.entity("service", f"svc_{number:03x}a", [(row, "iop") for row in rows])


class Case(NamedTuple):
    """A list and the two states where its places are, which no other case has."""

    source: str
    states: tuple[str, str]

    def of(self, findings: Iterable[Finding]) -> set[tuple[str, str]]:
        """What was found about this list and its states."""
        return {(f.check, f.sample) for f in findings if self.owns(f)}

    def owns(self, finding: Finding) -> bool:
        return finding.sample == self.source or finding.sample.split(" ")[-1] in self.states


TURNOVER, SMALL_LOSS = Case("su_turnover", ("CT", "RI")), Case("su_small_loss", ("ME", "VT"))
HALF, SAME, SAME_SMALL = (
    Case("su_2025", ("MA", "NH")),
    Case("su_same", ("NY", "NJ")),
    Case("su_same_small", ("PA", "DE")),
)
OTHER, STATE_LOST, LARGE = (
    Case("su_other", ("TX", "OK")),
    Case("su_state_lost", ("AZ", "NM")),
    Case("su_large", ("GA", "FL")),
)
WITH_SITES, ALONE = Case("su_with_sites", ("OH", "MI")), Case("su_alone", ("IL", "WI"))
CASES = (TURNOVER, SMALL_LOSS, HALF, SAME, SAME_SMALL, OTHER, STATE_LOST, LARGE, WITH_SITES, ALONE)

TURNED = [*range(36), *range(70, 100), *range(100, 140)]  # 34 of 100 places are gone, 40 are new
FEWER = [n for n in range(100) if n % 4 != 3 or n > 40]  # 10 of 25 in the second state are gone


@dataclass(frozen=True)
class Built:
    """Two releases of the same lists, and the audit of the second."""

    before: Path
    after: Path
    report: AuditReport


def compared(folder: Path, before: World, now: World) -> Built:
    first = build_world(before, folder, "before")
    after = build_world(now, folder, "after", previous=first, now=LATER, run={"release": 2})
    return Built(first, after, audit(after, first, LATER))


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """New editions with nothing but turnover."""
    before, now = Editions(), Editions()
    for case, numbers in ((TURNOVER, TURNED), (SMALL_LOSS, FEWER)):
        before.list(case, range(100), OLD)
        now.list(case, numbers, NEW)
    return compared(tmp_path_factory.mktemp("good"), before, now)


@pytest.fixture(scope="module")
def bad(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """Each list lost its rows in another way."""
    before, now = Editions(), Editions()
    for case in (HALF, SAME, SAME_SMALL, OTHER, STATE_LOST, LARGE):
        before.list(case, range(100), OLD)
    now.list(HALF, range(0, 100, 2), NEW)
    now.list(SAME, range(60), OLD)
    now.list(SAME_SMALL, FEWER, OLD)
    now.list(OTHER, range(200, 300), NEW)
    now.list(STATE_LOST, [n for n in range(130) if n % 4 != 3], NEW, own=())
    now.list(LARGE, [n for n in range(160) if n % 4 == 3 or n > 99 or n < 25], NEW, own=())
    before.list(WITH_SITES, range(40), OLD, own=range(60))
    now.list(WITH_SITES, range(40), NEW, own=())
    before.list(ALONE, range(100), OLD, own=())
    now.list(ALONE, range(40), NEW, own=())
    return compared(tmp_path_factory.mktemp("bad"), before, now)


def stopped(report: AuditReport) -> set[tuple[str, str]]:
    return {(f.check, f.sample) for f in report.errors}


def test_the_turnover_of_an_edition_passes_and_is_told_by_group(good: Built) -> None:
    assert good.report.ok, good.report.errors
    findings = [f for f in good.report.findings if f.check == "edition" and TURNOVER.owns(f)]
    told = {(f.severity, f.sample): f.message for f in findings}
    assert "34 of its 130 places are gone, 40 are new" in told["warning", "su_turnover"]
    assert "26 of 75 services are gone, 30 are new" in told["info", "iop CT"]
    assert told.keys() == {("warning", "su_turnover"), ("info", "iop CT"), ("info", "iop RI")}


def test_the_same_loss_within_an_edition_stops_as_ever(bad: Built, good: Built) -> None:
    assert ("volume", "su_same") in SAME.of(bad.report.errors)
    assert ("volume", "iop DE") in SAME_SMALL.of(bad.report.errors)
    assert good.report.ok
    assert ("volume", "iop VT") in SMALL_LOSS.of(good.report.warnings)


def test_half_a_file_is_no_edition(bad: Built) -> None:
    assert ("volume", "su_2025") in HALF.of(bad.report.errors)


def test_another_file_is_no_edition(bad: Built) -> None:
    assert OTHER.of(bad.report.errors) == {("edition", "su_other")}


def test_a_state_that_is_missing_is_no_turnover(bad: Built) -> None:
    assert {("volume", "NM"), ("volume", "iop NM")} <= STATE_LOST.of(bad.report.errors)


def test_a_large_group_is_judged_as_ever(bad: Built, monkeypatch: pytest.MonkeyPatch) -> None:
    small = {**policy()["edition"], "large": 50}
    assert ("volume", "iop GA") not in LARGE.of(bad.report.errors)
    monkeypatch.setattr("warehouse.drift.policy", lambda: {**policy(), "edition": small})
    assert ("volume", "iop GA") in LARGE.of(audit(bad.after, bad.before, LATER).errors)


def test_what_other_sources_say_is_judged_as_ever(bad: Built) -> None:
    """An edition does not hide that the providers' own pages are lost: here both speak in one group."""
    assert ("volume", "iop OH") in WITH_SITES.of(bad.report.errors)
    alone = ALONE.of(bad.report.errors)
    assert alone and ("volume", "iop IL") not in alone, "the source as a whole stops it"


def test_ids_that_are_lost_are_no_turnover(good: Built, tmp_path: Path) -> None:
    """The rows are still there, under other ids: the ledger was not given to the matching."""
    copy = tmp_path / "lost.duckdb"
    shutil.copy(good.after, copy)
    with duckdb.connect(str(copy)) as connection:
        for table in ("crosswalk", "ledger"):
            connection.execute(f"UPDATE {table} SET entity_id = entity_id || 'x'")
    lost = {(f.check, f.table, f.column) for f in audit(copy, good.before, LATER).errors}
    assert ("matching", "crosswalk", "entity_id") in lost


def test_a_row_that_the_next_edition_repeats_goes_on_in_history(good: Built) -> None:
    ended = "SELECT count(*) FROM directory_history WHERE valid_to IS NOT NULL AND service_id {} IN (SELECT service_id FROM directory)"
    assert ask(good.after, ended.format("")) == [(0,)]
    assert ask(good.after, ended.format("NOT")) == [(34 + 10,)]


@pytest.fixture
def half(bad: Built, tmp_path: Path) -> AuditReport:
    """An audit that drift alone stops, of a file that may be changed."""
    copy = tmp_path / "half.duckdb"
    shutil.copy(bad.after, copy)
    return replace(bad.report, path=copy)


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


def test_nobody_accepts_a_broken_contract_or_a_name(half: AuditReport, bad: Built, tmp_path: Path) -> None:
    copy = tmp_path / "spoiled.duckdb"
    shutil.copy(half.path, copy)
    with duckdb.connect(str(copy)) as connection:
        connection.execute("UPDATE organization SET name = 'Jane Q. Sample, LICSW'")
        connection.execute("UPDATE directory SET level_of_care = 'spa'")
        connection.execute("DELETE FROM contract_column WHERE column_name = 'phone'")
    report = audit(copy, bad.before, LATER).accept(lambda _: MINE)
    assert {"privacy", "enum", "contract"} <= {f.check for f in report.errors}
    assert report.accepted and not report.ok


def test_accepted_drift_is_shown_as_what_does_not_stop() -> None:
    found = Finding("volume", "error", "listing", "source_id", 1, "su", "gone", "look", drift=True)
    report = AuditReport(Path("x"), 1, (found,))
    assert (len(report.errors), len(report.warnings)) == (1, 0)
    report = replace(report, findings=(replace(found, accepted=MINE),))
    assert (len(report.errors), len(report.warnings)) == (0, 1)

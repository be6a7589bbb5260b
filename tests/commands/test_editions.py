"""Two editions of one directory by the ordinary run: what is published, what stops it, and what a person accepts."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import dagster as dg
import duckdb
import pytest
from command_line import iop
from loopback import files
from made_once import made_once
from panel_by_hand import by_hand
from workbooks import printed_in, workbook

from pipeline.archive.archive import Archive
from pipeline.commands.exit_codes import ExitCode
from pipeline.flow.acceptance import Accept
from pipeline.flow.assets.warehouse import SPECS
from pipeline.flow.graph import build_defs
from pipeline.flow.partitions import one_run
from pipeline.flow.workspace import Workspace
from pipeline.settings import Settings

HEADER = ["Name1", "Street1", "City", "State", "Zip", "Phone", "Service_code_info"]
TREES = (
    "Elm Hazel Rowan Alder Birch Cedar Maple Linden Willow Laurel Juniper Hawthorn Sycamore Chestnut Magnolia "
    "Larch Poplar Spruce Acacia Cypress Hemlock Tamarack Dogwood Redbud Sassafras Hickory Walnut Catalpa Ginkgo "
    "Tupelo Buckeye Basswood"
).split()
NEW_TREES = ["Mulberry", "Persimmon", "Hornbeam", "Sourwood"]
WHY = ("--why", "the publisher has split the list")


def book(trees: list[str]) -> bytes:
    """An edition: a program in a street of its own for each tree."""
    rows = [
        [f"{tree} House", f"{n} {tree} Street", "Lowell", "MA", "01852", f"978-555-01{n:02}", "SA OIT"]
        for n, tree in enumerate([*TREES, *NEW_TREES], start=10)
        if tree in trees
    ]
    return workbook([HEADER, *rows])


class Publisher:
    """A registry of one directory, and a run's directory."""

    def __init__(self, folder: Path, *profile: str) -> None:
        self.folder, self.out = folder, folder / "out"
        self.options = (*profile, "--registry", str(folder), "--out", str(self.out))

    def declare(self, where: str, published: date, more: str = "") -> None:
        (self.folder / "some.toml").write_text(
            f'[su]\nkind = "samhsa_directory"\ntitle = "SU"\ncadence = "365d"\n{where}\npublished = {published}\n{more}'
        )

    def edition(self, trees: list[str], year: int) -> None:
        (self.folder / f"su_{year}.xlsx").write_bytes(book(trees))
        self.declare(f'path = "su_{year}.xlsx"', date(year, 1, 1))

    def run(self, *options: str) -> tuple[int, str]:
        return iop("run", *self.options, *options)

    def fetch(self) -> list[str]:
        """What was asked for in all, after the step that fetches, without reading and building."""
        settings = Settings.choose(registry=self.folder, out=self.out, environment={})
        with dg.DagsterInstance.ephemeral() as instance:
            job = build_defs(Workspace(settings)).resolve_job_def("directory_job")
            job.execute_in_process(
                instance=instance,
                tags=one_run(instance, ["su"]),
                asset_selection=[dg.AssetKey("documents")],
            )
        with Archive(settings.archive) as archive:
            return sorted(document.url.rpartition("/")[2] for document in archive.documents())

    def ask(self, sql: str) -> list[tuple[Any, ...]]:
        with duckdb.connect(str(self.out / "releases" / "current"), read_only=True) as connection:
            return connection.execute(sql).fetchall()


@pytest.fixture(scope="module")
def first() -> Path:
    """The folder of a publisher after the edition of 2022, which lists all trees, was published."""

    def run(folder: Path) -> None:
        publisher = Publisher(folder)
        publisher.edition(TREES, 2022)
        code, text = publisher.run("--accept", "drift", *WHY)
        assert code == ExitCode.OK and "accepted" not in text, "there is nothing to accept"

    return made_once("first_edition", run)


@pytest.fixture
def publisher(first: Path, tmp_path: Path) -> Publisher:
    return Publisher(shutil.copytree(first, tmp_path / "publisher", symlinks=True))


def test_turnover_is_published_and_told(publisher: Publisher) -> None:
    publisher.edition([*TREES[8:], *NEW_TREES], 2023)
    code, text = publisher.run()
    assert code == ExitCode.OK and "FROM drift" in text
    assert publisher.ask("SELECT count(*) FROM directory WHERE level_of_care = 'iop'") == [(28,)]
    assert publisher.ask("SELECT published FROM source") == [(date(2023, 1, 1),)]
    dates = "SELECT DISTINCT last_verified::DATE FROM claim UNION SELECT observed_at::DATE FROM listing"
    assert publisher.ask(dates) == [(date(2023, 1, 1),)]
    came = "SELECT cause, count(*) FROM changes WHERE release = 2 AND field = 'entity' AND entity_type = 'service' GROUP BY 1 ORDER BY 1"
    assert publisher.ask(came) == [("appeared", 4), ("disappeared", 8)]
    told = "SELECT about, severity, accepted_by FROM drift WHERE \"check\" = 'edition' ORDER BY severity"
    assert publisher.ask(told) == [("iop MA", "info", None), ("su", "warning", None)]


def test_an_edition_that_cannot_be_fetched_changes_no_date(publisher: Publisher) -> None:
    publisher.declare('path = "nowhere.xlsx"', date(2023, 1, 1))
    code, text = publisher.run()
    assert code == ExitCode.PARTIAL and "2023-01-01 could not be fetched" in " ".join(
        text.replace("│", " ").split()
    )
    assert publisher.ask("SELECT DISTINCT published FROM source") == [(date(2022, 1, 1),)]
    assert publisher.ask("SELECT DISTINCT last_verified::DATE FROM claim") == [(date(2022, 1, 1),)]


def test_half_a_file_is_published_when_somebody_says_why_and_only_then(publisher: Publisher) -> None:
    publisher.edition(TREES[:15], 2023)
    code, text = publisher.run()
    assert code == ExitCode.FAILED and "--accept drift" in text
    assert publisher.ask("SELECT count(*) FROM directory") == [(32,)]
    for slip in (
        ("--accept", "drift"),
        ("--accept", "drift", "--why", " "),
        WHY,
        ("--accept", "privacy", *WHY),
    ):
        code, text = publisher.run(*slip)
        assert code == ExitCode.USAGE and "accept" in text, slip
    code, text = publisher.run("--accept", "drift", "--by", "Jo", *WHY)
    assert code == ExitCode.OK and "accepted by Jo: the publisher has split the list" in text
    assert publisher.ask("SELECT count(*) FROM directory") == [(15,)]
    accepted = "SELECT DISTINCT accepted_by, accepted_why, accepted_at = built_at FROM drift, release_info WHERE severity = 'error'"
    assert publisher.ask(accepted) == [("Jo", WHY[1], True)]
    code, text = publisher.run()
    assert code == ExitCode.OK and "Nothing new" in text, "what was taken once is no drift any more"


def test_acceptance_is_by_whoever_is_logged_in_and_needs_a_reason(
    publisher: Publisher, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Config of Dagster's step, as the command gives it for those who use it (above)."""
    monkeypatch.setattr("pipeline.flow.acceptance.getuser", lambda: "robin")
    accepted = Accept(accept="drift", why=WHY[1]).acceptance(datetime.now(UTC))
    assert accepted and (accepted.by, accepted.why) == ("robin", WHY[1])
    settings = Settings.choose(registry=publisher.folder, out=publisher.out, environment={})
    job = build_defs(Workspace(settings)).resolve_job_def("directory_job")
    failed = job.execute_in_process(
        instance=dg.DagsterInstance.ephemeral(),
        run_config={"ops": {"build": {"config": {"accept": "drift"}}}},
        asset_selection=[spec.key for spec in SPECS],
        raise_on_error=False,
    )
    assert not failed.success
    assert "needs a reason" in json.dumps([str(e.event_specific_data) for e in failed.all_events])


@pytest.fixture
def server(tmp_path: Path) -> Iterator[str]:
    with files(tmp_path) as address:
        yield address


def test_a_new_edition_is_asked_for_though_its_cadence_is_far_from_over(tmp_path: Path, server: str) -> None:
    publisher = Publisher(tmp_path)
    for year, trees in ((2022, TREES[:10]), (2023, TREES[:11])):
        (publisher.folder / f"su_{year}.xlsx").write_bytes(book(trees))
    publisher.declare(f'url = "{server}/su_2022.xlsx"', date(2022, 1, 1), "allow_loopback = true\n")
    for _ in range(2):
        assert publisher.fetch() == ["su_2022.xlsx"]
    publisher.declare(f'url = "{server}/su_2023.xlsx"', date(2023, 1, 1), "allow_loopback = true\n")
    for _ in range(2):
        assert publisher.fetch() == ["su_2022.xlsx", "su_2023.xlsx"]
    assert publisher.run()[0] == ExitCode.OK
    assert publisher.ask("SELECT count(*), any_value(observed_at)::DATE FROM listing") == [
        (11, date(2023, 1, 1))
    ]


def offers(file: Path) -> set[tuple[str, str, str]]:
    """The intensive outpatient programs of Massachusetts that a workbook prints: name, street, city."""
    ours = [r for r in printed_in(file, "MA") if "OIT" in r["service_code_info"].split()]
    return {(r["name1"].strip(), r["street1"].strip(), r["city"].strip()) for r in ours}


def places(found: set[tuple[str, str, str]]) -> set[tuple[str, str]]:
    return {(street, city) for _, street, city in found}


@pytest.mark.timeout(300)  # 30 s alone
def test_two_real_editions_in_two_releases(shared: Path, tmp_path: Path) -> None:
    """The directory of 2022, then of 2023, in Massachusetts: 80 programs, and not the 97 of both together.

    The sheet of 2023 has 81 rows: one operator's "Outpatient" and "Recovery Home" in one building are one program. Its third
    row there, "8 Famham Street", is the street of 2022 misprinted, so that nothing opened.
    """
    publisher = Publisher(tmp_path, "--profile", "massachusetts")
    old, new = (shared / "data" / "samhsa" / f"su_{year}.xlsx" for year in (2022, 2023))
    for file, year in ((old, 2022), (new, 2023)):
        publisher.declare(f'path = "{file}"', date(year, 1, 1))
        code, text = publisher.run()
        assert code == ExitCode.OK, text
    services = "SELECT count(DISTINCT service_id) FROM directory WHERE level_of_care = 'iop'"
    assert publisher.ask(services) == [(len(offers(new)),)] == [(80,)]
    dates = "SELECT last_verified::DATE FROM claim UNION SELECT observed_at::DATE FROM listing UNION SELECT published FROM source"
    assert publisher.ask(dates) == [(date(2023, 1, 1),)]
    streets = """SELECT split_part(street, ',', 1), city FROM directory_history JOIN changes ON entity_id = service_id
        WHERE release = 2 AND level_of_care = 'iop' AND field = 'entity' AND cause = """
    closed, opened = places(offers(old)) - places(offers(new)), places(offers(new)) - places(offers(old))
    assert (len(closed), len(opened)) == (16, 24)
    misprinted = ("8 Famham Street", "Roxbury")
    assert closed <= set(publisher.ask(f"{streets} 'disappeared'"))
    assert opened - {misprinted} <= set(publisher.ask(f"{streets} 'appeared'"))
    told = "SELECT about FROM drift WHERE severity <> 'info' ORDER BY about"
    assert publisher.ask(told) == [("detox MA",), ("su",)]
    assert publisher.ask("SELECT count(*) FROM drift WHERE about = 'iop MA' AND severity = 'info'") == [(1,)]
    the_trend_is_what_the_sheets_say(publisher, old, new)


def the_trend_is_what_the_sheets_say(publisher: Publisher, old: Path, new: Path) -> None:
    """Of 71 addresses 55 stayed, 16 are gone and 24 new: but 9 of the 16 are still listed without the code, three are two
    programs that moved (one printed in another town, one from two addresses to one), and of the 24 one is a misprint, one was
    listed before, and two are where those moved."""
    sheets = by_hand(old, new, "MA", "OIT")
    assert [len(x) for x in (sheets.stayed, sheets.gone, sheets.new)] == [55, 16, 24]
    misprinted, choices = ("8 Famham Street", "Roxbury"), ("108 Grove Street", "Worcester")
    printed_elsewhere = ("88 Washington Street", "Taunton")
    assert {there: len(left) for there, left in sheets.moved.items()} == {choices: 2, printed_elsewhere: 1}

    def panel(side: str, *status: str) -> set[tuple[str, str]]:
        return set(
            publisher.ask(
                f"""SELECT split_part(street{side}, ',', 1), city{side} FROM coverage_panel
                WHERE level_of_care = 'iop' AND status IN {(*status, "")} AND why IS DISTINCT FROM 'rows'"""
            )
        )

    assert panel("_before", "recoded_out") == sheets.recoded_out and len(sheets.recoded_out) == 9
    assert panel("", "recoded_in") == sheets.recoded_in == {("10 Dysart Street", "Quincy")}
    assert panel("", "moved") == set(sheets.moved)
    (merged,) = publisher.ask(
        "SELECT street_before, city_before FROM coverage_panel WHERE level_of_care = 'iop' AND why = 'merged'"
    )
    assert panel("_before", "moved") | {merged} == set().union(*sheets.moved.values())
    assert panel("_before", "closed") - {merged} == sheets.closed and len(sheets.closed) == 4
    assert sheets.opened - {misprinted} <= panel("", "opened") and len(sheets.opened) == 21
    second = {("884 Washington Street", "East Weymouth")}
    assert panel("", "opened") - sheets.opened == second <= sheets.stayed, (
        "another operator's, at an address that stays"
    )
    counts = "sites_before, sites_now, stayed, moved, recoded_out, recoded_in, opened, closed, unread, newly_read, break"
    trend = f"SELECT {counts} FROM coverage_trend WHERE level_of_care = 'iop' AND focus = 'substance_use' AND state = 'MA'"
    assert publisher.ask(trend) == [(72, 79, 55, 2, 10, 1, 21, 5, 0, 0, None)]
    editions = [{"source_id": "su", "before": date(2022, 1, 1), "now": date(2023, 1, 1)}]
    compared = "SELECT DISTINCT previous_release, release, editions FROM coverage_trend"
    assert publisher.ask(compared) == [(1, 2, editions)]

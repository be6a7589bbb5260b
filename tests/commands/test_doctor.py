"""`iop doctor`: every check finds nothing in a sound installation, and each breakage that is made here."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest
from command_line import iop
from license_list import published

from pipeline.archive.archive import MARKS, Archive
from pipeline.commands import doctor_checks
from pipeline.commands.doctor_checks import CHECKS, Finding, Level, examine
from pipeline.commands.exit_codes import ExitCode
from pipeline.settings import Settings
from pipeline.stage.tables import ALL, Stage


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A registry and what one run of it left, to break."""
    return Path(shutil.copytree(published(), tmp_path / "home", symlinks=True))


def settings_of(home: Path) -> Settings:
    return Settings.choose(registry=home / "registry", out=home / "out")


def found(home: Path, check: str, later: timedelta = timedelta()) -> list[Finding]:
    return examine(CHECKS[check], settings_of(home), datetime.now(UTC) + later)


def the_one(home: Path, check: str, level: Level = Level.PROBLEM, later: timedelta = timedelta()) -> str:
    (finding,) = found(home, check, later)
    assert finding.level is level
    assert finding.remedy and "\n" not in finding.what + finding.remedy
    return finding.what


@contextmanager
def edited_release(home: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    file = home / "out" / "releases" / "release-1.duckdb"
    file.chmod(0o644)
    with duckdb.connect(str(file)) as con:
        yield con


def doctor(home: Path, *options: str) -> tuple[int, str]:
    return iop("doctor", "--registry", home / "registry", "--out", home / "out", *options)


def test_a_sound_installation_is_well(home: Path) -> None:
    code, text = doctor(home, "--json")
    assert json.loads(text) == {"ok": True, "checks": {name: [] for name in CHECKS}}
    assert code == ExitCode.OK
    code, text = doctor(home)
    assert (code, text.splitlines()) == (ExitCode.OK, [f"✓ {name}" for name in CHECKS])


def test_what_is_only_not_done_yet_is_advice(home: Path) -> None:
    shutil.rmtree(home / "out")
    code, text = doctor(home)
    assert code == ExitCode.OK
    assert "no archive yet" in text and "nothing is published yet" in text and "→ iop run" in text
    assert not (home / "out").exists(), "it looks and makes nothing"


def test_a_problem_is_told_with_its_remedy_for_people_and_programs(home: Path) -> None:
    (home / "registry" / "list.csv").unlink()
    code, text = doctor(home)
    assert code == ExitCode.FAILED
    assert "✗ registry: some.toml: licenses.path" in text and "iop sources check" in text
    code, text = doctor(home, "--json")
    answer = json.loads(text)
    assert (code, answer["ok"]) == (ExitCode.FAILED, False)
    (problem,) = answer["checks"]["registry"]
    assert problem["level"] == "problem" and problem["what"] and problem["remedy"]


def test_options_that_cannot_be_are_a_finding_too() -> None:
    code, text = iop("doctor", "--profile", "mars", "--json")
    assert code == ExitCode.FAILED
    assert "no profile 'mars'" in json.loads(text)["checks"]["environment"][0]["what"]


@pytest.mark.parametrize(
    ("requirement", "words"),
    [("dagster>=99", "and >=99 is needed"), ("no-such-package-of-ours>=1", "is not installed")],
)
def test_environment_packages(
    home: Path, monkeypatch: pytest.MonkeyPatch, requirement: str, words: str
) -> None:
    monkeypatch.setattr(doctor_checks, "requires", lambda _name: ["duckdb>=1", requirement])
    assert words in the_one(home, "environment")


@pytest.mark.parametrize("folder", ["dagster_home", "/no/such/folder"])
def test_environment_home_of_dagster(home: Path, monkeypatch: pytest.MonkeyPatch, folder: str) -> None:
    monkeypatch.setenv("IOP_HOME", str(home))  # else it is the home of the settings, and refused as such
    monkeypatch.setenv("DAGSTER_HOME", folder)
    assert f"DAGSTER_HOME={folder!r}" in the_one(home, "environment")


def test_environment_name_and_contact(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (home / "registry" / "site.toml").write_text(
        '[oak]\nkind = "provider_site"\nurl = "https://oak.example/"\n'
    )
    assert "without a name and contact" in the_one(home, "environment", Level.ADVICE)
    monkeypatch.setenv("IOP_USER_AGENT", "mine/1 (+https://mine.example)")
    assert not found(home, "environment")


def test_registry(home: Path) -> None:
    (home / "registry" / "bad.toml").write_text("[half")
    assert "bad.toml: (whole file): not valid TOML" in the_one(home, "registry")
    for file in (home / "registry").glob("*.toml"):
        file.unlink()
    assert "declares no usable source" in the_one(home, "registry")


def test_archive_contents(home: Path) -> None:
    (blob,) = (home / "out" / "archive" / "blobs").rglob("*.zst")
    with Archive(home / "out" / "archive") as archive:
        archive.store.write(MARKS + blob.stem, b"\n")
    assert "1 contents are damaged" in the_one(home, "archive")
    (home / "out" / "archive" / MARKS / blob.stem).unlink()
    blob.unlink()
    assert "1 contents that the log names are not there, of licenses" in the_one(home, "archive")


def test_archive_log(home: Path) -> None:
    log = home / "out" / "archive" / "log"
    (log / "20200101T000000Z-00000000.parquet").write_bytes(b"no Parquet")
    assert "of the log cannot be read" in the_one(home, "archive")


def test_ledger_on_the_stage(home: Path) -> None:
    path = Stage(home / "out" / "stage").path("ledger", ALL)
    assert path.exists()
    path.write_bytes(b"no Parquet")
    assert f"{path} cannot be read" in the_one(home, "ledger")


def test_ledger_of_the_release(home: Path) -> None:
    with edited_release(home) as con:
        con.execute("CREATE TABLE kept AS FROM ledger WHERE entity_type = 'service'")
        con.execute("CREATE OR REPLACE TABLE ledger AS FROM kept")
    assert "2 ids of the current release are not in its ledger" in the_one(home, "ledger")


def change(releases: Path) -> None:
    file = releases / "release-1.duckdb"
    file.chmod(0o644)
    with file.open("r+b") as opened:
        opened.seek(-1, 2)
        opened.write(b"\x99")


def remove_release(releases: Path) -> None:
    (releases / "release-1.duckdb").unlink()


def remove_pointer(releases: Path) -> None:
    (releases / "current").unlink()


def spoil_index(releases: Path) -> None:
    (releases / "index.json").write_text("{")


@pytest.mark.parametrize(
    ("broken", "words"),
    [
        (change, "changed or damaged"),
        (remove_release, "which is not in"),
        (remove_pointer, "readers see no release"),
        (spoil_index, "index.json cannot be read"),
    ],
)
def test_release(home: Path, broken: Callable[[Path], None], words: str) -> None:
    broken(home / "out" / "releases")
    assert words in the_one(home, "release")


def test_release_of_an_older_contract(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor_checks, "contract_version", lambda: "99.0")
    assert "the code 99.0" in the_one(home, "release", Level.ADVICE)


def test_freshness_of_facts(home: Path) -> None:
    findings = found(home, "freshness", later=timedelta(days=3650))
    assert [one.what.partition(":")[0] for one in findings] == [
        "facts are older than they may be",
        "sources are overdue",
    ]


@pytest.mark.parametrize(
    ("last", "level", "words"),
    [
        ("now()::TIMESTAMP - INTERVAL 90 DAYS", Level.PROBLEM, "sources are overdue: licenses (8"),
        ("NULL", Level.ADVICE, "sources never answered: licenses"),
    ],
)
def test_freshness_of_sources(home: Path, last: str, level: Level, words: str) -> None:
    with edited_release(home) as con:
        con.execute("CREATE TABLE changed AS FROM source_health")
        con.execute(f"UPDATE changed SET cadence_days = 7, status = 'blocked', last_success = {last}")
        con.execute("CREATE OR REPLACE TABLE source_health AS FROM changed")
    assert words in the_one(home, "freshness", level)


def test_disk_room(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    usage: Any = shutil.disk_usage(home)._replace(free=1000)
    monkeypatch.setattr(doctor_checks.shutil, "disk_usage", lambda _place: usage)
    findings = found(home, "disk")
    assert findings and all(one.what.startswith("1.0 kB free at ") for one in findings)


def test_disk_that_cannot_be_written(home: Path) -> None:
    shutil.rmtree(home / "out")
    (home / "out").write_text("a file where the folder should be")
    assert all("cannot be written to" in one.what for one in found(home, "disk"))
    assert found(home, "disk")


def test_a_check_that_cannot_be_made_is_a_problem(home: Path) -> None:
    (home / "out" / "releases" / "release-1.duckdb").chmod(0o644)
    (home / "out" / "releases" / "release-1.duckdb").write_bytes(b"no database")
    assert "could not be looked at" in the_one(home, "freshness")

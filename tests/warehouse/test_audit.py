"""A deliberate error of every sort stops a release, with table, column, rows and remedy; drift is told from noise."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import duckdb
import pytest
from rich.console import Console
from warehouse_world import NOW

from warehouse.audit import AuditReport, Finding, audit
from warehouse.contracts import Check, Contract, release_tables
from warehouse.release import ReleaseError, Releases
from warehouse.types import parse_type

Contracts = dict[str, Contract]


def changed(contracts: Contracts, table: str, column: str = "", **values: Any) -> Contracts:
    """The contracts with one table, or one column of it, changed; checks are added."""
    contract = contracts[table]
    if column:
        columns = [replace(c, **values) if c.name == column else c for c in contract.columns]
        return contracts | {table: replace(contract, columns=tuple(columns))}
    if "checks" in values:
        values["checks"] += contract.checks
    return contracts | {table: replace(contract, **values)}


def check(kind: str, **options: Any) -> tuple[Check, ...]:
    return (Check("deliberate", kind, "error", "the deliberate rule holds", "mend it", options),)


# What is changed of which table, and column; where the error is found, and how many rows it has.
WRONG: dict[str, tuple[tuple[str, str], dict[str, Any], str, int]] = {
    "type": (("directory", "zip"), {"type": parse_type("integer")}, "zip", 0),
    "key": (("directory", ""), {"key": ("state",)}, "state", 48),
    "reference": (("location", "name"), {"references": "organization.name"}, "name", 24),
    "enum": (("service", "level_of_care"), {"enum": ("php",)}, "level_of_care", 48),
    "volume": (("directory", ""), {"checks": check("rows", minimum=1000)}, "", 48),
    "freshness": (
        ("directory", ""),
        {"checks": check("freshness", column="last_verified", max_age_days=0, max_share=0.1)},
        "last_verified",
        48,
    ),
    "null": (("directory", "service_name"), {"null": None}, "service_name", 24),
    "range": (
        ("location", ""),
        {"checks": check("range", column="latitude", minimum=0, maximum=1)},
        "latitude",
        24,
    ),
    "pattern": (
        ("address", ""),
        {"checks": check("pattern", column="city", pattern="[A-M].*")},
        "city",
        6,
    ),
}


@pytest.fixture(scope="module")
def wrong(built: Path) -> AuditReport:
    """The audit under contracts that are all wrong at once."""
    contracts = dict(release_tables())
    for at, values, _, _ in WRONG.values():
        contracts = changed(contracts, *at, **values)
    return audit(built, None, NOW, contracts=contracts)


@pytest.mark.parametrize("name", WRONG)
def test_a_deliberate_error_in_a_contract_stops_the_release(
    name: str, wrong: AuditReport, built: Path, tmp_path: Path
) -> None:
    (table, _), _, column, rows = WRONG[name]
    (found,) = [e for e in wrong.errors if (e.table, e.column) == (table, column)]
    assert found.rows == rows
    assert found.message
    assert found.remedy
    with pytest.raises(ReleaseError, match="nothing is published"):
        Releases(tmp_path / "releases").publish(built, replace(wrong, findings=(found,)))
    assert built.exists()


def test_the_deliberate_errors_are_all(wrong: AuditReport) -> None:
    assert {(e.table, e.column) for e in wrong.errors} == {
        (table, column) for (table, _), _, column, _ in WRONG.values()
    }


def test_the_report_is_one_screen(wrong: AuditReport) -> None:
    (found,) = [e for e in wrong.errors if (e.table, e.column) == ("location", "name")]
    console = Console(width=120, record=True, file=open("/dev/null", "w"))  # noqa: SIM115, PTH123
    console.print(replace(wrong, findings=(found,)))
    text = console.export_text()
    for words in ("1 errors", "location.name", "24", "organization.name", "Cambridge center", "Find why"):
        assert words in text.replace("\n", " ")
    assert len(text.splitlines()) <= 40


@pytest.fixture
def spoiled(built: Path, tmp_path: Path) -> Callable[..., AuditReport]:
    """Change a copy of the good release by SQL, and audit it against the good one."""

    return partial(spoiled_by, built, tmp_path)


def spoiled_by(built: Path, folder: Path, *statements: str, previous: bool = False) -> AuditReport:
    copy = folder / "spoiled.duckdb"
    shutil.copy(built, copy)
    with duckdb.connect(str(copy)) as connection:
        for statement in statements:
            connection.execute(statement)
    return audit(copy, built if previous else None, NOW)


def by(report: AuditReport, name: str) -> list[Finding]:
    return [finding for finding in report.findings if finding.check == name]


def test_the_good_release_is_good(built: Path) -> None:
    report = audit(built, built, NOW)
    assert report.ok
    assert not report.findings
    assert report.checks > 1000


def test_broken_data_is_found(spoiled: Callable[..., AuditReport]) -> None:
    report = spoiled(
        "UPDATE directory SET level_of_care = 'spa' WHERE service_id = 'svc_000a'",
        "UPDATE directory SET conditions = ['ptsd', 'magic'] WHERE service_id = 'svc_000a'",
        "UPDATE directory SET location_id = 'loc_none' WHERE service_id = 'svc_001a'",
        "UPDATE address SET zip = '213' WHERE location_id = 'loc_000'",
        "INSERT INTO organization BY NAME FROM organization WHERE organization_id = 'org_000'",
        "UPDATE service SET first_seen = NULL WHERE service_id = 'svc_000a'",
        "UPDATE quarantine SET detail = detail",
        "UPDATE observation SET quote = 'write to jane@site0.example' WHERE observation_id = 'o000001'",
        "UPDATE organization SET name = 'Jane Q. Sample, LICSW' WHERE organization_id = 'org_001'",
        "DELETE FROM crosswalk WHERE listing_id = 'su_2025:2'",
        "ALTER TABLE phone DROP display",
        "ALTER TABLE phone ADD COLUMN colour VARCHAR",
    )
    found = {(f.check, f.table, f.column, f.rows) for f in report.errors}
    assert {
        ("enum", "directory", "level_of_care", 1),
        ("enum", "directory", "conditions", 1),
        ("reference", "directory", "location_id", 1),
        ("zip_form", "address", "zip", 1),
        ("key", "organization", "organization_id", 2),
        ("required", "service", "first_seen", 1),
        ("privacy", "observation", "quote", 1),
        ("matching", "listing", "listing_id", 1),
        ("type", "phone", "display", 0),
        ("type", "phone", "colour", 0),
    } <= found
    assert [(f.severity, f.rows) for f in by(report, "privacy") if f.column == "name"] == [("error", 1)]
    assert not [f for f in report.errors if "jane@" in f.sample]


@pytest.fixture(scope="module")
def drifted(built: Path, tmp_path_factory: pytest.TempPathFactory) -> AuditReport:
    """A release that drifted from the one before in every way."""
    return spoiled_by(
        built,
        tmp_path_factory.mktemp("drifted"),
        "DELETE FROM listing WHERE source_id = 'su_2025' AND record_key::INTEGER >= 4",
        "UPDATE extraction_rate SET rate = 0.4, found = 10 WHERE source_id = 'su_2025' AND field = 'payer'",
        "UPDATE extraction_rate SET rate = 0.8, found = 19 WHERE source_id = 'su_2025' AND field = 'condition'",
        "UPDATE claim SET freshness = 'stale' WHERE source_id = 'su_2025'",
        "UPDATE claim SET freshness = 'expired' WHERE entity_type = 'service'",
        "UPDATE crosswalk SET entity_id = entity_id || 'x' WHERE entity_id LIKE 'loc_00%' OR entity_id LIKE 'svc_00%'",
        "DELETE FROM contract_column WHERE table_name = 'directory' AND column_name = 'phone'",
        previous=True,
    )


def test_a_lost_source_and_state_trip_the_volume_guard(drifted: AuditReport) -> None:
    found = [(f.column, f.severity, f.sample, f.rows) for f in by(drifted, "volume")]
    assert ("source_id", "error", "su_2025", 4) in found
    assert "20 of 24 rows are gone" in by(drifted, "volume")[0].message


def test_a_small_loss_is_a_warning(spoiled: Callable[..., AuditReport]) -> None:
    report = spoiled(
        "DELETE FROM listing WHERE source_id = 'su_2025' AND record_key::INTEGER >= 20", previous=True
    )
    assert [f.severity for f in by(report, "volume")] == ["warning"]


def test_a_reader_that_broke_shows_as_drift(drifted: AuditReport) -> None:
    assert [(f.column, f.severity) for f in by(drifted, "extraction")] == [
        ("payer", "error"),
        ("condition", "warning"),
    ]


def test_facts_that_go_stale_and_entities_that_vanish_stop_the_release(drifted: AuditReport) -> None:
    assert [f.severity for f in by(drifted, "freshness")] == ["error"]
    assert [f.severity for f in by(drifted, "matching") if f.column == "entity_id"] == ["error"]


def test_a_breaking_contract_needs_a_new_major_version(drifted: AuditReport, built: Path) -> None:
    (found,) = by(drifted, "contract")
    assert (found.severity, found.table, found.column) == ("error", "directory", "phone")
    assert "major version" in found.remedy
    assert not by(audit(drifted.path, built, NOW, version="9.0"), "contract")


def test_sources_that_are_not_read_are_a_warning(spoiled: Callable[..., AuditReport]) -> None:
    report = spoiled("UPDATE source_health SET status = 'late' WHERE source_id < 'site_004'")
    assert report.ok
    assert [(f.table, f.rows) for f in by(report, "freshness")] == [("source_health", 4)]

"""Build and audit: entities and claims → core and mart tables in a private file (`warehouse.build`, `warehouse.audit`).

Every contract is an asset check here. An error keeps the release from being published.
"""

import logging
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import dagster as dg

from pipeline.flow.acceptance import Accept
from pipeline.flow.catalog import lineage_of
from pipeline.flow.standing import stands
from pipeline.flow.workspace import Workspace
from pipeline.settings import VOCABULARY
from sources.kinds import trust
from warehouse.build_report import BuildReport
from warehouse.contracts import Contract, release_tables
from warehouse.findings import AuditReport
from warehouse.policy import using
from warehouse.room import make_room

log = logging.getLogger(__name__)
CANDIDATE = "candidate.duckdb"
POOL = "warehouse"  # its limit of one keeps two runs from writing at once
OTHER = "audit"  # the check that takes what belongs to no single table

TABLES = release_tables()
MARTS = [contract for contract in TABLES.values() if contract.layer == "mart"]


def _spec(mart: Contract) -> dg.AssetSpec:
    """A mart with its columns and their meaning, as the contract has them."""
    columns = [dg.TableColumn(c.name, type=str(c.type), description=c.meaning) for c in mart.columns]
    return dg.AssetSpec(
        mart.table,
        deps=["core"],
        description=mart.meaning,
        group_name="warehouse",
        kinds={"duckdb", "sql"},
        metadata={"dagster/column_schema": dg.TableSchema(columns)},
    )


SPECS = [
    dg.AssetSpec(
        "core",
        deps=["entities", "geocode", "geography", "listings"],
        description="Organizations, locations, services, claims with their evidence, vocabularies.",
        group_name="warehouse",
        kinds={"duckdb", "sql"},
    ),
    *map(_spec, MARTS),
]


def asset_of(contract: Contract) -> str:
    """The asset that holds a table: marts are assets of their own, the rest is `core`."""
    return contract.table if contract.layer == "mart" else "core"


CHECKS = [
    *(
        dg.AssetCheckSpec(
            f"contract_{c.table}", asset=asset_of(c), blocking=True, description=f"{c.table}: {c.row}"
        )
        for c in TABLES.values()
    ),
    dg.AssetCheckSpec(
        OTHER, asset="core", blocking=True, description="Drift, volume and sanity across tables."
    ),
]


@dg.multi_asset(
    name="build", specs=SPECS, check_specs=CHECKS, pool=POOL, retry_policy=dg.RetryPolicy(max_retries=0)
)
def warehouse(
    config: Accept,
    workspace: dg.ResourceParam[Workspace],
) -> Iterator[dg.MaterializeResult[None] | dg.AssetCheckResult]:
    if standing := stands(workspace):
        candidate_path(workspace).unlink(missing_ok=True)  # whose audit failed
        built, report = standing.build, standing.audit
        log.info("build: nothing has changed since release %d", standing.release)
        workspace.leave(build=built, audit=report, carried=True)
    else:
        built, report = build_anew(workspace, config)
    for spec in SPECS:
        tables = [c.table for c in TABLES.values() if asset_of(c) == spec.key.to_user_string()]
        rows = {f"rows {table}": built.rows[table] for table in tables}
        known: dict[str, Any] = {
            "dagster/row_count": sum(rows.values()),
            **rows,
            **lineage_of(spec.key.to_user_string()),
        }
        yield dg.MaterializeResult(spec.key, metadata=known)
    yield from check_results(report)


def build_anew(workspace: Workspace, config: Accept) -> tuple[BuildReport, AuditReport]:
    """What was built, and what the audit found in it."""
    from warehouse.build import build  # and all that computes, which a run without news does not need

    settings, releases = workspace.settings, workspace.releases
    candidate = candidate_path(workspace)
    previous = releases.current_path()
    now = workspace.clock()
    with using(settings.policy), workspace.progress.task("build", 2) as task:
        built = build(
            settings.stage,
            VOCABULARY,
            candidate,
            trust=trust(),
            previous=previous,
            overrides=settings.overrides,
            now=now,
            run={
                "release": releases.next_number(),
                "profile": settings.profile or settings.registry_folder.name,
            },
        )
        task.advance()
        report = _audited(candidate, previous, now, config)
        task.advance()
    verdict = {"release": built.release, "errors": len(report.errors), "warnings": len(report.warnings)}
    log.info("audit of release %d: %d errors, %d warnings", *verdict.values(), extra=verdict)
    workspace.leave(build=built, audit=report)
    if not report.ok and make_room(candidate):
        log.warning("%s is removed: what it would keep of the disk, the next run wants", candidate)
    return built, report


def _audited(candidate: Path, previous: Path | None, now: datetime, config: Accept) -> AuditReport:
    """What the audit found, with what was accepted of it. A file that could not be audited is of no use to anybody."""
    from warehouse.acceptance import record_drift
    from warehouse.audit import audit

    try:
        acceptance = config.acceptance(now)
        report = audit(candidate, previous, now).accept(lambda _: acceptance)
        record_drift(report)
    except BaseException:
        candidate.unlink(missing_ok=True)
        raise
    return report


def candidate_path(workspace: Workspace) -> Path:
    """The private file that a release is built in, beside the releases so that publishing is a rename."""
    return workspace.settings.out / CANDIDATE


def check_results(report: AuditReport) -> Iterator[dg.AssetCheckResult]:
    """One result for every check of `CHECKS`: what the audit found, by table."""
    for spec in CHECKS:
        table = spec.name.removeprefix("contract_")
        found = [
            f
            for f in report.findings
            if f.severity != "info" and (f.table == table or (spec.name == OTHER and f.table not in TABLES))
        ]
        severe = any(f.stops for f in found)
        yield dg.AssetCheckResult(
            asset_key=spec.asset_key,
            check_name=spec.name,
            passed=not found,
            severity=dg.AssetCheckSeverity.ERROR if severe else dg.AssetCheckSeverity.WARN,
            metadata={
                f"{n} {f.check}": f"{f.column}: {f.rows} rows, {f.message} (e.g. {f.sample}). {f.remedy}"
                for n, f in enumerate(found, 1)
            },
        )

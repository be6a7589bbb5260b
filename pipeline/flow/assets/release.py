"""Publish: the audited file becomes the release that readers see (`warehouse.release`)."""

import logging
import shutil
from datetime import datetime, timedelta

import dagster as dg

from pipeline.flow.assets.warehouse import MARTS, POOL, candidate_path
from pipeline.flow.standing import renew_note, write_note
from pipeline.flow.workspace import Workspace
from warehouse.content import News, content_of, is_worth_publishing
from warehouse.findings import AuditReport
from warehouse.policy import using
from warehouse.release import Release
from warehouse.takedown import taken_ids
from warehouse.types import utc
from warehouse.withdrawal import Withdrawal

log = logging.getLogger(__name__)
# A release a day: one missed morning is a warning, two are a failure.
FRESH = dg.FreshnessPolicy.time_window(fail_window=timedelta(hours=48), warn_window=timedelta(hours=32))


@dg.asset(
    deps=["core", *(mart.table for mart in MARTS)],
    group_name="publish",
    kinds={"duckdb"},
    pool=POOL,
    freshness_policy=FRESH,
    description="One immutable, audited version of the warehouse, where there is news. Readers open `releases/current`.",
)
def release(workspace: dg.ResourceParam[Workspace]) -> dg.MaterializeResult[None]:
    releases, carried = workspace.releases, workspace.left("carried")
    last = releases.latest()
    if carried and last:
        report, news, published, nothing_new = workspace.left("audit"), News.NONE, last, True
    else:
        report, news, published, nothing_new = _published(workspace, last)
    if nothing_new:
        releases.sweep()
    if withdrawn := Withdrawal(releases.folder).withdraw(taken_ids(workspace.settings.overrides)):
        shutil.rmtree(
            workspace.settings.out / "reports", ignore_errors=True
        )  # of which some were made of these
        log.warning(
            "releases %s spoke of what was taken down, and are removed", ", ".join(map(str, withdrawn))
        )
    workspace.leave(release=published, nothing_new=nothing_new)
    if carried:
        renew_note(workspace)
    else:
        write_note(workspace, published.number, dates_wait=nothing_new and news is News.DATES)
    fields = {"release": published.number, "news": str(news), "services": published.rows["directory"]}
    log.info("release %d: %s, %d services", *fields.values(), extra=fields)
    return dg.MaterializeResult(
        metadata={
            "release": published.number,
            "news": str(news),
            "file": dg.MetadataValue.path(published.path),
            "read it at": dg.MetadataValue.path(workspace.releases.stable_path),
            "services": published.rows["directory"],
            "bytes": published.bytes,
            "contract": published.contract_version,
            "warnings": published.warnings,
            "accepted": len(report.accepted),
        }
    )


def _published(workspace: Workspace, last: Release | None) -> tuple[AuditReport, News, Release, bool]:
    """What the audit said, what is new in the candidate, the release that stands now, and whether it is the last one still."""
    from warehouse.acceptance import as_recorded  # auditing, which a run without news does not need
    from warehouse.audit import audit

    candidate, releases = candidate_path(workspace), workspace.releases
    if not candidate.exists():
        raise dg.Failure(f"there is no built file {candidate}: materialize `core` first")
    said, now = content_of(candidate), utc(workspace.clock())
    news = said.news(last.content) if last else News.FACTS
    with using(workspace.settings.policy):
        left = workspace.left("audit")  # by this run; one that only publishes looks itself
        report = left or as_recorded(audit(candidate, releases.current_path(), now))
        worth = last is None or is_worth_publishing(news, datetime.fromisoformat(last.built_at), now)
    if last and report.ok and not worth:
        candidate.unlink()
        return report, news, last, True
    return report, news, releases.publish(candidate, report, said), False

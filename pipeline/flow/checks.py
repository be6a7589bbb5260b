"""Asset checks of the sources. Those of the warehouse come from its contracts (`pipeline.flow.assets.warehouse`)."""

from collections.abc import Sequence

import dagster as dg

from pipeline.fetch.outcome.health import State
from pipeline.flow.workspace import Workspace
from pipeline.read.health import health_of_all

WELL = frozenset({State.HEALTHY, State.UNREAD, State.PAUSED})
MOST = 0.05  # of what was read may be in quarantine


@dg.asset_check(
    asset="documents", description="Every source answers, with about as many pages and facts as usual."
)
def sources_are_healthy(reader: dg.ResourceParam[Workspace]) -> dg.AssetCheckResult:
    """Warns of each source that is degraded, blocked, dead or needs attention, with the reason."""
    unwell = {
        row.source_id: f"{row.state}: {row.reason}"
        for row in health_of_all(reader.settings, reader.clock())
        if row.state not in WELL
    }
    return dg.AssetCheckResult(passed=not unwell, severity=dg.AssetCheckSeverity.WARN, metadata=unwell)


@dg.asset_check(asset="documents", description="Every table of the registry can be used.")
def registry_is_valid(reader: dg.ResourceParam[Workspace]) -> dg.AssetCheckResult:
    """Fails for each table that is mistyped, with the remedy. Its source keeps what it said; no other is touched."""
    problems = reader.settings.registry.problems
    return dg.AssetCheckResult(
        passed=not problems,
        metadata={
            f"{n} {p.file}: {p.key}": f"{p.message}. Write {p.remedy}" for n, p in enumerate(problems, 1)
        },
    )


@dg.asset_check(asset="listings", description="Few rows and pages of the sources had to be put aside.")
def little_is_quarantined(reader: dg.ResourceParam[Workspace]) -> dg.AssetCheckResult:
    """Warns where more than `MOST` of what was read is in quarantine."""
    listings = reader.stage.read("listing").height
    quarantined = reader.stage.read("quarantine").height
    share = quarantined / (listings + quarantined) if listings + quarantined else 0.0
    return dg.AssetCheckResult(
        passed=share <= MOST,
        severity=dg.AssetCheckSeverity.WARN,
        metadata={"listings": listings, "quarantined": quarantined, "share": share},
    )


def source_checks() -> Sequence[dg.AssetChecksDefinition]:
    """All of them, for the definitions."""
    return [registry_is_valid, sources_are_healthy, little_is_quarantined]

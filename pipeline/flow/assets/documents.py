"""Fetch: every source's pages, API answers and files, into the archive (`pipeline.fetch`)."""

from collections import Counter
from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta

import dagster as dg

from pipeline.archive.archive import Archive
from pipeline.archive.replay import standing_attempts
from pipeline.archive.visits import by_source, due
from pipeline.fetch.run import fetch_all
from pipeline.flow.partitions import SOURCES, asked_sources
from pipeline.flow.workspace import Workspace
from pipeline.records import Document
from sources.registry import Source

HISTORY = timedelta(days=90)  # attempts that a release carries, for source health
FRESH = dg.FreshnessPolicy.time_window(fail_window=timedelta(days=8), warn_window=timedelta(days=2))


@dg.asset(
    partitions_def=SOURCES,
    backfill_policy=dg.BackfillPolicy.single_run(),
    group_name="read",
    kinds={"python"},
    freshness_policy=FRESH,
    description="What each source sent: one row per attempt, with its outcome. The content is in the archive.",
)
def documents(context: dg.AssetExecutionContext, workspace: dg.ResourceParam[Workspace]) -> None:
    """The asset, partitioned by source. One run fetches all its sources side by side, each host at its own pace."""
    settings = workspace.settings
    sources = asked_sources(context, workspace)
    now = workspace.clock()
    with Archive(settings.archive) as archive:
        visits = by_source(archive.visits())
        asked = archive.asked([s.id for s in sources if s.kind.lasts])
        wanted = [
            s
            for s in sources
            if s.enabled and (workspace.refetch or s.path or due(s, visits, now) or _is_new_edition(s, asked))
        ]
        if not workspace.offline:
            with settings.fetching() as how, workspace.progress.task("fetch") as task:
                workspace.summary.fetched += fetch_all(
                    wanted, archive, how, progress=lambda _: task.advance()
                )
        attempts = _attempts(archive, sources, workspace.as_of, now)
    for source in sources:
        tried = attempts.get(source.id, [])
        workspace.stage.write_source(source)
        workspace.stage.write_documents(source.id, tried)
        this_run = [d for d in tried if d.fetched_at >= now]
        metadata: dict[str, dg.MetadataValue] = {
            f"outcome {outcome}": dg.MetadataValue.int(n)
            for outcome, n in sorted(Counter(str(d.outcome) for d in this_run).items())
        }
        metadata["due"] = dg.MetadataValue.bool(source in wanted)
        metadata["attempts"] = dg.MetadataValue.int(len(this_run))
        metadata["bytes"] = dg.MetadataValue.int(sum(d.size or 0 for d in this_run))
        if source.url:
            metadata["source"] = dg.MetadataValue.url(source.url)
        context.add_asset_metadata(metadata, partition_key=source.id)


def _is_new_edition(source: Source, asked: Collection[tuple[str, str, date | None]]) -> bool:
    """Whether the registry names an edition that was never asked for: its cadence says nothing of that."""
    return source.kind.lasts and (source.id, source.location, source.published) not in asked


def _attempts(
    archive: Archive, sources: Sequence[Source], as_of: datetime | None, now: datetime
) -> dict[str, list[Document]]:
    """By source: the attempts of late, and those that brought what counts, however old, which claims refer to."""
    until = as_of or now
    lasting = [s.id for s in sources if s.kind.lasts]
    late = archive.documents(since=until - HISTORY, as_of=as_of)
    found = {(d.source_id, d.url, d.fetched_at): d for d in standing_attempts(archive, as_of, lasting)}
    found |= {(d.source_id, d.url, d.fetched_at): d for d in late}
    attempts: dict[str, list[Document]] = {}
    for key in sorted(found):
        attempts.setdefault(key[0], []).append(found[key])
    return attempts

"""Fetch: every source's pages, API answers and files, into the archive (`pipeline.fetch`)."""

from collections import Counter
from datetime import timedelta

import dagster as dg

from pipeline.fetch import Archive, by_source, due, fetch_all
from pipeline.records import Document
from pipeline.resources import Workspace

HISTORY = timedelta(days=90)  # attempts that a release carries, for source health
FRESH = dg.FreshnessPolicy.time_window(fail_window=timedelta(days=8), warn_window=timedelta(days=2))


def documents(partitions: dg.PartitionsDefinition[str]) -> dg.AssetsDefinition:
    """The asset, partitioned by source. One run fetches all its sources side by side, each host at its own pace."""

    @dg.asset(
        name="documents",
        partitions_def=partitions,
        backfill_policy=dg.BackfillPolicy.single_run(),
        group_name="read",
        kinds={"python"},
        freshness_policy=FRESH,
        description="What each source sent: one row per attempt, with its outcome. The content is in the archive.",
    )
    def fetch(context: dg.AssetExecutionContext, workspace: dg.ResourceParam[Workspace]) -> None:
        settings = workspace.settings
        sources = [settings.registry[key] for key in context.partition_keys]
        now = workspace.clock()
        with Archive(settings.archive) as archive:
            visits = by_source(archive.visits())
            wanted = [
                s for s in sources if s.enabled and (workspace.refetch or s.path or due(s, visits, now))
            ]
            if not workspace.offline:
                with settings.fetching() as how, workspace.progress.task("fetch") as task:
                    workspace.summary.fetched += fetch_all(
                        wanted, archive, how, progress=lambda _: task.advance()
                    )
            attempts: dict[str, list[Document]] = {source.id: [] for source in sources}
            for document in archive.documents(since=now - HISTORY):
                attempts.setdefault(document.source_id, []).append(document)
        for source in sources:
            tried = attempts[source.id]
            workspace.stage.write_source(source, tried)
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

    return fetch

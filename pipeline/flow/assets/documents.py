"""Fetch: every source's pages, API answers and files, into the archive (`pipeline.fetch`)."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Any

import dagster as dg

from pipeline.archive.archive import Archive
from pipeline.archive.clock import ClockError, trust_clock
from pipeline.archive.replay import standing_attempts
from pipeline.archive.visits import GOOD, by_source, due
from pipeline.flow.assets.warehouse import candidate_path
from pipeline.flow.partition_events import check_told, judged, made, seen, told
from pipeline.flow.partitions import SOURCES, asked_sources
from pipeline.flow.workspace import Workspace
from pipeline.records import Document
from sources.registry import Source
from warehouse.room import make_room

HISTORY = timedelta(days=90)  # attempts that a release carries, for source health


FETCHED = dg.AssetCheckSpec(
    "fetched",
    asset="documents",
    partitions_def=SOURCES,
    description="The source answered when it was last asked; who did not is asked again a day later, or by hand.",
)


@dg.multi_asset(
    name="documents",
    specs=[
        dg.AssetSpec(
            "documents",
            group_name="read",
            kinds={"python"},
            description="What each source sent: one row per attempt, with its outcome. The content is in the archive.",
        )
    ],
    check_specs=[FETCHED],
    partitions_def=SOURCES,
    backfill_policy=dg.BackfillPolicy.single_run(),
)
def documents(
    context: dg.AssetExecutionContext, workspace: dg.ResourceParam[Workspace]
) -> Iterator[dg.MaterializeResult[None] | dg.Output[None]]:
    """The asset, partitioned by source. One run fetches all its sources side by side, each host at its own pace."""
    sources, missing = asked_sources(context, workspace)
    fetch(context, workspace, sources)
    tell_missing(context, workspace, missing)
    yield told("documents")
    yield check_told(FETCHED)


def fetch(
    context: dg.AssetExecutionContext, workspace: Workspace, sources: Sequence[Source], part: str = ""
) -> None:
    """Fetch these sources where they are due, put what is known of them on the stage, and tell each one's end. `part`:
    of which step of several, where they share out a run's sources."""
    settings, now = workspace.settings, workspace.clock()
    make_room(candidate_path(workspace))  # of a run that was killed
    fetched: list[Document] = []
    with Archive(settings.archive) as archive:
        _trust_clock(workspace, archive)
        visits = by_source(archive.visits())
        asked = archive.asked([s.id for s in sources if s.kind.lasts])
        wanted = [
            s
            for s in sources
            if s.enabled
            and (workspace.refetch or s.path or due(s, visits, now) or _is_new_edition(s, asked))
            and not workspace.offline
        ]
        if wanted:
            # clients of the network, which a run with nothing due does not need
            from pipeline.fetch.run import fetch_all

            with settings.fetching() as how, workspace.progress.task("fetch") as task:
                fetched = fetch_all(wanted, archive, how, progress=lambda _: task.advance())
            # What the command line counts, and no more: there may be a million.
            told_later = [Document(d.source_id, d.url, d.fetched_at, d.outcome) for d in fetched]
            workspace.leave(part, fetched=told_later)
        attempts = _attempts(archive, sources, workspace.as_of, now)
    tried: dict[str, list[Document]] = {source.id: [] for source in wanted}
    for document in fetched:
        tried[document.source_id].append(document)
    for source in sources:
        workspace.stage.write_source(source)
        workspace.stage.write_documents(source.id, attempts.get(source.id, []))
        _tell(context, source, tried.get(source.id))


def _trust_clock(workspace: Workspace, archive: Archive) -> None:
    """Dagster's failure, not to be tried again, where the clock that dates attempts is not to be believed. (What was known at a
    date of the past, a replay tells by any clock.)"""
    if workspace.as_of is None:
        settings = workspace.settings
        try:
            trust_clock(archive, settings.fetch.now(), None if workspace.offline else settings.idle_days)
        except ClockError as error:
            raise dg.Failure(str(error), allow_retries=False) from None


def tell_missing(context: dg.AssetExecutionContext, workspace: Workspace, missing: Iterable[str]) -> None:
    """A failed check of each partition whose table is mistyped. (Without any problem, it has left, and is nobody's fault.)"""
    if problems := workspace.settings.registry.problems:
        for source_id in missing:
            judged(context, FETCHED, source_id, False, {"registry": [str(problem) for problem in problems]})


def _tell(context: dg.AssetExecutionContext, source: Source, tried: Sequence[Document] | None) -> None:
    """A materialization where the source gave something, a failed check where it gave nothing, an observation where it
    was not asked (`tried` is None)."""
    outcomes = Counter(document.outcome for document in tried or ())
    metadata: dict[str, Any] = {f"outcome {outcome}": n for outcome, n in sorted(outcomes.items())}
    metadata |= {
        "asked": tried is not None,
        "attempts": outcomes.total(),
        "bytes": sum(d.size or 0 for d in tried or ()),
    }
    if source.url:
        metadata["source"] = dg.MetadataValue.url(source.url)
    if tried is None:
        seen(context, "documents", source.id, metadata)
        return
    answered = any(outcome in GOOD for outcome in outcomes)
    if answered:
        made(context, "documents", source.id, metadata)
    judged(context, FETCHED, source.id, answered, metadata)


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

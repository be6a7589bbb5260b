"""Extract and normalize: documents → observations → listings (`pipeline.read.source`, `pipeline.read.processes`)."""

from collections.abc import Iterator, Sequence
from typing import Any

import dagster as dg

from pipeline.archive.archive import Archive
from pipeline.flow.partition_events import check_told, judged, made, seen, told
from pipeline.flow.partitions import SOURCES, asked_sources
from pipeline.flow.workspace import Workspace
from pipeline.read.answers import second_answers
from pipeline.read.editions import documents_by_source
from pipeline.read.processes import Job, read_sources
from pipeline.read.report import ReadReport
from sources.registry import Source

SPECS = (
    (
        "observations",
        ["documents"],
        "One stated value each, with the words that prove it; and, in quarantine, what could not be used.",
    ),
    ("listings", ["observations"], "What one source says about one place, and the services there."),
)

READ = dg.AssetCheckSpec(
    "readable",
    asset="listings",
    partitions_def=SOURCES,
    description="What the source sent could be read; what could not is left as it last could be.",
)


@dg.multi_asset(
    name="read",
    specs=[
        dg.AssetSpec(name, deps=deps, description=text, group_name="read", kinds={"python", "parquet"})
        for name, deps, text in SPECS
    ],
    check_specs=[READ],
    partitions_def=SOURCES,
    backfill_policy=dg.BackfillPolicy.single_run(),
)
def listings(
    context: dg.AssetExecutionContext, workspace: dg.ResourceParam[Workspace]
) -> Iterator[dg.MaterializeResult[None] | dg.Output[None]]:
    """The two assets, partitioned by source. What has not changed is not read again."""
    sources, _ = asked_sources(context, workspace)
    read(context, workspace, sources)
    for name, _, _ in SPECS:
        yield told(name)
    yield check_told(READ)


def read(
    context: dg.AssetExecutionContext,
    workspace: Workspace,
    sources: Sequence[Source],
    part: str = "",
    processes: int | None = None,
) -> None:
    """Read what the archive has of these sources, and tell each one's end. `part`: of which step of several, where they
    share out a run's sources; `processes`: so many at most; None: one a processor."""
    settings = workspace.settings
    with Archive(settings.archive) as archive:
        counted = documents_by_source(sources, archive, workspace.as_of)
        if settings.second_reader.asks and not workspace.offline:
            from pipeline.read.second import ask_second_reader  # all that reads pages

            with workspace.progress.task("ask") as task:
                asked = ask_second_reader(
                    sources, counted, archive, workspace.stage, settings.second_reader, task.advance
                )
            workspace.leave(part, asked=[asked])
        answers = second_answers(archive, settings.second_reader, workspace.as_of)
    job = Job(
        settings.archive,
        settings.stage,
        settings.states,
        workspace.clock(),
        reread=workspace.reread,
        accept=workspace.accept,
        as_of=workspace.as_of,
        answers=answers,
        processes=processes,
    )
    reports: list[ReadReport] = []
    with workspace.progress.task("read", len(sources)) as task:
        for report in read_sources(sources, counted, job):
            reports.append(report)
            if report.problem:
                context.log.warning(f"{report.source_id}: {report.problem}")
            _describe(context, report)
            task.advance()
    workspace.leave(part, reads=reports)


def _describe(context: dg.AssetExecutionContext, report: ReadReport) -> None:
    """Rows of the source's partitions, or that nothing could be read in what it sent."""
    rows = report.rows or {}
    shared: dict[str, Any] = {
        "documents": report.documents,
        "changed": report.changed,
        "problem": report.problem or "none",
    }
    counts: dict[str, dict[str, Any]] = {
        "observations": {
            "rows": rows.get("observation", 0),
            "page kinds": report.page_kinds,
            "pages parsed": report.parsed,
            "quarantined": rows.get("quarantine", 0),
        },
        "listings": {
            "rows": rows.get("listing", 0),
            "services": rows.get("listing_service", 0),
            "unmapped codes": rows.get("unmapped", 0),
            "rows of other states": report.out_of_scope,
        },
    }
    for name, metadata in counts.items():
        if report.problem is None:
            tell = made if report.rows is not None else seen
            tell(context, name, report.source_id, {**shared, **metadata})
    judged(context, READ, report.source_id, report.problem is None, shared)

"""Fetch and read by several workers: the sources of a run in shards, each a step that any executor may run anywhere.

The assets, checks and work are those of `documents` and `listings`; `pipeline.flow.sharding` says who takes what.
"""

from collections.abc import Iterator
from dataclasses import replace

import dagster as dg

from pipeline.archive.archive import Archive
from pipeline.flow.assets import documents as fetching
from pipeline.flow.assets import listings as reading
from pipeline.flow.leavings import Leavings
from pipeline.flow.partition_events import check_told, judged, told
from pipeline.flow.partitions import SOURCES, asked_sources
from pipeline.flow.sharding import shards_of
from pipeline.flow.workspace import Workspace
from pipeline.read.report import ReadReport
from sources.registry import Source

SHARDS = "shards"  # of which ids: what `share_out` leaves for the others
ENDS = "shard_ends"  # what went wrong with each of them; "": nothing
CHECKS = (fetching.FETCHED, reading.READ)
ASSETS = ("documents", "observations", "listings")


def sharded(assets: list[dg.AssetSpec], count: int) -> dg.AssetsDefinition:
    """The assets that fetch and read, as one graph: share out, `count` steps side by side, and one that ends them.

    Nothing goes through an IO manager, so that the workers share the run's directory and archive, and nothing else.
    """

    @dg.op(name="share_out", out=dg.Out(dg.Nothing))
    def share_out(context: dg.AssetExecutionContext, workspace: dg.ResourceParam[Workspace]) -> None:
        sources, missing = asked_sources(context, workspace)
        fetching.tell_missing(context, workspace, missing)
        with Archive(workspace.settings.archive) as archive:
            shards = shards_of(sources, archive, count)
        _left(workspace).leave(SHARDS, shards, list[list[str]])
        context.log.info(f"sources by shard: {', '.join(str(len(shard)) for shard in shards)}")

    def shard(number: int) -> dg.OpDefinition:
        @dg.op(
            name=f"shard_{number}",
            ins={"begin": dg.In(dg.Nothing)},
            out=dg.Out(dg.Nothing),
        )
        def fetch_and_read(context: dg.AssetExecutionContext, workspace: dg.ResourceParam[Workspace]) -> None:
            asked, _ = asked_sources(context, workspace)
            mine = frozenset(next(_left(workspace).parts(SHARDS, list[list[str]]))[number - 1])
            work(context, workspace, [source for source in asked if source.id in mine], number, count)

        return fetch_and_read

    @dg.op(
        name="join",
        ins={"shards": dg.In(dg.Nothing)},
        out={name: dg.Out(dg.Nothing) for name in (*ASSETS, *(c.get_python_identifier() for c in CHECKS))},
    )
    def join(workspace: dg.ResourceParam[Workspace]) -> Iterator[dg.Output[None]]:
        problems = list(_left(workspace).parts(ENDS, str))
        if problems and all(problems):
            raise dg.Failure(f"nothing could be fetched and read: {problems[0]}")
        for name in ASSETS:
            yield dg.Output(None, name, metadata=told(name).metadata)
        for check in CHECKS:
            yield check_told(check)

    @dg.graph(
        name="fetch_and_read",
        out={name: dg.GraphOut() for name in (*ASSETS, *(c.get_python_identifier() for c in CHECKS))},
    )
    def fetch_and_read() -> dict[str, object]:
        begin = share_out()
        ends = join([shard(number)(begin) for number in range(1, count + 1)])
        return {name: getattr(ends, name) for name in ends._fields}

    return dg.AssetsDefinition.from_graph(
        fetch_and_read,
        keys_by_output_name={spec.key.to_user_string(): spec.key for spec in assets},
        internal_asset_deps={
            spec.key.to_user_string(): {dep.asset_key for dep in spec.deps} for spec in assets
        },
        partitions_def=SOURCES,
        group_name="read",
        descriptions_by_output_name={spec.key.to_user_string(): spec.description or "" for spec in assets},
        tags_by_output_name={spec.key.to_user_string(): spec.tags for spec in assets},
        backfill_policy=dg.BackfillPolicy.single_run(),
        check_specs=list(CHECKS),
    )


def work(
    context: dg.AssetExecutionContext, workspace: Workspace, sources: list[Source], number: int, count: int
) -> None:
    """Fetch and read one shard. What goes wrong with it as a whole is told of each of its sources; the others go on."""
    second = workspace.settings.second_reader
    share = replace(second, pages=second.pages // count, tokens=second.tokens // count)
    own = replace(workspace, settings=replace(workspace.settings, second_reader=share))
    part, doing, problem = str(number), fetching.FETCHED, ""
    try:
        fetching.fetch(context, own, sources, part)
        doing = reading.READ
        reading.read(context, own, sources, part, processes=1)
    except Exception as error:
        problem = f"shard {number} failed: {error}"
        context.log.error(problem, exc_info=True)
        workspace.leave(part, reads=[ReadReport(source.id, problem=problem) for source in sources])
        for source in sources:
            judged(context, doing, source.id, False, {"problem": problem})
    if sources:
        _left(workspace).leave(ENDS, problem, str, part)


def _left(workspace: Workspace) -> Leavings:
    return Leavings(workspace.settings.out, workspace.run_id)

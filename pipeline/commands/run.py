"""`iop run` and `iop replay`: the Dagster assets from fetching to the release, headless."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, time
from tempfile import TemporaryDirectory
from typing import Annotated, Any
from uuid import uuid4

import dagster as dg
import typer
from pydantic import ValidationError

from pipeline.alerts.run_log import keep
from pipeline.alerts.tell import tell
from pipeline.commands.bars import Bars
from pipeline.commands.console import err, fail, out, shown
from pipeline.commands.exit_codes import ExitCode
from pipeline.commands.options import (
    LAST_MOMENT,
    AcceptOption,
    ByOption,
    GeographyOption,
    OutOption,
    ProfileOption,
    RegistryOption,
    StateOption,
    WhyOption,
    archive_of,
    chosen,
)
from pipeline.commands.run_lock import run_lock
from pipeline.commands.run_report import explain, introduce, show, tell_deliveries, tell_failures
from pipeline.fetch.outcome.reach import unread_sources
from pipeline.flow.acceptance import Accept
from pipeline.flow.again import reconstructable_job
from pipeline.flow.graph import build_defs
from pipeline.flow.leavings import Leavings, Summary
from pipeline.flow.options import Options, failed_sources
from pipeline.flow.partitions import one_run
from pipeline.flow.resources import HELD_AS
from pipeline.flow.run_end import errors, run_end
from pipeline.flow.schedules import DIRECTORY
from pipeline.flow.workspace import Workspace
from pipeline.logs import Lines, written
from pipeline.progress import Progress, Silent
from pipeline.settings import IN_PROCESS, Settings, SettingsError

Result = dg.ExecuteInProcessResult | dg.JobExecutionResult
IS_KEPT = "DAGSTER_HOME"  # names the instance that keeps runs
SourceOption = Annotated[
    list[str] | None,
    typer.Option("--source", help="Only this source (may be repeated); fetched even if not due."),
]
VerboseOption = Annotated[
    bool, typer.Option("--verbose", "-v", help="A log line for each source and each stage (log level INFO).")
]


def run(
    profile: ProfileOption = None,
    registry: RegistryOption = None,
    source: SourceOption = None,
    state: StateOption = "",
    out_folder: OutOption = None,
    geography: GeographyOption = None,
    refetch: Annotated[bool, typer.Option("--refetch", help="Fetch what is not due, too.")] = False,
    reread: Annotated[bool, typer.Option("--reread", help="Read what has not changed, too.")] = False,
    accept_layout: Annotated[
        bool,
        typer.Option(
            "--accept-layout", help="Take pages whose layout seems to have changed: you looked at them."
        ),
    ] = False,
    force: Annotated[
        bool, typer.Option("--force", help="--refetch, --reread and --accept-layout together.")
    ] = False,
    rebuild: Annotated[
        bool, typer.Option("--rebuild", help="Match and build anew, though nothing has changed.")
    ] = False,
    retry_failed: Annotated[
        bool, typer.Option("--retry-failed", help="Only sources that gave nothing when last asked, at once.")
    ] = False,
    reports: Annotated[
        bool,
        typer.Option("--reports", help="Write the coverage reports of all states, too, into <out>/reports."),
    ] = False,
    accept: AcceptOption = "",
    by: ByOption = "",
    why: WhyOption = "",
    verbose: VerboseOption = False,
) -> None:
    """Fetch what is due, read it, match it, build, audit and publish a release.

    Exit codes: 0 all is well, 1 no release could be made, 2 wrong options or registry, 3 the release stands but some
    source that was asked, registry table or file of geography could not be read, or no reports written, 130 interrupted.
    """
    settings, accepting = chosen(profile, registry, out_folder, geography, state), _accepting(accept, by, why)
    settings = _heard(replace(settings, reports=settings.reports or reports), verbose)
    if retry_failed:
        source = [one for one in failed_sources(settings) if not source or one in source]
        if not source:
            out.print("No source failed when it was last asked.")
            return
    workspace = Workspace(
        settings,
        _progress(settings),
        refetch=refetch or force or bool(source),
        reread=reread or force,
        accept=accept_layout or force,
        rebuild=rebuild,
    )
    finish(workspace, source, accepting)


def replay(
    as_of: Annotated[
        datetime | None,
        typer.Option(
            help="What the archive held then (UTC); a day means its end.",
            formats=["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S"],
        ),
    ] = None,
    profile: ProfileOption = None,
    registry: RegistryOption = None,
    source: SourceOption = None,
    out_folder: OutOption = None,
    geography: GeographyOption = None,
    accept: AcceptOption = "",
    by: ByOption = "",
    why: WhyOption = "",
    verbose: VerboseOption = False,
) -> None:
    """Read everything again from the archive, without network: after a change to the readers, or as of a date, which is
    read on a stage of its own."""
    settings, accepting = chosen(profile, registry, out_folder, geography), _accepting(accept, by, why)
    archive_of(settings)
    settings = _heard(settings, verbose)
    if as_of is None:
        finish(Workspace(settings, _progress(settings), reread=True, offline=True), source, accepting)
        return
    if source:
        fail("--as-of reads every source on a stage of its own: leave out --source.", ExitCode.USAGE)
    as_of = (as_of + LAST_MOMENT if as_of.time() == time() else as_of).replace(tzinfo=UTC)
    past = Workspace(settings, _progress(settings), reread=True, offline=True, as_of=as_of)
    finish(past, None, accepting)


def _heard(settings: Settings, verbose: bool) -> Settings:
    louder = verbose and settings.log_level in ("WARNING", "ERROR")
    return replace(settings, log_level="INFO") if louder else settings


def _accepting(accept: str, by: str, why: str) -> Accept:
    """These options as the run's config; a slip in them ends the command."""
    try:
        return Accept(accept=accept, by=by, why=why)
    except ValidationError as error:
        fail("; ".join(str(e["ctx"]["error"]) for e in error.errors()), ExitCode.USAGE)


def finish(workspace: Workspace, source_ids: list[str] | None, accepting: Accept) -> None:
    """Run the assets, show what came of it, tell those who get alerts, and exit with the code that says how it went."""
    settings = workspace.settings
    with written(settings.log_level, settings.log_format):
        for problem in settings.registry.problems:
            err.print(f"[yellow]registry[/yellow] {shown(problem)}", soft_wrap=True)
        ids = _sources(settings, source_ids)
        if not workspace.offline:
            introduce(settings, ids)
        workspace = replace(workspace, selection=frozenset(ids), run_id=str(uuid4()))
        with run_lock(settings, workspace.run_id):
            result = _execute(workspace, ids, accepting)
            summary = Leavings(settings.out, workspace.run_id).summary()
        if any("InterruptedError" in error.to_string() for _, error in errors(result.all_events)):
            raise KeyboardInterrupt  # Dagster took it for a failure of the step
        code = _shown(settings, summary, result)
        run_id = result.run_id if IS_KEPT in os.environ else ""
        otherwise = "" if result.success else "it ended before its first step did"
        keep(settings.out, run_end(DIRECTORY, result.all_events, workspace.clock(), run_id, otherwise))
        tell(settings, workspace.clock())
    raise typer.Exit(code)


def _shown(settings: Settings, summary: Summary, result: Result) -> ExitCode:
    show(settings, summary)
    if summary.release is None:
        explain(summary, result)
        return ExitCode.FAILED
    unread = summary.geography.problems if summary.geography else ()
    tell_deliveries(result)
    failed = tell_failures(result)  # beside the release, which stands
    bad = (
        failed
        or settings.registry.problems
        or unread
        or unread_sources(summary.fetched)
        or any(report.problem for report in summary.reads)
    )
    return ExitCode.PARTIAL if bad else ExitCode.OK


def _progress(settings: Settings) -> Progress:
    """Bars, or log lines where those are wanted and no terminal keeps both apart."""
    lines = settings.log_format == "json" or (settings.log_level in ("DEBUG", "INFO") and not err.is_terminal)
    return Lines(Silent() if lines else Bars())


def _sources(settings: Settings, wanted: list[str] | None) -> list[str]:
    known = [source.id for source in settings.registry.sources]
    if not known:
        fail(f"The registry {settings.registry_folder} declares no usable source.", ExitCode.USAGE)
    for source_id in wanted or ():
        try:
            settings.registry[source_id]
        except KeyError as error:
            fail(error.args[0], ExitCode.USAGE)
    return [i for i in known if not wanted or i in wanted]


def _execute(workspace: Workspace, ids: list[str], accepting: Accept) -> Result:
    """Run all steps in this process, or by the executor that the settings name."""
    settings = workspace.settings
    config: dict[str, Any] = {
        "loggers": {"console": {"config": {"log_level": "CRITICAL"}}},
        "ops": {"build": {"config": accepting.model_dump()}},
    }
    try:
        defs = build_defs(workspace)
    except SettingsError as error:
        fail(error, ExitCode.USAGE)
    with _instance(settings) as instance:
        tags = {**one_run(instance, ids), HELD_AS: workspace.run_id}
        if settings.executor != IN_PROCESS:
            config["resources"] = {"workspace": {"config": Options.of(workspace).model_dump()}}
            job = reconstructable_job(settings)
            return dg.execute_job(job, instance, config, tags)
        return defs.resolve_job_def(DIRECTORY).execute_in_process(
            instance=instance, tags=tags, raise_on_error=False, run_config=config
        )


@contextmanager
def _instance(settings: Settings) -> Iterator[dg.DagsterInstance]:
    """The instance of `DAGSTER_HOME`, whose user interface then shows this run; else one that passes with the run.

    SQLite takes some 50 ms for every event on a disk and several in memory, and there are four hundred: headless runs need
    not pay that, unless several processes are to write events. A dagster.yaml that cannot be used ends the command.
    """
    if IS_KEPT in os.environ:
        with _lasting() as lasting:
            yield lasting
    elif settings.executor == IN_PROCESS:
        with dg.DagsterInstance.ephemeral() as passing:
            passing.should_store_event = _ends_a_run  # type: ignore[method-assign]  # the result holds all events
            # It is asked for events of assets before each step and for each check, and keeps none: to look took a sixth of a run.
            passing.get_asset_records = _no_records  # type: ignore[method-assign]
            passing.fetch_observations = _none_kept  # type: ignore[method-assign]
            yield passing
    else:
        with TemporaryDirectory() as folder, dg.DagsterInstance.local_temp(folder) as shared:
            yield shared


def _ends_a_run(event: dg.EventLogEntry) -> bool:
    """Or begins one: the status of a run follows from such events, as they are stored."""
    return event.dagster_event is not None and event.dagster_event.is_job_event


def _no_records(*_: Any, **__: Any) -> list[dg.AssetRecord]:
    return []


def _none_kept(*_: Any, **__: Any) -> dg.EventRecordsResult:
    return dg.EventRecordsResult((), "", has_more=False)


def _lasting() -> dg.DagsterInstance:
    try:
        return dg.DagsterInstance.get()
    except dg.DagsterInvalidConfigError as error:  # as where a variable that it names is not set
        wrong = "; ".join(one.message.partition("\n")[0].rstrip(":") for one in error.errors)
        file = f"{os.environ[IS_KEPT]}/dagster.yaml"
        fail(f"{file}: {wrong}. Set what it names, or unset DAGSTER_HOME.", ExitCode.USAGE)

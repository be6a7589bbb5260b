"""`iop run`: the Dagster assets from fetching to the release, headless."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.markup import escape
from rich.table import Table

from pipeline.commands.alone import alone
from pipeline.commands.console import Bars, Exit, err, out
from pipeline.commands.options import (
    LAST_MOMENT,
    OutOption,
    ProfileOption,
    RegistryOption,
    archive_of,
    chosen,
)
from pipeline.settings import Settings

if TYPE_CHECKING:
    import dagster as dg

    from pipeline.flow.workspace import Summary, Workspace
    from pipeline.read.source import ReadReport

SHOWN = 60  # sources in the table
COUNTED = {
    "listing": "listings",
    "listing_service": "services",
    "observation": "facts",
    "quarantine": "quarantine",
    "unmapped": "unmapped",
}  # stage table → heading

SourceOption = Annotated[
    list[str] | None,
    typer.Option("--source", help="Only this source (may be repeated); fetched even if not due."),
]


def run(
    profile: ProfileOption = None,
    registry: RegistryOption = None,
    source: SourceOption = None,
    out_folder: OutOption = None,
    force: Annotated[
        bool,
        typer.Option(
            "--force",
            help="Fetch what is not due, read what has not changed, accept pages whose layout seems to have changed.",
        ),
    ] = False,
) -> None:
    """Fetch what is due, read it, match it, build, audit and publish a release.

    Exit codes: 0 published, 1 nothing published, 2 wrong options or registry, 3 published but some source or
    registry table could not be read, 130 interrupted.
    """
    settings = chosen(profile, registry, out_folder)
    from pipeline.flow.workspace import Workspace

    workspace = Workspace(settings, Bars(), refetch=force or bool(source), reread=force, accept=force)
    finish(workspace, source)


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
) -> None:
    """Read everything again from the archive, without network: after a change to the readers, or as of a date."""
    settings = chosen(profile, registry, out_folder)
    archive_of(settings)
    from pipeline.flow.workspace import Workspace

    if as_of is not None:
        as_of = (as_of + LAST_MOMENT if as_of.time() == time() else as_of).replace(tzinfo=UTC)
    finish(Workspace(settings, Bars(), reread=True, offline=True, as_of=as_of), source)


def finish(workspace: Workspace, source_ids: list[str] | None) -> None:
    """Run the assets, show what came of it, and exit with the code that says so."""
    settings = workspace.settings
    for problem in settings.registry.problems:
        err.print(f"[yellow]registry[/yellow] {problem}")
    ids = _sources(settings, source_ids)
    with alone(settings):
        result = _execute(workspace, ids)
    if any("InterruptedError" in error.to_string() for _, error in _errors(result)):
        raise KeyboardInterrupt  # Dagster took it for a failure of the step
    _show(settings, workspace.summary)
    if workspace.summary.release is None:
        _explain(workspace.summary, result)
        raise typer.Exit(Exit.FAILED)
    bad = settings.registry.problems or any(r.problem for r in workspace.summary.reads)
    raise typer.Exit(Exit.PARTIAL if bad else Exit.OK)


def _sources(settings: Settings, wanted: list[str] | None) -> list[str]:
    known = [source.id for source in settings.registry.sources]
    if not known:
        err.print(f"[red]The registry {settings.registry_folder} declares no usable source.[/red]")
        raise typer.Exit(Exit.USAGE)
    for source_id in wanted or ():
        try:
            settings.registry[source_id]
        except KeyError as error:
            err.print(f"[red]{error.args[0]}[/red]")
            raise typer.Exit(Exit.USAGE) from None
    return [i for i in known if not wanted or i in wanted]


def _execute(workspace: Workspace, ids: list[str]) -> dg.ExecuteInProcessResult:
    from pipeline.flow.graph import build_defs
    from pipeline.flow.schedules import all_sources

    job = build_defs(workspace, ids).resolve_job_def("directory_job")
    with _instance() as instance:
        return job.execute_in_process(
            instance=instance,
            tags=all_sources(ids),
            raise_on_error=False,
            run_config={"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}},
        )


def _instance() -> dg.DagsterInstance:
    """The instance of `DAGSTER_HOME`, whose user interface then shows this run; else one that passes with the run.

    SQLite takes some 50 ms for every event, and there are three for each source: headless runs need not pay that.
    """
    import dagster as dg

    if "DAGSTER_HOME" in os.environ:
        return dg.DagsterInstance.get()
    return dg.DagsterInstance.ephemeral()


def _show(settings: Settings, summary: Summary) -> None:
    out.print(_table(summary))
    if summary.entities:
        e = summary.entities
        out.print(
            f"{e.organizations:,} organizations, {e.locations:,} locations, {e.services:,} services; "
            f"{e.review:,} pairs for review ([bold]iop review[/bold])"
        )
        for override in e.obsolete_overrides:
            err.print(f"[yellow]obsolete override[/yellow] {escape(override)}")
    if summary.release:
        current = settings.releases / "current"
        out.print(
            f"[green]Release {summary.release.number} published.[/green] Query it at [bold]{current}[/bold]"
        )
        sql = "SELECT organization_name, city, schedule_text FROM directory WHERE level_of_care = 'iop'"
        where = (
            f"--profile {settings.profile}"
            if settings.out == Path("data", str(settings.profile)).resolve()
            else ""
        )
        out.print(f'  iop query {where or f"--out {settings.out}"} "{sql}"', soft_wrap=True)


def _table(summary: Summary) -> Table:
    """A line a source: those that failed first, then the largest."""
    outcomes: dict[str, Counter[str]] = {}
    for document in summary.fetched:
        outcomes.setdefault(document.source_id, Counter())[document.outcome.replace("_", " ")] += 1
    table = Table("source", "fetched", *COUNTED.values(), "note", title="Sources", show_footer=True)
    for column in table.columns[2 : 2 + len(COUNTED)]:
        column.justify = "right"
    table.columns[0].no_wrap = True
    reports = sorted(summary.reads, key=lambda r: (not r.problem, -sum((r.rows or {}).values()), r.source_id))
    total: Counter[str] = Counter()
    for number, report in enumerate(reports):
        total.update(report.rows or {})
        tried = outcomes.get(report.source_id, Counter())
        fetched = ", ".join(f"{n} {outcome}" for outcome, n in tried.most_common()) or "not due"
        counts = [f"{report.rows[name]:,}" if report.rows else "" for name in COUNTED]
        if number < SHOWN:
            table.add_row(report.source_id, fetched, *counts, _note(report))
    if len(reports) > SHOWN:
        table.add_row(f"… {len(reports) - SHOWN} more", *[""] * (2 + len(COUNTED)))
    footer = [
        f"{len(reports)} sources",
        f"{len(summary.fetched):,} attempts",
        *(f"{total[n]:,}" for n in COUNTED),
        "",
    ]
    for column, text in zip(table.columns, footer, strict=True):
        column.footer = text
    return table


def _note(report: ReadReport) -> str:
    if report.problem:
        return f"[red]{escape(report.problem)}[/red]"
    if not report.documents:
        return "[yellow]nothing to read[/yellow]"
    scope = f"{report.out_of_scope:,} of other states left out" if report.out_of_scope else ""
    return scope if report.changed else "unchanged"


def _explain(summary: Summary, result: dg.ExecuteInProcessResult) -> None:
    """Why nothing was published, in one screen."""
    if summary.audit is not None:
        err.print(summary.audit)
    for step, error in _errors(result):
        if "AssetCheck" not in (error.cls_name or ""):
            err.print(f"[red]{step}[/red]: {escape(error.message.strip())}")
    err.print("[red]Nothing was published; the last release stays.[/red]")


def _errors(result: dg.ExecuteInProcessResult) -> Iterator[tuple[str, Any]]:
    """(step, what went wrong at the bottom of it) for every failed step."""
    for event in result.all_events:
        if event.is_step_failure and (error := event.step_failure_data.error):
            yield event.step_key or "", error.cause or error

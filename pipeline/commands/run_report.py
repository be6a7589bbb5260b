"""What `iop run` shows at its end: what each source gave, what was published, or why nothing was."""

from __future__ import annotations

import shlex
from collections import Counter
from collections.abc import Mapping, Sequence

import dagster as dg
from rich.table import Table

from pipeline.commands.console import counted, err, out, shown
from pipeline.fetch.outcome.reach import is_outage, unread_sources
from pipeline.fetch.settings import FetchSettings
from pipeline.flow.leavings import Summary
from pipeline.flow.run_end import step_errors
from pipeline.read.report import ReadReport
from pipeline.settings import Settings
from warehouse.release import Release, Releases

SHOWN = 60  # sources in the table, besides those that failed
OUTAGE = "No host could be reached: this machine is offline, or its DNS is down. Nothing counts as a visit; all is due again."
ANONYMOUS = "Sites cannot tell who visits them: set IOP_USER_AGENT to a name and a contact of yours, like 'name/1.0 (+https://…)'."
NOTHING = (
    "There is nothing to publish: none of {} sources could be fetched, and the archive holds nothing of them."
)
COUNTED = {
    "listing": "listings",
    "listing_service": "services",
    "observation": "facts",
    "quarantine": "quarantine",
    "unmapped": "unmapped",
}  # stage table → heading


def show(settings: Settings, summary: Summary) -> None:
    """The table of sources, the number of entities, and how to query the release."""
    out.print(_table(summary))
    if is_outage(summary.fetched):
        err.print(f"[red]{OUTAGE}[/red]", soft_wrap=True)
    _second_reader(summary)
    for problem in summary.geography.problems if summary.geography else ():
        err.print(f"[yellow]geography[/yellow] {shown(str(problem))}", soft_wrap=True)
    if summary.entities:
        e = summary.entities
        out.print(
            f"{counted(e.organizations, 'organization')}, {counted(e.locations, 'location')}, "
            f"{counted(e.services, 'service')}; {counted(e.review, 'pair')} for review ([bold]iop review[/bold])"
        )
        for override in e.obsolete_overrides:
            err.print(f"[yellow]obsolete override[/yellow] {shown(override)}")
    _geocoder(summary)
    if summary.release:
        current = settings.releases / "current"
        out.print(
            f"[green]{shown(_what_readers_see(settings, summary.release, summary.nothing_new))}[/green]"
        )
        out.print(f"Query it at [bold]{shown(current)}[/bold]", soft_wrap=True)
        _drift(summary)
        if summary.reports:
            out.print(
                f"Coverage reports: [bold]{shown(summary.reports / 'index.html')}[/bold]", soft_wrap=True
            )
        sql = "SELECT organization_name, city, schedule_text FROM iop"
        where = (
            ("--profile", settings.profile)
            if settings.is_at_home and settings.profile
            else ("--out", str(settings.out))
        )
        out.print(shown(f"  iop query {shlex.join(where)} {shlex.quote(sql)}"), soft_wrap=True)


def _what_readers_see(settings: Settings, release: Release, nothing_new: bool) -> str:
    told = (
        f"Nothing new: release {release.number} stays."
        if nothing_new
        else f"Release {release.number} published."
    )
    held = Releases(settings.releases).held()
    return (
        told if held is None else f"{told} Readers are held at an older one (iop rollback --resume): {held}"
    )


def _second_reader(summary: Summary) -> None:
    """What was asked of a second reader, what it cost, and what its answers came to."""
    if summary.asked:
        ended = sum((asked.ends for asked in summary.asked), Counter[str]())
        ends = ", ".join(f"{n:,} {end}" for end, n in ended.most_common()) or "nothing to ask"
        tokens = sum(asked.tokens for asked in summary.asked)
        out.print(f"Second reader {shown(summary.asked[0].model)}: {shown(ends)}; {tokens:,} tokens")
        whys = (why for asked in summary.asked for why in (asked.stopped, asked.problem) if why)
        for why in dict.fromkeys(whys):
            err.print(f"[yellow]second reader[/yellow] {shown(why)}")
    counts = sum((report.second for report in summary.reads), Counter[str]())
    if pages := counts.pop("pages", 0):
        ends = ", ".join(f"{n:,} {what}" for what, n in counts.most_common())
        out.print(f"{pages:,} pages read twice: {shown(ends)} ([bold]iop review --readings[/bold])")


def _geocoder(summary: Summary) -> None:
    """What was asked of a geocoder, and how the addresses that sources print without coordinates now stand."""
    report = summary.geocode
    if report is None:
        return
    if report.asked:
        stand = ", ".join(
            f"{n:,} {outcome.replace('_', ' ')}" for outcome, n in report.outcomes.most_common()
        )
        out.print(
            f"Geocoder: {report.asked:,} addresses asked; of {report.addresses:,}: {shown(stand or 'none known')}"
        )
    for problem in dict.fromkeys(report.problems):
        err.print(f"[yellow]geocoder[/yellow] {shown(problem)}")


def _drift(summary: Summary) -> None:
    """That the release differs from the one before, and who accepted it."""
    report = summary.audit
    if report is None:
        return
    for by, why in dict.fromkeys((f.accepted.by, f.accepted.why) for f in report.findings if f.accepted):
        number = len(report.accepted)
        out.print(f"{shown(number)} findings of drift accepted by [bold]{shown(by)}[/bold]: {shown(why)}")
    if warned := sum(f.severity != "info" for f in report.drift):
        out.print(f"[yellow]It differs from the last one in {shown(warned)} ways[/yellow] (FROM drift)")


def _table(summary: Summary) -> Table:
    """A line a source: all that failed first, then the largest."""
    outcomes: dict[str, Counter[str]] = {}
    for document in summary.fetched:
        outcomes.setdefault(document.source_id, Counter())[document.outcome.replace("_", " ")] += 1
    table = Table("source", "fetched", *COUNTED.values(), "note", title="Sources", show_footer=True)
    for column in table.columns[2 : 2 + len(COUNTED)]:
        column.justify = "right"
    table.columns[0].no_wrap = True
    unread = unread_sources(summary.fetched)
    failed = {report.source_id for report in summary.reads if report.problem} | unread.keys()
    reports = sorted(
        summary.reads, key=lambda r: (r.source_id not in failed, -sum((r.rows or {}).values()), r.source_id)
    )
    most = len(failed) + SHOWN
    total: Counter[str] = Counter()
    for number, report in enumerate(reports):
        rows = _rows(report, summary)
        total.update(rows)
        tried = outcomes.get(report.source_id, Counter())
        fetched = ", ".join(f"{n} {outcome}" for outcome, n in tried.most_common()) or "not due"
        counts = [f"{rows[name]:,}" if rows else "" for name in COUNTED]
        if number < most:
            table.add_row(shown(report.source_id), fetched, *counts, _note(report, unread))
    if len(reports) > most:
        table.add_row(f"… {len(reports) - most:,} more", *[""] * (2 + len(COUNTED)))
    footer = [
        counted(len(reports), "source"),
        counted(len(summary.fetched), "attempt"),
        *(f"{total[n]:,}" for n in COUNTED),
        "",
    ]
    for column, text in zip(table.columns, footer, strict=True):
        column.footer = text
    return table


def _rows(report: ReadReport, summary: Summary) -> dict[str, int]:
    """Rows of a source: as read, but in quarantine as the release has it, since admission refuses more than reading."""
    rows = dict(report.rows or {})
    if rows and summary.build:
        rows["quarantine"] = summary.build.quarantined.get(report.source_id, 0)
    return rows


def _note(report: ReadReport, unread: Mapping[str, str]) -> str:
    if report.problem:
        return f"[red]{shown(report.problem)}[/red]"
    if report.source_id in unread:
        return f"[red]could not be fetched: {'what it said before stays' if report.rows else 'nothing to read'}[/red]"
    if not report.documents:
        return "[yellow]nothing to read[/yellow]"
    scope = f"{report.out_of_scope:,} of other states left out" if report.out_of_scope else ""
    return scope if report.changed else "unchanged"


def introduce(settings: Settings, source_ids: Sequence[str]) -> None:
    """Warn where sites of others are to be visited under the name that the code came with."""
    visited = (
        source for i in source_ids if (source := settings.registry[i]).url and not source.allow_loopback
    )
    if not settings.serve_demo and any(visited) and settings.fetch.user_agent == FetchSettings().user_agent:
        err.print(f"[yellow]{ANONYMOUS}[/yellow]", soft_wrap=True)


def explain(summary: Summary, result: dg.ExecuteInProcessResult | dg.JobExecutionResult) -> None:
    """Why nothing was published, in one screen."""
    unread = unread_sources(summary.fetched)
    if unread and not any(
        report.rows for report in summary.reads
    ):  # the audit can only say that there is nothing
        err.print(f"[red]{shown(NOTHING.format(len(unread)))}[/red]", soft_wrap=True)
        return
    if summary.audit is not None:
        err.print(summary.audit)
    tell_failures(result)
    err.print("[red]Nothing was published; the last release stays.[/red]")
    if summary.audit is not None and summary.audit.errors and all(f.drift for f in summary.audit.errors):
        err.print("Only drift stops it. If it is right as it is: [bold]iop run --accept drift --why …[/bold]")


def tell_deliveries(result: dg.ExecuteInProcessResult | dg.JobExecutionResult) -> None:
    """What readers elsewhere see, where releases are published elsewhere."""
    for event in result.all_events:
        if event.is_step_materialization and event.step_key == "published":
            for place, line in event.materialization.metadata.items():
                out.print(f"{shown(place)}: {shown(line.value)}", soft_wrap=True)


def tell_failures(result: dg.ExecuteInProcessResult | dg.JobExecutionResult) -> bool:
    """A line for each step that failed; whether there was one. Failed checks of assets are told by the audit."""
    failed = [*step_errors(result.all_events)]
    for step, error in failed:
        err.print(f"[red]{shown(step)}[/red]: {shown(error.message.strip())}", soft_wrap=True)
    return bool(failed)

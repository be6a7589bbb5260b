"""`iop sources`: how the sources are; one of them; propose a new one; check the registry."""

from __future__ import annotations

import asyncio
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from pipeline.commands.console import counted, err, fail, out, shown
from pipeline.commands.exit_codes import ExitCode
from pipeline.commands.options import OutOption, ProfileOption, RegistryOption, chosen
from pipeline.commands.source_card import card
from pipeline.fetch.crawl.propose import propose_source
from pipeline.fetch.outcome.health import Health, State
from pipeline.read.health import health_of_all, standing_of
from pipeline.records import Outcome
from pipeline.settings import Settings
from sources.local_files import file_problems
from sources.registry import Problem, missing_files
from sources.urls import url_key
from warehouse.unseen import without_acting

app = typer.Typer(
    help="The registry and the health of its sources.",
    invoke_without_command=True,
    add_completion=False,
    rich_markup_mode=None,
)

COLORS = {  # in the order of the table, the worst first
    State.DEAD: "red",
    State.BLOCKED: "red",
    State.NEEDS_ATTENTION: "yellow",
    State.DEGRADED: "yellow",
    State.UNREAD: "dim",
    State.HEALTHY: "green",
    State.PAUSED: "dim",
}
NARROW = 110  # columns of a terminal; below it the table leaves out what a person needs last


@app.callback()
def sources(
    context: typer.Context,
    profile: ProfileOption = None,
    registry: RegistryOption = None,
    out_folder: OutOption = None,
) -> None:
    """How each source is, the worst first: state, why, last good day, good visits, drift of pages, bytes and facts."""
    context.obj = (profile, registry, out_folder)
    if context.invoked_subcommand:
        return
    settings = chosen(profile, registry, out_folder)
    rows = health_of_all(settings, datetime.now(UTC))
    order = list(COLORS)
    out.print(_table(sorted(rows, key=lambda row: (order.index(row.state), row.source_id))))
    counts = Counter(row.state for row in rows)
    out.print(
        " · ".join(
            f"{shown(counts[s])} [{COLORS[s]}]{shown(s.replace('_', ' '))}[/]" for s in State if counts[s]
        )
    )
    _tell([*settings.registry.problems, *missing_files(settings.registry)])


def _table(rows: Sequence[Health]) -> Table:
    wide = out.width >= NARROW
    table = Table(title="Source health")
    for name in ("source", "state"):
        table.add_column(name, no_wrap=True)
    table.add_column("why", ratio=1)
    for name in ("last good", *(("visits", "failures", "pages", "bytes", "facts") if wide else ())):
        table.add_column(name, no_wrap=True)
    for row in rows:
        cells = [
            shown(row.source_id),
            f"[{COLORS[row.state]}]{shown(row.state.replace('_', ' '))}[/]",
            shown(row.reason),
            f"{row.last_good:%Y-%m-%d}" if row.last_good else "never",
        ]
        if wide:
            cells += [
                f"{row.good_visits}/{row.visits}",
                str(row.consecutive_failures or ""),
                _share(row.pages, row.pages_share),
                f"{row.bytes_share:.0%}" if row.bytes_share is not None else "",
                _share(row.facts, row.facts_share),
            ]
        table.add_row(*cells)
    table.caption = "in brackets, and for bytes: as a share of the usual" if wide else None
    return table


@app.command()
def check(context: typer.Context, profile: ProfileOption = None, registry: RegistryOption = None) -> None:
    """Validate the registry: every problem with file, key and remedy; duplicates, missing files and what local files hold."""
    settings = _chosen(context, profile, registry)
    problems = [*settings.registry.problems, *file_problems(settings.registry)]
    _tell(problems)
    out.print(f"{counted(len(settings.registry.sources), 'source')} in {shown(settings.registry_folder)}")
    if problems:
        raise typer.Exit(ExitCode.USAGE)
    if not settings.registry.sources:
        fail("No TOML file there declares a source. `iop sources new URL` proposes one.", ExitCode.USAGE)


@app.command()
def show(
    context: typer.Context,
    source_id: Annotated[str, typer.Argument(metavar="ID", help="A source of the registry.")],
    profile: ProfileOption = None,
    registry: RegistryOption = None,
    out_folder: OutOption = None,
) -> None:
    """All that is known of one source: its table with the defaults, how far it is trusted, how its visits went."""
    settings = _chosen(context, profile, registry, out_folder)
    try:
        source = settings.registry[source_id]
    except KeyError as error:
        fail(error.args[0], ExitCode.USAGE)
    out.print(card(source, standing_of(source, settings, datetime.now(UTC))))


@app.command()
def new(
    context: typer.Context,
    url: Annotated[str, typer.Argument(help="The address of a provider's site.")],
    allow_loopback: Annotated[
        bool,
        typer.Option(
            "--allow-loopback", help="Its host may be this machine or in the house's network: a staging site."
        ),
    ] = False,
    profile: ProfileOption = None,
    registry: RegistryOption = None,
) -> None:
    """Look at a site; propose its registry table, and show which pages would be read."""
    settings = _chosen(context, profile, registry)
    try:
        with settings.fetching() as how:
            proposal = asyncio.run(propose_source(url, how, allow_loopback=allow_loopback))
    except ValueError as error:
        fail(error, ExitCode.USAGE)
    if proposal.toml:
        typer.echo(without_acting(proposal.toml))  # as it is: a wrapped line would be another value
    if proposal.outcome is not Outcome.OK:
        fail(f"{proposal.outcome} {proposal.detail}")
    table = Table("score", "page", title="What would be read, the likeliest first")
    for page, score in proposal.pages:
        table.add_row(f"{score:.1f}", shown(page))
    out.print(table)
    for twin in _twins(settings, proposal.toml):
        err.print(f"[yellow]{shown(twin)}[/yellow]")
    folder = "your registry folder" if settings.serve_demo else settings.registry_folder
    err.print(f"Save the table in a TOML file of {shown(folder)}, then: iop sources check", soft_wrap=True)


def _twins(settings: Settings, toml: str) -> Iterator[str]:
    """What the registry has already of a proposal."""
    ((source_id, table),) = tomllib.loads(toml).items()
    for source in settings.registry.sources:
        if source.url and url_key(source.url) == url_key(table["url"]):
            yield f"The registry has this site already: {source.id} ({source.file})"
        elif source.id == source_id:
            yield f"The id {source.id} is taken ({source.file}): choose another"


def _chosen(
    context: typer.Context, profile: str | None, registry: Path | None, out_folder: Path | None = None
) -> Settings:
    """Options may stand before or after the subcommand."""
    before = context.obj or (None, None, None)
    return chosen(profile or before[0], registry or before[1], out_folder or before[2])


def _tell(problems: Iterable[Problem]) -> None:
    for problem in problems:
        err.print(f"[red]✗[/red] {shown(str(problem))}", soft_wrap=True)


def _share(number: int | None, share: float | None) -> str:
    if number is None:
        return ""
    return f"{number:,}" if share is None else f"{number:,} ({share:.0%})"

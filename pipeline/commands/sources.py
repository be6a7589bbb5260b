"""`iop sources`: how the sources are; propose a new one; check the registry."""

from __future__ import annotations

import asyncio
from typing import Annotated

import typer
from rich.table import Table

from pipeline.commands.console import Exit, err, out
from pipeline.commands.options import OutOption, ProfileOption, RegistryOption, chosen
from pipeline.fetch import State

app = typer.Typer(help="The registry and the health of its sources.", invoke_without_command=True)

COLORS = {
    State.HEALTHY: "green",
    State.DEGRADED: "yellow",
    State.NEEDS_ATTENTION: "yellow",
    State.BLOCKED: "red",
    State.DEAD: "red",
    State.UNREAD: "dim",
}


@app.callback()
def sources(
    context: typer.Context,
    profile: ProfileOption = None,
    registry: RegistryOption = None,
    out_folder: OutOption = None,
) -> None:
    """How each source is: state, why, last good visit, failures in a row, drift of pages, bytes and facts."""
    if context.invoked_subcommand:
        return
    from pipeline.sources_health import health_of_all

    settings = chosen(profile, registry, out_folder)
    table = Table(
        "source", "state", "why", "last good", "visits", "failures", "pages", "facts", title="Source health"
    )
    for row in health_of_all(settings):
        table.add_row(
            row.source_id,
            f"[{COLORS[row.state]}]{row.state.replace('_', ' ')}[/]",
            row.reason,
            f"{row.last_good:%Y-%m-%d %H:%M}" if row.last_good else "never",
            f"{row.good_visits}/{row.visits}",
            str(row.consecutive_failures),
            _share(row.pages, row.pages_share),
            _share(row.facts, row.facts_share),
        )
    out.print(table)


@app.command()
def check(profile: ProfileOption = None, registry: RegistryOption = None) -> None:
    """Validate the registry: every problem with file, key and remedy; duplicates too."""
    settings = chosen(profile, registry, None)
    for problem in settings.registry.problems:
        err.print(f"[red]✗[/red] {problem}")
    out.print(f"{len(settings.registry.sources)} sources in {settings.registry_folder}")
    if settings.registry.problems:
        raise typer.Exit(Exit.USAGE)


@app.command()
def new(
    url: Annotated[str, typer.Argument(help="The address of a provider's site.")],
    profile: ProfileOption = None,
) -> None:
    """Look at a site; propose its registry table, and show which pages would be read."""
    from pipeline.fetch import propose_source
    from pipeline.records import Outcome

    settings = chosen(profile, None, None)
    try:
        with settings.fetching() as how:
            proposal = asyncio.run(propose_source(url, how))
    except ValueError as error:
        err.print(f"[red]{error}[/red]")
        raise typer.Exit(Exit.USAGE) from None
    out.print(proposal.toml, markup=False)
    if proposal.outcome is not Outcome.OK:
        err.print(f"[yellow]{proposal.outcome}[/yellow] {proposal.detail}")
        raise typer.Exit(Exit.FAILED)
    table = Table("score", "page", title="What would be read, the likeliest first")
    for page, score in proposal.pages:
        table.add_row(f"{score:.1f}", page)
    out.print(table)


def _share(number: int | None, share: float | None) -> str:
    if number is None:
        return ""
    return f"{number:,}" if share is None else f"{number:,} ({share:.0%} of usual)"

"""`iop explain` and `iop review`: why records are one entity, and deciding the pairs that the rules leave open."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any

import polars as pl
import typer
from rich.prompt import Prompt
from rich.table import Table

from pipeline.commands.console import err, fail, out, shown
from pipeline.commands.differences import differences_table
from pipeline.commands.exit_codes import ExitCode
from pipeline.commands.names import review_names
from pipeline.commands.options import OutOption, ProfileOption, RegistryOption, chosen
from pipeline.match.review import explain as explain_entity
from pipeline.match.review import review_queue
from pipeline.stage.second import SECOND
from pipeline.stage.tables import Stage
from warehouse.overrides import OverrideError, append_override

SHOWN = (
    "organization_name",
    "site_name",
    "street1",
    "street2",
    "city",
    "state",
    "zip",
    "phone",
    "website",
    "source_id",
)


def explain(
    entity_id: Annotated[str, typer.Argument(help="org_…, loc_… or svc_…; redirected ids too.")],
    profile: ProfileOption = None,
    registry: RegistryOption = None,
    out_folder: OutOption = None,
) -> None:
    """Why records were joined under an id, and which near ones were kept apart."""
    stage = Stage(chosen(profile, registry, out_folder).stage)
    tables = (stage.read(name) for name in ("crosswalk", "match_pair", "ledger", "listing"))
    try:
        out.print(explain_entity(entity_id, *tables), markup=False)
    except KeyError as error:
        fail(error.args[0], ExitCode.USAGE)


def review(
    who: Annotated[str, typer.Option(help="Who decides; written beside every decision.")] = "",
    limit: Annotated[int, typer.Option(help="At most so many pairs.")] = 20,
    show: Annotated[bool, typer.Option("--list", help="Only list the queue.")] = False,
    readings: Annotated[
        bool,
        typer.Option("--readings", help="List where a second reader of the pages differs, instead of pairs."),
    ] = False,
    names: Annotated[
        bool,
        typer.Option("--names", help="Decide whether what is called like a person is one, instead of pairs."),
    ] = False,
    profile: ProfileOption = None,
    registry: RegistryOption = None,
    out_folder: OutOption = None,
) -> None:
    """Decide the uncertain pairs, the least certain first. Decisions go to the overrides, for the next run."""
    settings = chosen(profile, registry, out_folder)
    stage = Stage(settings.stage)
    if readings:
        out.print(differences_table(stage.read(SECOND), limit))
        return
    if names:
        review_names(settings, stage.read("listing"), who, limit, show)
        return
    queue = review_queue(stage.read("match_pair"), limit)
    if show:
        table = Table("level", "left", "right", "probability", "decision", "reasons", title="Review queue")
        for row in queue.iter_rows(named=True):
            columns = ("level", "left_id", "right_id", "probability", "decision", "reasons")
            table.add_row(*(f"{row[n]:.2f}" if n == "probability" else shown(row[n]) for n in columns))
        out.print(table)
        return
    if queue.height and not who:
        fail("Say who decides: --who NAME", ExitCode.USAGE)
    listings = stage.read("listing")
    for row in queue.iter_rows(named=True):
        out.print(_beside(row, listings))
        answer = Prompt.ask("Same?", choices=["s", "d", "skip", "quit"], default="skip")
        if answer == "quit":
            break
        if answer != "skip":
            why = Prompt.ask("Why")
            today = datetime.now(UTC).date().isoformat()
            decision = {"level": row["level"], "left": row["left_id"], "right": row["right_id"]}
            try:
                kind = "same" if answer == "s" else "different"
                append_override(settings.overrides, kind, {**decision, "who": who, "when": today, "why": why})
            except OverrideError as error:
                err.print(f"[red]{shown(error)}[/red]")
    out.print("Done. The next [bold]iop run[/bold] applies what was decided.")


def _beside(pair: dict[str, Any], listings: pl.DataFrame) -> Table:
    """Two records side by side, what differs in colour."""
    ids = [pair["left_id"], pair["right_id"]]
    rows = [
        next(listings.filter(pl.col("listing_id") == i.partition("#")[0]).iter_rows(named=True), {})
        for i in ids
    ]
    title = f"{shown(pair['level'])}: {shown(pair['decision'])}, probability {pair['probability']:.2f}"
    table = Table("", *map(shown, ids), title=title, caption=shown(pair["reasons"]))
    for name in SHOWN:
        left, right = (str(row.get(name) or "") for row in rows)
        style = "green" if left == right else "yellow"
        table.add_row(name, shown(left), shown(right), style=style)
    return table

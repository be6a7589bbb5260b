"""`iop review --names`: whether listings that are called like people are people, or places that are named after somebody."""

from __future__ import annotations

from datetime import UTC, datetime

import polars as pl
from rich.prompt import Prompt
from rich.table import Table

from pipeline.commands.console import counted, err, fail, out, shown
from pipeline.commands.exit_codes import ExitCode
from pipeline.match.review import held_names
from pipeline.settings import Settings
from warehouse.engine import opened
from warehouse.overrides import NotAPerson, OverrideError, Person, append_override, load_overrides
from warehouse.release import Releases

HELD = "SELECT DISTINCT source_id, locator FROM quarantine WHERE reason = 'maybe_person' AND detail LIKE 'called like%'"
ANSWERS = {"person": "person", "place": "not_a_person"}  # and the file of overrides that it goes to
EVIDENCE = ("site_name", "street1", "street2", "city", "state", "phone", "website", "source_id", "locator")


def review_names(settings: Settings, listings: pl.DataFrame, who: str, limit: int, only_list: bool) -> None:
    """Show what is held back, or ask about one after the other; answers go to the overrides, for the next run."""
    queue = _queue(settings, listings)
    if only_list or not queue.height:
        out.print(_listed(queue.head(limit)))
        out.print(f"{counted(queue.height, 'name')} held for review")
        return
    if not who:
        fail("Say who decides: --who NAME", ExitCode.USAGE)
    for row in queue.head(limit).iter_rows(named=True):
        out.print(_evidence(row, listings))
        answer = Prompt.ask("A person, or a place?", choices=[*ANSWERS, "skip", "quit"], default="skip")
        if answer == "quit":
            break
        if answer in ANSWERS:
            today = datetime.now(UTC).date().isoformat()
            decision = {"id": row["listing_id"], "who": who, "when": today, "why": Prompt.ask("Why")}
            try:
                append_override(settings.overrides, ANSWERS[answer], decision)
            except OverrideError as error:
                err.print(f"[red]{shown(error)}[/red]")
    out.print("Done. The next [bold]iop run[/bold] applies what was decided.")


def _queue(settings: Settings, listings: pl.DataFrame) -> pl.DataFrame:
    release = Releases(settings.releases).current_path()
    if release is None:
        fail("There is no release, so nothing was held back yet: iop run")
    with opened(release) as connection:
        held = pl.DataFrame(
            connection.execute(HELD).fetchall(), schema=["source_id", "locator"], orient="row"
        )
    try:
        overrides = load_overrides(settings.overrides)
    except OverrideError as error:
        fail(error, ExitCode.USAGE)
    decided = [row.id for row in overrides.rows if isinstance(row, NotAPerson | Person)]
    return held_names(held.cast(pl.String), listings, decided)


def _listed(queue: pl.DataFrame) -> Table:
    table = Table("id", "name", "site", "city", "source", title="Called like a person")
    for row in queue.iter_rows(named=True):
        names = ("listing_id", "organization_name", "site_name", "city", "source_id")
        table.add_row(*(shown(row[name] or "") for name in names))
    return table


def _evidence(row: dict[str, object], listings: pl.DataFrame) -> Table:
    """What the list prints beside the name, and who else is listed at the same address: a clinic has several."""
    table = Table(show_header=False, title=shown(row["organization_name"]), caption=shown(row["listing_id"]))
    for name in EVIDENCE:
        if row[name]:
            table.add_row(name, shown(row[name]))
    there = listings.filter(pl.col("listing_id") != row["listing_id"])
    for name in ("street1", "zip"):
        there = there.filter(pl.col(name) == row[name])
    for other in there["organization_name"].unique().sort().head(5):
        table.add_row("at the same address", shown(other))
    return table

"""What commands do where releases are also published elsewhere: bring those places up, and say so."""

from __future__ import annotations

import typer

from pipeline.commands.console import err, out, shown
from pipeline.commands.exit_codes import ExitCode
from pipeline.settings import Settings
from warehouse.release import Releases


def bring_up_targets(settings: Settings) -> None:
    """After a change to the releases. Ends the command with code 3 where a place stays behind: the change stands."""
    if not settings.publish:
        return
    from warehouse.targets.deliver import deliver  # clients of stores, which only this needs

    told = deliver(Releases(settings.releases), settings.publish, settings.lake_data)
    for one in told.done:
        out.print(f"{shown(one.target)}: {shown(one.line)}", soft_wrap=True)
    for why in told.problems:
        err.print(f"[red]{shown(why)}[/red]", soft_wrap=True, emoji=False)
    if told.problems:
        raise typer.Exit(ExitCode.PARTIAL)

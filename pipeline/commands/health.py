"""`iop health`: what is wrong now with the directory and its sources, for people and for monitors."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from itertools import groupby
from typing import Annotated, Any

import typer

from pipeline.alerts.run_log import RunEnd, read_runs
from pipeline.alerts.trouble import Level, Trouble, kinds
from pipeline.alerts.wrong import Wrong, wrong_now
from pipeline.commands.console import out, shown
from pipeline.commands.exit_codes import ExitCode
from pipeline.commands.options import OutOption, ProfileOption, RegistryOption, chosen
from pipeline.settings import Settings
from warehouse.release import Release, ReleaseError, Releases

MARKS = {Level.PROBLEM: "[red]✗[/red]", Level.NOTICE: "[yellow]![/yellow]"}
SHOWN = 20  # of a kind


def health(
    as_json: Annotated[bool, typer.Option("--json", help="For programs: all of it.")] = False,
    profile: ProfileOption = None,
    registry: RegistryOption = None,
    out_folder: OutOption = None,
) -> None:
    """What is wrong now: the last runs, the release, blocked and dead sources, ages. What alerts tell is judged the same.

    Changes nothing. Exit codes: 0 all is well (there may be notices), 4 something is wrong. `iop doctor` looks at the
    installation instead: packages, registry, archive, disk.
    """
    settings, now = chosen(profile, registry, out_folder), datetime.now(UTC)
    wrong, last = wrong_now(settings, now), read_runs(settings.out).last
    if as_json:
        typer.echo(json.dumps(_fields(settings, wrong, last, now), indent=1))
    else:
        _show(settings, wrong, last)
    raise typer.Exit(ExitCode.UNWELL if wrong.problems else ExitCode.OK)


def _fields(settings: Settings, wrong: Wrong, last: RunEnd | None, now: datetime) -> dict[str, Any]:
    release, held = _release(settings)
    return {
        "ok": not wrong.problems,
        "at": now.isoformat(timespec="seconds"),
        "release": {"number": release.number, "built_at": release.built_at, "held": held}
        if release
        else None,
        "last_run": {"job": last.job, "ended_at": last.ended_at, "ok": last.ok} if last else None,
        "troubles": [_trouble(one) for one in wrong.troubles],
    }


def _trouble(one: Trouble) -> dict[str, str]:
    kind = one.kind
    return {
        "kind": kind.name,
        "level": kind.level,
        "subject": one.subject,
        "what": one.what,
        "remedy": kind.remedy,
    }


def _show(settings: Settings, wrong: Wrong, last: RunEnd | None) -> None:
    release, _ = _release(settings)
    said = (
        f"Release {release.number} of {release.built_at[:16].replace('T', ' ')} UTC"
        if release
        else "No release"
    )
    ran = "no run is known"
    if last:
        ran = f"last run {last.ended_at[:16].replace('T', ' ')} UTC: {'well' if last.ok else 'failed'}"
    out.print(f"{shown(said)}; {shown(ran)}")
    for name, group in groupby(wrong.troubles, lambda one: one.kind.name):
        troubles, kind = list(group), kinds()[name]
        out.print(
            f"{MARKS[kind.level]} {shown(kind.titled([one.subject for one in troubles]))}", soft_wrap=True
        )
        for one in troubles[:SHOWN]:
            out.print(f"    {shown(one.subject)}: {shown(one.what)}", soft_wrap=True, emoji=False)
        if len(troubles) > SHOWN:
            out.print(f"    … and {shown(len(troubles) - SHOWN)} more (--json has all)")
        out.print(f"  → {shown(kind.remedy)}", soft_wrap=True, emoji=False)
    if not wrong.problems:
        out.print(
            "[green]✓[/green] All is well." if not wrong.troubles else "[green]✓[/green] Nothing is broken."
        )


def _release(settings: Settings) -> tuple[Release | None, str | None]:
    """The release that readers see, and why they are held there; where that cannot be told, a trouble says so."""
    releases = Releases(settings.releases)
    try:
        return releases.current(), releases.held()
    except (ReleaseError, OSError, ValueError, KeyError):
        return None, None

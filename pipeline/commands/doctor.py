"""`iop doctor`: what is wrong with an installation, and what to do."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Annotated

import typer

from pipeline.commands.console import out, shown
from pipeline.commands.doctor_checks import CHECKS, Finding, Level, environment, examine
from pipeline.commands.exit_codes import ExitCode
from pipeline.commands.options import OutOption, ProfileOption, RegistryOption
from pipeline.settings import Settings, SettingsError

MARKS = {Level.PROBLEM: "[red]✗[/red]", Level.ADVICE: "[yellow]![/yellow]"}


def doctor(
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
    profile: ProfileOption = None,
    registry: RegistryOption = None,
    out_folder: OutOption = None,
) -> None:
    """Look at environment, registry, archive, ledger, release, freshness and disk: what is wrong, and what to do.

    Changes nothing. Exit codes: 0 nothing is wrong (there may be advice), 1 something is. `iop health` tells how the
    directory is: runs, sources, release.
    """
    try:
        settings = Settings.choose(profile, registry, out_folder)
    except SettingsError as error:
        wrong = Finding(Level.PROBLEM, str(error), "mend the option, or the variable that stands for it")
        found: Mapping[str, Sequence[Finding]] = {environment.__name__: [wrong]}
    else:
        now = datetime.now(UTC)
        found = {name: examine(check, settings, now) for name, check in CHECKS.items()}
    is_well = not any(one.level is Level.PROBLEM for findings in found.values() for one in findings)
    if as_json:
        typer.echo(_as_json(found, is_well))
    else:
        _tell(found)
    raise typer.Exit(ExitCode.OK if is_well else ExitCode.FAILED)


def _as_json(found: Mapping[str, Sequence[Finding]], is_well: bool) -> str:
    """`{"ok": …, "checks": {name: [{"level", "what", "remedy"}]}}`; an empty list is a check that found nothing."""
    checks = {
        name: [{"level": one.level, "what": one.what, "remedy": one.remedy} for one in findings]
        for name, findings in found.items()
    }
    return json.dumps({"ok": is_well, "checks": checks}, indent=1, ensure_ascii=False)


def _tell(found: Mapping[str, Sequence[Finding]]) -> None:
    for name, findings in found.items():
        if not findings:
            out.print(f"[green]✓[/green] {shown(name)}")
        for one in findings:
            out.print(f"{MARKS[one.level]} {shown(name)}: {shown(one.what)}", soft_wrap=True, emoji=False)
            out.print(f"  → {shown(one.remedy)}", soft_wrap=True, emoji=False)

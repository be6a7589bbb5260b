"""`iop releases`, `iop rollback`, `iop diff`: the published versions, which are kept, which readers see."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.filesize import decimal
from rich.table import Table

from pipeline.commands.console import err, fail, out, shown
from pipeline.commands.exit_codes import ExitCode
from pipeline.commands.options import OutOption, ProfileOption, RegistryOption, chosen
from pipeline.commands.publishing import bring_up_targets
from pipeline.settings import Settings
from warehouse.diff import diff as diff_releases
from warehouse.recovery import Recovery
from warehouse.release import Release, ReleaseError, Releases

app = typer.Typer(
    help="The releases that are kept.",
    invoke_without_command=True,
    add_completion=False,
    rich_markup_mode=None,
)
NumberArgument = Annotated[int, typer.Argument(help="The release.")]


@app.callback()
def releases(
    context: typer.Context,
    verify: Annotated[
        bool, typer.Option("--verify", help="Check the files against their checksums.")
    ] = False,
    profile: ProfileOption = None,
    registry: RegistryOption = None,
    out_folder: OutOption = None,
) -> None:
    """The releases that are kept, newest first; an arrow marks the one that readers see."""
    context.obj = (profile, registry, out_folder)
    if context.invoked_subcommand:
        return
    there = Releases(chosen(profile, registry, out_folder).releases)
    kept, current = _looked_up(there)
    table = Table("", "release", "built (UTC)", "services", "size", "contract", "warnings", title="Releases")
    table.add_column("kept because")
    broken = []
    for release in kept:
        mark = "→" if current and release.number == current.number else ""
        problem = there.verify(release.number) if verify else None
        broken += [problem] if problem else []
        table.add_row(
            mark,
            shown(release.number),
            shown(release.built_at[:16].replace("T", " ")),
            f"{release.rows['directory']:,}",
            decimal(release.bytes),
            shown(release.contract_version),
            shown(problem or release.warnings),
            shown(release.kept),
        )
    out.print(table)
    if (held := there.held()) is not None:
        out.print(f"Readers are held where they are (iop rollback --resume ends it): {shown(held)}")
    if broken:
        raise typer.Exit(ExitCode.FAILED)


@app.command()
def keep(
    context: typer.Context,
    number: NumberArgument,
    why: Annotated[str, typer.Option("--why", help="What it is kept for.")] = "kept",
    profile: ProfileOption = None,
    out_folder: OutOption = None,
) -> None:
    """Retain a release whatever its age."""
    settings = _keep(context, number, why.strip() or "kept", profile, out_folder)
    out.print(f"Release {shown(number)} stays until [bold]iop releases unkeep {shown(number)}[/bold].")
    bring_up_targets(settings)


@app.command()
def unkeep(
    context: typer.Context,
    number: NumberArgument,
    profile: ProfileOption = None,
    out_folder: OutOption = None,
) -> None:
    """Let a release go when its time comes."""
    settings = _keep(context, number, "", profile, out_folder)
    out.print(f"Release {shown(number)} goes when its time comes.")
    bring_up_targets(settings)


@app.command()
def publish(
    context: typer.Context,
    profile: ProfileOption = None,
    out_folder: OutOption = None,
) -> None:
    """Bring the places of `publish` up to these releases, as each run does at its end."""
    settings = _settings_of(context, profile, out_folder)
    if not settings.publish:
        fail(
            "There is no place to publish to: set IOP_PUBLISH, such as s3://bucket/releases.", ExitCode.USAGE
        )
    bring_up_targets(settings)


@app.command()
def rebuild(context: typer.Context, profile: ProfileOption = None, out_folder: OutOption = None) -> None:
    """Make index.json anew of the releases themselves, where it is lost or damaged."""
    found, damaged = Recovery(_settings_of(context, profile, out_folder).releases).rebuild()
    out.print(
        f"{len(found)} releases: {shown(', '.join(str(release.number) for release in found) or 'none')}."
    )
    for name in damaged:
        err.print(f"[yellow]{shown(name)}[/yellow] is no release that can be read: put it back from a backup")
    if damaged or not found:
        raise typer.Exit(ExitCode.FAILED)


def _looked_up(there: Releases) -> tuple[list[Release], Release | None]:
    """The releases and the current one; what is wrong with the folder is told, and there is then none."""
    try:
        kept = there.list()
    except ReleaseError as error:
        fail(error)
    try:
        return kept, there.current()
    except ReleaseError as error:
        err.print(f"[red]{shown(str(error))}[/red]", soft_wrap=True)
        return kept, None


def _keep(
    context: typer.Context, number: int, why: str, profile: str | None, out_folder: Path | None
) -> Settings:
    settings = _settings_of(context, profile, out_folder)
    try:
        Releases(settings.releases).keep(number, why)
    except ReleaseError as error:
        fail(error, ExitCode.USAGE)
    return settings


def _settings_of(context: typer.Context, profile: str | None, out_folder: Path | None) -> Settings:
    """Of the options after the subcommand, and before it."""
    before = context.obj or (None, None, None)
    return chosen(profile or before[0], before[1], out_folder or before[2])


def rollback(
    number: Annotated[
        int | None, typer.Argument(help="The release; by default the one before the current.")
    ] = None,
    hold: Annotated[
        bool, typer.Option("--hold", help="Readers stay there, whatever is published, until --resume.")
    ] = False,
    why: Annotated[str, typer.Option("--why", help="Why they are held there.")] = "",
    resume: Annotated[
        bool, typer.Option("--resume", help="End the hold: back to the newest release.")
    ] = False,
    profile: ProfileOption = None,
    registry: RegistryOption = None,
    out_folder: OutOption = None,
) -> None:
    """Make an older release the one that readers see: until the next release, or with --hold until --resume."""
    if resume and (number is not None or hold):
        fail("--resume goes to the newest release: give no number and no --hold.", ExitCode.USAGE)
    from warehouse.overrides import OverrideError  # pydantic, which no other command of releases needs
    from warehouse.takedown import taken_ids
    from warehouse.withdrawal import Withdrawal

    settings = chosen(profile, registry, out_folder)
    there = Releases(settings.releases)
    try:
        if gone := Withdrawal(there.folder).withdraw(taken_ids(settings.overrides)):
            out.print(f"Removed, as they spoke of what was taken down: {shown(', '.join(map(str, gone)))}.")
        release = there.resume() if resume else there.rollback(number, why if hold else None)
    except (ReleaseError, OverrideError) as error:
        fail(error)
    until = "" if there.held() is None else ", until iop rollback --resume"
    out.print(f"Readers see release {shown(release.number)} again{shown(until)}.")
    bring_up_targets(settings)


def diff(
    old: Annotated[int | None, typer.Argument(help="Release; by default the one before the newest.")] = None,
    new: Annotated[int | None, typer.Argument(help="Release; by default the newest.")] = None,
    profile: ProfileOption = None,
    registry: RegistryOption = None,
    out_folder: OutOption = None,
) -> None:
    """What changed from one release to another."""
    kept, _ = _looked_up(Releases(chosen(profile, registry, out_folder).releases))
    if len(kept) < 2 and (old is None or new is None):
        fail("There are no two releases to compare.")
    out.print(diff_releases(_find(kept, old or kept[1].number).path, _find(kept, new or kept[0].number).path))


def _find(kept: list[Release], number: int) -> Release:
    found = next((release for release in kept if release.number == number), None)
    return found or fail(
        f"There is no release {number}; there are {', '.join(str(r.number) for r in kept)}.", ExitCode.USAGE
    )

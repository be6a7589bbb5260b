"""`iop releases`, `iop rollback`, `iop diff`: the published versions."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.filesize import decimal
from rich.table import Table

from pipeline.commands.console import fail, out
from pipeline.commands.exit_codes import ExitCode
from pipeline.commands.options import OutOption, ProfileOption, RegistryOption, chosen
from warehouse.diff import diff as diff_releases
from warehouse.release import Release, ReleaseError, Releases


def releases(
    verify: Annotated[
        bool, typer.Option("--verify", help="Check the files against their checksums.")
    ] = False,
    profile: ProfileOption = None,
    registry: RegistryOption = None,
    out_folder: OutOption = None,
) -> None:
    """The releases that are kept, newest first; an arrow marks the one that readers see."""
    kept = Releases(chosen(profile, registry, out_folder).releases)
    current = kept.current()
    table = Table("", "release", "built (UTC)", "services", "size", "contract", "warnings", title="Releases")
    broken = []
    for release in kept.list():
        mark = "→" if current and release.number == current.number else ""
        problem = kept.verify(release.number) if verify else None
        broken += [problem] if problem else []
        table.add_row(
            mark,
            str(release.number),
            release.built_at[:16].replace("T", " "),
            f"{release.rows['directory']:,}",
            decimal(release.bytes),
            release.contract_version,
            problem or str(release.warnings),
        )
    out.print(table)
    if broken:
        raise typer.Exit(ExitCode.FAILED)


def rollback(
    number: Annotated[
        int | None, typer.Argument(help="The release; by default the one before the current.")
    ] = None,
    profile: ProfileOption = None,
    registry: RegistryOption = None,
    out_folder: OutOption = None,
) -> None:
    """Make an older release the one that readers see."""
    try:
        release = Releases(chosen(profile, registry, out_folder).releases).rollback(number)
    except ReleaseError as error:
        fail(error)
    out.print(f"Readers see release {release.number} again.")


def diff(
    old: Annotated[int | None, typer.Argument(help="Release; by default the one before the newest.")] = None,
    new: Annotated[int | None, typer.Argument(help="Release; by default the newest.")] = None,
    profile: ProfileOption = None,
    registry: RegistryOption = None,
    out_folder: OutOption = None,
) -> None:
    """What changed from one release to another."""
    kept = Releases(chosen(profile, registry, out_folder).releases).list()
    if len(kept) < 2 and (old is None or new is None):
        fail("There are no two releases to compare.")
    out.print(diff_releases(_find(kept, old or kept[1].number).path, _find(kept, new or kept[0].number).path))


def _find(kept: list[Release], number: int) -> Release:
    found = next((release for release in kept if release.number == number), None)
    return found or fail(
        f"There is no release {number}; there are {', '.join(str(r.number) for r in kept)}.", ExitCode.USAGE
    )

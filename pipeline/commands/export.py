"""`iop export FORMAT --to PATH`: a release in the formats of others."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pipeline.commands.console import fail, out, shown
from pipeline.commands.options import OutOption, ProfileOption, ReleaseOption, release_of
from warehouse.exports.errors import ExportError
from warehouse.exports.formats import FORMATS
from warehouse.exports.formats import export as write
from warehouse.exports.selection import selection


def known(format: str) -> str:
    """A format that there is."""
    if format not in FORMATS:
        raise typer.BadParameter(f"there is no {format}; there are {', '.join(FORMATS)}")
    return format


def export(
    format: Annotated[
        str,
        typer.Argument(
            callback=known,
            help="; ".join(
                f"{name}: {f.title}, a {'folder' if f.is_folder else 'file'}" for name, f in FORMATS.items()
            ),
        ),
    ],
    to: Annotated[Path, typer.Option("--to", help="Where to; an older export there is replaced.")],
    profile: ProfileOption = None,
    out_folder: OutOption = None,
    release: ReleaseOption = None,
    since: Annotated[
        str | None,
        typer.Option(
            "--since",
            help="Of changes: the release that one has, by number or date (default: the one before; 0: none).",
            show_default=False,
        ),
    ] = None,
    state: Annotated[
        str | None,
        typer.Option(
            "--state", help="Only programs in these states, or attended from them: MA,NH.", show_default=False
        ),
    ] = None,
    level: Annotated[
        str | None,
        typer.Option("--level", help="Only these levels of care: iop,php.", show_default=False),
    ] = None,
    focus: Annotated[
        str | None,
        typer.Option(
            "--focus",
            help="Only programs for substance_use or mental_health; those for both are in either.",
            show_default=False,
        ),
    ] = None,
) -> None:
    """Write the current release, or some of its programs, in a format of others."""
    try:
        chosen = selection(state=state, level=level, focus=focus)
        rows = write(release_of(profile, out_folder, release), format, to, since=since, chosen=chosen)
    except ExportError as error:
        fail(error)
    out.print(
        f"{shown(to)}: "
        + (", ".join(f"{count:,} {shown(name)}" for name, count in rows.items() if count) or "nothing")
    )

"""Options that many commands take, and the settings that they choose."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Annotated

import typer

from pipeline.commands.console import fail
from pipeline.commands.exit_codes import ExitCode
from pipeline.settings import Settings, SettingsError

LAST_MOMENT = timedelta(days=1, microseconds=-1)  # of a day, from its first
ProfileOption = Annotated[
    str | None,
    typer.Option("--profile", help="demo, massachusetts or us (default: demo).", show_default=False),
]
RegistryOption = Annotated[
    Path | None, typer.Option("--registry", help="A folder of registry TOML files, instead of the profile's.")
]
OutOption = Annotated[
    Path | None,
    typer.Option("--out", help="The run's directory (default: data/<profile>).", show_default=False),
]
GeographyOption = Annotated[
    Path | None,
    typer.Option(
        "--geography",
        help="A folder of Census files, besides those that are packaged (`iop geography`).",
        show_default=False,
    ),
]
StateOption = Annotated[
    str,
    typer.Option(
        "--state",
        help="Only these states of the profile's, such as CT,RI; --out is then data/<profile>-CT-RI by default.",
        show_default=False,
    ),
]
ReleaseOption = Annotated[
    Path | None, typer.Option("--release", help="A release file instead of the current one.")
]


AcceptOption = Annotated[
    str,
    typer.Option(
        "--accept",
        help="drift: publish, this once, a release that only its difference from the last one stops. Wants --why.",
        show_default=False,
    ),
]
ByOption = Annotated[
    str, typer.Option("--by", help="Who accepts it (default: the login name).", show_default=False)
]
WhyOption = Annotated[
    str, typer.Option("--why", help="Why what differs is right; kept in the release.", show_default=False)
]


def chosen(
    profile: str | None,
    registry: Path | None,
    out: Path | None,
    geography: Path | None = None,
    states: str = "",
) -> Settings:
    """The settings of these options; what is wrong with them ends the command with a line that says so."""
    try:
        return Settings.choose(profile, registry, out, geography, states=state_codes(states))
    except SettingsError as error:
        fail(error, ExitCode.USAGE)


def state_codes(states: str) -> set[str]:
    """Postal codes as people write them, parted by commas."""
    return {code.strip().upper() for code in states.split(",") if code.strip()}


def release_of(profile: str | None, out: Path | None, release: Path | None) -> Path:
    """The release file of these options; it may be missing. A pointer to one that is not there ends the command."""
    path = release or chosen(profile, None, out).releases / "current"
    if path.is_symlink() and not path.exists():
        fail(
            f"{path} points to {path.readlink()}, which is not there: `iop rollback` goes to the newest that is."
        )
    return path


def archive_of(settings: Settings) -> str | Path:
    """Where the archive is. One that is not there ends the command: it is a slip of the pen."""
    place = settings.archive
    if isinstance(place, Path) and not place.is_dir():  # an object store says so itself
        fail(
            f"No archive at {place}. `iop run` makes one; --out and --profile choose another.", ExitCode.USAGE
        )
    return place

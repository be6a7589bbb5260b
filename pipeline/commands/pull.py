"""`iop pull URL --to DIR`: a reader's copy of what an object store says to read."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pipeline.commands.console import fail, out, shown
from warehouse.release import ReleaseError
from warehouse.targets.pull import KEEP
from warehouse.targets.pull import pull as copy
from warehouse.targets.target import TargetError


def pull(
    url: Annotated[str, typer.Argument(help="Where releases are published, such as s3://bucket/releases.")],
    to: Annotated[
        Path, typer.Option("--to", help="The folder of copies; `current` in it is the one to read.")
    ],
    keep: Annotated[int, typer.Option("--keep", min=1, help="So many of the newest stay.")] = KEEP,
) -> None:
    """Copy the release that readers of an object store are to see, where it is not here yet.

    Its checksum is verified before `current` moves; whatever goes wrong, `current` stays. Exit codes: 0 the copy is what the
    store says, 1 it could not be made.
    """
    try:
        release, is_new = copy(url, to, keep)
    except (TargetError, ReleaseError) as error:
        fail(error)
    told = f"Release {release.number} copied" if is_new else f"Nothing new: release {release.number}"
    out.print(f"{shown(told)}; read it at [bold]{shown(str(to / 'current'))}[/bold]", soft_wrap=True)

"""`iop site --to DIR`: the current release as a website of files."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pipeline.commands.console import fail, out, shown
from pipeline.commands.options import OutOption, ProfileOption, ReleaseOption, chosen, release_of
from warehouse.exports.errors import ExportError
from warehouse.exports.selection import selection
from warehouse.site.build import write_site
from warehouse.site.options import SiteOptions


def site(
    to: Annotated[Path, typer.Option("--to", help="The folder to write; an older site there is replaced.")],
    state: Annotated[
        str, typer.Option("--state", help="Only these states, as MA,RI (default: all).", show_default=False)
    ] = "",
    base_url: Annotated[
        str,
        typer.Option(
            "--base-url", help="Where the site will stand: its sitemap needs it.", show_default=False
        ),
    ] = "",
    report_to: Annotated[
        str,
        typer.Option(
            "--report-to",
            help="Where errors are reported: a mail address, or https://…{id}…",
            show_default=False,
        ),
    ] = "",
    profile: ProfileOption = None,
    out_folder: OutOption = None,
    release: ReleaseOption = None,
) -> None:
    """Write the directory as a website: search, a page for each program, lists by place; in English and Spanish, without a server.

    Exit codes: 0 written, 1 no release, a wrong address, no such state, or the folder holds something else.
    """
    settings = chosen(profile, None, out_folder)
    try:
        wanted = sorted(set(selection(state=state).state))
        options = SiteOptions(base_url or settings.site_url or "", report_to or settings.report_to, wanted)
        rows = write_site(release_of(profile, out_folder, release), to, options)
    except ExportError as error:
        fail(error)
    out.print(f"{shown(to)}: " + ", ".join(f"{count:,} {shown(name)}" for name, count in rows.items()))
    if not options.base_url:
        out.print("No sitemap: it names pages in full, so it needs --base-url https://…")

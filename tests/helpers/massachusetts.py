"""Real data of Massachusetts and of Connecticut beside it, by one run: two national directories, a list of Boston, a site."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import typer
from made_once import made_once

from pipeline.commands.bars import Bars
from pipeline.commands.exit_codes import ExitCode
from pipeline.commands.run import finish
from pipeline.flow.acceptance import Accept
from pipeline.flow.workspace import Workspace
from pipeline.settings import Settings

SITE = "hopewell-health"  # the pages of one agency
LISTS = """
[su]
kind = "samhsa_directory"
title = "Directory of substance use"
published = 2023-01-01
path = "{data}/samhsa/su_2023.xlsx"
[mh]
kind = "samhsa_directory"
title = "Directory of mental health"
published = 2023-01-01
path = "{data}/samhsa/mh_2023.xlsx"
[boston]
kind = "license_list"
title = "Licensed programs of Boston"
published = 2025-10-01
state = "MA"
path = "{data}/licenses/ma_bsas_boston.csv"
[boston.columns]
name1 = "name"
organization = "organization"
full_address = "address"
zip = "zip"
phone = "phone"
setting = "service_setting"
[agency]
kind = "provider_site"
title = "An agency in Connecticut"
state = "CT"
path = "pages"
"""


def published(data: Path) -> Path:
    """The release: read it only."""

    def publish(folder: Path) -> None:
        (folder / "pages").mkdir()
        for page in (data / "pages" / "html").glob(f"{SITE}__*"):
            (folder / "pages" / page.name).symlink_to(page)
        (folder / "lists.toml").write_text(LISTS.format(data=data), encoding="utf-8")
        chosen = Settings.choose("massachusetts", folder, folder / "out", data / "geo", {})
        settings = replace(chosen, states=frozenset({"MA", "CT"}))
        with pytest.raises(typer.Exit) as ended:
            finish(Workspace(settings, Bars()), None, Accept())
        assert ended.value.exit_code == ExitCode.OK

    return made_once("massachusetts", publish) / "out" / "releases" / "current"

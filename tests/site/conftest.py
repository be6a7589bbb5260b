"""One site of one made-up release."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from made_once import made_once

for folder in ("exports", "warehouse", "site"):
    sys.path.insert(0, str(Path(__file__).parents[1] / folder))

from site_world import BASE, build_site_world  # noqa: E402

from warehouse.site.build import write_site  # noqa: E402
from warehouse.site.options import SiteOptions  # noqa: E402


@pytest.fixture(scope="session")
def release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A release file: read it only."""
    return build_site_world(tmp_path_factory.mktemp("site_world"))


@pytest.fixture(scope="session")
def site(release: Path) -> Path:
    """The site's folder: read it only."""
    options = SiteOptions(BASE, "errors@programs.example")
    return made_once("site", lambda folder: write_site(release, folder / "www", options)) / "www"

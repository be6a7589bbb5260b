"""Between two moments at which the clock changes what a release says, a build of the same says the same."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from warehouse_world import VOCABULARY, World

from sources.kinds import trust
from warehouse.build import build
from warehouse.build_report import BuildReport
from warehouse.content import Content, News, content_of


class Builds:
    """Builds of one world at several moments."""

    def __init__(self, folder: Path, world: World) -> None:
        self.folder, self.now = folder, world.now
        self.stage = world.write(folder / "stage")

    def after(self, waited: timedelta) -> tuple[BuildReport, Content]:
        built = build(
            self.stage,
            VOCABULARY,
            self.folder / f"{waited.total_seconds()}.duckdb",
            trust=trust(),
            previous=None,
            overrides=None,
            now=self.now + waited,
            run={"release": 1},
        )
        return built, content_of(built.path)


@pytest.fixture
def builds(tmp_path: Path) -> Builds:
    return Builds(tmp_path, World(providers=2))


def test_until_then_nothing_changes_and_then_something_does(builds: Builds) -> None:
    first, said = builds.after(timedelta())
    assert first.changes_at is not None and first.changes_at > builds.now
    waited = first.changes_at - builds.now
    before, said_before = builds.after(waited - timedelta(seconds=1))
    assert said_before.news(said) is News.NONE
    assert before.changes_at == first.changes_at
    later, said_later = builds.after(timedelta(days=400))
    assert said_later.news(said) is News.FACTS, "sources are late, facts have expired"
    assert later.changes_at is None or later.changes_at > builds.now + timedelta(days=400)

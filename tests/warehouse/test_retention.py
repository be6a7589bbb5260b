"""Which releases stay: by count, by age, by people's wish; and readers held at an older one."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from warehouse.content import Content
from warehouse.findings import AuditReport
from warehouse.release import Release, ReleaseError, Releases

Publish = Callable[..., Release]


@pytest.fixture
def publish(numbered: Callable[[int], Path], content: Content, tmp_path: Path) -> Publish:
    """Publishes release N."""

    def one(releases: Releases, number: int) -> Release:
        path = tmp_path / f"candidate-{number}.duckdb"
        shutil.copy(numbered(number), path)
        return releases.publish(path, AuditReport(path, 1, ()), content)

    return one


def numbers(releases: Releases) -> list[int]:
    files = {release.path.name for release in releases.list()}
    assert files == {path.name for path in releases.folder.glob("release-*.duckdb")}
    return [release.number for release in releases.list()]


def test_young_releases_stay_however_many(publish: Publish, tmp_path: Path) -> None:
    releases = Releases(tmp_path / "releases", keep=2, keep_days=4)
    for number in range(1, 7):
        publish(releases, number)
    assert numbers(releases) == [6, 5, 4, 3]
    publish(Releases(releases.folder, keep=2), 7)
    assert numbers(releases) == [7, 6]


def test_what_people_keep_stays(publish: Publish, tmp_path: Path) -> None:
    releases = Releases(tmp_path / "releases", keep=2)
    publish(releases, 1)
    releases.keep(1, "the annual report")
    for number in (2, 3, 4):
        publish(releases, number)
    assert numbers(releases) == [4, 3, 1]
    assert releases.list()[-1].kept == "the annual report"
    releases.keep(1, "")
    publish(releases, 5)
    assert numbers(releases) == [5, 4]
    with pytest.raises(ReleaseError, match=r"no release 1; there are \[4, 5\]"):
        releases.keep(1)


def test_readers_are_held_until_they_are_let_go(publish: Publish, tmp_path: Path) -> None:
    releases = Releases(tmp_path / "releases", keep=2)
    for number in (1, 2):
        publish(releases, number)
    assert releases.held() is None
    releases.rollback(hold="wrong telephones")
    for number in (3, 4, 5):
        publish(releases, number)
    current, latest = releases.current(), releases.latest()
    assert current and latest and (current.number, latest.number) == (1, 5)
    assert (releases.held(), numbers(releases)) == ("wrong telephones", [5, 4, 1])
    assert releases.resume().number == 5 and releases.held() is None
    publish(releases, 6)
    now = releases.current()
    assert now and now.number == 6
    with pytest.raises(ReleaseError, match="nothing to resume"):
        releases.resume()

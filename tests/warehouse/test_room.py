"""What was built and is not published stays only where the next run finds room beside it."""

from __future__ import annotations

import shutil
from pathlib import Path
from types import SimpleNamespace

import pytest

from warehouse.room import RELEASES_OF_ROOM, ROOM, make_room, wanted


@pytest.mark.parametrize(("size", "room"), [(10, ROOM), (ROOM, RELEASES_OF_ROOM * ROOM)])
def test_a_run_wants_room_for_a_release_and_its_making(size: int, room: int) -> None:
    assert wanted(size) == room


@pytest.mark.parametrize(("free", "goes"), [(ROOM, False), (ROOM - 1, True)])
def test_it_goes_where_there_is_no_room(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, free: int, goes: bool
) -> None:
    candidate = tmp_path / "candidate.duckdb"
    candidate.write_bytes(b"refused")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=free))
    assert make_room(candidate) is goes
    assert candidate.exists() is not goes


def test_nothing_is_asked_where_none_was_built(tmp_path: Path) -> None:
    assert not make_room(tmp_path / "no folder" / "candidate.duckdb")

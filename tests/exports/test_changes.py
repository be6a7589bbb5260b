"""The feed of changes: applied to a copy of an older release it makes the newer one, through merges, splits and takedowns."""

from __future__ import annotations

import json
import re
import runpy
from collections.abc import Callable
from datetime import timedelta
from itertools import combinations
from pathlib import Path
from typing import Any

import duckdb
import pytest
from turmoil import Turmoil
from warehouse_world import World, ask, build_world

from warehouse.exports.changes import changes, write_changes
from warehouse.exports.errors import ExportError
from warehouse.exports.formats import export
from warehouse.exports.release_file import DIRECTORY, open_release, plain

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = str(ROOT / "examples" / "apply_changes.py")
APPLY: Callable[..., None] = runpy.run_path(EXAMPLE)["apply"]
HISTORY = (ROOT / "warehouse" / "models" / "80_history.sql").read_text(encoding="utf-8")
Copy = dict[str, dict[str, dict[str, Any]]]


def moving() -> set[str]:
    """Columns that are no change by themselves: dates of verification, and counts."""
    found = re.search(r"EXCLUDE \((evidence_count.*?)\)", HISTORY, re.S)
    assert found
    return {name.strip() for name in found[1].split(",")}


def said(copy: Copy) -> Copy:
    """A copy without what is null and what moves by itself."""
    without = moving() | {"service_id", "location_id"}
    return {
        key: {
            place: {c: v for c, v in row.items() if v is not None and c not in without}
            for place, row in rows.items()
        }
        for key, rows in copy.items()
    }


def copy_of(release: Path) -> Copy:
    copy: Copy = {}
    with open_release(release) as source:
        for row in source.rows(DIRECTORY):
            said_of = {name: plain(value) for name, value in row.items()}
            copy.setdefault(row["service_id"], {})[row["location_id"] or ""] = said_of
    return json.loads(json.dumps(copy))


def feed(release: Path, since: int) -> list[dict[str, Any]]:
    with open_release(release) as source:
        return json.loads(json.dumps(list(changes(source, since))))


@pytest.fixture(scope="module", params=[1, 2])
def three(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Three releases of a world in turmoil; what is taken down is named to the two later ones."""
    folder, turmoil = tmp_path_factory.mktemp("three"), Turmoil(request.param)
    releases = [build_world(turmoil.world, folder, "one")]
    for name in ("two", "three"):
        world = turmoil.go_on()
        rows = "".join(f"{id},ann,{world.now.date()},asked to\n" for id in turmoil.taken)
        (folder / "takedown.csv").write_text("id,who,when,why\n" + rows)
        releases.append(build_world(world, folder, name, previous=releases[-1], overrides=folder))
    return releases


def test_the_feed_makes_the_newer_release_of_the_older(three: list[Path]) -> None:
    for before, after in combinations(range(4), 2):
        copy = copy_of(three[before - 1]) if before else {}
        lines = feed(three[after - 1], before)
        APPLY(copy, lines)
        assert said(copy) == said(copy_of(three[after - 1])), (before, after)
        kinds = {line["kind"] for line in lines if line["entity_type"] == "service"}
        assert kinds >= ({"changed", "merged", "retired", "appeared"} if before else {"appeared"})


def test_the_example_keeps_a_file_up_to_date(
    three: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for release, since in zip(three, ("0", "1", "2"), strict=True):
        export(release, "changes", tmp_path / "feed", since=since)
        monkeypatch.setattr("sys.argv", ["apply_changes.py", str(tmp_path / "copy"), str(tmp_path / "feed")])
        runpy.run_path(EXAMPLE, run_name="__main__")
        copy = json.loads((tmp_path / "copy").read_text(encoding="utf-8"))
        assert said(copy) == said(copy_of(release))


def test_a_copy_that_is_not_kept_up_is_another(three: list[Path]) -> None:
    assert said(copy_of(three[0])) != said(copy_of(three[1])) != said(copy_of(three[2]))


def test_the_bridge_leads_from_every_old_id_to_what_there_is(three: list[Path]) -> None:
    entities = "SELECT DISTINCT entity_id FROM crosswalk"
    now = {id for (id,) in ask(three[2], entities)}
    bridge = ask(three[2], "SELECT old_id, new_id, why, release, current_id FROM id_bridge")
    assert {why for _, _, why, _, _ in bridge} == {"merged", "split", "retired", "withdrawn"}
    assert {release for *_, release, _ in bridge} == {2, 3}
    leads = {old: current for old, _, _, _, current in bridge}
    for older in three[:2]:
        for (id,) in ask(older, entities):
            assert id in now or id in leads
    for old, new, why, _, current in bridge:
        assert current is None or current in now
        if why == "merged":
            assert current in (new, leads.get(new))
        if why == "split":
            assert current == old or current is None


def test_what_is_taken_down_is_gone_without_a_word(three: list[Path]) -> None:
    lines = [line for line in feed(three[2], 0) + feed(three[2], 1) if line["kind"] == "withdrawn"]
    for line in lines:
        assert (line["name"], line["operator"], line["states"]) == (None, None, [])
        assert "places" not in line
    before = ask(three[0], "SELECT service_id, organization_name, street FROM directory")
    gone = {line["id"] for line in lines}
    words = {word for id, *rest in before for word in rest if id in gone}
    text = json.dumps(feed(three[2], 0))
    still = {word for row in ask(three[2], "SELECT organization_name, street FROM directory") for word in row}
    assert not [word for word in words - still if word in text]


def test_changes_say_whose_and_where(three: list[Path]) -> None:
    rows = ask(three[2], "SELECT entity_id, entity_type, name, states FROM changes WHERE field = 'entity'")
    assert {kind for _, kind, _, _ in rows} == {"service", "location", "organization"}
    assert all(name and states for _, _, name, states in rows)
    names = dict(ask(three[2], "SELECT entity_id, name FROM changes"))
    operators = dict(ask(three[2], "SELECT organization_id, name FROM organization"))
    assert all(names[id] == name for id, name in operators.items() if id in names)


def test_since_is_a_number_or_a_date(three: list[Path], tmp_path: Path) -> None:
    first, second = (ask(path, "SELECT built_at FROM release_info")[0][0].date() for path in three[:2])
    for since, same in ((None, 2), (str(second), 2), (str(second - timedelta(days=1)), 1), ("2020-01-01", 0)):
        export(three[2], "changes", tmp_path / "feed", since=since)
        lines = [json.loads(line) for line in (tmp_path / "feed").read_text(encoding="utf-8").splitlines()]
        assert lines == feed(three[2], same), since
    assert first < second
    with open_release(three[1]) as source:
        for wrong, message in (("3", "does not go on from release 3"), ("soon", "no number of a release")):
            with pytest.raises(ExportError, match=message):
                write_changes(source, tmp_path / "none", wrong)


def test_a_bridge_is_made_for_releases_that_had_none(three: list[Path], tmp_path: Path) -> None:
    """An older contract: no bridge, no history of releases, changes without names."""
    old = tmp_path / "old.duckdb"
    old.write_bytes(three[1].read_bytes())
    with duckdb.connect(str(old)) as connection:
        connection.execute("DROP MACRO IF EXISTS entity_json")
        connection.execute("DROP TABLE id_bridge; DROP TABLE release_history; DROP TABLE schema_file")
        connection.execute("ALTER TABLE changes DROP name; ALTER TABLE changes DROP states")
        merged = set(
            connection.execute(
                "SELECT entity_id, new_value, release FROM changes WHERE cause = 'merged'"
            ).fetchall()
        )
    assert merged
    for format, missing in (
        ("changes", "does not say which it goes on from"),
        ("schema", "carries no schemas"),
    ):
        with pytest.raises(ExportError, match=missing):
            export(old, format, tmp_path / format)
    world = World(12)
    world.rows["ledger"] = [
        row for row in world.rows["ledger"] if row["entity_id"] not in {id for id, _, _ in merged}
    ]
    for id, new, _ in merged:
        kind = {"org": "organization", "loc": "location", "svc": "service"}[id[:3]]
        for row in world.find("crosswalk", entity_id=id):
            row["entity_id"] = new
        world.add("ledger", entity_type=kind, entity_id=id, status="redirected", redirect_to=new,
                  minted_at=world.now, last_seen=world.now)  # fmt: skip
    new_release = build_world(world, tmp_path, "new", previous=old)
    found = set(ask(new_release, "SELECT old_id, new_id, release FROM id_bridge WHERE why = 'merged'"))
    assert found >= merged
    assert ask(new_release, "SELECT list(release ORDER BY release) FROM release_history") == [([1, 2, 3],)]

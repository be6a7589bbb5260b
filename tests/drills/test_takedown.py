"""One program is taken down: then its name is nowhere, in no byte, table, export or older release, here or elsewhere."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import duckdb
import pytest
from small_world import PAGE, World

from pipeline.commands.exit_codes import ExitCode
from warehouse.exports.formats import FORMATS

NAME = "birchley"  # of the program, of its source and of its pages; of no place
BEFORE, AFTER = {"release-1.duckdb", "release-2.duckdb"}, {"release-3.duckdb"}


def texts(release: Path) -> list[str]:
    """Every column of every table of a release in which the name stands."""
    with duckdb.connect(str(release), read_only=True) as connection:
        columns = connection.execute(
            "SELECT table_name, column_name FROM duckdb_columns() WHERE NOT internal AND data_type NOT IN ('DOUBLE', 'DATE')"
        ).fetchall()
        held = " UNION ALL ".join(
            f"SELECT '{table}.{column}' FROM \"{table}\" WHERE contains(lower(\"{column}\"::VARCHAR), '{NAME}')"
            for table, column in columns
        )
        return [where for (where,) in connection.execute(held).fetchall()]


def files(*folders: Path) -> list[Path]:
    """The files in whose name or bytes the name stands, also where these are packed."""
    found = []
    for path in (path for folder in folders for path in folder.rglob("*") if path.is_file()):
        content = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
        if NAME in path.name.lower() or NAME.encode() in content.lower():
            found.append(path)
    return found


def releases_in(folder: Path) -> set[str]:
    return {path.name for path in folder.glob("release-*")}


def of_birchley(releases: Path, sql: str) -> str:
    """One value of the current release."""
    with duckdb.connect(str(releases / "current"), read_only=True) as connection:
        (value,) = (
            connection.execute(sql.format(birchley="starts_with(listing_id, 'birchley:')")).fetchone() or ()
        )
    return str(value)


@pytest.fixture
def overrides(world: World, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = world.folder / "overrides"
    folder.mkdir()
    monkeypatch.setenv("IOP_OVERRIDES", str(folder))
    return folder


def test_nothing_speaks_of_what_was_taken_down(
    world: World, overrides: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    releases, web, out = world.out / "releases", world.folder / "web", world.folder / "given"
    monkeypatch.setenv("IOP_PUBLISH", f"file://{web}")
    for command in ("releases publish", "releases keep 1"):
        code, told = world.iop(command)
        assert code == ExitCode.OK, told
    assert releases_in(releases) == releases_in(web) == BEFORE
    assert len(texts(releases / "current")) > 20
    asked = of_birchley(
        releases, "SELECT min(entity_id) FROM crosswalk WHERE entity_type = 'location' AND {birchley}"
    )

    (overrides / "takedown.csv").write_text(f"id,who,when,why\n{asked},the provider,2026-03-01,asked to\n")
    for page in (PAGE, PAGE.replace("9 am", "10 am")):  # the id is found again in a later run
        (world.folder / "birchley" / "index.html").write_text(page)
        code, told = world.run()
        assert code == ExitCode.OK, told
        assert texts(releases / "current") == []
        assert releases_in(releases) & BEFORE == releases_in(web) & BEFORE == set()
    assert releases_in(releases) >= AFTER
    assert {row["number"] for row in json.loads((web / "index.json").read_text())["releases"]}.isdisjoint(
        {1, 2}
    )

    for format in FORMATS:
        assert world.iop(f"export {format} --to", out / format)[0] == ExitCode.OK
    code, told = world.iop("archive export", out / "all.warc.gz", "--registry", world.registry)
    assert (code, "birchley" in told) == (ExitCode.OK, True)  # which source was left out is told
    assert files(releases, web, out) == []
    assert b"Elm Street" in gzip.decompress((out / "all.warc.gz").read_bytes())
    assert world.iop("rollback 1")[0] == ExitCode.FAILED


def test_a_rollback_before_the_next_run_does_not_bring_it_back(world: World, overrides: Path) -> None:
    """Asked in the meantime, all but the newest release go: that one until the next run."""
    asked = of_birchley(world.out / "releases", "SELECT min(listing_id) FROM listing WHERE {birchley}")
    (overrides / "takedown.csv").write_text(f"id,who,when,why\n{asked},the provider,2026-03-01,asked to\n")
    code, told = world.iop("rollback")
    assert (code, "spoke of what was taken down: 1" in told) == (ExitCode.FAILED, True)
    assert releases_in(world.out / "releases") == {"release-2.duckdb"}

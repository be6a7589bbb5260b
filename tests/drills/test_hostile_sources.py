"""One source never stops the others: what aborted a run, or its process, is that source's problem row beside a good one."""

from __future__ import annotations

import io
import json
import shlex
import zipfile
from pathlib import Path

import duckdb
import pytest
from command_line import iop
from small_world import World
from workbooks import workbook

from pipeline.commands.exit_codes import ExitCode
from warehouse.build import _new_release
from warehouse.engine import BLOCK

# Encoded halves of a character, halves and NUL as escapes of JSON, a number that is none.
ROW = {"city": "Casper", "state": "WY", "zip": "82601", "phone": "307-555-0143", "latitude": "1e999"}
SURROGATES = json.dumps({"rows": [ROW | {"name1": "Half @ \udfff \0 House", "street1": "1 Elm St"}]})
SOURCES = {
    "halves": ("findtreatment", "halves.json", SURROGATES.encode().replace(b"@", b"\xed\xa0\x80")),
    "far": ("samhsa_directory", "far.xlsx", b""),  # written below
    "counts": (
        "findtreatment",
        "counts.json",
        b'{"rows": [{"name1": "x", "services": [[[]]]}, 3, null, "x"]}',
    ),
    "bombs": ("samhsa_directory", "bombs.xlsx", b"PK\x03\x04 no workbook"),
}
TABLE = '[{}]\nkind = "{}"\npath = "{}"\nstate = "WY"\n'
BAD_DATE = '[future]\nkind = "samhsa_directory"\npath = "far.xlsx"\npublished = 0001-01-01\n'


def far_cell() -> bytes:
    """A workbook that says nothing of its size, and has one cell at the end of the largest sheet there may be."""
    header = ["name1", "street1", "city", "state", "zip", "phone"]
    sheet = workbook([header, ["x"]])
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(sheet)) as old, zipfile.ZipFile(out, "w") as new:
        for part in old.infolist():
            data = old.read(part)
            if "worksheets" in part.filename:
                cut = data.rindex(b"<row>")
                padding = b"<!--" + b"-" * 10_000 + b"-->"  # beyond where sizes are looked for
                data = (
                    data[:cut]
                    + padding
                    + data[cut:]
                    .replace(b"<row>", b'<row r="1048576">')
                    .replace(b"<c t", b'<c r="XFD1048576" t')
                )
            new.writestr(part.filename, data)
    return out.getvalue()


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> tuple[World, int, str]:
    """A world of a good list, a good site and hostile sources, in a folder with brackets, where somebody has put a
    symbolic link under the name of a draft; and what its run came to."""
    folder = tmp_path_factory.mktemp("odd") / "out [1] *"
    world = World(folder)
    world.write()
    for name, (kind, file, content) in SOURCES.items():
        (world.registry / f"{name}.toml").write_text(TABLE.format(name, kind, file))
        (world.registry / file).write_bytes(content)
    (world.registry / "far.xlsx").write_bytes(far_cell())
    (world.registry / "future.toml").write_text(BAD_DATE)
    (folder / "precious").write_text("precious")
    drafts = world.out / "stage" / "listing"
    drafts.mkdir(parents=True)
    (drafts / "licenses.parquet.tmp").symlink_to(folder / "precious")
    return world, *world.run()


def test_the_others_are_published(hostile: tuple[World, int, str]) -> None:
    world, code, text = hostile
    assert code == ExitCode.PARTIAL, text
    with duckdb.connect(str(world.out / "releases" / "current"), read_only=True) as release:
        listed = release.execute("SELECT source_id, count(*) FROM listing GROUP BY ALL").fetchall()
        refused = dict(
            release.execute("SELECT source_id, any_value(detail) FROM quarantine GROUP BY ALL").fetchall()
        )
        [name] = release.execute(
            "SELECT organization_name FROM listing WHERE source_id = 'halves'"
        ).fetchone() or [""]
    assert dict(listed) == {"licenses": 3, "birchley": 1, "halves": 1}
    assert name == "Half House"
    assert "not a readable workbook" in refused["far"] and "save it again" in refused["far"]
    assert "not a readable workbook" in refused["bombs"]
    assert "counts" in refused


def test_a_date_out_of_bounds_is_told_with_file_key_and_remedy(hostile: tuple[World, int, str]) -> None:
    _, _, text = hostile
    told = " ".join(text.split())
    assert "future.toml: future.published: 0001-01-01 is out of bounds. Write published = " in told, text


def test_a_draft_is_not_written_through_a_link(hostile: tuple[World, int, str]) -> None:
    world, _, _ = hostile
    assert (world.folder / "precious").read_text() == "precious"
    assert not (world.out / "stage" / "listing" / "licenses.parquet.tmp").is_symlink()


def test_the_query_that_is_proposed_can_be_pasted(hostile: tuple[World, int, str]) -> None:
    """Whatever the folder is called."""
    world, _, text = hostile
    [line] = [line for line in text.splitlines() if line.startswith("  iop query")]
    program, command, *options, sql = shlex.split(line)
    assert (program, command, options) == ("iop", "query", ["--out", str(world.out)])
    assert iop("query", *options, sql, "--format", "csv")[0] == ExitCode.OK


def test_half_a_release_does_not_keep_the_disk_full(tmp_path: Path) -> None:
    candidate = tmp_path / "candidate.duckdb"
    with pytest.raises(duckdb.Error, match="no_such_table"), _new_release(candidate, 1, BLOCK) as connection:
        connection.execute("CREATE TABLE half AS SELECT range FROM range(100000)")
        connection.execute("FROM no_such_table")
    assert list(tmp_path.iterdir()) == []

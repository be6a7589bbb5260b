"""What a kind of source is stands in `sources/kinds.py` and in its reader; all else asks the row."""

from __future__ import annotations

import re
from collections.abc import Iterator
from inspect import getfile
from pathlib import Path

import duckdb
import pytest
from command_line import iop

from pipeline.commands.exit_codes import ExitCode
from sources import kinds
from sources.kinds import KINDS, Kind, Trust
from sources.records import ServiceMention, SourceRecord

ROOT = Path(__file__).resolve().parent.parent
BASELINE = (
    ROOT / "warehouse" / "contracts" / "baseline.csv"
)  # the contract of the last tagged version, as it was


def told_in() -> Iterator[Path]:
    """The code and data that may not name a kind: not its row, its reader and the registries."""
    readers = {Path(getfile(kind.reader)) for kind in KINDS.values() if kind.reader}
    may = readers | {Path(kinds.__file__), BASELINE}
    for package in ("pipeline", "sources", "warehouse"):
        for file in (ROOT / package).rglob("*"):
            text = file.suffix in (".py", ".sql", ".toml", ".csv")
            if text and file not in may and "registry" not in file.parts:
                yield file


@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_is_named_in_its_row_and_its_reader_alone(kind: str) -> None:
    named = re.compile(
        rf"(?<![\w.]){kind}(?![\w.])"
    )  # a host (`findtreatment.gov`) and a module are no kinds
    assert not [str(f.relative_to(ROOT)) for f in told_in() if named.search(f.read_text(encoding="utf-8"))]


def read_lines(content: bytes) -> Iterator[SourceRecord]:
    for number, line in enumerate(content.decode().splitlines(), start=1):
        name, street, city, state, zip_code, service = line.split("|")
        where = f"line {number}"
        mention = ServiceMention(service, "setting", where, 0, len(service))
        yield SourceRecord(
            where, name, street1=street, city=city, state=state, zip=zip_code, services=(mention,)
        )


def test_a_new_kind_is_a_row_and_a_reader(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """From the registry to the directory, with its trust, and nothing else touched."""
    made_up = Kind("line_list", Trust(2, 0.5), suffixes=(".lines",), reader=read_lines)
    monkeypatch.setitem(KINDS, made_up.name, made_up)
    registry, out = tmp_path / "registry", tmp_path / "out"
    (registry / "lists").mkdir(parents=True)
    line = "Elm House|1 Elm Street|Lowell|MA|01852|Intensive Outpatient"
    (registry / "lists" / "one.lines").write_text(line)
    (registry / "lists" / "notes.txt").write_text("no list")
    (registry / "some.toml").write_text('[lines]\nkind = "line_list"\npath = "lists"\n')
    code, text = iop("run", "--registry", registry, "--out", out)
    assert code == ExitCode.OK, text
    with duckdb.connect(str(out / "releases" / "current"), read_only=True) as con:
        ((name, level, confidence, kind),) = con.execute(
            "SELECT organization_name, level_of_care, d.confidence, kind FROM directory d, source"
        ).fetchall()
    assert (name, level, kind) == ("Elm House", "iop", "line_list")
    assert confidence == pytest.approx(0.9 * 0.5)

"""From a run's settings to the release: whose point a location has, and where that can be looked up."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest
from census_server import CensusServer, Row, line, match
from command_line import iop
from workbooks import workbook

from pipeline.commands.exit_codes import ExitCode

HEADER = ["Name1", "Street1", "City", "State", "Zip", "Phone", "Service_code_info", "Latitude", "Longitude"]
ROWS = [
    ["Elm House", "10 Elm Street", "Lowell", "MA", "01852", "978-555-0110", "SA OIT", "42.64", "-71.30"],
    ["Oak House", "20 Oak Street", "Lowell", "MA", "01852", "978-555-0120", "SA OIT", "", ""],
    ["Fir House", "30 Fir Street", "Lowell", "MA", "01852", "978-555-0130", "SA OIT", "", ""],
    ["Ash House", "PO Box 4", "Lowell", "MA", "01852", "978-555-0140", "SA OIT", "", ""],
]


class Run:
    """A registry of one directory, run by the command line."""

    def __init__(self, folder: Path) -> None:
        self.out = folder / "out"
        self.options = ["--registry", str(folder), "--out", str(self.out)]
        (folder / "su.xlsx").write_bytes(workbook([HEADER, *ROWS]))
        (folder / "some.toml").write_text(
            f'[su]\nkind = "samhsa_directory"\ntitle = "SU"\npath = "su.xlsx"\npublished = {date(2026, 1, 1)}\n'
        )

    def __call__(self, command: str = "run") -> str:
        code, text = iop(command, *self.options)
        assert code == ExitCode.OK, text
        return text

    def ask(self, sql: str) -> list[tuple[Any, ...]]:
        with duckdb.connect(str(self.out / "releases" / "current"), read_only=True) as connection:
            return connection.execute(sql).fetchall()


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, census: CensusServer) -> Run:
    monkeypatch.setenv("IOP_GEOCODER", "census")
    monkeypatch.setenv("IOP_GEOCODER_URL", census.url)
    return Run(tmp_path)


POINTS = "SELECT split_part(organization_name, ' ', 1), latitude, geo_precision, geo_source FROM directory ORDER BY 1"


def test_a_location_lies_where_its_source_then_the_geocoder_then_its_zip_code_says(
    run: Run, census: CensusServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def answer(rows: list[Row]) -> tuple[int, bytes]:
        found = [match(r, -71.31, 42.63) if "OAK" in r[1] else line(r[0], "x", "No_Match") for r in rows]
        return 200, "".join(found).encode()

    census.answer = answer
    assert "2 addresses asked; of 2: 1" in run()
    assert [row[1] for row in census.asked[0]] == ["20 OAK ST", "30 FIR ST"]
    (ash, elm, fir, oak) = run.ask(POINTS)
    assert elm == ("Elm", 42.64, "address", "source") and oak == ("Oak", 42.63, "address", "geocoder")
    assert ash[2:] == fir[2:] == ("zip", "zip")
    evidence = """SELECT g.address_key, g.matched_address, g.geocoder, g.listing_ids = [l.listing_id], l.street1
        FROM location JOIN geocode g ON geocode_key = address_key JOIN listing l ON geo_listing_id = l.listing_id"""
    key = "20 OAK ST, LOWELL, MA 01852"
    assert run.ask(evidence) == [(key, "20 OAK ST, LOWELL, MA, 01852", "census", True, "20 Oak Street")]
    monkeypatch.setenv("IOP_GEOCODER", "off")
    run()
    assert run.ask(POINTS)[3] == oak, "what is known stays known"


def test_a_replay_asks_nobody(run: Run, census: CensusServer) -> None:
    census.answer = lambda _: (503, b"")
    text = run()
    assert "geocoder" in text and "status 503" in text, "told, and no reason to publish nothing"
    assert [row[3] for row in run.ask(POINTS)] == ["zip", "source", "zip", "zip"]
    asked = len(census.asked)
    run("replay")
    assert len(census.asked) == asked

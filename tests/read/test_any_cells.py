"""Whatever the cells of a directory hold, a release is published, and every row is a listing or in quarantine."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from workbooks import workbook

import pipeline.vocabulary
from pipeline.normalize.directory import DirectoryReader, Origin
from pipeline.records import Listing, Rejected
from pipeline.stage.entities import resolve_entities
from pipeline.stage.rows import Seen
from pipeline.stage.tables import Stage
from sources.findtreatment import read_answer
from sources.kinds import KINDS, trust
from sources.license_list import read_list
from sources.records import BadRecord, SourceRecord
from sources.registry import Source
from sources.samhsa_directory import read_workbook
from warehouse.audit import audit
from warehouse.build import build

COLUMNS = (
    "name1 name2 street1 street2 city state zip phone intake1 website latitude longitude service_code_info"
).split()
GOOD = {
    "name1": "Elm House",
    "street1": "1 Elm Street",
    "city": "Lowell",
    "state": "MA",
    "zip": "01852",
    "phone": "978-555-0101",
    "latitude": "42.6",
    "longitude": "-71.3",
    "service_code_info": "SA OIT",
}
ODD = (
    "jane@maple.example",
    "Suite 2, jane@maple.example",
    "Jane Q. Sample, LICSW",
    '=HYPERLINK("https://elm.example")',
    "<b>Elm</b>&nbsp;House",
    "NaN",
    "inf",
    "-71.3",
    "1e308",
    "N/A",
    "2024-01-31 00:00:00",
    "\x00\x01\x1f",
    "\u202eelm\u202c",
    "Клиника",
    "診療所",
    "😀" * 40,
    "x" * 70_000,
    '{"a": [1]}',
    "'; DROP TABLE listing; --",
    "https://jane@elm.example/",
    "00000",
    "\t",
)
TEXT = st.text(st.characters(codec="utf-8"), max_size=12)
CELL = st.one_of(st.sampled_from(ODD), TEXT, st.integers(-(10**12), 10**12).map(str), st.floats().map(str))
ROW = st.fixed_dictionaries(
    {}, optional={name: st.one_of(CELL, st.just(GOOD.get(name, ""))) for name in COLUMNS}
).map(lambda changed: GOOD | changed)
SURROGATES = st.text(st.characters(categories=["Cs", "Lu"]), min_size=1, max_size=4)

Row = Mapping[str, str]


def as_workbook(rows: list[Row]) -> bytes:
    return workbook([[*COLUMNS], *([_xml(row.get(name, "")) for name in COLUMNS] for row in rows)])


def _xml(text: str) -> str:
    """What XML may hold of a text."""
    return "".join(c for c in text if c in "\t\n" or (c >= " " and c not in "\ufffe\uffff"))


def as_answer(rows: list[Row]) -> bytes:
    plain = [{k: v for k, v in row.items() if k != "service_code_info"} for row in rows]
    return json.dumps(
        {"rows": [{**row, "services": [{"f2": "SET", "f3": "Outpatient"}]} for row in plain]}
    ).encode()


def as_list(rows: list[Row]) -> bytes:
    text = io.StringIO(newline="")
    lines = csv.writer(text, quoting=csv.QUOTE_ALL)
    lines.writerows([COLUMNS, *([row.get(name, "") for name in COLUMNS] for row in rows)])
    return text.getvalue().encode()


MAPPING = {name: name for name in COLUMNS if name not in ("intake1", "service_code_info")}
MAPPING["setting"] = "service_code_info"
Read = Callable[[bytes], Iterator[SourceRecord | BadRecord]]
FORMATS: dict[str, tuple[Callable[[list[Row]], bytes], Read]] = {
    "workbook": (as_workbook, read_workbook),
    "answer": (as_answer, read_answer),
    "list": (as_list, lambda content: read_list(content, MAPPING)),
}


# reasons that put a value aside, and not the row
OF_VALUES = {
    *("bad_phone", "bad_zip", "zip_elsewhere", "bad_website", "further_website", "bad_text"),
    *("bad_coordinates", "coordinates_elsewhere", "righted_coordinates", "personal_contact", "personal_name"),
}


@pytest.mark.parametrize("form", FORMATS)
@settings(max_examples=30, deadline=None, derandomize=True)
@given(rows=st.lists(ROW, max_size=5))
def test_each_row_is_a_listing_or_a_rejection(form: str, rows: list[Row]) -> None:
    write, read = FORMATS[form]
    records = list(read(write(rows)))
    blank = sum(not any(_xml(v).strip() for v in row.values()) for row in rows)
    assert len(rows) - blank <= len(records) <= len(rows)
    read_ = list(DirectoryReader("some").read(records, Origin()))
    listings = [item for item in read_ if isinstance(item, Listing)]
    refused = [item for item in read_ if isinstance(item, Rejected) and item.reason not in OF_VALUES]
    assert len(listings) + len(refused) == len(records)
    assert len({listing.record_key for listing in listings}) == len(listings)


@settings(max_examples=30, deadline=None, derandomize=True)
@given(name=SURROGATES)
def test_halves_of_characters_are_read_as_unknown_ones(name: str) -> None:
    (record,) = read_answer(as_answer([GOOD | {"name1": f"Elm {name}"}]))
    assert isinstance(record, SourceRecord)
    assert record.name1.encode()
    (listing,) = DirectoryReader("some").read([record], Origin())
    assert listing.raw if isinstance(listing, Rejected) else listing.organization_name


NOW = datetime(2026, 3, 2)
KINDS_OF = {"workbook": "samhsa_directory", "answer": "findtreatment", "list": "license_list"}


def released(folder: Path, sources: Mapping[str, list[SourceRecord | BadRecord]]) -> Path:
    """A release of the rows of some sources; the audit must find nothing that stops it."""
    stage, release = Stage(folder / "stage"), folder / "release.duckdb"
    for name, records in sources.items():
        stage.write_source(Source(name, KINDS[KINDS_OF[name]], name, path=folder))
        reader = DirectoryReader(name)
        stage.write_listings(name, reader.read(records, Origin()), reader.unmapped, Seen(NOW), None)
    resolve_entities(stage, None, folder / "overrides", NOW)
    vocabulary = Path(pipeline.vocabulary.__file__).parent
    build(stage.folder, vocabulary, release, trust=trust(), previous=None, overrides=None, now=NOW, run={})
    found = audit(release, None, NOW).errors
    assert not [(f.check, f.table, f.column, f.rows, f.sample) for f in found]
    return release


@settings(max_examples=2, deadline=None, derandomize=True, phases=[Phase.generate])
@given(rows=st.lists(st.lists(ROW, min_size=25, max_size=25), min_size=3, max_size=3))
def test_a_release_is_published_with_every_row_accounted_for(rows: list[list[Row]]) -> None:
    rows[0] = [GOOD, *rows[0]]  # a release lists something
    forms = zip(FORMATS.items(), rows, strict=True)
    sources = {name: list(read(write(some))) for (name, (write, read)), some in forms}
    with TemporaryDirectory() as folder:
        release = released(Path(folder), sources)
        with duckdb.connect(str(release), read_only=True) as con:
            listed = con.execute("SELECT source_id, locator FROM listing").fetchall()
            refused = con.execute("SELECT DISTINCT source_id, locator, reason FROM quarantine").fetchall()
            facts = con.execute("SELECT count(*) FROM directory").fetchone()
    out = {(source, locator) for source, locator, reason in refused if reason not in OF_VALUES}
    expected = {(name, record.locator) for name, records in sources.items() for record in records}
    assert len(listed) == len(set(listed))
    assert {*listed} | out >= expected
    assert len(listed) >= 15
    assert facts

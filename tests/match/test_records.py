"""The form of the result: order, ids, errors, reasons, and the CSV command."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from pipeline.match.model import match_records
from pipeline.match.table import match_csv

Make = Callable[..., pl.DataFrame]

ROWS = [
    {"name1": "Fernwood Recovery", "phone": "413-555-0100"},
    {"name1": "Fernwood Recovery Inc", "phone": "413-555-0100", "source": "b"},
    {"name1": "Zalvora House", "phone": "413-555-0177"},
    {"name1": "Zalvora House", "phone": "413-555-0177", "street1": "90 Oak Street"},
    {"street1": "", "city": "", "state": "", "zip": ""},
    {"street1": "", "city": "", "state": "", "zip": "", "source": "b"},
]


def test_ids_do_not_depend_on_the_order_of_rows_or_on_the_names_of_sources(records: Make) -> None:
    frame = records(*ROWS)
    first = match_records(frame).assignments.sort("record_id")
    for seed in range(3):
        shuffled = match_records(frame.sample(fraction=1, shuffle=True, seed=seed))
        assert shuffled.assignments.sort("record_id").equals(first)
    renamed = match_records(frame.with_columns(source=pl.lit("z") + pl.col("source"))).assignments
    assert renamed.sort("record_id").equals(first)


def test_records_that_say_nothing_stay_alone(records: Make) -> None:
    of = {row["record_id"]: row for row in match_records(records(*ROWS)).assignments.iter_rows(named=True)}
    assert of["r4"]["location_id"] != of["r5"]["location_id"]
    assert of["r4"]["organization_id"] != of["r5"]["organization_id"]


def test_an_empty_table_gives_an_empty_answer(records: Make) -> None:
    result = match_records(records(*ROWS).clear())
    assert result.assignments.height == result.pairs.height == 0


def test_every_location_has_one_organization(records: Make) -> None:
    pairs = match_records(records(*ROWS)).assignments.select("location_id", "organization_id").unique()
    assert pairs["location_id"].is_unique().all()


def test_pairs_carry_probability_and_reasons(records: Make) -> None:
    pairs = match_records(records(*ROWS)).pairs
    joined = pairs.filter((pl.col("level") == "location") & (pl.col("decision") == "joined")).row(
        0, named=True
    )
    assert joined["probability"] > 0.9
    assert "same phone (+5.0)" in joined["reasons"]


def test_errors_name_what_is_wrong(records: Make) -> None:
    frame = records(*ROWS)
    with pytest.raises(ValueError, match="lack the column\\(s\\) zip"):
        match_records(frame.drop("zip"))
    with pytest.raises(ValueError, match="more than one record: r1"):
        match_records(pl.concat([frame, frame[1:2]]))
    with pytest.raises(ValueError, match="no record_id"):
        match_records(frame.with_columns(record_id=pl.lit(" ")))


def test_csv_in_csv_out(records: Make, tmp_path: Path) -> None:
    source, out = tmp_path / "in.csv", tmp_path / "out.csv"
    records(*ROWS).write_csv(source)
    assert match_csv(source, out) == {"records": 6, "organizations": 4, "locations": 5}
    with out.open() as file:
        rows = list(csv.DictReader(file))
    assert [row["record_id"] for row in rows] == [f"r{n}" for n in range(6)]
    assert list(rows[0]) == ["record_id", "organization_id", "location_id"]


@pytest.mark.parametrize("text", ["", "record_id,name1\nr1,Fern\n", 'record_id,name1\n"r1,Fern\n'])
def test_a_bad_file_is_named(tmp_path: Path, text: str) -> None:
    bad = tmp_path / "bad.csv"
    bad.write_text(text)
    with pytest.raises(ValueError, match=r"bad\.csv"):
        match_csv(bad, tmp_path / "out.csv")

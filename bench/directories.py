"""Real directories as records to match: read for measuring, never copied."""

from __future__ import annotations

from pathlib import Path

import polars as pl
from python_calamine import CalamineWorkbook

COLUMNS = ("name1", "name2", "street1", "street2", "city", "state", "zip", "phone")
YEARS = {"SU2022": "su_2022.xlsx", "SU2023": "su_2023.xlsx", "MH2023": "mh_2023.xlsx"}


def workbook(path: Path, source: str) -> pl.DataFrame:
    """One SAMHSA directory: record_id, source, the printed columns, intake (its numbers together), website (empty)."""
    rows = CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()
    head = [str(cell).strip().lower() for cell in rows[0]]
    table = pl.DataFrame([[_text(cell) for cell in row] for row in rows[1:]], schema=head, orient="row")
    intake = [column for column in head if column.startswith("intake")]
    return table.select(
        pl.format("{}:r{}", pl.lit(source), pl.int_range(2, pl.len() + 2)).alias("record_id"),
        pl.lit(source).alias("source"),
        *COLUMNS,
        intake=pl.concat_str(intake, separator=" ").str.strip_chars(),
        website=pl.lit(""),
    ).with_columns(pl.col("zip").str.head(5).str.zfill(5))


def _text(cell: object) -> str:
    return str(int(cell)) if isinstance(cell, float) else str(cell).strip()


def listings(records: pl.DataFrame, source: str) -> pl.DataFrame:
    """The same rows as the stage table `listing`, keyed by name and address, with their intake numbers."""
    said = pl.concat_str("name1", "name2", "street1", "city", "state", separator="|")
    key = said.hash(7).cast(pl.String) + "." + pl.int_range(pl.len()).over(said).cast(pl.String)
    texts = {
        "organization_name": "name1",
        "site_name": "name2",
        **{c: c for c in ("street1", "street2", "city")},
    }
    return records.select(
        listing_id=pl.lit(f"{source}:") + key,
        source_id=pl.lit(source),
        **{name: pl.when(pl.col(column) != "").then(column) for name, column in texts.items()},
        state="state",
        zip="zip",
        phone=pl.col("phone").str.replace(" x", ";ext=", literal=True),
        website=pl.lit(None, pl.String),
        is_virtual=pl.lit(False),
        external_ids=pl.lit(None, pl.List(pl.Struct({"scheme": pl.String, "identifier": pl.String}))),
        intake="intake",
    )

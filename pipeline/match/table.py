"""Matching a CSV file: what `iop match RECORDS.csv --out OUT.csv` does."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from pipeline.match.model import match_records


def match_csv(in_path: Path | str, out_path: Path | str) -> dict[str, int]:
    """Match the records of a CSV file and write record_id, organization_id, location_id in the order of the input.

    Returns the numbers of records, organizations and locations. Raises ValueError, naming the file, for a file that
    is not a table of records: not CSV, columns missing, record ids missing or repeated.
    """
    try:
        records = pl.read_csv(in_path, infer_schema=False, truncate_ragged_lines=False)
    except pl.exceptions.PolarsError as error:
        raise ValueError(f"{in_path}: not a readable CSV table of records ({error})") from error
    try:
        matched = match_records(records).assignments
    except ValueError as error:
        raise ValueError(f"{in_path}: {error}") from error
    order = records.select(pl.col("record_id").str.strip_chars())
    ids = matched.select(pl.col("record_id", "organization_id", "location_id").cast(pl.String))
    out = order.join(ids, on="record_id", how="left", maintain_order="left")
    out.write_csv(out_path)
    return {
        "records": out.height,
        "organizations": out["organization_id"].n_unique(),
        "locations": out["location_id"].n_unique(),
    }

"""Where a second reader of the pages and our own differ, as `iop review --readings` lists it."""

from __future__ import annotations

import polars as pl
from rich.table import Table

from pipeline.commands.console import shown
from pipeline.records import Apart

ORDER = {str(apart): n for n, apart in enumerate(Apart)}  # what weighs most first


def differences_table(rows: pl.DataFrame, limit: int) -> Table:
    """The points on which they differ, what weighs most first."""
    rank = pl.col("apart").replace_strict(ORDER, default=len(ORDER), return_dtype=pl.Int32)
    ordered = rows.sort(rank, "source_id", "url", "number")
    table = Table(
        "how",
        "page",
        "level",
        "field",
        "ours",
        "second reader",
        "words",
        title=f"{rows.height:,} differences",
    )
    for row in ordered.head(limit).iter_rows(named=True):
        theirs = (row["theirs"] or "") + (" (published)" if row["theirs"] and row["is_published"] else "")
        cells = (
            row["apart"],
            row["url"],
            row["level_of_care"],
            row["field"] or "page",
            row["ours"],
            theirs,
            row["quote"],
        )
        table.add_row(*(shown(str(cell or "")) for cell in cells))
    return table

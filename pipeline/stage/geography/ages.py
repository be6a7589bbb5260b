"""Ages of one count carried over to another: by their shares."""

from __future__ import annotations

import polars as pl

OF_AGE = ("under_18", "age_12_17", "age_65_up")


def carried_over(frame: pl.DataFrame, people: str = "population", suffix: str = "_there") -> pl.DataFrame:
    """Ages for the people in column `people`, from the counts in columns with a suffix; whole people, so that those under
    18 and the adults are everybody. Null where nothing is known of ages; nobody has no ages.

    Adds or replaces `under_18`, `age_12_17`, `adults`, `age_65_up`, and leaves the columns with the suffix out.
    """
    everybody = pl.col(f"under_18{suffix}") + pl.col(f"adults{suffix}")
    share = [
        pl.when(pl.col(people) == 0)
        .then(pl.col(f"{name}{suffix}") * 0)
        .when(everybody > 0)
        .then((pl.col(people) * pl.col(f"{name}{suffix}") / everybody).round())
        .cast(pl.Int64)
        .alias(name)
        for name in OF_AGE
    ]
    return (
        frame.with_columns(share)
        .with_columns(adults=pl.col(people) - pl.col("under_18"))
        .with_columns(age_65_up=pl.min_horizontal(pl.col("age_65_up"), pl.col("adults")))
        .drop(f"{name}{suffix}" for name in (*OF_AGE, "adults"))
    )

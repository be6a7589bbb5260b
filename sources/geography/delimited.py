"""Delimited text of the Census Bureau as a frame of strings: byte order marks, Latin-1 and padded headers included."""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl

from sources.geography.given import FormatError, needs


def read_delimited(content: bytes, columns: Iterable[str], separator: str = ",") -> pl.DataFrame:
    """These columns, all as text; empty cells are null. Raises FormatError."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("latin-1")  # population estimates: "Doña Ana County"
    if not text.strip():
        raise FormatError("is empty")
    try:
        frame = pl.read_csv(text.encode(), separator=separator, infer_schema=False)
    except pl.exceptions.PolarsError as error:
        raise FormatError(f"is no table ({str(error).splitlines()[0]})") from None
    frame = frame.rename({name: name.strip() for name in frame.columns})
    return needs(frame, columns).select(pl.col(list(columns)).str.strip_chars())

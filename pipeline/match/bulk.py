"""Names and street lines of a whole table, normalised once per distinct part.

The same answers as `normalize_names` and `normalize_street` give one by one (a test holds that): the plain majority is
split and translated column by column, and whatever is not plain goes through those functions.
"""

from __future__ import annotations

from collections.abc import Callable

import polars as pl

from pipeline.normalize.address import Street, normalize_street, unit_line
from pipeline.normalize.name import CAREFUL, DANGLING, becomes, normalize_names

_SIMPLE = r"^([1-9]\d*) ([A-Za-z]{2}.*)$"
_PARTS = ("number", "predirectional", "name", "suffix", "postdirectional", "unit", "kind")
_STREET = dict.fromkeys(_PARTS, pl.String)


def names(frame: pl.DataFrame) -> pl.DataFrame:
    """Columns primary, label, alias from name1, name2: comparable words, a space between; "" where there is none."""
    pairs = frame.select("name1", "name2").unique()
    careful = pairs.select(
        pl.any_horizontal(pl.col("name1", "name2").str.contains(CAREFUL))
        | pl.col("name1").str.contains(DANGLING)
    ).to_series()
    plain, rest = pairs.filter(~careful), pairs.filter(careful)
    known = _translated(pl.concat([plain["name1"], plain["name2"]]).unique())
    plain = plain.select("name1", "name2", *(
        pl.col(column).replace_strict(known["text"], known["words"], default="", return_dtype=pl.String).alias(role)
        for column, role in (("name1", "primary"), ("name2", "label"))
    ), alias=pl.lit(""))  # fmt: skip
    plain = plain.with_columns(
        primary=pl.when(pl.col("name1") == "").then("label").otherwise("primary"),
        label=pl.when(pl.col("name1") == "").then(pl.lit("")).otherwise("label"),
    )
    said = [normalize_names(a, b) for a, b in rest.iter_rows()]
    rest = rest.with_columns(
        primary=pl.Series([" ".join(n.primary) for n in said], dtype=pl.String),
        label=pl.Series([" ".join(n.label) for n in said], dtype=pl.String),
        alias=pl.Series([" ".join(n.alias) for n in said], dtype=pl.String),
    )
    table = pl.concat([plain, rest])
    return frame.select("name1", "name2").join(
        table, on=["name1", "name2"], how="left", maintain_order="left"
    )


def _translated(texts: pl.Series) -> pl.DataFrame:
    """text, words: every plain ASCII text as its comparable words."""
    words = (
        texts.to_frame("text")
        .with_columns(
            word=pl.col("text").str.to_lowercase().str.replace_all("['`]", "").str.extract_all("[a-z0-9]+")
        )
        .explode("word")
    )
    distinct = words["word"].drop_nulls().unique().to_list()
    lexicon = pl.DataFrame({"word": distinct, "becomes": [" ".join(becomes(word)) for word in distinct]},
                           schema={"word": pl.String, "becomes": pl.String})  # fmt: skip
    done = words.join(lexicon, on="word", how="left", maintain_order="left")
    kept = done.filter(pl.col("becomes") != "").group_by("text").agg(words=pl.col("becomes").str.join(" "))
    bare = done.join(kept, on="text", how="anti").group_by("text").agg(words=pl.col("word").str.join(" "))
    return pl.concat([kept, bare.with_columns(pl.col("words").fill_null(""))])


def streets(frame: pl.DataFrame) -> pl.DataFrame:
    """The parts of `Street` as columns, from street1, street2."""
    lines = frame.select("street1", "street2").with_row_index("row")
    lines = lines.with_columns(
        number=pl.col("street1").str.extract(_SIMPLE, 1), rest=pl.col("street1").str.extract(_SIMPLE, 2)
    )
    rests = _parts(lines["rest"].drop_nulls().unique().to_list(), lambda rest: normalize_street(f"1 {rest}"))
    units = lines["street2"].unique()
    unit_of = pl.DataFrame({"street2": units, "extra": [unit_line(text) for text in units.to_list()]},
                           schema={"street2": pl.String, "extra": pl.String})  # fmt: skip
    simple = (
        lines.drop_nulls("rest")
        .join(rests.rename({"text": "rest", "number": "one"}), on="rest")
        .join(unit_of, on="street2")
        .filter((pl.col("one") == "1") & ((pl.col("unit") == "") | (pl.col("street2") == "")))
        .with_columns(unit=pl.when(pl.col("extra") == "").then("unit").otherwise("extra"))
        .select("row", *_PARTS)
    )
    hard = lines.join(simple, on="row", how="anti")
    pairs = hard.select("street1", "street2").unique()
    found = [normalize_street(a, b) for a, b in pairs.iter_rows()]
    read = hard.select("row", "street1", "street2").join(
        pl.concat([pairs, _frame(found)], how="horizontal"), on=["street1", "street2"]
    )
    return pl.concat([simple, read.select("row", *_PARTS)]).sort("row").drop("row")


def _parts(texts: list[str], read: Callable[[str], Street]) -> pl.DataFrame:
    table = _frame([read(text) for text in texts])
    return table.with_columns(text=pl.Series(texts, dtype=pl.String))


def _frame(found: list[Street]) -> pl.DataFrame:
    columns = {part: [getattr(street, part) for street in found] for part in _PARTS}
    return pl.DataFrame(columns, schema=_STREET)

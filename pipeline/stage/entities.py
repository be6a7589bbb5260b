"""Listings of all sources → entities: frames in and out of `pipeline.match`, and the ledger of the last release."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
import polars as pl

from pipeline.fields import Trait, written_as
from pipeline.match.resolve import resolve
from pipeline.stage.reports import EntityReport
from pipeline.stage.tables import ALL, Stage
from warehouse.contracts import release_tables
from warehouse.engine import threads
from warehouse.inputs import in_todays_shape, lacks
from warehouse.overrides import load_overrides
from warehouse.policy import TAKEN
from warehouse.release import ReleaseError
from warehouse.sql import literal
from warehouse.takedown import member_mark, with_records

# facts that tell two tracks of one place apart, or show that two sources mean the same
STATES = written_as("boolean", Trait.MATCHED)
LISTS = written_as("code", Trait.MATCHED)
RANGES = written_as("range", Trait.MATCHED)


def resolve_entities(
    stage: Stage, release: Path | None, overrides: Path, now: datetime, seen: datetime | None = None
) -> EntityReport:
    """Match all listings on the stage; write crosswalk, ledger and pairs. Ids come from the last release; `seen`: when a run
    last found that it still stands (UTC), with all that is active in it.

    DamagedStageError where a file of the stage cannot be read."""
    try:
        listed, offered = listings(stage), services(stage)
    except pl.exceptions.PolarsError as error:
        raise stage.damage() from error
    found = resolve(
        listed,
        offered,
        _named_again(_seen(_last(stage, release, "ledger"), seen), listed, offered),
        load_overrides(overrides),
        now,
        _last(stage, release, "crosswalk"),
    )
    for table in ("crosswalk", "ledger", "match_pair"):
        stage.write(table, ALL, getattr(found, table))
    ids = found.crosswalk.unique(["entity_type", "entity_id"])["entity_type"].value_counts()
    counts = dict(ids.iter_rows())
    return EntityReport(
        counts.get("organization", 0),
        counts.get("location", 0),
        counts.get("service", 0),
        found.match_pair.filter(pl.col("decision") == "review").height,
        tuple(map(str, found.obsolete_overrides)),
    )


def listings(stage: Stage) -> pl.DataFrame:
    """The listings, with the other numbers that they print: a shared intake line is evidence, too."""
    others = (
        (pl.col("field") == "phone")
        & (pl.col("qualifier") == "admissions")
        & (pl.col("assertion") == "affirmed")
    )
    intake = (
        stage.scan("observation")
        .filter(others)
        .group_by("listing_id")
        .agg(pl.col("value").unique().sort().alias("intake"))
    )
    return stage.read("listing").join(
        intake.with_columns(pl.col("intake").list.join(" ")).collect(), on="listing_id", how="left"
    )


def services(stage: Stage) -> pl.DataFrame:
    """The services of all listings, with the facts that matching looks at."""
    by = ["listing_id", "service_key"]
    focus = stage.scan("listing").select("listing_id", "focus").collect()
    table = stage.read("listing_service").join(focus, on="listing_id", how="left")
    wanted = pl.col("field").is_in([*STATES, *LISTS, *RANGES]) & (pl.col("assertion") == "affirmed")
    told = stage.scan("observation").filter(pl.col("service_key").is_not_null() & wanted)
    said = told.select(*by, "field", "value").collect()
    for field in STATES:
        one = (
            said.filter(pl.col("field") == field)
            .group_by(by)
            .agg((pl.col("value") == "true").any().alias(field))
        )
        table = table.join(one, on=by, how="left")
    for field in LISTS:
        many = (
            said.filter(pl.col("field") == field)
            .group_by(by)
            .agg(pl.col("value").unique().sort().alias(f"{field}s"))
        )
        table = table.join(many, on=by, how="left")
    for field in RANGES:
        one = said.filter(pl.col("field") == field).group_by(by).agg(pl.col("value").first().alias(field))
        table = table.join(one, on=by, how="left")
    return table


def _seen(ledger: pl.DataFrame | None, at: datetime | None) -> pl.DataFrame | None:
    """The ledger with what is active in it seen at a moment, or later."""
    if ledger is None or at is None:
        return ledger
    later = pl.max_horizontal("last_seen", pl.lit(at, pl.Datetime("us")))
    return ledger.with_columns(
        last_seen=pl.when(pl.col("status") == "active").then(later).otherwise("last_seen")
    )


def _named_again(
    ledger: pl.DataFrame | None, listed: pl.DataFrame, offered: pl.DataFrame
) -> pl.DataFrame | None:
    """The ledger with the records that were taken down, of which a release has the marks alone: their ids go on, taken down."""
    if (
        ledger is None
        or not ledger.filter(
            pl.col("members").list.eval(pl.element().str.starts_with(TAKEN)).list.any()
        ).height
    ):
        return ledger
    services = offered.select(pl.concat_str("listing_id", "service_key", separator="#")).to_series()
    known = {member_mark(member): member for member in (*listed["listing_id"], *services)}
    members = [with_records(row, known) for row in ledger["members"]]
    return ledger.with_columns(pl.Series("members", members, dtype=pl.List(pl.String)))


def _last(stage: Stage, release: Path | None, table: str) -> pl.DataFrame | None:
    """A table of the last release, in today's shape; None at the first run. ReleaseError where it has not what ids follow from."""
    if release is None:
        return None
    contract = release_tables()[table]
    with (
        TemporaryDirectory(prefix=".last", dir=stage.folder) as folder,
        duckdb.connect(config={"threads": threads(release)}) as con,
    ):
        file = Path(folder) / "rows"
        con.execute(f"ATTACH {literal(str(release))} AS last (READ_ONLY)")
        in_todays_shape(con, "last", "main", {table: contract})
        if lacking := lacks(con, "last", contract):
            raise ReleaseError(
                f"{release} is of an older contract, whose {table} has no {', '.join(lacking)}: every id would be a new one. "
                "Publish with a version in between first (CHANGELOG.md), or move the releases aside to begin anew"
            )
        con.execute(f"COPY (FROM {table}) TO {literal(str(file))} (FORMAT parquet)")
        return pl.read_parquet(file.read_bytes())

"""The matcher that was not chosen: Splink 5 on DuckDB, with the same fields and an address veto.

Places only: Splink has no second level. Cleaning is SQL and part of the time, as ours is of ours.
"""

from __future__ import annotations

import logging
from pathlib import Path

import duckdb
import polars as pl
import splink.comparison_library as cl
from splink import DuckDBAPI, Linker, SettingsCreator, block_on
from splink.clustering import cluster_pairwise_predictions_at_threshold

logging.getLogger("splink").setLevel(logging.ERROR)

CLEAN = r"""
SELECT record_id AS unique_id,
    nullif(trim(regexp_replace(regexp_replace(lower(name1), '[^a-z0-9 ]', '', 'g'),
        '\b(inc|llc|pc|the|of|and|center|ctr|services|servs)\b', '', 'g')), '') AS name,
    nullif(lower(name2), '') AS label,
    nullif(regexp_extract(street1, '^(\d+)', 1), '') AS number,
    nullif(regexp_replace(lower(street1), '^\d+|\b(north|south|east|west|n|s|e|w|street|st|avenue|ave|road|rd|'
        || 'boulevard|blvd|drive|dr|lane|ln)\b|[^a-z0-9 ]', '', 'g'), '') AS street,
    nullif(regexp_extract(regexp_replace(phone, '[^0-9x]', '', 'g'), '^(\d{10})', 1), '') AS phone,
    nullif(zip, '') AS zip, nullif(lower(city) || state, 'null') AS city
FROM records
"""


def run(frame: pl.DataFrame, threshold: float, threads: int, memory: str, spill: Path) -> pl.DataFrame:
    """record_id, location_id by Splink's connected components at a probability, after the veto on house numbers."""
    config = {"threads": threads, "memory_limit": memory, "temp_directory": str(spill)}
    con = duckdb.connect(config=config)
    con.register("records", frame.to_arrow())
    con.execute(f"CREATE TABLE clean AS {CLEAN}")
    settings = SettingsCreator(
        link_type="dedupe_only",
        blocking_rules_to_generate_predictions=[
            block_on("zip", "number"),
            block_on("city", "number"),
            block_on("phone", "zip"),
            block_on("phone", "number"),
            block_on("name", "zip"),
        ],
        comparisons=[
            cl.JaroWinklerAtThresholds("name", [0.95, 0.85]).configure(term_frequency_adjustments=True),
            cl.JaroWinklerAtThresholds("street", [0.9]),
            cl.ExactMatch("phone").configure(term_frequency_adjustments=True),
            cl.JaroWinklerAtThresholds("label", [0.9]),
            cl.ExactMatch("zip"),
            cl.ExactMatch("number"),
        ],
        retain_matching_columns=False,
        retain_intermediate_calculation_columns=False,
    )
    db = DuckDBAPI(con)
    linker = Linker(db.register("clean"), settings, log_level=logging.ERROR)
    linker.training.estimate_probability_two_random_records_match(
        [block_on("phone", "number", "name")], recall=0.6
    )
    linker.training.estimate_u_using_random_sampling(max_pairs=1e6, seed=1)
    for rule in (block_on("zip", "number"), block_on("phone")):
        linker.training.estimate_parameters_using_expectation_maximisation(rule)
    pairs = linker.inference.predict(threshold_match_probability=threshold)
    name = pairs.physical_name
    con.execute(f"""
        CREATE TABLE kept AS SELECT p.* FROM {name} p
        JOIN clean l ON l.unique_id = p.unique_id_l JOIN clean r ON r.unique_id = p.unique_id_r
        WHERE coalesce(l.number = r.number, TRUE)""")
    clusters = cluster_pairwise_predictions_at_threshold(
        "clean", "kept", db, "unique_id", "unique_id_l", "unique_id_r", threshold_match_probability=threshold
    )
    out = con.execute(
        f"SELECT unique_id AS record_id, cluster_id AS location_id FROM {clusters.physical_name}"
    ).pl()
    con.close()
    return out

"""Matching measured: labelled pairs, real directories, made-up ones of any size beside Splink, Massachusetts.

usage: python bench/match.py gold|real|massachusetts|synthetic [--records 100000,1000000] [--shared ../shared]
Splink needs `uv sync --group bench`. Every timed run has a process of its own, so that its peak memory is its own.
"""

from __future__ import annotations

import argparse
import json
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import polars as pl
from directories import YEARS, workbook
from synthetic import World

from pipeline.match.model import match_records
from pipeline.normalize.place import find_zip

SEED = 7
THRESHOLDS = (0.9, 0.99, 0.999, 0.9999)  # tried for Splink on a sample of its own


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("what", choices=["gold", "real", "massachusetts", "synthetic", "one"])
    parser.add_argument("--records", default="100000")
    parser.add_argument("--shared", type=Path, default=Path(__file__).parents[2] / "shared")
    parser.add_argument("--job", help="internal: one timed run, as JSON")
    args = parser.parse_args()
    data = args.shared / "data"
    if args.what == "one":
        print(json.dumps(one(**json.loads(args.job))))
    elif args.what == "gold":
        gold(data / "matching")
    elif args.what == "real":
        real(data / "samhsa")
    elif args.what == "massachusetts":
        massachusetts(data)
    else:
        for count in args.records.split(","):
            synthetic(int(count))


def one(method: str, records: str, out: str, threshold: float = 0.0) -> dict[str, float]:
    """One run: seconds from the table in memory to its assignments, and the peak memory of the process."""
    frame = pl.read_parquet(records)
    start, cpu = time.perf_counter(), time.process_time()
    if method == "ours":
        matched = match_records(frame).assignments
    else:
        import splink_model

        matched = splink_model.run(frame, threshold, 2, "8GB", Path(tempfile.mkdtemp()))
    seconds = time.perf_counter() - start
    matched.write_parquet(out)
    return {"seconds": seconds, "cpu": time.process_time() - cpu, "gigabytes": _peak_kilobytes() / 1024**2}


def _peak_kilobytes() -> int:
    """The most memory of this process (Linux); what `resource` tells begins with that of the process that started it."""
    status = Path("/proc/self/status").read_text()
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM:"))


def apart(method: str, frame: pl.DataFrame, threshold: float = 0.0) -> tuple[dict[str, float], pl.DataFrame]:
    """`one` in a process of its own."""
    with tempfile.TemporaryDirectory() as folder:
        records, out = Path(folder, "in.parquet"), Path(folder, "out.parquet")
        frame.write_parquet(records)
        job = json.dumps({"method": method, "records": str(records), "out": str(out), "threshold": threshold})
        command = [sys.executable, __file__, "one", "--job", job]
        printed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        return json.loads(printed.splitlines()[-1]), pl.read_parquet(out)


def f1(matched: pl.DataFrame, truth: pl.DataFrame, column: str, wanted: str) -> tuple[float, float, float]:
    """Precision, recall and F1 over pairs of records."""
    joined = truth.join(matched, on="record_id")

    def pairs(*keys: str) -> int:
        return int(
            joined.group_by(keys).len().select((pl.col("len") * (pl.col("len") - 1) // 2).sum()).item()
        )

    both, got, want = pairs(column, wanted), pairs(column), pairs(wanted)
    precision, recall = both / max(got, 1), both / max(want, 1)
    return precision, recall, 2 * precision * recall / max(precision + recall, 1e-9)


def synthetic(count: int) -> None:
    """Ours and Splink on the same records; Splink's threshold is the best of a sample of another seed."""
    sample, answer = World(SEED + 1).records(30_000)
    tuned = max(
        THRESHOLDS, key=lambda t: f1(apart("splink", sample, t)[1], answer, "location_id", "location")[2]
    )
    frame, truth = World(SEED).records(count)
    places, operators = truth["location"].n_unique(), truth["organization"].n_unique()
    print(f"\n{count:,} records, {places:,} places, {operators:,} operators")
    print(
        "| method | seconds | CPU seconds | peak GB | places P / R / F1 | operators P / R / F1 |\n| --- | --- | --- | --- | --- | --- |"
    )
    for method, threshold in (("ours", 0.0), ("splink", tuned)):
        took, matched = apart(method, frame, threshold)
        by_place = " / ".join(f"{x:.3f}" for x in f1(matched, truth, "location_id", "location"))
        by_operator = "–"
        if "organization_id" in matched.columns:
            by_operator = " / ".join(
                f"{x:.3f}" for x in f1(matched, truth, "organization_id", "organization")
            )
        name = method if method == "ours" else f"Splink at {threshold}"
        print(
            f"| {name} | {took['seconds']:.1f} | {took['cpu']:.1f} | {took['gigabytes']:.2f} | {by_place} | {by_operator} |",
            flush=True,
        )


def real(folder: Path) -> None:
    """The SU and MH directories of one year, end to end."""
    start = time.perf_counter()
    frame = pl.concat([workbook(folder / YEARS[source], source) for source in ("SU2023", "MH2023")])
    read = time.perf_counter() - start
    took, matched = apart("ours", frame)
    print(
        f"{frame.height:,} rows read in {read:.1f} s, matched in {took['seconds']:.1f} s ({took['cpu']:.1f} s CPU), "
        f"{took['gigabytes']:.2f} GB: {matched['location_id'].n_unique():,} places, "
        f"{matched['organization_id'].n_unique():,} operators"
    )


def gold(folder: Path) -> None:
    """F1 on the labelled pairs: all, and each half of the states (a fixed draw), at both levels."""
    records = pl.read_csv(folder / "pairs_records.csv", infer_schema=False)
    of = {row["record_id"]: row for row in match_records(records).assignments.iter_rows(named=True)}
    state = dict(records.select("record_id", "state").iter_rows())
    states = sorted(set(state.values()))
    half = set(random.Random(SEED).sample(states, len(states) // 2))
    labelled = pl.read_csv(folder / "pairs_gold.csv", infer_schema=False).to_dicts()
    kept = (("all states", set(states)), ("half A", half), ("half B", set(states) - half))
    print("| level | pairs | n | precision | recall | F1 |\n| --- | --- | --- | --- | --- | --- |")
    for level, label in (("location", "same_site"), ("organization", "same_organization")):
        for title, wanted in kept:
            rows = [r for r in labelled if r[label] in ("yes", "no") and state[r["left_id"]] in wanted]
            print(f"| {level} | {title} | {len(rows)} | {_score(rows, label, of, f'{level}_id')} |")


def _score(rows: list[dict[str, Any]], label: str, of: dict[str, dict[str, str]], column: str) -> str:
    said = [(of[r["left_id"]][column] == of[r["right_id"]][column], r[label] == "yes") for r in rows]
    both = said.count((True, True))
    precision, recall = both / max(1, sum(a for a, _ in said)), both / max(1, sum(b for _, b in said))
    return f"{precision:.3f} | {recall:.3f} | {2 * precision * recall / max(precision + recall, 1e-9):.3f}"


def massachusetts(data: Path) -> None:
    """Rows and places per county from four real sources, and random merges and near misses to read."""
    rows = pl.concat(
        [*(workbook(data / "samhsa" / YEARS[s], s) for s in YEARS), licenses(data)], how="diagonal"
    )
    rows = rows.filter(pl.col("state") == "MA")
    county = {z: found.county for z in rows["zip"].unique() if (found := find_zip(z)) and found.county}
    result = match_records(rows)
    table = rows.join(result.assignments, on="record_id").with_columns(
        county=pl.col("zip").replace_strict(county, default="unknown")
    )
    counts = table.group_by("county").agg(
        *(pl.col("source").eq(s).sum().alias(s) for s in (*YEARS, "BSAS")),
        rows=pl.len(),
        places=pl.col("location_id").n_unique(),
        operators=pl.col("organization_id").n_unique(),
    )
    for row in [counts.columns, ["---"] * counts.width, *counts.sort("county").iter_rows()]:
        print("| " + " | ".join(map(str, row)) + " |")
    print(
        f"all: {table.height} rows, {table['location_id'].n_unique()} places, {table['organization_id'].n_unique()} operators"
    )
    shown = {row["record_id"]: row for row in rows.iter_rows(named=True)}
    pairs = result.pairs.filter(pl.col("level") == "location")
    different = [
        r
        for r in pairs.filter(pl.col("decision") == "joined").iter_rows(named=True)
        if _differs(shown[r["left_id"]], shown[r["right_id"]])
    ]
    near = list(result.pairs.filter(pl.col("decision") != "joined").iter_rows(named=True))
    for title, found in (
        ("merges (not identical in print)", different),
        ("near misses of both levels", near),
    ):
        print(f"\n{min(20, len(found))} of {len(found)} {title}")
        for pair in random.Random(SEED).sample(found, min(20, len(found))):
            print(
                f"{pair['level']} {pair['probability']:.2f} {_line(shown[pair['left_id']])}\n     {_line(shown[pair['right_id']])}\n       {pair['reasons']}"
            )


def licenses(data: Path) -> pl.DataFrame:
    table = pl.read_csv(data / "licenses" / "ma_bsas_boston.csv", infer_schema=False).fill_null("")
    address = pl.col("address").str.extract_groups(r"^(.*) ([A-Za-z]+),? (?i:MA) (\d{5})")
    return table.with_row_index("row").select(
        record_id=pl.format("BSAS:r{}", "row"),
        source=pl.lit("BSAS"),
        name1="organization",
        name2="name",
        street1=address.struct[0].fill_null(""),
        street2=pl.lit(""),
        city=pl.lit("Boston"),
        state=pl.lit("MA"),
        zip="zip",
        phone="phone",
        intake=pl.lit(""),
        website=pl.lit(""),
    )


def _differs(a: dict[str, str], b: dict[str, str]) -> bool:
    return any(a[c] != b[c] for c in ("name1", "street1", "street2", "phone"))


def _line(row: dict[str, str]) -> str:
    return " · ".join(
        row[c] for c in ("record_id", "name1", "name2", "street1", "street2", "city", "phone") if row[c]
    )


if __name__ == "__main__":
    main()

"""How fast the queries of a directory app are, beside SQLite with indexes: `python bench/query.py [--times 50]`.

A made-up directory of 20,000 services (times 50: 1,000,000) is written in the tables of a release
(`query/world.sql`), and the same rows into SQLite, lists in a table of their own with an index for every question
(`query/sqlite/`). Each query runs for several states and places; median and 95th percentile are given for one client
that keeps its connection, rows fetched. The answers of both must be the same, or the run ends. Two answers are not the same, and
only their times are compared (`UNLIKE`): `search()` ranks, forgives slips and reads codes, SQLite's trigram index knows words of names
typed rightly; `facets()` counts more filters. The last lines are DuckDB's alone: a slip in each word, and places by what people type.
"""

from __future__ import annotations

import argparse
import re
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import duckdb
import zipcodes

from pipeline.stage.geography.write import write_geography
from pipeline.stage.tables import Stage
from warehouse.contracts import release_tables
from warehouse.ddl import create_table
from warehouse.reference import fill_vocabularies
from warehouse.sql import insert_rows, literal

HERE = Path(__file__).parent
MODELS = HERE.parent / "warehouse" / "models"
SURFACE = (
    "05_label.sql",
    "46_place_name.sql",
    "75_search.sql",
    "90_surface.sql",
    "91_find_place.sql",
    "92_search.sql",
)
EXAMPLES = HERE.parent / "examples"
SERVICES = 20_000
STATES = ("MA", "CA", "NY", "TX", "OH", "VT")
TOWN = """CREATE TEMP TABLE town (number INTEGER, state VARCHAR, county VARCHAR, zip VARCHAR, city VARCHAR,
    latitude DOUBLE, longitude DOUBLE)"""
SEARCHES = (  # what people type, a round each, and the same with a slip of the keys
    ("recovery cambridge", "recvoery cambrige"),
    ("harbor springfield", "harbour sprinfield"),
    ("hope clinic", "hoope clinc"),
    ("beacon", "beacn"),
    ("pathways health", "patways helth"),
    ("summit care", "sumit caer"),
)
PLACES_TYPED = ("02139", "lexington, ma", "springfield", "camb", "st. louis, missouri", "pittsburg pa")
UNLIKE = {"08_search", "10_facets"}
LISTS = (
    "conditions_all conditions_not_ticked payers_all payers_in_network payers_not_ticked payment_options "
    "payment_options_not_ticked populations languages virtual_states"
).split()
PLAIN = (
    "service_id location_id organization_id organization_name operator_name location_name service_name level_of_care focus "
    "delivery virtual provider_state street city county state zip latitude longitude phone_display website payers_scope min_age max_age schedule_text "
    "has_evening accepting accepting_scope accepting_verified source_count source_url confidence has_conflict last_verified verify_due freshness alert"
).split()
WRITTEN = (
    "operator_alternate_names conditions payers payers_in_network populations languages virtual_states"
).split()
Parameters = dict[str, Any]


def towns() -> list[tuple[object, ...]]:
    """Every ordinary ZIP code, as the made-up directory's towns."""
    rows = [z for z in zipcodes.list_all() if z["zip_code_type"] == "STANDARD" and z["lat"] and z["county"]]
    return [
        (
            n,
            z["state"],
            z["county"].removesuffix(" County"),
            z["zip_code"],
            z["city"],
            float(z["lat"]),
            float(z["long"]),
        )
        for n, z in enumerate(rows)
    ]


def named_places(folder: Path) -> Path:
    """The places of the country, as the pipeline stages them from what is packaged."""
    stage = Stage(folder / "stage")
    write_geography(stage)
    return folder / "stage" / "place" / "all.parquet"


def make_release(path: Path, rows: int, row_group: int | None) -> None:
    """A file with the tables, views and macros of a release."""
    contracts = release_tables()
    with duckdb.connect() as con:
        size = f", ROW_GROUP_SIZE {row_group}" if row_group else ""
        con.execute(f"ATTACH {literal(str(path))} AS release (STORAGE_VERSION 'v1.2.0'{size})")
        con.execute("USE release")
        for contract in contracts.values():
            con.execute(create_table(contract))
        fill_vocabularies(con, HERE.parent / "pipeline" / "vocabulary", contracts)
        con.execute(TOWN)
        con.execute(insert_rows("town", towns()))
        con.execute(f"SET VARIABLE rows = {rows}")
        con.execute((HERE / "query" / "world.sql").read_text(encoding="utf-8"))
        con.execute("ATTACH ':memory:' AS work; ATTACH ':memory:' AS stage")
        con.execute(
            f"CREATE TABLE stage.place AS FROM read_parquet({literal(str(named_places(path.parent)))})"
        )
        for model in SURFACE:
            con.execute((MODELS / model).read_text(encoding="utf-8"))


def make_sqlite(release: Path, path: Path) -> None:
    """The same rows in SQLite."""
    with duckdb.connect(str(release), read_only=True) as con, sqlite3.connect(path) as lite:
        lite.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;")
        texts = ", ".join(f"array_to_string({name}, ';') AS {name}" for name in WRITTEN)
        copy(con, lite, "directory", f"SELECT {', '.join(PLAIN)}, {texts} FROM directory")
        items = " UNION ALL ".join(
            f"SELECT service_id, '{name}' AS field, unnest({name}) AS code FROM directory" for name in LISTS
        )
        copy(con, lite, "item", items)
        copy(con, lite, "service", "SELECT service_id, first_seen FROM service")
        for table in ("payer_ancestor", "changes", "ledger"):
            copy(con, lite, table, f"SELECT * FROM {table}")
        lite.executescript((HERE / "query" / "sqlite" / "schema.sql").read_text(encoding="utf-8"))


def copy(con: duckdb.DuckDBPyConnection, lite: sqlite3.Connection, table: str, sql: str) -> None:
    cursor = con.execute(f"SELECT COLUMNS(c -> c NOT IN ('members')) FROM ({sql})")
    names = [column[0] for column in cursor.description or ()]
    lite.execute(f"CREATE TABLE {table} ({', '.join(names)})")
    while rows := cursor.fetchmany(20_000):
        plain = [[str(v) if hasattr(v, "isoformat") else v for v in row] for row in rows]
        lite.executemany(f"INSERT INTO {table} VALUES ({', '.join('?' * len(names))})", plain)
    lite.commit()


def asked(con: duckdb.DuckDBPyConnection) -> list[Parameters]:
    """Parameters of each round: another state, its largest county, a point in it, an operator of it."""
    found = []
    for state, (words, slip), place in zip(STATES, SEARCHES, PLACES_TYPED, strict=True):
        row = con.execute(
            """SELECT mode(county ORDER BY county), arg_min(latitude, service_id), arg_min(longitude, service_id),
            min(organization_id) FROM directory WHERE state = ?""",
            [state],
        ).fetchone()
        assert row
        found.append(
            {
                "state": state,
                "county": row[0],
                "lat": row[1],
                "lon": row[2],
                "km": 15,
                "organization": row[3],
                "condition": "trauma",
                "payer": "medicaid",
                "age": 15,
                "language": "es",
                "words": words,
                "slip": slip,
                "place": place,
                "day": "mo",
                "clock": "17:00",
                "since": "2026-02-20 00:00:00",
                "first": words.split()[0],
                "last": words.split()[-1],
                "match": " AND ".join(f'"{word}"' for word in words.split()),
            }
        )
    return found


def measure(
    run: Callable[[Parameters], Sequence[Any]], rounds: list[Parameters], repeats: int
) -> tuple[float, float]:
    """Median and 95th percentile in milliseconds."""
    times = []
    for repeat in range(repeats + 1):
        for parameters in rounds:
            began = time.perf_counter()
            run(parameters)
            if repeat:  # the first time warms the cache
                times.append(1000 * (time.perf_counter() - began))
    return statistics.median(times), statistics.quantiles(times, n=20)[18]


class Line(NamedTuple):
    """What a query took: rows, and median and 95th percentile in milliseconds, of ours and of SQLite."""

    name: str
    rows: float
    ours: tuple[float, float]
    lite: tuple[float, float] | None


def main() -> None:
    arguments = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    arguments.add_argument("--times", type=int, default=1, help="how many times 20,000 services")
    arguments.add_argument("--repeats", type=int, default=10)
    arguments.add_argument("--threads", type=int, default=2)
    arguments.add_argument("--row-group", type=int, help="rows of a row group; DuckDB's default is 122,880")
    arguments.add_argument("--no-sqlite", action="store_true")
    arguments.add_argument("--folder", type=Path, help="where both files are kept, and found the next time")
    chosen = arguments.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        files = Files(
            chosen.folder or Path(folder), SERVICES * chosen.times, chosen.row_group, not chosen.no_sqlite
        )
        print(f"{SERVICES * chosen.times:,} services: {files}\n", flush=True)
        print(
            "| query | rows | DuckDB median ms | p95 | SQLite median ms | p95 |\n| --- | ---: | ---: | ---: | ---: | ---: |"
        )
        for line in lines(files, chosen.repeats, chosen.threads):
            lite = " | ".join(f"{value:.1f}" for value in line.lite) if line.lite else " | "
            print(
                f"| {line.name} | {line.rows:.0f} | {line.ours[0]:.1f} | {line.ours[1]:.1f} | {lite} |",
                flush=True,
            )


class Files:
    """A release and the same rows in SQLite, made where they are not."""

    def __init__(self, folder: Path, rows: int, row_group: int | None = None, lite: bool = True) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.release, self.lite = folder / f"{rows}.duckdb", folder / f"{rows}.sqlite" if lite else None
        if not self.release.exists():
            make_release(self.release, rows, row_group)
        if self.lite and not self.lite.exists():
            make_sqlite(self.release, self.lite)

    def __str__(self) -> str:
        beside = f", {self.lite.stat().st_size >> 20} MB in SQLite" if self.lite else ""
        return f"{self.release.stat().st_size >> 20} MB in DuckDB{beside}"


def lines(files: Files, repeats: int = 10, threads: int = 2) -> Iterator[Line]:
    """Every example and its twin in SQLite; then what SQLite has nothing like."""
    con = duckdb.connect(config={"threads": threads})
    con.execute(f"ATTACH {literal(str(files.release))} AS iop (READ_ONLY)")
    con.execute("USE iop")
    rounds = asked(con)
    lite = sqlite3.connect(f"file:{files.lite}?mode=ro", uri=True) if files.lite else None
    for path in sorted(EXAMPLES.glob("[0-9]*.sql")):
        if path.stem != "15_program":  # the words behind a program, which a made-up directory has none of
            yield compare(con, lite, path, rounds, repeats)
    slips = [{**one, "words": one["slip"]} for one in rounds]
    yield compare(con, None, EXAMPLES / "08_search.sql", slips, repeats)._replace(name="08_search, slips")
    yield time_one(con, "find_place", "FROM find_place($place)", rounds, repeats)[1]


def compare(
    con: duckdb.DuckDBPyConnection,
    lite: sqlite3.Connection | None,
    path: Path,
    rounds: list[Parameters],
    repeats: int,
) -> Line:
    """Times of an example. SystemExit where SQLite answers otherwise."""
    text = path.read_text(encoding="utf-8")
    sql = re.sub(r"getvariable\('(\w+)'\)", r"$\1", re.sub(r"(?m)^(SET VARIABLE|--).*$", "", text))
    sql = sql.replace("$since", "$since::TIMESTAMP")
    duck, line = time_one(con, path.stem, sql, rounds, repeats)
    other_path = HERE / "query" / "sqlite" / path.name
    if lite is None or not other_path.exists():
        return line
    other_sql = other_path.read_text(encoding="utf-8")

    def other(parameters: Parameters) -> list[Any]:
        return lite.execute(other_sql, parameters).fetchall()

    for parameters in rounds:
        ours, theirs = ids(duck(parameters)), ids(other(parameters))
        if ours != theirs and path.stem not in UNLIKE:
            raise SystemExit(f"\n{path.name}: {len(ours)} and {len(theirs)} rows for {parameters}")
    return line._replace(lite=measure(other, rounds, max(2, repeats // 3)))


def time_one(
    con: duckdb.DuckDBPyConnection, name: str, sql: str, rounds: list[Parameters], repeats: int
) -> tuple[Callable[[Parameters], list[Any]], Line]:
    """DuckDB's way to ask it, and what it took."""
    names = set(re.findall(r"\$(\w+)", sql))

    def duck(parameters: Parameters) -> list[Any]:
        return con.execute(sql, {name: parameters[name] for name in names}).fetchall()

    rows = statistics.mean(len(duck(one)) for one in rounds)
    return duck, Line(name, rows, measure(duck, rounds, repeats), None)


def ids(rows: Sequence[Sequence[Any]]) -> list[tuple[str, ...]]:
    """Which services an answer holds; the whole row where it is not about services (facets)."""
    found = [sorted(v for v in row if isinstance(v, str) and v.startswith("svc_")) for row in rows]
    return sorted(tuple(one or map(str, row)) for one, row in zip(found, rows, strict=True))


if __name__ == "__main__":
    main()

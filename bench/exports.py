"""What exports cost at the size of a country: `python bench/exports.py [--services 36000] [--release FILE] [FORMAT …]`.

A made-up release of so many services, each with about 40 facts as the national directories give them, unless a release is given.
Each format is written in a process of its own: seconds, processor seconds, the most memory that it held, and the size written.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

import duckdb

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), *(str(ROOT / "tests" / name) for name in ("helpers", "warehouse", "exports"))]

from warehouse.contracts import Contract, release_tables  # noqa: E402
from warehouse.exports.formats import FORMATS  # noqa: E402
from warehouse.sql import literal, quoted  # noqa: E402

CHILD = """
import json, re, sys, time
from pathlib import Path
from warehouse.exports.formats import export
began = time.perf_counter()
export(Path(sys.argv[1]), sys.argv[2], Path(sys.argv[3]))
# not `ru_maxrss`, which begins with what the parent held
most = re.search(r"VmHWM:\\s+([0-9]+)", Path("/proc/self/status").read_text())[1]
print(json.dumps([time.perf_counter() - began, time.process_time(), int(most) / 1024]))
"""
OF_ENTITIES = ("service_id", "location_id", "organization_id")
FACTS = {  # table of facts → share of the vocabulary's codes that a service has
    "service_condition": ("condition", "vocabulary_condition", 15),
    "service_payer": ("payer", "vocabulary_payer", 12),
    "service_modality": ("modality", "vocabulary_modality", 22),
    "service_population": ("population", "vocabulary_population", 22),
}


def make_release(path: Path, services: int) -> None:
    """The export tests' world, each entity many times over, with as many facts as the national directories have."""
    from export_world import build_export_world

    small = build_export_world(path.parent)
    contracts = release_tables()
    with duckdb.connect(str(path)) as con:
        con.execute(f"ATTACH {literal(str(small))} AS small (READ_ONLY)")
        (found,) = con.execute("SELECT count(*) FROM small.service").fetchone() or (1,)
        con.execute(f"SET VARIABLE times = {-(-services // found)}")
        for contract in contracts.values():
            con.execute(f"CREATE TABLE {quoted(contract.table)} AS {_copies(contract)}")
        for table, (column, vocabulary, share) in FACTS.items():
            con.execute(f"DELETE FROM {table}")
            con.execute(
                f"""INSERT INTO {table} BY NAME SELECT service_id, v.code AS {column}, 'listing' AS scope
                FROM service, {vocabulary} v WHERE hash(service_id, v.code) % 100 < {share} ORDER BY ALL"""
            )
    small.unlink()


def _copies(contract: Contract) -> str:
    """Rows of entities as many times as the world has copies, their ids numbered; other rows once."""
    named = [name for name in OF_ENTITIES if name in contract.names]
    if not named or contract.table.startswith("coverage_"):
        return f"FROM small.{quoted(contract.table)}"
    new = ", ".join(f"{name} || format('_{{:05}}', n) AS {name}" for name in named)
    return f"SELECT * EXCLUDE (n) REPLACE ({new}) FROM small.{quoted(contract.table)}, range(getvariable('times')) r(n) ORDER BY ALL"


def measure(release: Path, format: str, to: Path) -> tuple[float, float, float, float]:
    """Seconds, processor seconds, MB of memory, MB written."""
    command = [sys.executable, "-c", CHILD, str(release), format, str(to)]
    answer = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    seconds, processor, memory = json.loads(answer.splitlines()[-1])
    files = [to] if to.is_file() else [file for file in to.rglob("*") if file.is_file()]
    return seconds, processor, memory, sum(file.stat().st_size for file in files) / 2**20


def main() -> None:
    arguments = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    arguments.add_argument("formats", nargs="*", default=list(FORMATS))
    arguments.add_argument("--services", type=int, default=36_000)
    arguments.add_argument("--release", type=Path)
    chosen = arguments.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        release = chosen.release or folder / "release.duckdb"
        if not chosen.release:
            make_release(release, chosen.services)
        print(f"{'format':12} {'s':>6} {'cpu s':>6} {'MB':>6} {'written MB':>11}")
        for format in chosen.formats:
            seconds, processor, memory, written = measure(release, format, folder / format)
            print(f"{format:12} {seconds:6.1f} {processor:6.1f} {memory:6.0f} {written:11.1f}", flush=True)


if __name__ == "__main__":
    main()

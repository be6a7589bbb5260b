"""Write the stage tables of geography, from the packaged files and those of a folder; not again while these stay."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path

import warehouse.geography
from pipeline.normalize import place
from pipeline.stage.geography.tables import TABLES
from pipeline.stage.reports import GeographyReport
from pipeline.stage.tables import ALL, Stage
from sources.geography.datasets import DATASETS, load_datasets
from sources.geography.files import Found, find_files, packaged_files, read_files
from warehouse.contracts import stage_tables

MARK = f"{ALL}.geography"
CODE = (Path(__file__).parent, DATASETS.parent, Path(warehouse.geography.__file__).parent)


def write_geography(stage: Stage, folder: Path | None = None) -> GeographyReport:
    """Bring the five tables up to date. A file of the folder that cannot be used is a problem; the others count.

    Where there is a problem, the next call reads again and tells it again. Raises OSError where `folder` is none.
    """
    datasets = load_datasets()
    found, problems = find_files(folder, datasets) if folder else ([], [])
    files = [*found, *packaged_files(datasets)]
    fingerprint = _fingerprint(files)
    if not problems and stage.marked(MARK) == fingerprint and all(stage.is_sound(t, ALL) for t in TABLES):
        return GeographyReport({})
    from pipeline.stage.geography.derive import derive, ranked  # shapes, which few runs need
    from pipeline.stage.geography.notes import notes

    stage.mark(MARK, None)
    loaded, unread = read_files(files)
    problems += unread
    loaded = ranked(loaded, datasets)
    tables = derive(loaded)
    for name, frame in tables.items():
        stage.write(name, ALL, frame)
    stage.mark(MARK, None if problems else fingerprint)
    rows = {name: frame.height for name, frame in tables.items()}
    return GeographyReport(rows, tuple(problems), tuple(notes(loaded, tables)))


def _fingerprint(files: Sequence[Found]) -> str:
    return sha256("\n".join([_code(), *(f"{f.dataset.id} {f.sha256}" for f in files)]).encode()).hexdigest()


@cache
def _code() -> str:
    """Checksum of the code that reads and derives, of the registry, of the post's names, and of what the tables hold."""
    folders = sorted(f for folder in CODE for f in folder.iterdir() if f.suffix in (".py", ".toml", ".csv"))
    files = [*folders, Path(place.__file__)]
    shapes = repr([stage_tables()[name].polars_schema for name in TABLES] + [version("zipcodes")]).encode()
    return sha256(b"".join([shapes, *(f.read_bytes() for f in files)])).hexdigest()

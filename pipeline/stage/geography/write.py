"""Write the stage tables of geography, from the packaged files and those of a folder; not again while these stay."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path

import polars as pl

from pipeline.normalize import place
from pipeline.stage.geography.areas import areas, described_by
from pipeline.stage.geography.boundaries import boundaries
from pipeline.stage.geography.notes import notes
from pipeline.stage.geography.places import places
from pipeline.stage.geography.points import points
from pipeline.stage.reports import GeographyReport
from pipeline.stage.rows import as_frame
from pipeline.stage.tables import ALL, Stage
from sources.geography.datasets import DATASETS, Datasets, load_datasets
from sources.geography.files import Found, Loaded, find_files, packaged_files, read_files
from warehouse.contracts import stage_tables
from warehouse.geography import containing

TABLES = ("geography", "area", "population_point", "boundary", "place")
MARK = f"{ALL}.geography"
CODE = (Path(__file__).parent, DATASETS.parent, Path(containing.__file__).parent)


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


def ranked(loaded: Sequence[Loaded], datasets: Datasets) -> list[Loaded]:
    """In the order of the registry."""
    order = {dataset.id: rank for rank, dataset in enumerate(datasets.datasets)}
    return sorted(loaded, key=lambda data: order[data.dataset.id])


def derive(loaded: Sequence[Loaded]) -> dict[str, pl.DataFrame]:
    """The five tables, as their contracts have them, of data sets in order of rank."""
    boundary = boundaries(loaded)
    area = areas(loaded, boundary)
    frames = {
        "area": area,
        "population_point": points(loaded, area, boundary),
        "boundary": boundary,
        "place": places(area),
    }
    named = described_by(loaded) | {
        value
        for frame in frames.values()
        for column in ("dataset_id", "ages_dataset_id")
        if column in frame.columns
        for value in frame[column].unique()
    }
    frames["geography"] = as_frame("geography", [_row(data) for data in loaded if data.dataset.id in named])
    return {name: _sorted(name, frames[name]) for name in TABLES}


def _row(data: Loaded) -> dict[str, object]:
    d = data.dataset
    return {
        "dataset_id": d.id,
        "title": d.title,
        "publisher": d.publisher,
        "vintage": d.vintage,
        "year": d.year,
        "url": d.url,
        "licence": d.licence,
        "sha256": data.sha256,
        "gives": list(d.gives),
        "rows": data.given.rows,
    }


def _sorted(table: str, frame: pl.DataFrame) -> pl.DataFrame:
    contract = stage_tables()[table]
    return frame.select(pl.col(name).cast(kind) for name, kind in contract.polars_schema.items()).sort(
        contract.sort or contract.key
    )


def _fingerprint(files: Sequence[Found]) -> str:
    return sha256("\n".join([_code(), *(f"{f.dataset.id} {f.sha256}" for f in files)]).encode()).hexdigest()


@cache
def _code() -> str:
    """Checksum of the code that reads and derives, of the registry, of the post's names, and of what the tables hold."""
    folders = sorted(f for folder in CODE for f in folder.iterdir() if f.suffix in (".py", ".toml", ".csv"))
    files = [*folders, Path(place.__file__)]
    shapes = repr([stage_tables()[name].polars_schema for name in TABLES] + [version("zipcodes")]).encode()
    return sha256(b"".join([shapes, *(f.read_bytes() for f in files)])).hexdigest()

"""The stage tables of geography, from what its data sets give."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from pipeline.stage.geography.areas import areas, described_by
from pipeline.stage.geography.boundaries import boundaries
from pipeline.stage.geography.places import places
from pipeline.stage.geography.points import points
from pipeline.stage.geography.tables import TABLES
from pipeline.stage.rows import as_frame
from sources.geography.datasets import Datasets
from sources.geography.files import Loaded
from warehouse.contracts import stage_tables


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

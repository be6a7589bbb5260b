"""The formats of others, and writing a release in one of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from warehouse.exports.csv import write_csv
from warehouse.exports.errors import ExportError
from warehouse.exports.fhir import write_fhir
from warehouse.exports.geojson import write_geojson
from warehouse.exports.hsds import write_hsds
from warehouse.exports.parquet import write_parquet
from warehouse.exports.place import draft_file, draft_folder
from warehouse.exports.reading import Reading, reading

Writer = Callable[[Reading, Path], Mapping[str, int]]
FILES: Mapping[str, Writer] = {"csv": write_csv, "geojson": write_geojson}
FOLDERS: Mapping[str, Writer] = {"fhir": write_fhir, "hsds": write_hsds, "parquet": write_parquet}


def export(release: Path, format: str, to: Path) -> Mapping[str, int]:
    """Write a release file to `to`: a file for `csv` and `geojson`, a folder for `fhir`, `hsds` and `parquet`.

    Gives the number of rows or resources by what was written. An older export at `to` is replaced; ExportError where
    something else is there, where the release cannot be read, or where there is no such format.
    """
    writer = FILES.get(format) or FOLDERS.get(format)
    if writer is None:
        raise ExportError(f"no format {format!r}: there are {', '.join(sorted([*FILES, *FOLDERS]))}")
    with reading(release) as source:
        if format in FILES:
            with draft_file(to) as draft:
                return writer(source, draft)
        with draft_folder(to, format) as draft:
            return writer(source, draft)

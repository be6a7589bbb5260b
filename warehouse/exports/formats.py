"""Which formats there are, and how a release is written in one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

from warehouse.exports.attribution import FILE as ATTRIBUTION
from warehouse.exports.attribution import attribution_text
from warehouse.exports.changes import write_changes
from warehouse.exports.csv import write_csv
from warehouse.exports.descriptor import SUFFIX as DESCRIPTOR
from warehouse.exports.descriptor import describe_csv
from warehouse.exports.errors import ExportError
from warehouse.exports.fhir import write_fhir
from warehouse.exports.geojson import write_geojson
from warehouse.exports.geoparquet import write_geoparquet
from warehouse.exports.hsds import write_hsds
from warehouse.exports.jsonld import write_jsonld
from warehouse.exports.parquet import write_parquet
from warehouse.exports.release_file import OpenRelease, open_release
from warehouse.exports.schema import write_schema
from warehouse.exports.selection import ALL, Selection
from warehouse.exports.target import draft_file, draft_folder, write_beside


class Format(NamedTuple):
    """A format: what people call it, and what writes it."""

    title: str
    write: Callable[..., Mapping[str, int]]  # (open release, where to), and `since` where it takes that
    is_folder: bool
    takes_since: bool = False
    takes_selection: bool = True  # whether it has rows of services
    describe: Callable[[OpenRelease, str], str] | None = None  # a file's descriptor, given its name


FORMATS: Mapping[str, Format] = {
    "hsds": Format("HSDS 3", write_hsds, is_folder=True),
    "fhir": Format("FHIR Plan-Net", write_fhir, is_folder=True),
    "geojson": Format("GeoJSON", write_geojson, is_folder=False),
    "geoparquet": Format("GeoParquet", write_geoparquet, is_folder=False),
    "parquet": Format("Parquet", write_parquet, is_folder=True),
    "csv": Format("CSV", write_csv, is_folder=False, describe=describe_csv),
    "jsonld": Format("schema.org JSON-LD, NDJSON", write_jsonld, is_folder=False),
    "changes": Format("what changed, NDJSON", write_changes, is_folder=False, takes_since=True),
    "schema": Format("JSON Schema and TypeScript", write_schema, is_folder=True, takes_selection=False),
}


def export(
    release: Path, format: str, to: Path, *, since: str | None = None, chosen: Selection = ALL
) -> Mapping[str, int]:
    """Write a release file to `to`: a file or a folder, as the format has it.

    Gives the number of rows or resources by what was written. An older export at `to` is replaced; ExportError where
    something else is there, where the release cannot be read, or where there is no such format. `since`: of `changes`, the
    number of a release or a date. `chosen`: of which services (`selection`); all by default.
    """
    if format not in FORMATS:
        raise ExportError(f"no format {format!r}: there are {', '.join(sorted(FORMATS))}")
    if since is not None and not FORMATS[format].takes_since:
        raise ExportError(f"{format} is written whole: --since is of `changes`")
    if chosen and not FORMATS[format].takes_selection:
        raise ExportError(
            f"{format} says the same of every service: leave out --{next(iter(chosen.as_facts()))}"
        )
    options = {"since": since} if FORMATS[format].takes_since else {}
    with (
        open_release(release, chosen) as source,
        draft_folder(to, format) if FORMATS[format].is_folder else draft_file(to) as draft,
    ):
        # a second thread makes exports no faster, and doubles what they hold in memory
        source.connection.execute("SET threads = 1")
        rows = FORMATS[format].write(source, draft, **options)
        _accompany(source, FORMATS[format], draft, to)
    return rows


def _accompany(source: OpenRelease, format: Format, draft: Path, to: Path) -> None:
    """What goes with every export: what to print and what is allowed, and of a CSV file what its columns are."""
    if format.is_folder:
        (draft / ATTRIBUTION).write_text(attribution_text(source), encoding="utf-8", newline="\n")
        return
    write_beside(to, ATTRIBUTION, attribution_text(source))
    if format.describe:
        write_beside(to, DESCRIPTOR, format.describe(source, to.name))

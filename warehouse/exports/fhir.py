"""FHIR R4 resources by Da Vinci PDEX Plan-Net 1.2, as NDJSON: HealthcareService, Location, Organization.

One HealthcareService a service, since `availableTime` knows no groups of sessions. What the profiles require and
nobody states is marked by a data-absent-reason; what they have no element for is a characteristic with our own code.
`fhir.sql` makes the resources, `plan_net.csv` says what the profiles ask of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import chain
from pathlib import Path
from typing import Any

from warehouse.exports.release_file import OpenRelease
from warehouse.exports.target import write_lines, write_manifest
from warehouse.sql import literal

FOLDER = Path(__file__).parent


def write_fhir(source: OpenRelease, to: Path) -> Mapping[str, int]:
    """One NDJSON file a resource type. Every reference within them is to a resource that is there."""
    source.connection.execute(f"SET VARIABLE fhir_codes = {literal(str(FOLDER / 'fhir_codes.csv'))}")
    source.connection.execute((FOLDER / "fhir.sql").read_text(encoding="utf-8"))
    source.connection.execute("USE iop")
    services = (_resources(source, "healthcare_service", **batch) for batch in source.batches())
    kinds = {
        "HealthcareService": chain.from_iterable(services),
        "Location": chain(_resources(source, "location"), _resources(source, "area")),
        "Organization": _resources(source, "organization"),
    }
    rows = {kind: write_lines(to / f"{kind}.ndjson", resources) for kind, resources in kinds.items()}
    write_manifest(to, source, "fhir", rows)
    return rows


def _resources(source: OpenRelease, view: str, **batch: Any) -> Iterator[str]:
    sql = f"SELECT json FROM memory.fhir.{view} ORDER BY id"
    for (resource,) in source.tuples(sql, moment=source.moment, **batch):
        yield resource

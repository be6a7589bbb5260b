"""Records as rows of the stage tables, in the order and with the types of their contracts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import blake2b
from typing import Any

import polars as pl

from pipeline.frames import frame_of
from pipeline.normalize.place import City, Zip, find_city, find_zip
from pipeline.records import Listing, Observation, Rejected
from sources.registry import Source
from warehouse.contracts import stage_tables
from warehouse.unseen import ACTING

RAW_LENGTH = 2000  # characters of a row in quarantine that are kept


@dataclass(frozen=True, slots=True)
class Seen:
    """When documents were last seen to say what they say: by page, and else for the source as a whole.

    Moments are UTC without a zone mark, as `utc` makes them and the stage tables hold them.
    """

    default: datetime
    by_url: Mapping[str, datetime] = field(default_factory=dict)

    def at(self, url: str | None) -> datetime:
        return self.by_url.get(url or "", self.default)


def as_frame(table: str, rows: Any) -> pl.DataFrame:
    """Rows as the contract of a stage table has them; no text, whatever it was read of, holds characters that act unseen."""
    schema = stage_tables()[table].polars_schema
    in_order = bool(rows) and isinstance(rows[0], tuple)
    frame = (
        frame_of(rows, schema) if in_order else pl.DataFrame(rows, schema=schema, orient="row", strict=False)
    )
    texts = [name for name, kind in frame.schema.items() if kind == pl.String]
    lists = [name for name, kind in frame.schema.items() if kind == pl.List(pl.String)]
    return frame.with_columns(
        *(pl.col(name).str.replace_all(ACTING, "") for name in texts),
        *(pl.col(name).list.eval(pl.element().str.replace_all(ACTING, "")) for name in lists),
    )


def listing_rows(read: Iterable[Listing | Rejected], seen: Seen) -> dict[str, list[Any]]:
    listings = [item for item in read if isinstance(item, Listing)]
    return {
        "listing": [_listing_row(x, seen) for x in listings],
        "listing_service": [
            (x.listing_id, s.service_key, s.level_of_care, s.name) for x in listings for s in x.services
        ],
        "observation": _observations(listings, seen),
        "quarantine": [
            (r.source_id, r.locator, r.reason, r.detail[:RAW_LENGTH], r.raw[:RAW_LENGTH], seen.default)
            for r in read
            if isinstance(r, Rejected)
        ],
    }


def unmapped_rows(source_id: str, unmapped: Mapping[tuple[str, str], int]) -> list[Any]:
    return [(source_id, category, text, rows) for (category, text), rows in unmapped.items()]


def source_row(source: Source) -> dict[str, Any]:
    return {
        "source_id": source.id,
        "kind": source.kind.name,
        "title": source.title,
        "url": source.url,
        "state": source.state,
        "cadence_days": source.cadence_days,
        "terms": source.terms or None,
        "published": source.published,
        "organization": source.operator,
    }


def _listing_row(x: Listing, seen: Seen) -> dict[str, Any]:
    known = find_zip(x.zip)
    city = None if known else find_city(x.city, x.state)
    latitude, longitude, precision = _point(x, known, city)
    return {
        "listing_id": x.listing_id,
        "source_id": x.source_id,
        "record_key": x.record_key,
        "organization_name": x.organization_name,
        "site_name": x.site_name,
        "street1": x.street1,
        "street2": x.street2,
        "city": x.city,
        "state": x.state,
        "zip": x.zip,
        "county": known.county if known else city.county if city else None,
        "latitude": latitude,
        "longitude": longitude,
        "geo_precision": precision,
        "phone": x.phone,
        "website": x.website,
        "is_virtual": x.is_virtual,
        "external_ids": [{"scheme": s, "identifier": i} for s, i in x.external_ids] or None,
        "service_codes": list(x.service_codes) or None,
        "questionnaire": x.questionnaire,
        "focus": x.focus,
        "document_sha256": x.document_sha256,
        "url": x.url,
        "locator": x.locator,
        "observed_at": seen.at(x.url),
    }


def _point(x: Listing, known: Zip | None, city: City | None) -> tuple[float | None, float | None, str | None]:
    """Latitude, longitude and what they are the point of: the printed address, or else the ZIP code, or else the city."""
    if x.latitude is not None and x.longitude is not None:
        return x.latitude, x.longitude, "address"
    if known and known.has_point:
        return known.latitude, known.longitude, "zip"
    return (city.latitude, city.longitude, "city") if city else (None, None, None)


def _observations(listings: Iterable[Listing], seen: Seen) -> list[tuple[Any, ...]]:
    """Rows in the order of the contract's columns: tuples, since there are a million of them."""
    rows: dict[str, tuple[Any, ...]] = {}
    for x in listings:
        listing_id = x.listing_id
        of_services = ((s.service_key, s.observations) for s in x.services)
        for key, observations in ((None, x.observations), *of_services):
            for o in observations:
                row = _observation_row(x, listing_id, key, o, seen)
                rows[row[0]] = row  # the same words read twice are one observation
    return list(rows.values())


def _observation_row(
    x: Listing, listing_id: str, key: str | None, o: Observation, seen: Seen
) -> tuple[Any, ...]:
    url, sha, written, assertion = (
        o.url or x.url,
        o.document_sha256 or x.document_sha256,
        o.written,
        o.assertion.value,
    )
    about = f"{listing_id}\x1f{key}\x1f{o.field}\x1f{written}\x1f{o.qualifier}\x1f{assertion}\x1f{o.level_of_care}"
    where = f"{o.track}\x1f{sha}\x1f{o.locator}\x1f{o.start}"
    return (
        blake2b(f"{about}\x1f{where}".encode(), digest_size=10).hexdigest(),
        listing_id,
        key,
        x.source_id,
        o.field,
        written,
        o.qualifier,
        o.quote,
        o.start,
        o.end,
        assertion,
        o.basis,
        o.confidence,
        o.level_of_care,
        o.track,
        o.section,
        url,
        sha,
        o.locator or x.locator,
        seen.at(url),
    )

"""Listings → coordinates of their addresses: what a geocoder answered, kept by address from run to run.

The stage table `geocode` is written after every batch, whole and by rename, so a run that is killed loses one batch. Without
a geocoder (off, offline, replay) what was answered before still serves.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

import polars as pl

from pipeline.geocode.addresses import StreetAddress, street_address
from pipeline.geocode.belief import believed
from pipeline.geocode.geocoder import Answer, Answers, Geocoder, Outcome
from pipeline.stage.reports import GeocodeReport
from pipeline.stage.rows import as_frame
from pipeline.stage.tables import ALL, Stage, batched
from warehouse.types import utc

log = logging.getLogger(__name__)
TABLE = "geocode"
PRINTED = ("street1", "street2", "city", "state", "zip")
Rows = dict[str, dict[str, Any]]  # by address key


def geocode_listings(
    stage: Stage, geocoder: Geocoder | None, now: datetime, again_days: int
) -> GeocodeReport:
    """Ask for the addresses that are not known yet, and keep what is answered. Nothing that a geocoder does raises."""
    report = GeocodeReport()
    kept, told_at = _kept(stage, report), utc(now)
    printed, listings = _printed(stage)
    report.addresses = len(printed)
    for key, row in kept.items():
        row["listing_ids"] = sorted(listings.get(key, ())) or None
    if kept:
        _write(stage, kept)
    if geocoder:
        again = told_at - timedelta(days=again_days)
        unknown = [a for key, a in printed.items() if _is_to_ask(kept.get(key), geocoder, again)]
        for batch in batched(sorted(unknown), geocoder.batch):
            report.asked += len(batch)
            answers = _ask(geocoder, batch)
            if answers.problem:
                report.problems.append(answers.problem)
            for address, answer in answers.found.items():
                row = _row(address, believed(address, answer), geocoder, told_at)
                kept[address.key] = {**row, "listing_ids": sorted(listings.get(address.key, ())) or None}
            if answers.found:
                _write(stage, kept)
    report.outcomes.update(kept[key]["outcome"] for key in printed if key in kept)
    fields = {"addresses": report.addresses, "asked": report.asked, "outcomes": {**report.outcomes}}
    log.info("locate: %d addresses, %d asked", report.addresses, report.asked, extra=fields)
    return report


def _kept(stage: Stage, report: GeocodeReport) -> Rows:
    """What was answered before; a table that cannot be read is put aside, and asked for anew."""
    try:
        return {row["address_key"]: row for row in stage.read(TABLE, ALL).iter_rows(named=True)}
    except (pl.exceptions.PolarsError, OSError) as error:
        path = stage.path(TABLE, ALL)
        path.rename(path.with_suffix(".unreadable"))
        report.problems.append(f"what was answered before cannot be read, and is put aside: {error}")
        return {}


def _printed(stage: Stage) -> tuple[dict[str, StreetAddress], dict[str, set[str]]]:
    """By key: the addresses of listings to which no source gives coordinates, and the listings of each address."""
    columns = ("listing_id", "geo_precision", *PRINTED)
    places = stage.scan("listing").filter(~pl.col("is_virtual")).select(columns).collect()
    addresses: dict[str, StreetAddress] = {}
    listings: dict[str, set[str]] = {}
    pointed: set[str] = set()
    for listing_id, precision, *printed in places.iter_rows():
        address = street_address(*printed)
        if address is None:
            continue
        addresses[address.key] = address
        listings.setdefault(address.key, set()).add(listing_id)
        if precision == "address":
            pointed.add(address.key)
    return {key: address for key, address in addresses.items() if key not in pointed}, listings


def _is_to_ask(row: Mapping[str, Any] | None, geocoder: Geocoder, again: datetime) -> bool:
    """Not known yet, or not found: so long ago, or by another geocoder."""
    if row is None:
        return True
    found = row["outcome"] == Outcome.MATCH
    return not found and (row["answered_at"] <= again or row["geocoder"] != geocoder.name)


def _ask(geocoder: Geocoder, batch: list[StreetAddress]) -> Answers:
    try:
        return geocoder.locate(batch)
    except Exception as error:  # whatever a service's own code does, a release goes on without it
        return Answers(problem=f"{type(error).__name__}: {error}")


def _row(address: StreetAddress, answer: Answer, geocoder: Geocoder, now: datetime) -> dict[str, Any]:
    return {
        "address_key": address.key,
        "street": address.street,
        "city": address.city or None,
        "state": address.state,
        "zip": address.zip or None,
        "outcome": str(answer.outcome),
        "is_exact": answer.is_exact,
        "matched_address": answer.matched_address,
        "latitude": answer.latitude,
        "longitude": answer.longitude,
        "block_geoid": answer.block_geoid,
        "refused": answer.refused,
        "geocoder": geocoder.name,
        "benchmark": geocoder.benchmark,
        "answered_at": now,
    }


def _write(stage: Stage, rows: Rows) -> None:
    ordered: Iterable[Mapping[str, Any]] = (rows[key] for key in sorted(rows))
    stage.write(TABLE, ALL, as_frame(TABLE, list(ordered)))

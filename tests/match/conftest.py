"""Small made-up directories."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import polars as pl
import pytest

BASE = {
    "source": "a",
    "name1": "",
    "name2": "",
    "street1": "12 Main Street",
    "street2": "",
    "city": "Alder",
    "state": "MA",
    "zip": "01001",
    "phone": "",
    "intake": "",
    "website": "",
}


@pytest.fixture
def records() -> Callable[..., pl.DataFrame]:
    """A table of records; each row says only what differs from a bare record in Alder."""

    def make(*rows: dict[str, Any]) -> pl.DataFrame:
        return pl.DataFrame([{"record_id": f"r{n}", **BASE, **row} for n, row in enumerate(rows)])

    return make


LISTING = {
    "source_id": "dir",
    "organization_name": "Fernwood Recovery",
    "site_name": None,
    "street1": "12 Main Street",
    "street2": None,
    "city": "Alder",
    "state": "MA",
    "zip": "01001",
    "phone": "+14135550100",
    "website": None,
    "is_virtual": False,
    "external_ids": None,
}
LISTING_SCHEMA = {
    "listing_id": pl.String,
    **dict.fromkeys(LISTING, pl.String),
    "is_virtual": pl.Boolean,
    "external_ids": pl.List(pl.Struct({"scheme": pl.String, "identifier": pl.String})),
}


@pytest.fixture
def listings() -> Callable[..., pl.DataFrame]:
    """The stage table `listing`, of rows that say what differs from Fernwood Recovery in Alder."""

    def make(**rows: dict[str, Any]) -> pl.DataFrame:
        full = [{"listing_id": f"dir:{key}", **LISTING, **row} for key, row in rows.items()]
        return pl.DataFrame(full, schema=LISTING_SCHEMA)

    return make


@pytest.fixture
def services() -> Callable[..., pl.DataFrame]:
    """The stage table `listing_service`, of (listing key, service key, name), all of one level."""

    def make(*rows: tuple[str, str, str | None]) -> pl.DataFrame:
        full = [(f"dir:{listing}", key, key.partition("/")[0], name) for listing, key, name in rows]
        columns = ["listing_id", "service_key", "level_of_care", "name"]
        return pl.DataFrame(full, schema=dict.fromkeys(columns, pl.String), orient="row")

    return make

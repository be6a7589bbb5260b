"""The registry that we ship: what it holds, against what is known of the providers and lists."""

from __future__ import annotations

import csv
import re
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import numpy as np
import polars as pl
import pytest

from sources.license_list import read_list
from sources.records import SourceRecord
from sources.registry import REGISTRY, Source, load_registry, missing_files
from sources.states import STATES
from sources.urls import registrable

EARTH_KM = 6371.0088
NOT_PACKAGED = {"VI", "GU", "AS", "MP"}  # territories without ZIP code areas in sources/geography
CANDIDATE = re.compile(r"unverified candidate (https?://[^;\s]+)")


def of_kind(kind: str) -> list[Source]:
    return [source for source in load_registry(REGISTRY).sources if source.kind.name == kind]


def test_files_are_well_formed_and_say_that_nothing_was_visited() -> None:
    registry = load_registry(REGISTRY)
    assert not registry.problems
    assert not list(missing_files(registry)), "a paused list may lack its file"
    for file in REGISTRY.glob("*.toml"):
        comment = " ".join(line.lstrip("# ") for line in file.read_text().split("\n[")[0].splitlines())
        assert "Form-checked" in comment or "form-checked" in comment, file.name
        assert re.search(r"not visited from here|was visited from here", comment), file.name


def test_every_state_is_asked_for_in_the_locator() -> None:
    asked = [source.state for source in of_kind("findtreatment")]
    assert sorted(map(str, asked)) == sorted(STATES.keys() - NOT_PACKAGED)


def test_only_the_documented_id_of_a_state_is_used() -> None:
    for source in of_kind("findtreatment"):
        query = parse_qs(urlsplit(source.url or "").query)
        by_id = query["limitType"] == ["0"]
        assert by_id == (source.state == "MA"), source.id
        assert not by_id or query["limitValue"] == ["3"]


def test_the_circle_around_a_state_holds_all_of_its_zip_code_areas(root: Path) -> None:
    areas = pl.read_parquet(root / "sources/geography/packaged/zcta.parquet")
    for source in of_kind("findtreatment"):
        query = parse_qs(urlsplit(source.url or "").query)
        if query["limitType"] == ["2"]:
            latitude, longitude = (float(part) for part in query["sAddr"][0].split(","))
            state = areas.filter(pl.col("state") == source.state)
            farthest = distance_km(state, latitude, longitude).max()
            assert 5 < int(query["limitValue"][0]) / 1000 - farthest < 25, source.id


def distance_km(areas: pl.DataFrame, latitude: float, longitude: float) -> np.ndarray:
    """Great circles by the haversine formula."""
    phi, other = np.radians(areas["latitude"].to_numpy()), np.radians(latitude)
    east = np.radians(areas["longitude"].to_numpy() - longitude)
    half = np.sin((phi - other) / 2) ** 2 + np.cos(phi) * np.cos(other) * np.sin(east / 2) ** 2
    return 2 * EARTH_KM * np.arcsin(np.sqrt(half))


def test_every_provider_with_a_known_site_is_there_and_supposed_ones_are_paused(shared: Path) -> None:
    sites = {registrable(source.url or ""): source for source in of_kind("provider_site")}
    with (shared / "data" / "ma_provider_urls.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) > 80
    for row in rows:
        supposed = CANDIDATE.search(row["notes"])
        if row["url"]:
            assert sites[registrable(row["url"])].enabled, row
        elif supposed:
            assert not sites[registrable(supposed[1])].enabled, row


@pytest.mark.parametrize(
    ("source_id", "file", "rows"),
    [
        ("massachusetts_bsas", "licenses/ma_bsas_boston.csv", 77),
        ("california_dhcs", "matching/ca_records.csv", 2914),
    ],
)
def test_the_columns_of_state_lists_are_those_of_their_files(
    shared: Path, source_id: str, file: str, rows: int
) -> None:
    source = load_registry(REGISTRY)[source_id]
    assert not source.enabled, "the address of its file is not known"
    found = list(read_list((shared / "data" / file).read_bytes(), source.columns))
    assert len(found) == rows
    assert all(isinstance(row, SourceRecord) and row.name1 for row in found)

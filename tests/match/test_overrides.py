"""Reviewed decisions: files checked, applied, withdrawn, reported when obsolete."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest

from pipeline.match.resolve import Resolution, resolve
from warehouse.overrides import OverrideError, Overrides, append_override, load_overrides

Make = Callable[..., pl.DataFrame]
NOW, LATER = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 2, 1, tzinfo=UTC)
SIGNED = {"who": "ana", "when": "2026-01-15", "why": "called them"}


def location(result: Resolution, listing: str) -> str:
    found = result.crosswalk.filter(
        (pl.col("entity_type") == "location") & (pl.col("listing_id") == f"dir:{listing}")
    )
    return str(found["entity_id"].item())


@pytest.fixture
def two(listings: Make) -> pl.DataFrame:
    """Two places that nothing joins."""
    return listings(
        x={}, y={"organization_name": "Zalvora House", "street1": "9 Elm Street", "phone": "+16175550188"}
    )


def test_same_joins_and_its_withdrawal_gives_the_ids_back(
    two: pl.DataFrame, services: Make, tmp_path: Path
) -> None:
    first = resolve(two, services(), None, Overrides(), NOW)
    old = location(first, "x"), location(first, "y")
    append_override(tmp_path, "same", {"level": "location", "left": old[0], "right": old[1], **SIGNED})
    joined = resolve(two, services(), first.ledger, load_overrides(tmp_path), LATER)
    assert location(joined, "x") == location(joined, "y") in old
    said = joined.match_pair.filter(
        pl.col("reasons").str.contains("reviewed as same by ana on 2026-01-15: called them")
    )
    assert said["probability"].to_list() == [1.0]
    withdrawn = resolve(two, services(), joined.ledger, Overrides(), LATER)
    assert (location(withdrawn, "x"), location(withdrawn, "y")) == old


def test_different_splits_and_the_next_run_keeps_it(listings: Make, services: Make, tmp_path: Path) -> None:
    table = listings(x={}, y={"source_id": "b"}, z={"source_id": "c"})
    first = resolve(table, services(), None, Overrides(), NOW)
    assert location(first, "x") == location(first, "y")
    for other in ("y", "z"):
        append_override(
            tmp_path, "different", {"level": "location", "left": "dir:x", "right": f"dir:{other}", **SIGNED}
        )
    split = resolve(table, services(), first.ledger, load_overrides(tmp_path), LATER)
    assert location(split, "x") != location(split, "y") == location(split, "z") == location(first, "y")


def test_same_wins_over_what_other_records_of_the_place_say(
    listings: Make, services: Make, tmp_path: Path
) -> None:
    far = {"street1": "80 Oak Street"}
    table = listings(x={}, x2={"source_id": "b"}, y=far, y2={**far, "source_id": "b"})
    append_override(tmp_path, "same", {"level": "location", "left": "dir:x", "right": "dir:y", **SIGNED})
    result = resolve(table, services(), None, load_overrides(tmp_path), NOW)
    assert len({location(result, key) for key in ("x", "x2", "y", "y2")}) == 1


def test_what_no_longer_does_anything_is_reported(two: pl.DataFrame, services: Make, tmp_path: Path) -> None:
    append_override(
        tmp_path, "different", {"level": "location", "left": "dir:x", "right": "dir:gone", **SIGNED}
    )
    result = resolve(two, services(), None, load_overrides(tmp_path), NOW)
    (line,) = result.obsolete_overrides
    assert "different.csv: line 2: dir:gone is not in the present sources" in line


def test_what_is_decided_for_another_registry_is_not_obsolete(
    two: pl.DataFrame, services: Make, tmp_path: Path
) -> None:
    for left, right in (("other:x", "other:y"), ("loc_0abc", "loc_0abd")):
        append_override(tmp_path, "different", {"level": "location", "left": left, "right": right, **SIGNED})
    assert not resolve(two, services(), None, load_overrides(tmp_path), NOW).obsolete_overrides


@pytest.mark.parametrize(
    ("kind", "line", "message"),
    [
        ("same", "place,dir:x,dir:y,ana,2026-01-15,why", "column level: 'place'; use one of organization"),
        ("same", "location,dir:x,dir:y,,2026-01-15,why", "column who is empty"),
        ("same", "location,dir:x,dir:y,ana,soon,why", "column when: 'soon' is not a date; write YYYY-MM-DD"),
        ("same", "location,dir:x,dir:x,ana,2026-01-15,why", "column right: the same id as left"),
        ("same", "location,org_0a,dir:x,ana,2026-01-15,why", "column left: org_0a is a organization"),
        (
            "different",
            "service,dir:x,dir:y,ana,2026-01-15,why",
            "names no service; write listing_id#service_key",
        ),
        (
            "takedown",
            "nonsense,ana,2026-01-15,why",
            "column id: 'nonsense' is neither an entity id nor a listing id",
        ),
        ("takedown", "loc_0a,ana,2026-01-15,why,more", "too many columns"),
    ],
)
def test_a_bad_line_is_named_with_its_remedy(tmp_path: Path, kind: str, line: str, message: str) -> None:
    header = {"same": "level,left,right,who,when,why", "takedown": "id,who,when,why"}
    (tmp_path / f"{kind}.csv").write_text(f"{header.get(kind, header['same'])}\n{line}\n")
    with pytest.raises(OverrideError) as caught:
        load_overrides(tmp_path)
    assert f"{kind}.csv: line 2: " in str(caught.value)
    assert message in str(caught.value)


def test_a_missing_column_and_a_contradiction_are_named(tmp_path: Path) -> None:
    (tmp_path / "takedown.csv").write_text("id,who,why\n")
    with pytest.raises(OverrideError, match=r"takedown\.csv: line 1: column when is missing"):
        load_overrides(tmp_path)
    (tmp_path / "takedown.csv").unlink()
    for kind in ("same", "different"):
        append_override(tmp_path, kind, {"level": "location", "left": "dir:x", "right": "dir:y", **SIGNED})
    with pytest.raises(OverrideError, match="says the opposite; delete one of the two lines"):
        load_overrides(tmp_path)


def test_one_organization_at_two_locations_is_no_contradiction(tmp_path: Path) -> None:
    for kind, level in (("same", "organization"), ("different", "location")):
        append_override(tmp_path, kind, {"level": level, "left": "dir:x", "right": "dir:y", **SIGNED})
    assert [row.kind for row in load_overrides(tmp_path).rows] == ["same", "different"]


def test_a_bad_override_is_not_written(tmp_path: Path) -> None:
    with pytest.raises(OverrideError, match="column why is empty"):
        append_override(tmp_path, "takedown", {"id": "loc_0a", "who": "ana", "when": "2026-01-15", "why": ""})
    assert not (tmp_path / "takedown.csv").exists()

"""The analyst's example: what it recomputes from a release is what the release says, and what was counted by hand."""

from __future__ import annotations

import ast
import runpy
import xml.etree.ElementTree as ElementTree
from pathlib import Path
from typing import Any

import pytest
from coverage_world import coverage_world
from warehouse_world import build_world

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "coverage.py"
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The names of the example after it ran on a small world, in a folder of its own."""
    folder = tmp_path_factory.mktemp("coverage")
    release = build_world(coverage_world(), folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.setenv("IOP_RELEASE", str(release))
        patch.setenv("IOP_STATE", "MA")
        names = runpy.run_path(str(EXAMPLE))
    return {**names, "picture": folder / names["picture"]}


def test_every_figure_is_what_the_release_says(ran: dict[str, Any]) -> None:
    assert len(ran["figures"]) == 4
    for name, recomputed, published in ran["figures"]:
        assert recomputed == pytest.approx(list(published), rel=1e-9), name


def test_figures_are_those_counted_by_hand(ran: dict[str, Any]) -> None:
    places, near, answers, share = (recomputed for _, recomputed, _ in ran["figures"])
    assert places == pytest.approx(
        [0.8, 0.3454, 1.5763], abs=1e-4
    )  # 8 of a million; Garwood's 3.454 to 15.763
    assert near == [0.95]  # all but Berkshire, also those whose nearest place is in New Hampshire
    assert answers == [6, 1, 0, 1]
    assert share[0] == 6 / 7


def test_the_map_shows_every_county(ran: dict[str, Any]) -> None:
    paths = ElementTree.fromstring(ran["picture"].read_text(encoding="utf-8")).findall(f"{SVG}path")
    assert [path[0].text for path in paths] == [
        "Berkshire: 0.00",
        "Middlesex: 0.67",
        "Suffolk: 1.00",
        "Worcester: 1.00",
    ]
    assert all(path.get("d", "").count("L") == 4 for path in paths)  # four sides of a box


def test_the_release_alone_is_enough() -> None:
    tree = ast.parse(EXAMPLE.read_text(encoding="utf-8"))
    imported = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    imported |= {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert {name.partition(".")[0] for name in imported} == {
        "os",
        "pathlib",
        "duckdb",
        "numpy",
        "polars",
        "scipy",
        "shapely",
    }

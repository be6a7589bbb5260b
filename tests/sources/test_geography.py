"""Geography: its registry, what is packaged, and the formats of the Census Bureau."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import polars as pl
import pytest
from census_files import age_table, centres, cousubs, estimates

from sources.geography.age_tables import B01001, PCT12
from sources.geography.datasets import PACKAGED, Datasets, load_datasets
from sources.geography.files import Loaded, find_files, packaged_files, read_files
from sources.geography.formats import FORMATS
from sources.geography.given import FormatError
from sources.states import FIPS, STATES

GOOD = """
[thing]
title = "Things"
publisher = "Somebody"
vintage = "2020 census"
year = 2020
licence = "public domain"
file = "Things{year}*.txt"
format = "cenpop"
gives = ["population_point"]
"""


@pytest.fixture(scope="module")
def datasets() -> Datasets:
    return load_datasets()


@pytest.fixture(scope="module")
def packaged(datasets: Datasets) -> dict[str, Loaded]:
    loaded, problems = read_files(packaged_files(datasets))
    assert not problems
    return {data.dataset.id: data for data in loaded}


def read(folder: Path, datasets: Datasets) -> tuple[list[Loaded], list[str]]:
    found, problems = find_files(folder, datasets)
    loaded, unread = read_files(found)
    return loaded, [str(problem) for problem in (*problems, *unread)]


def test_the_registry_is_right(datasets: Datasets) -> None:
    assert not datasets.problems
    for dataset in datasets.packaged:
        content = (PACKAGED / dataset.file).read_bytes()
        assert dataset.sha256 == sha256(content).hexdigest(), dataset.id
        assert len(content) < 1_000_000
    for dataset in datasets.loadable:
        assert all(dataset.names(file.file) for file in dataset.fetch)
        assert not dataset.sha256


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[thing", "not valid TOML"),
        (
            GOOD.replace("2020\n", '"2020"\n'),
            "thing.year: Input should be a valid integer. Write year = 2020",
        ),
        (GOOD.replace('format = "cenpop"', 'format = "shapefile"'), "'shapefile' is no format"),
        (GOOD.replace("population_point", "people"), "thing.gives.0"),
        (GOOD + 'colour = "red"', "thing.colour: Unexpected keyword argument. Take it out"),
        (GOOD.replace('title = "Things"', ""), "thing.title: Field required. Write title ="),
        (GOOD.replace("[thing]", "[Thing]"), "Thing is no table of a data set"),
    ],
)
def test_a_wrong_table_is_told_with_its_key_and_remedy(tmp_path: Path, text: str, said: str) -> None:
    file = tmp_path / "datasets.toml"
    file.write_text(text)
    loaded = load_datasets(file)
    assert not loaded.datasets
    assert said in str(loaded.problems[0])


def test_massachusetts_is_as_the_census_counted_it(packaged: dict[str, Loaded]) -> None:
    counts = packaged["ma_2020"].given.counts
    assert dict(counts.group_by("area_kind").len().iter_rows()) == {"county": 14, "town": 351}
    assert set(counts.group_by("area_kind").agg(pl.col("population").sum())["population"]) == {7_029_917}
    towns = counts.filter(pl.col("area_kind") == "town")
    of_county = dict(towns.group_by("county_fips").agg(pl.col("population").sum()).iter_rows())
    counties = counts.filter(pl.col("area_kind") == "county")
    assert of_county == dict(counties.select("area_id", "population").iter_rows())
    assert counties["land_km2"].sum() == pytest.approx(towns["land_km2"].sum(), rel=1e-3)


def test_zctas_are_the_nation(packaged: dict[str, Loaded]) -> None:
    zctas = packaged["zcta_acs_2022"].given.counts
    assert zctas["population"].sum() == 334_365_877  # ACS 2018–2022: 331,097,593 and Puerto Rico's 3,272,382
    assert (zctas["under_18"] + zctas["adults"]).equals(zctas["population"])
    assert not zctas.filter(pl.col("age_65_up") > pl.col("adults")).height
    of_county = zctas["county_fips"].str.head(2).replace_strict(FIPS)
    assert (of_county == zctas["state"]).all()
    sums = packaged["county_sums_acs_2022"].given.counts
    assert sums["population"].sum() == zctas["population"].sum()
    connecticut = sums.filter(pl.col("state") == "CT")
    assert sorted(connecticut["area_id"]) == [f"091{n}0" for n in range(1, 10)]


def test_boundaries_are_of_every_state_and_territory(packaged: dict[str, Loaded]) -> None:
    shapes = packaged["boundaries_2023"].given.shapes
    states = shapes.filter(pl.col("area_kind") == "state")
    assert dict(states.select("state", "name").iter_rows()) == dict(STATES)
    undrawn = shapes.filter(pl.col("geometry").is_null())
    assert undrawn["name"].to_list() == ["Falls Church"]  # five square kilometres


def test_centres_of_population(tmp_path: Path) -> None:
    file = centres(
        tmp_path,
        [
            "25,025,010103,2,1243,+42.348501,-071.095001",
            "25,025,000100,1,1000,+42.3,-071.1",
            "72,001,956300,1,900,+18.2,-066.7",
        ],
    )
    given = FORMATS["cenpop"](file.read_bytes())
    assert given.points.row(0) == ("250250101032", "MA", "25025", 42.348501, -71.095001, 1243)
    assert given.points["state"].to_list() == ["MA", "MA", "PR"]
    assert dict(given.counts.select("area_id", "population").iter_rows()) == {"25025": 2243, "72001": 900}


@pytest.mark.parametrize("as_json", [False, True])
def test_ages_in_bands(as_json: bool) -> None:
    """Columns 3 to 6 and 27 to 30 are those under 18, 20 to 25 and 44 to 49 those of 65 and older."""
    figures = {1: 1000, 3: 10, 6: 20, 7: 400, 27: 30, 30: 40, 31: 300, 19: 55, 20: 60, 25: 5, 44: 70, 49: 10}
    areas = {"0500000US25001": figures, "860Z200US02139": {1: 7}, "0400000US25": {1: 9}}
    content = age_table("B01001", areas, as_json=as_json)
    counts = FORMATS["b01001"](content).counts
    people = counts.select(
        "area_kind", "area_id", "population", "under_18", "age_12_17", "adults", "age_65_up"
    )
    assert people.rows() == [
        ("county", "25001", 1000, 100, None, 900, 145),
        ("zcta", "02139", 7, 0, None, 7, 0),
    ]


def test_ages_by_single_years() -> None:
    """PCT12: boys of 12 in column 15 to 17 in 20, girls from 119 to 124; men of 65 in 68, women of 110 in 209."""
    assert PCT12.columns(12, 13) == ["PCT12_015N", "PCT12_119N"]
    assert (B01001.columns(85)[-1], PCT12.columns(110)[-1]) == ("B01001_049E", "PCT12_209N")
    figures = {1: 500, 14: 1, 15: 10, 20: 20, 21: 4, 119: 30, 124: 40, 68: 5, 209: 6}
    counts = FORMATS["pct12"](age_table("PCT12", {"1500000US250010101001": figures})).counts
    (row,) = counts.rows(named=True)
    assert row["area_kind"] == "block_group"
    assert [row[k] for k in ("under_18", "age_12_17", "adults", "age_65_up")] == [101, 100, 399, 11]


def test_what_the_survey_does_not_estimate_is_unknown() -> None:
    (row,) = FORMATS["b01001"](age_table("B01001", {"0500000US48301": {1: 80, 3: -666666666}})).counts.rows(
        named=True
    )
    assert (row["population"], row["under_18"], row["adults"]) == (80, None, None)


def test_estimates_are_of_the_last_july() -> None:
    content = estimates(
        [("35", "013", "Doña Ana County", year, 219_000 + year, 165_000, 38_000) for year in (1, 2, 5)]
    )
    given = FORMATS["cc_est"](content)
    (row,) = given.counts.rows(named=True)
    assert (given.year, row["area_id"], row["state"]) == (2023, "35013", "NM")
    assert (row["population"], row["under_18"], row["age_65_up"]) == (219_005, 54_005, 38_000)


def test_the_gazetteer_names_the_towns_of_new_england() -> None:
    rows = [
        f"{usps}\t{geoid}\t00618249\t{name}\tA\t155218005\t42830773\t59.93\t16.5\t41.661478\t-70.356951"
        for usps, geoid, name in (
            ("MA", "2500103690", "Barnstable Town city"),
            ("MA", "2500107175", "Bourne town"),
            ("MA", "2500100000", "County subdivisions not defined"),
            ("OH", "3900112345", "Green township"),
        )
    ]
    towns = FORMATS["gazetteer_towns"](cousubs(rows)).counts
    assert towns["name"].to_list() == ["Barnstable", "Bourne"]
    assert towns.row(0, named=True)["land_km2"] == pytest.approx(155.218)
    assert towns["county_fips"].to_list() == ["25001", "25001"]


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("CenPop2010_Mean_BG25.txt", b"", "is of 2010, and of Centers of population of block groups 2020"),
        ("ACSDT5Y2019.B01001-Data.csv", b"", "is of 2019"),
        ("CenPop2020_Mean_BG25.txt", b"", "it is empty"),
        ("CenPop2020_Mean_BG25.txt", b"a,b\n1,2\n", "it has no column STATEFP"),
        ("us_blockgroups_2020.parquet", b"PAR1 cut off", "is no Parquet file"),
        ("ma_geo.topojson", b'{"type": "Topology"}', "is no TopoJSON"),
        ("2020_Gaz_cousubs_national.zip", b"PK half", "is no whole ZIP archive"),
        ("DECENNIALDHC2020.P12-county.json", b"[[]", "is no answer of the Census API"),
        ("DECENNIALDHC2020.P12-Data.csv", age_table("P12", {"0400000US25": {}}), "has no county"),
        ("cc-est2023-agesex-all.csv", estimates([("25", "1", "x", 4, 9, 8, 1)]), "holds figures of 2022"),
        ("CenPop2020_Mean_BG.text", b"", "Name it CenPop2020_Mean_BG*.txt"),
        ("holiday.jpg", b"", "is no file that we know by its name"),
    ],
)
def test_a_file_that_cannot_be_used_is_told_and_the_others_load(
    tmp_path: Path, datasets: Datasets, name: str, content: bytes, said: str
) -> None:
    (tmp_path / "us_counties_acs2023.csv").write_text("county_fips,pop,pop_18_up,pop_65_up\n25001,10,8,2\n")
    (tmp_path / "DECENNIALDHC2020.P12-Column-Metadata.csv").write_text("of no use to us")
    (tmp_path / name).write_bytes(content)
    loaded, problems = read(tmp_path, datasets)
    assert [data.dataset.id for data in loaded] == ["us_counties_compiled"]
    (problem,) = problems
    assert problem.startswith(f"{name}: ") and said in problem and "take" in problem and "\n" not in problem


def test_an_empty_folder_is_told(tmp_path: Path, datasets: Datasets) -> None:
    assert "holds no file" in read(tmp_path, datasets)[1][0]


def test_files_of_one_data_set_are_put_together_once(tmp_path: Path, datasets: Datasets) -> None:
    rows = ["44,001,030100,1,900,+41.7,-071.3", "44,003,020100,1,800,+41.7,-071.5"]
    centres(tmp_path, rows)
    centres(tmp_path, rows[1:], "CenPop2020_Mean_BG44.txt")
    loaded, problems = read(tmp_path, datasets)
    assert not problems
    assert loaded[0].given.points["population"].to_list() == [900, 800]
    both = [sha256(file.read_bytes()).hexdigest() for file in sorted(tmp_path.iterdir())]
    assert loaded[0].sha256 == sha256("\n".join(both).encode()).hexdigest()


def test_an_archive_is_its_largest_file(tmp_path: Path, datasets: Datasets) -> None:
    row = "RI\t4400114140\t01220077\tBristol town\tA\t25000000\t1\t9.7\t1\t41.68\t-71.27"
    with zipfile.ZipFile(tmp_path / "2020_Gaz_cousubs_national.zip", "w") as archive:
        archive.writestr("readme.txt", "short")
        archive.writestr("2020_Gaz_cousubs_national.txt", cousubs([row]))
    (data,) = read(tmp_path, datasets)[0]
    assert data.given.counts["name"].to_list() == ["Bristol"]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda row: row.replace("+41.8", "+141.8"), "holds a latitude that is not from -90 to 90"),
        (lambda row: row.replace("900", "-900"), "holds a population that is not from 0"),
        (lambda row: row.replace("900", "many"), "holds a value of the wrong type"),
    ],
)
def test_figures_out_of_bounds_are_damage(tmp_path: Path, change: Callable[[str], str], said: str) -> None:
    file = centres(tmp_path, [change("44,001,030100,1,900,+41.8,-071.3")])
    with pytest.raises(FormatError, match=said):
        FORMATS["cenpop"](file.read_bytes())

"""The stage tables of geography: which data set is taken where, what is counted, what is not read twice."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
import shapely
from census_files import age_table, centres

from pipeline.stage.geography.tables import TABLES
from pipeline.stage.geography.write import write_geography
from pipeline.stage.tables import ALL, Stage
from warehouse.contracts import stage_tables

OF_DELAWARE = ("10001", "10003", "10005")


@pytest.fixture(scope="module")
def packaged(tmp_path_factory: pytest.TempPathFactory) -> Stage:
    stage = Stage(tmp_path_factory.mktemp("stage"))
    assert set(write_geography(stage).rows) == set(TABLES)
    return stage


def census(folder: Path) -> Stage:
    """The stage with what a folder gives; all of it can be read."""
    stage = Stage(folder.parent / "stage")
    assert not write_geography(stage, folder).problems
    return stage


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "census").mkdir()
    return tmp_path / "census"


def area(stage: Stage, kind: str, **of: str) -> pl.DataFrame:
    return stage.read("area", ALL).filter(pl.col("area_kind") == kind).filter(**of)


def test_the_tables_keep_their_contracts(packaged: Stage) -> None:
    datasets = set(packaged.read("geography", ALL)["dataset_id"])
    for name in TABLES:
        frame, contract = packaged.read(name, ALL), stage_tables()[name]
        assert frame.height and dict(frame.schema) == contract.polars_schema
        assert frame.select(contract.key).is_unique().all(), name
        assert frame.equals(frame.sort(contract.sort or contract.key))
        for column in contract.columns:
            assert not column.required or not frame[column.name].null_count(), (name, column.name)
            if isinstance(column.enum, tuple | list):
                assert set(frame[column.name]) <= set(column.enum)
            if column.references:
                assert set(frame[column.name].drop_nulls()) <= datasets


def test_without_census_files_massachusetts_is_counted_and_the_rest_is_summed(packaged: Stage) -> None:
    (massachusetts,) = area(packaged, "state", state="MA").rows(named=True)
    assert (
        massachusetts["population"] == area(packaged, "county", state="MA")["population"].sum() == 7_029_917
    )
    assert (massachusetts["dataset_id"], massachusetts["ages_dataset_id"]) == (
        "ma_2020",
        "county_sums_acs_2022",
    )
    assert massachusetts["under_18"] + massachusetts["adults"] == 7_029_917
    assert massachusetts["under_18"] / 7_029_917 == pytest.approx(0.196, abs=0.002)
    (rhode_island,) = area(packaged, "state", state="RI").rows(named=True)
    zctas = area(packaged, "zcta", state="RI")
    assert rhode_island["population"] == zctas["population"].sum()
    assert (rhode_island["dataset_id"], rhode_island["ages_dataset_id"]) == ("county_sums_acs_2022", None)
    assert rhode_island["age_65_up"] == zctas["age_65_up"].sum()


def test_what_nobody_counted_is_unknown(packaged: Stage) -> None:
    assert set(area(packaged, "state", state="GU")["population"]) == {None}
    virginia = area(packaged, "county", state="VA")
    uncounted = virginia.filter(pl.col("population").is_null())
    assert {"Falls Church", "Staunton"} & set(virginia["name"]) == {"Falls Church", "Staunton"}
    assert uncounted.height == 18 and "Staunton" in uncounted["name"].to_list()
    assert area(packaged, "state", state="VA")["under_18"].item() == virginia["under_18"].sum()
    assert area(packaged, "county")["age_12_17"].null_count() == 3233


def test_points_are_where_people_live(packaged: Stage) -> None:
    points = packaged.read("population_point", ALL)
    assert points["population"].sum() == 334_365_877
    assert points["population"].min() == 1
    assert set(points["point_kind"]) == {"zcta"} and not points["county_fips"].null_count()
    assert sorted(points.filter(state="CT")["county_fips"].unique()) == [f"091{n}0" for n in range(1, 10)]


def test_nothing_is_read_twice_and_what_is_wrong_is_told_twice(folder: Path) -> None:
    file = centres(folder, ["44,007,000100,1,1200,+41.82,-71.41"])
    stage = census(folder)
    assert not write_geography(stage, folder).changed
    stage.path("area", ALL).unlink()
    assert write_geography(stage, folder).changed
    assert write_geography(stage).changed, "the folder is no longer given"
    file.write_text(file.read_text().replace("1200", "1300"))
    assert write_geography(stage, folder).changed
    (folder / "CenPop2020_Mean_BG01.txt").write_text("cut off")
    for _ in range(2):
        report = write_geography(stage, folder)
        assert report.changed and "CenPop2020_Mean_BG01.txt" in str(report.problems[0])


def test_of_a_state_the_finest_points_are_taken_and_no_others(folder: Path) -> None:
    rows = [
        "44,007,000100,1,1000,+41.82,-71.41",
        "44,007,000100,2,0,+41.82,-71.42",  # nobody lives there
        "09,001,010101,1,500,+41.06,-73.54",  # Fairfield County, which the census had until 2022: Stamford
        "09,011,690300,1,400,+40.90,-72.00",  # out at sea: Southeastern Connecticut is nearest
    ]
    centres(folder, rows)
    (folder / "DECENNIALDHC2020.P12-Data.csv").write_bytes(
        age_table("P12", {"1500000US440070001001": {1: 1000, 3: 300, 25: 50}})
    )
    stage = census(folder)
    points = stage.read("population_point", ALL)
    (providence,) = points.filter(state="RI").rows(named=True)
    assert (providence["point_id"], providence["point_kind"]) == ("440070001001", "block_group")
    assert [providence[k] for k in ("under_18", "adults", "age_65_up")] == [300, 700, 50]
    connecticut = points.filter(state="CT").sort("point_id")
    assert connecticut["county_fips"].to_list() == ["09190", "09180"]
    shares = area(stage, "county", area_id="09190").row(0, named=True)
    under_18 = connecticut.row(0, named=True)["under_18"]
    assert under_18 == round(500 * shares["under_18"] / shares["population"])
    assert set(points.filter(state="MA")["point_kind"]) == {"zcta"}
    assert {"cenpop", "zcta_acs_2022"} <= set(stage.read("geography", ALL)["dataset_id"])


@pytest.mark.parametrize("given", [2, 3])
def test_a_state_is_taken_as_a_whole_from_the_highest_that_has_all_of_it(folder: Path, given: int) -> None:
    figures = {f"0500000US{county}": {1: 1000, 3: 100, 15: 60, 209: 9} for county in OF_DELAWARE[:given]}
    (folder / "DECENNIALDHC2020.PCT12-Data.csv").write_bytes(age_table("PCT12", figures))
    stage = Stage(folder.parent / "stage")
    report = write_geography(stage, folder)
    (delaware,) = area(stage, "state", state="DE").rows(named=True)
    if given == 3:
        assert not report.notes
        assert (delaware["population"], delaware["under_18"], delaware["age_12_17"]) == (3000, 480, 180)
        assert (delaware["dataset_id"], delaware["ages_dataset_id"]) == ("dhc_pct12", None)
    else:
        assert delaware["dataset_id"] == "county_sums_acs_2022"
        assert any("DE (2 of 3 county)" in note for note in report.notes)
        assert "dhc_pct12" not in stage.read("geography", ALL)["dataset_id"]


def test_ages_of_another_count_are_carried_over_by_their_shares(folder: Path) -> None:
    counties = [f"250{n:02}" for n in range(1, 28, 2)]
    lines = [f"{county},2000,1500,301" for county in counties]
    (folder / "us_counties_acs2023.csv").write_text(
        "\n".join(["county_fips,pop,pop_18_up,pop_65_up", *lines])
    )
    stage = census(folder)
    (nantucket,) = area(stage, "county", area_id="25019").rows(named=True)
    assert (nantucket["population"], nantucket["under_18"]) == (14_255, round(14_255 / 4))
    assert nantucket["adults"] == 14_255 - nantucket["under_18"]
    assert nantucket["age_65_up"] == round(14_255 * 301 / 2000)
    assert (nantucket["dataset_id"], nantucket["ages_dataset_id"]) == ("ma_2020", "us_counties_compiled")


def test_with_the_block_groups_of_2020_every_point_has_its_county_and_town(
    tmp_path: Path, shared: Path
) -> None:
    stage = Stage(tmp_path)
    report = write_geography(stage, shared / "data" / "geo")
    assert not report.problems and not report.notes
    points = stage.read("population_point", ALL)
    assert points["population"].sum() == 334_735_155
    massachusetts = points.filter(state="MA")
    assert massachusetts["population"].sum() == 7_029_917
    assert not massachusetts["town_geoid"].null_count()
    placed = dict(massachusetts.group_by("county_fips").agg(pl.col("population").sum()).iter_rows())
    counted = dict(area(stage, "county", state="MA").select("area_id", "population").iter_rows())
    assert placed.keys() == counted.keys()
    assert sum(abs(placed[county] - counted[county]) for county in counted) < 100
    towns = massachusetts.group_by(area_id="town_geoid").agg(placed=pl.col("population").sum())
    both = area(stage, "town", state="MA").join(towns, on="area_id", how="left")
    assert both.filter(pl.col("placed") == pl.col("population")).height >= 310


def test_where_counties_have_finer_lines_the_state_is_drawn_from_them(tmp_path: Path, shared: Path) -> None:
    (tmp_path / "census").mkdir()
    (tmp_path / "census" / "ma_geo.topojson").symlink_to(shared / "data" / "geo" / "ma_geo.topojson")
    boundary = census(tmp_path / "census").read("boundary", ALL).filter(state="MA")
    assert set(boundary["dataset_id"]) == {"ma_boundaries_compiled"}
    assert dict(boundary.group_by("area_kind").len().iter_rows()) == {"state": 1, "county": 14, "town": 351}
    drawn = {
        kind: shapely.from_wkb(part["geometry"].to_list()) for (kind,), part in boundary.group_by("area_kind")
    }
    whole = shapely.area(drawn["state"]).sum()
    assert shapely.area(drawn["county"]).sum() == pytest.approx(whole)
    assert shapely.area(drawn["town"]).sum() == pytest.approx(whole, rel=1e-3)


def test_places_of_the_whole_country_are_named(packaged: Stage) -> None:
    """By hand: the ZIP code and town of the census, a village, a parish, an independent city, a state."""
    place = packaged.read("place", ALL)
    counts = dict(place.group_by("place_kind").len().iter_rows())
    assert (
        counts["zip"] > 41_000
        and counts["town"] > 38_000
        and counts["county"] > 3_200
        and counts["state"] == 56
    )
    rows = {row["place_id"]: row for row in place.iter_rows(named=True)}
    assert rows["02139"]["display_name"] == "Cambridge, MA 02139"
    assert (rows["02139"]["county_fips"], rows["02139"]["dataset_id"]) == ("25017", "zcta_acs_2022")
    lexington = rows["lexington-ma"]
    assert (lexington["geoid"], lexington["population"]) == (
        "2501735215",
        34454,
    )  # counted, not its ZIP codes'
    assert (lexington["latitude"], lexington["longitude"]) == pytest.approx((42.445, -71.23), abs=0.01)
    assert rows["houston-tx"]["geoid"] is None and rows["houston-tx"]["population"] > 2_000_000
    manhattan = rows["manhattan-ny"]  # the post accepts the name, no ZIP code has it for its own
    assert manhattan["population"] is manhattan["dataset_id"] is None
    assert rows["orleans-parish-la"]["display_name"] == "Orleans Parish, LA"
    assert rows["richmond-city-va"]["geoid"] == "51760"
    assert rows["richmond-county-va"]["geoid"] == "51159"
    assert rows["adams-county-oh"]["place_kind"] == "county"  # not the post's town of that name
    assert "mass" in rows["massachusetts"]["other_names"] and rows["massachusetts"]["population"] == 7_029_917

"""Maps: the projection against published numbers, outlines that still meet, classes, labels, sites."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pytest
import shapely
from coverage_fixture import made_up_report
from hypothesis import given, settings
from hypothesis import strategies as st
from made_up_shapes import NAMES, made_up_shapes

from warehouse.coverage.page.choropleth import shaded
from warehouse.coverage.page.classes import Classes, classes
from warehouse.coverage.page.ground import ground
from warehouse.coverage.page.labels import LETTER_PX, LINE_PX, Outside, Wanted, room
from warehouse.coverage.page.paths import dots, drawn, lines, path
from warehouse.coverage.page.point_map import sited
from warehouse.coverage.page.projection import COUNTRY, EARTH_KM, Albers, fitted
from warehouse.coverage.page.shapes import shapes_of
from warehouse.coverage.report.checked import items, tables_of
from warehouse.coverage.report.document import Choropleth, Kind, PointMap, Table
from warehouse.coverage.report.written import written

SHAPES = made_up_shapes()
REPORT = made_up_report(SHAPES)
ON = ground(SHAPES)


def test_albers_is_snyders() -> None:
    """USGS Professional Paper 1395, numerical example of the Albers projection on the sphere (p. 291)."""
    albers = Albers(29.5, 45.5, -96.0, 23.0)
    x, y = albers.kilometres(np.array([[-75.0, 35.0]]))[0] / EARTH_KM
    assert x == pytest.approx(0.2952720, abs=1e-6)
    assert -y == pytest.approx(0.2416774, abs=1e-6)


def test_areas_keep_their_proportions() -> None:
    frame = fitted(SHAPES.outline)
    north, south = shapely.box(-72, 42.1, -71.9, 42.2), shapely.box(-72, 41.3, -71.9, 41.4)
    drawn_ratio = shapely.transform(north, frame.project).area / shapely.transform(south, frame.project).area
    true_ratio = np.diff(np.sin(np.radians([42.1, 42.2])))[0] / np.diff(np.sin(np.radians([41.3, 41.4])))[0]
    assert drawn_ratio == pytest.approx(true_ratio, rel=1e-4)


def test_a_state_fills_its_frame_and_the_scale_bar_is_true() -> None:
    frame = ON.frame
    west, south, east, north = shapely.transform(SHAPES.states["25"], frame.project).bounds
    assert min(west, south, frame.width - east, frame.height - north) >= 0
    assert east - west > 0.9 * frame.width or north - south > 0.9 * 640
    (a, b) = frame.project(np.array([[-72.0, 41.7], [-71.0, 41.7]]))
    km = 2 * EARTH_KM * np.arcsin(np.cos(np.radians(41.7)) * np.sin(np.radians(0.5)))
    assert np.hypot(*(a - b)) * ON.scale.km / ON.scale.km_px == pytest.approx(km, rel=0.005)
    assert ON.scale.miles_px / ON.scale.miles == pytest.approx(
        1.609344 * ON.scale.km_px / ON.scale.km, rel=1e-3
    )


def test_the_country_has_its_insets() -> None:
    frame = fitted([shapely.box(-124, 25, -67, 49), shapely.box(-170, 55, -141, 71)])
    assert frame is COUNTRY
    places = np.array(
        [[-71.06, 42.36], [-122.4, 37.8], [-149.9, 61.2], [172.9, 52.9], [-157.86, 21.3], [-66.1, 18.4]]
    )
    pixels = frame.project(places)
    assert np.isfinite(pixels).all()
    assert ((pixels > 0) & (pixels < (frame.width, frame.height))).all()
    assert np.isnan(frame.project(np.array([[144.8, 13.5]]))).all()  # Guam has no inset


def test_a_state_across_the_date_line_is_one_piece() -> None:
    frame = fitted([shapely.union(shapely.box(-179.9, 51, -130, 71), shapely.box(172, 52, 179.9, 53))])
    assert frame.panels[0].scale > 0.15
    west = frame.project(np.array([[173.0, 52.5], [-178.0, 52.5]]))
    assert 0 < west[0, 0] < west[1, 0] < 200


def test_south_of_the_equator_north_is_up() -> None:
    frame = fitted([shapely.box(-171, -14.6, -168, -11)])
    (west_north, east_south) = frame.project(np.array([[-170.9, -11.1], [-168.1, -14.5]]))
    assert west_north[0] < east_south[0]
    assert west_north[1] < east_south[1]


def test_outlines_that_met_still_meet() -> None:
    frame = fitted(SHAPES.outline)
    wiggly = {name: shapely.segmentize(shape, 0.01) for name, shape in SHAPES.counties.items()}
    found = drawn(wiggly, frame)
    assert sum(len(shapely.get_coordinates(s)) for s in found.values()) < 0.2 * sum(
        len(shapely.get_coordinates(s)) for s in wiggly.values()
    )
    apart = sum(shape.area for shape in found.values())
    assert shapely.union_all(list(found.values())).area == pytest.approx(apart, abs=0.5)


def read(data: str) -> np.ndarray:
    """The points of a path of ours, in pixels."""
    at, found = np.zeros(2), []
    for command, rest in re.findall(r"([MmlhHvz])([^MmlhHvz]*)", data):
        numbers = [float(n) for n in re.findall(r"-?(?:\d+\.\d+|\.\d+|\d+)", rest)]
        for pair in np.array(numbers).reshape(-1, 2) if command in "Mml" else []:
            at = pair if command == "M" else at + pair
            found.append(at)
    return np.array(found)


@given(
    st.lists(st.tuples(st.integers(-50, 9000), st.integers(-50, 9000)), min_size=3, max_size=12, unique=True)
)
def test_a_path_reads_back_to_a_tenth_of_a_pixel(corners: list[tuple[int, int]]) -> None:
    ring = shapely.Polygon([(x / 10 + 0.02, y / 10 - 0.02) for x, y in corners])
    if ring.area < 1:
        return
    back = read(path(ring))
    assert np.abs(back - shapely.get_coordinates(ring)[: len(back)]).max() < 0.051


def test_nothing_is_too_small_to_be_drawn() -> None:
    assert np.abs(read(path(shapely.box(5, 5, 5.001, 5.001))) - 5).max() < 1


def test_dots_are_short_and_on_one_spot_one() -> None:
    data = dots(np.array([[10.0, 10.0], [10.1, 9.9], [20.0, 5.5]]))
    assert data.count("h0") == 2
    assert len(dots(np.random.default_rng(1).uniform(0, 800, (5000, 2)))) < 60_000


def test_shared_lines_are_drawn_once() -> None:
    left, right = shapely.box(10, 10, 50, 50), shapely.box(50, 10, 90, 50)
    parts = [read(f"M{part}") for part in lines([left, right], ON.frame).split("M")[1:]]
    assert sum(shapely.LineString(part).length for part in parts) == pytest.approx(7 * 40, abs=0.5)


@pytest.mark.parametrize("kind", [Kind.COUNT, Kind.RATE, Kind.SHARE, Kind.KM])
@settings(max_examples=30)
@given(data=st.data())
def test_every_value_has_a_class_that_its_label_is_true_of(kind: Kind, data: st.DataObject) -> None:
    top = 1.0 if kind is Kind.SHARE else 5000.0
    one = st.integers(0, 300).map(float) if kind is Kind.COUNT else st.floats(0, top)
    values = data.draw(st.lists(st.none() | one, max_size=60))
    found = classes(values, kind)
    legend = found.legend(values)
    assert sum(part.areas for part in legend) == len(values)
    assert len({part.style for part in legend}) == len(legend) <= 7
    assert all(part.areas for part in legend)
    labels = {part.style: part.label for part in legend}
    for value in values:
        assert holds(labels[found.style(value)], written(value, kind)), (value, labels)


def holds(label: str, said: str) -> bool:
    """Whether a legend's words are true of a value as people read it beside them."""
    if label == said or (label, said) in {("none known", "0"), ("none known", "0.0")}:
        return True
    value = float(said.removesuffix("%").replace(",", ""))
    bounds = [float(n.replace(",", "")) for n in re.findall(r"\d[\d,]*(?:\.\d+)?", label)]
    if label.startswith("under "):
        return value < bounds[0]
    if label.endswith(" or more"):
        return value >= bounds[0]
    if " to under " in label:
        return bounds[0] <= value < bounds[1]
    return label == "any" if not bounds else bounds[0] <= value <= bounds[-1]


@pytest.mark.parametrize(("value", "style"), [(1.0994, "q4"), (2.1806, "q5"), (1.0501, "q4"), (1.0499, "q2")])
def test_a_value_is_in_the_class_that_its_written_form_is_in(value: float, style: str) -> None:
    assert Classes((0.3, 0.7, 1.1, 2.2), Kind.RATE).style(value) == style


def test_what_is_little_is_not_none() -> None:
    found = classes([0, 0.03, 2.0, 7.0], Kind.RATE)
    assert found.style(0) == "zero" != found.style(0.03)


def test_classes_hold_about_as_many_areas_each() -> None:
    values = [n**1.7 / 10 for n in range(1, 101)]
    legend = classes(values, Kind.RATE).legend(values)
    assert [part.style for part in legend] == ["q1", "q2", "q3", "q4", "q5"]
    assert all(14 <= part.areas <= 26 for part in legend)
    assert legend[0].label.startswith("under ")
    assert legend[-1].label.endswith(" or more")


def test_a_few_counts_are_classes_of_their_own() -> None:
    legend = classes([0, 1, 1, 2, None, 7], Kind.COUNT).legend([0, 1, 1, 2, None, 7])
    assert [(part.label, part.areas) for part in legend] == [
        ("none known", 1), ("1", 2), ("2–6", 1), ("7 or more", 1), ("not known", 1),
    ]  # fmt: skip


def test_labels_stay_within_their_area() -> None:
    shape = shapely.box(0, 0, 100, 40).difference(shapely.box(0, 0, 60, 25))
    place = room(shape, 30, 20, 1, 5)
    assert place is not None
    x, y = place
    assert shape.contains(shapely.box(x - 20, y - 7.5, x + 20, y + 7.5))
    assert room(shape, 30, 20, 2, 20) is None


def test_words_that_do_not_fit_stand_outside_and_keep_apart() -> None:
    island, coast = shapely.box(200, 100, 210, 110), shapely.box(0, 0, 150, 300)
    beside = shapely.box(0, 200, 400, 300)
    outside = Outside([island, coast], beside, 400, 300)
    boxes = []
    for name in ("Nantucket", "Dukes", "Suffolk"):
        place = outside.place(Wanted(island, 205, 105, [name, "1.1"]))
        assert place is not None and place.outside
        wide, high = len(name) * LETTER_PX, 2 * LINE_PX
        boxes.append(
            shapely.box(place.x - wide / 2, place.y - high / 2, place.x + wide / 2, place.y + high / 2)
        )
    assert not any(
        box.intersects(other) for box in boxes for other in (island, coast, beside) if other is not box
    )
    assert not any(one.overlaps(other) for one in boxes for other in boxes if one is not other)
    walled = Outside([shapely.box(0, 0, 400, 300)], shapely.Polygon(), 400, 300)
    assert walled.place(Wanted(island, 205, 105, ["Nantucket"])) is None


def test_a_line_leads_to_the_area_where_it_is_not_plain_which_is_meant() -> None:
    small, large = shapely.box(100, 100, 106, 106), shapely.box(100, 106, 106, 300)
    place = Outside([small, large], shapely.Polygon(), 400, 300).place(Wanted(small, 103, 103, ["Suffolk"]))
    assert place is not None
    assert not place.leader or small.distance(shapely.Point(place.leader[2:])) < 0.1
    far = Outside(
        [small, large, shapely.box(0, 0, 98, 300), shapely.box(108, 0, 150, 300)], shapely.Polygon(), 400, 300
    )
    led = far.place(Wanted(small, 103, 103, ["Suffolk"]))
    assert led is not None
    assert small.distance(shapely.Point(led.leader[2:])) < 0.1


def test_the_few_are_marked() -> None:
    item, table = _choropleth()
    at = [of.name for of in table.columns].index(item.unreliable or "")
    value = [of.name for of in table.columns].index(item.value)
    known = sum(row[value] is not None for row in table.rows)
    for flags, marks, marked in ((1, "unreliable", 1), (known - 2, "reliable", 2), (0, "", 0)):
        rows, left = [], flags
        for row in table.rows:
            by_chance = row[value] is not None and left > 0
            left -= by_chance
            rows.append([*row[:at], by_chance, *row[at + 1 :]])
        view = shaded(item, replace(table, rows=rows), ON)
        assert (view.marks, view.marked) == (marks, marked)
        assert sum("unreliable" in area.title for area in view.areas) == flags


def test_an_area_without_a_row_is_unknown_and_a_row_without_an_area_is_told() -> None:
    item, table = _choropleth()
    short = replace(table, rows=[*table.rows[1:], ["99999", "Nowhere", *table.rows[0][2:]]])
    view = shaded(item, short, ON)
    assert len(view.areas) == len(NAMES)
    lost = [area for area in view.areas if area.title.startswith("FIPS")]
    assert [(area.style, area.title.endswith("not known")) for area in lost] == [("unknown", True)]
    assert view.missing == ["Nowhere"]


def _choropleth() -> tuple[Choropleth, Table]:
    item = next(found for found in items(REPORT) if isinstance(found, Choropleth))
    return item, tables_of(REPORT)[item.table]


def _points() -> tuple[PointMap, Table]:
    item = next(found for found in items(REPORT) if isinstance(found, PointMap))
    return item, tables_of(REPORT)[item.table]


def test_every_site_is_on_the_map_or_counted_as_not() -> None:
    item, table = _points()
    view = sited(item, table, ON)
    names = "; ".join(mark.title for mark in view.marks)
    assert (
        sum(str(row[0]) in names for row in table.rows)
        == len(table.rows) - 1
        == len(table.rows) - view.without_place
    )
    assert sum(group.sites for group in view.groups) == len(table.rows)
    assert [group.shape for group in view.groups] == ["circle", "square", "triangle"]
    cities = {f"{row[0]}, {row[2]}" for row in table.rows[:3]}
    assert all(said in names for said in cities)
    together = [mark for mark in view.marks if str(table.rows[4][0]) in mark.title]
    assert together


def test_people_are_in_the_band_of_their_distance() -> None:
    item, table = _points()
    edge = replace(
        item, points=[(41.7, -72.0, 100, 10.0), (41.7, -72.1, 50, 10.001), (41.7, -72.2, 25, 999.0)]
    )
    bands = sited(edge, table, ON).bands
    assert [(band.style, band.people) for band in bands] == [(1, 100), (2, 50), (5, 25)]
    assert bands[0].label == "within 10 km (6 miles)"
    assert bands[-1].label == "farther than 50 km (31 miles)"
    assert sum(band.share for band in bands) == pytest.approx(1)


def test_more_groups_than_marks_are_any_other() -> None:
    item, table = _points()
    rows = [[*row[:1], f"Group {n % 9}", *row[2:]] for n, row in enumerate(table.rows)]
    view = sited(item, replace(table, rows=rows), ON)
    assert [group.label for group in view.groups][-1] == "any other"
    assert len(view.groups) == 6
    assert sum(group.sites for group in view.groups) == len(rows)


def test_shapes_of_a_release() -> None:
    rows = [
        ("county", "25001", "MA", shapely.to_wkb(SHAPES.counties["25001"])),
        ("state", "25", "MA", shapely.to_wkb(SHAPES.states["25"])),
        ("state", "33", "NH", shapely.to_wkb(SHAPES.neighbours["33"])),
        ("county", "33001", "NH", shapely.to_wkb(SHAPES.neighbours["33"])),
        ("town", "2500100001", "MA", shapely.to_wkb(SHAPES.counties["25001"])),
    ]
    one = shapes_of(rows, "MA")
    assert (set(one.counties), set(one.states), set(one.neighbours), len(one.towns)) == (
        {"25001"},
        {"25"},
        {"33"},
        1,
    )
    every = shapes_of(rows, None)
    assert (set(every.counties), set(every.states), every.neighbours, every.towns) == (
        {"25001", "33001"},
        {"25", "33"},
        {},
        {},
    )

"""The page as a document: complete without script, closed to the network, hostile text inert."""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from bs4 import BeautifulSoup
from coverage_fixture import made_up_report
from hostile_report import hostile_report
from made_up_shapes import made_up_shapes

from warehouse.coverage.page.render import render
from warehouse.coverage.page.rows import unbroken
from warehouse.coverage.page.shapes import Shapes
from warehouse.coverage.page.templating import colours
from warehouse.coverage.report.checked import ReportError, ids, items
from warehouse.coverage.report.document import Choropleth, Column, Figure, Kind, PointMap, Section, Table
from warehouse.coverage.report.written import NOT_KNOWN

SHAPES = made_up_shapes()
REPORT = made_up_report(SHAPES)


@pytest.fixture(scope="module")
def html() -> str:
    return render(REPORT, SHAPES)


@pytest.fixture(scope="module")
def soup(html: str) -> BeautifulSoup:
    return BeautifulSoup(html, "lxml")


def test_it_is_one_small_file(html: str) -> None:
    assert len(html.encode()) < 500_000
    assert not re.findall(r'(?:src|srcset|action|data)="(?!data:)', html)
    links = re.findall(r'<link[^>]*href="([^"]*)"', html)
    assert links == ["data:,"]
    assert "@import" not in html
    assert set(re.findall(r"url\(([^)]*)\)", html)) == {"#hatch"}


def test_the_policy_lets_run_what_is_in_the_file_and_nothing_else(soup: BeautifulSoup) -> None:
    policy = soup.select_one("meta[http-equiv=Content-Security-Policy]")["content"]
    assert policy.startswith("default-src 'none'")
    for tag in ("style", "script"):
        (inline,) = soup.select(tag)
        digest = base64.b64encode(hashlib.sha256(inline.string.encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}'" in policy
    assert not soup.select("[style], [onclick], [onerror], [onload]")


def test_every_tag_is_closed(html: str) -> None:
    void = {"meta", "link", "input"}
    stack: list[str] = []

    class Reader(HTMLParser):
        def handle_starttag(self, tag: str, attrs: object) -> None:
            if tag not in void:
                stack.append(tag)

        def handle_startendtag(self, tag: str, attrs: object) -> None:
            """Nothing stays open."""

        def handle_endtag(self, tag: str) -> None:
            assert stack.pop() == tag, self.getpos()

    Reader().feed(html)
    assert not stack


def test_headings_go_down_by_one(soup: BeautifulSoup) -> None:
    levels = [int(found.name[1]) for found in soup.select("h1, h2, h3, h4")]
    assert levels.count(1) == 1
    body = [int(found.name[1]) for found in soup.select("main h2, main h3, main h4")]
    assert all(after <= before + 1 for before, after in zip([1, *body], body, strict=False))


def test_ids_are_unique_and_all_inner_links_lead_somewhere(soup: BeautifulSoup) -> None:
    found = [tag["id"] for tag in soup.select("[id]")]
    assert len(found) == len(set(found))
    targets = {tag["href"][1:] for tag in soup.select("[href^='#']")} | {
        name
        for tag in soup.select("[aria-labelledby], [aria-describedby], [for]")
        for key in ("aria-labelledby", "aria-describedby", "for")
        for name in (tag.get(key) if isinstance(tag.get(key), list) else (tag.get(key) or "").split())
    }
    assert targets
    assert targets <= set(found)
    for name in ids(REPORT):
        assert soup.select(f"#{name} a.permalink[href='#{name}'], section.part#{name}")


def test_all_that_the_report_holds_is_on_the_page(soup: BeautifulSoup) -> None:
    for item in items(REPORT):
        block = soup.select_one(f"#{item.id}")
        text = " ".join(block.get_text(" ").split())
        if isinstance(item, Figure):
            assert item.definition in text
            assert item.label in text
            assert (NOT_KNOWN in text) == (item.value is None)
            assert ("Unreliable" in text) != item.reliable
            assert ("95% interval" in text) == (item.low is not None)
        elif isinstance(item, Table):
            assert len(block.select("tbody tr")) == len(item.rows)
        else:
            assert block.select(f"a[href='#{item.table}']")
            assert block.select_one("svg.map")["aria-describedby"].split()[0] == f"{item.id}--text"
    for line in (*REPORT.methods, *REPORT.limits, *REPORT.known_issues, *REPORT.geography, REPORT.citation):
        assert line in " ".join(soup.get_text(" ").split())


def test_what_is_known_and_what_is_not_stand_at_the_top(soup: BeautifulSoup) -> None:
    head = soup.select_one("header.masthead")
    lists = {
        part.h2.get_text(): [line.get_text() for line in part.select("li")] for part in head.select("section")
    }
    assert lists == {"What is known": list(REPORT.known), "What is not known": list(REPORT.not_known)}
    assert 'class="brief"' not in render(replace(REPORT, known=(), not_known=()), SHAPES)


def test_a_folded_table_is_closed_and_has_its_title_and_link(soup: BeautifulSoup) -> None:
    fold = soup.select_one("details#ages")
    assert not fold.has_attr("open")
    assert fold.summary.h3.get_text() == "Programs by county and age"
    assert fold.select_one("a.permalink")["href"] == "#ages"


def test_numbers_stay_with_their_units_and_ends(soup: BeautifulSoup) -> None:
    whole = {one.get_text() for one in soup.select("#ages .whole")}
    assert {"10 km", "18–26)", "(18–64)", "18-26", "2026-11-02"} <= whole
    assert unbroken("a <b> within 25 km (16 mi), as-is, 7") == (
        'a &lt;b&gt; within <span class="whole">25 km</span> <span class="whole">(16 mi),</span> as-is, 7'
    )


def test_a_table_with_something_not_known_leads_to_the_limits(soup: BeautifulSoup) -> None:
    found = {
        block["id"]: (bool(block.select("td.nothing")), bool(block.select(".foot a[href='#limits']")))
        for block in soup.select(".item:has(table)")
    }
    assert all(unknown == leads for unknown, leads in found.values())
    assert found["by-county"] == (True, True)


def test_what_is_not_known_is_words_and_zero_is_zero(soup: BeautifulSoup) -> None:
    cells = {
        row.th.get_text(): [c.get_text() for c in row.select("td")]
        for row in soup.select("#by-county tbody tr")
    }
    nothing, none = cells["Ivy"], cells["Ash"]
    assert nothing[1:3] == [NOT_KNOWN, NOT_KNOWN]
    assert none[1] == "0"
    assert not [cell for row in cells.values() for cell in row if not cell.strip()]


def test_what_is_known_and_unknown_is_a_bar_where_all_four_are_told(soup: BeautifulSoup) -> None:
    bars = {row.th.get_text(): row.select("td")[-1] for row in soup.select("#known tbody tr")}
    shares = {part["class"][0]: float(part["width"][:-1]) for part in bars["Medicaid"].select("rect")}
    assert shares == {"yes": 50.0, "not-ticked": 14.63, "not-asked": 24.39, "not-stated": 10.98}
    assert [part["class"][0] for part in bars["Spanish"].select("rect")] == ["not-asked"]
    assert (bars["Schedule"].get_text(), bars["Schedule"].select("rect")) == (NOT_KNOWN, [])


def test_a_value_has_its_interval_mark_and_what_it_is_sorted_by(soup: BeautifulSoup) -> None:
    row = next(r for r in soup.select("#by-county tbody tr") if r.th.get_text() == "Birch")
    rate = row.select("td")[2]
    assert re.fullmatch(r"[\d.]+ [\d.]+–[\d.]+ unreliable", " ".join(rate.get_text(" ").split()))
    assert float(rate["data-v"]) == pytest.approx(float(rate.get_text().split()[0]), abs=0.06)
    distance = row.select("td")[3]
    assert distance["title"].endswith("miles")
    heads = [head.get_text(" ") for head in soup.select("#by-county thead th")]
    assert "Lower bound" not in " ".join(heads)
    assert "FIPS" not in " ".join(heads)


def test_maps_have_a_name_for_every_area_and_a_class_for_zero_and_unknown(soup: BeautifulSoup) -> None:
    areas = soup.select("#map-rate .areas use")
    assert len(areas) == len(SHAPES.counties)
    classes = {area.title.string.split(":")[0]: area["class"][0] for area in areas}
    assert classes["Ash"] == "zero"
    assert classes["Ivy"] == "unknown"
    assert soup.select("#map-rate--legend .unknown")
    titles = [area.title.string for area in areas]
    assert any(
        re.fullmatch(r"Birch: [\d.]+ per 100,000; 95% interval [\d.]+–[\d.]+; unreliable", t) for t in titles
    )
    assert f"Ivy: {NOT_KNOWN}" in titles


def test_paths_are_drawn_once_for_all_maps(html: str) -> None:
    assert html.count('<path id="county--25001"') == 1
    assert html.count('href="#county--25001"') == 2


def test_hostile_text_stays_text() -> None:
    html = render(hostile_report(SHAPES), SHAPES)
    soup = BeautifulSoup(html, "lxml")
    assert len(soup.select("script")) == 1
    assert not soup.select("img, iframe, object, embed, [onerror], [onload]")
    assert not [a for a in soup.select("a[href]") if a["href"].lower().startswith("javascript")]
    assert len(html.encode()) < 2_000_000
    longest = max(len(title.string) for title in soup.select("svg title"))
    assert longest < 800


def test_links_that_lead_to_scripts_are_refused() -> None:
    for bad in (
        "javascript:alert(1)",
        "//example.org/x",
        "data:text/html,x",
        "\\\\host\\x",
        " javascript:alert(1)",
    ):
        table = next(item for item in items(REPORT) if item.id == "gaps")
        assert isinstance(table, Table)
        rows = [[*table.rows[0][:-1], bad]]
        section = replace(REPORT.sections[0], items=[replace(table, rows=rows)])
        with pytest.raises(ReportError, match="leads nowhere"):
            render(replace(REPORT, sections=[section]), SHAPES)


def test_a_report_without_maps_needs_no_areas() -> None:
    first = REPORT.sections[0]
    html = render(replace(REPORT, sections=[first]), Shapes({}, {}))
    assert "county--25001" not in html
    assert not [item for item in first.items if isinstance(item, Choropleth | PointMap)]


def test_a_map_without_areas_is_told() -> None:
    with pytest.raises(ReportError, match="no boundaries"):
        render(REPORT, Shapes({}, {}))


def test_a_map_of_states_leads_to_the_page_of_each() -> None:
    states = Shapes({}, {"25": SHAPES.states["25"], "33": SHAPES.neighbours["33"]})
    columns = [
        Column("fips", "FIPS", Kind.TEXT, hidden=True),
        Column("state", "State", Kind.TEXT, link="page"),
        Column("page", "Page", Kind.TEXT),
        Column("services", "Services", Kind.COUNT),
    ]
    lines = [("25", "Massachusetts", "MA/index.html", 84), ("33", "New Hampshire", "NH/index.html", None)]
    table = Table("states", "All states", "", columns, lines)
    drawn = Choropleth("map-of-states", "Services", "", "states", "fips", "services", area_kind="state")
    report = replace(REPORT, state=None, sections=[Section("all", "State by state", "", [drawn, table])])
    soup = BeautifulSoup(render(report, states), "lxml")
    assert [a["href"] for a in soup.select("#states tbody a")] == ["MA/index.html", "NH/index.html"]
    assert {a["href"] for a in soup.select("#map-of-states .areas a")} == {"MA/index.html", "NH/index.html"}


def _luminance(colour: str) -> float:
    parts = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """WCAG 2.2, contrast ratio."""
    high, low = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_colours_can_be_told_apart(theme: str) -> None:
    of = colours()[theme]
    for text, ground in (("ink", "paper"), ("muted", "paper"), ("muted", "surface"), ("accent", "paper"), ("warn", "surface"),
                         ("warn", "warn-surface"), ("accent-ink", "accent"), ("ink", "raised"), ("muted", "raised")):  # fmt: skip
        assert contrast(of[text], of[ground]) >= 4.5, (text, ground)
    for style in ("zero", "q1", "q2", "q3", "q4", "q5"):
        assert contrast(of[f"on-{style}"], of[style]) >= 4.5, style
    for mark in (f"g{n}" for n in range(6)):
        assert contrast(of[mark], of["land"]) >= 4.5, mark
    ramp = [_luminance(of[f"q{n}"]) for n in range(1, 6)]
    assert ramp == sorted(ramp, reverse=theme == "light")
    assert all(contrast(of[f"q{n}"], of[f"q{n + 1}"]) >= 1.25 for n in range(1, 5))
    assert all(contrast(of[f"b{n}"], of[f"b{n + 1}"]) >= 1.35 for n in range(1, 5))
    assert contrast(of["b4"], of["land"]) >= 4.5  # the far stand out
    far = [_luminance(of[f"b{n}"]) for n in range(1, 6)]
    assert far == sorted(far, reverse=theme == "light")
    assert set(colours()["light"]) == set(colours()["dark"])

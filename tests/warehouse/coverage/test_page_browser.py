"""The page in a real browser: quiet, closed to the network, usable by mouse, keyboard and screen reader, on paper and on a phone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from browser import browser, chromium
from coverage_fixture import made_up_report
from hostile_report import hostile_report
from made_up_shapes import made_up_shapes

from warehouse.coverage.page.render import render

sync_api = pytest.importorskip("playwright.sync_api")
pytestmark = [
    pytest.mark.skipif(
        chromium() is None, reason="there is no chromium on the PATH (apt-get install chromium)"
    ),
    pytest.mark.xdist_group("browser"),
]
SHAPES = made_up_shapes()


@pytest.fixture(scope="module")
def opened() -> Iterator[Any]:
    with browser() as found:
        yield found


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("page") / "index.html"
    path.write_text(render(made_up_report(SHAPES), SHAPES), encoding="utf-8")
    return path


class Visit:
    """A page with all that it asked for and complained of."""

    def __init__(self, browser: Any, file: Path, **context: Any) -> None:
        self.context = browser.new_context(**{"viewport": {"width": 1400, "height": 900}, **context})
        self.page = self.context.new_page()
        self.asked: list[str] = []
        self.complaints: list[str] = []
        self.page.on("request", lambda request: self.asked.append(request.url))
        self.page.on("console", lambda message: self.complaints.append(message.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.goto(file.as_uri())


@pytest.fixture
def visit(opened: Any, file: Path) -> Iterator[Any]:
    """How to open the page; what was opened is closed, and must have been quiet and asked for nothing but itself."""
    visits: list[Visit] = []

    def open_page(path: Path = file, **context: Any) -> Any:
        visits.append(Visit(opened, path, **context))
        return visits[-1].page

    yield open_page
    for one in visits:
        one.context.close()
        assert one.complaints == []
        assert {url.partition(":")[0] for url in one.asked} <= {"file", "data"}
        assert len([url for url in one.asked if url.startswith("file:")]) == 1


def column(page: Any, table: str, number: int) -> list[str]:
    return page.eval_on_selector_all(
        f"#{table} tbody tr",
        f"rows => rows.filter(r => !r.hidden).map(r => r.cells[{number}].firstChild.textContent.trim())",
    )


def test_tables_sort_by_mouse_and_by_keyboard(visit: Any) -> None:
    page = visit()
    button = page.locator("#by-county thead button", has_text="Programs per people")
    button.click()
    head = page.locator("#by-county thead th", has_text="Programs per people")
    assert head.get_attribute("aria-sort") == "descending"
    found = column(page, "by-county", 3)
    assert found[-1] == "not known"
    numbers = [float(text.replace(",", "")) for text in found[:-1]]
    assert numbers == sorted(numbers, reverse=True)
    button.focus()
    page.keyboard.press("Enter")
    assert head.get_attribute("aria-sort") == "ascending"
    found = column(page, "by-county", 3)
    assert found[-1] == "not known"
    assert [float(t) for t in found[:-1]] == sorted(numbers)
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Space")
    assert head.get_attribute("aria-sort") is None
    assert column(page, "by-county", 0) == sorted(column(page, "by-county", 0))
    assert "Sorted by County, ascending" in page.inner_text("#live")


def test_numbers_with_commas_sort_as_numbers(visit: Any) -> None:
    page = visit()
    page.locator("#by-county").get_by_role("button", name="People", exact=True).click()
    found = [int(text.replace(",", "")) for text in column(page, "by-county", 1)]
    assert found == sorted(found, reverse=True)
    assert len(set(map(len, map(str, found)))) > 1


def test_a_long_table_is_filtered_by_all_words(visit: Any) -> None:
    page = visit()
    page.get_by_label("Show rows with").last.fill("dogwood adolescents")
    found = column(page, "gaps", 2)
    assert not page.locator("#gaps .none").is_visible()
    assert 0 < len(found) < 300
    assert set(found) == {"Dogwood House"}
    assert page.locator("#gaps output").inner_text() == f"{len(found)} of 300 rows"
    assert page.locator("#by-county .filter").count() == 0


def test_where_nothing_has_it_the_page_says_so_and_clears(visit: Any) -> None:
    page = visit()
    page.locator("#gaps .filter input").fill("no such thing")
    assert column(page, "gaps", 2) == []
    assert page.locator("#gaps .none").inner_text().startswith("No row has that.")
    page.locator("#gaps .none button").click()
    assert len(column(page, "gaps", 2)) == 300
    assert page.locator("#gaps .filter input").input_value() == ""


def test_a_long_table_tells_that_there_is_more_and_opens_whole(visit: Any) -> None:
    page = visit()
    scroll, more = page.locator("#gaps .scroll"), page.locator("#gaps .held.more-below")
    inner = "one => one.scrollHeight - one.clientHeight"
    more.wait_for()
    assert scroll.evaluate(inner) > 0
    page.get_by_role("button", name="Show all 300 rows").click()
    assert scroll.evaluate(inner) == 0
    more.wait_for(state="detached")
    page.get_by_role("button", name="Show fewer rows").click()
    assert scroll.evaluate(inner) > 0
    scroll.evaluate("one => one.scrollTo(0, one.scrollHeight)")
    more.wait_for(state="detached")


def test_one_county_is_shown_in_all_tables_that_have_it(visit: Any) -> None:
    page = visit()
    choice = page.get_by_label("Show one county")
    choice.select_option("Birch")
    assert column(page, "by-county", 0) == ["Birch"]
    assert column(page, "ages", 0) == ["Birch", "Birch"]
    assert len(column(page, "gaps", 0)) == 300
    assert page.locator("#by-county .only").inner_text() == "Only Birch: 1 of 14 rows."
    assert page.locator(".picker p").inner_text() == "Tables that show Birch alone: 2. To the first"
    choice.select_option("")
    assert len(column(page, "by-county", 0)) == 14
    assert not page.locator("#by-county .only").is_visible()


def test_what_is_folded_opens_by_its_link(visit: Any) -> None:
    page = visit()
    assert not page.locator("#ages table").is_visible()
    page.evaluate("location.hash = '#ages'")
    page.wait_for_selector("#ages table", state="visible")
    page.locator("#ages summary").first.click()
    assert not page.locator("#ages table").is_visible()
    page.evaluate(
        "document.querySelector('.contents a').setAttribute('href', '#ages')"
    )  # the address stays the same
    page.locator(".contents a").first.click()
    assert page.locator("#ages table").is_visible()


def test_on_a_phone_numbers_are_seen_without_scrolling(visit: Any) -> None:
    page = visit(viewport={"width": 390, "height": 844})
    page.locator("#ages summary").first.click()
    first = page.locator("#ages tbody tr").first
    assert first.locator("th .with").inner_text() == "Adults (18–64)"
    assert not first.locator("td").first.is_visible()
    number = first.locator("td.number").bounding_box()
    assert number["x"] + number["width"] < 390
    page.locator("#ages thead button", has_text="County").click()
    assert column(page, "ages", 0)[0] == "Ash"


def test_areas_are_reached_by_arrows_and_tell_their_value(visit: Any) -> None:
    page = visit()
    tip = page.locator(".tip")
    first = page.locator("#map-rate [data-part][tabindex='0']")
    assert first.count() == 1
    first.focus()
    assert tip.is_visible()
    before = tip.inner_text()
    assert before == first.get_attribute("aria-label")
    page.keyboard.press("ArrowRight")
    assert tip.inner_text() != before
    assert page.evaluate("document.activeElement.getAttribute('aria-label')") == tip.inner_text()
    page.keyboard.press("ArrowLeft")
    assert tip.inner_text() == before
    page.keyboard.press("Escape")
    assert not tip.is_visible()
    page.keyboard.press("End")
    assert tip.is_visible()
    page.keyboard.press("Tab")
    assert not tip.is_visible()
    assert page.locator("#map-rate [data-part][tabindex='0']").count() == 1


def test_a_mouse_gets_the_same_words_and_only_one_tooltip(visit: Any) -> None:
    page = visit(reduced_motion="reduce")
    site = page.locator("#map-sites [data-part]").nth(3)
    site.hover()
    assert site.get_attribute("aria-label") in page.locator(".tip").inner_text().splitlines()
    assert page.locator("svg.map title").count() == 0
    page.mouse.move(2, 2)
    assert not page.locator(".tip").is_visible()


def test_all_sites_under_the_pointer_are_told(visit: Any) -> None:
    page = visit(reduced_motion="reduce")
    page.evaluate(
        """() => { const [a, b] = document.querySelectorAll('#map-sites [data-part]');
        b.setAttribute('transform', a.getAttribute('transform')); }"""
    )
    marks = page.locator("#map-sites [data-part]")
    marks.nth(1).hover()
    told = page.locator(".tip").inner_text().splitlines()
    assert {marks.nth(n).get_attribute("aria-label") for n in (0, 1)} <= set(told)


def test_the_map_of_sites_comes_closer(visit: Any) -> None:
    page = visit()
    view = page.locator("#map-sites svg.map")
    whole = view.get_attribute("viewBox")
    page.get_by_role("button", name="Larger").click()
    assert float(view.get_attribute("viewBox").split()[2]) == pytest.approx(float(whole.split()[2]) / 2)
    assert "zoomed" in view.get_attribute("class")
    page.get_by_role("button", name="Whole map").click()
    assert [float(n) for n in view.get_attribute("viewBox").split()] == [float(n) for n in whole.split()]


def test_a_chosen_theme_is_remembered(visit: Any) -> None:
    page = visit(color_scheme="light")
    ground = "getComputedStyle(document.body).backgroundColor"
    light = page.evaluate(ground)
    page.get_by_role("button", name="Dark colours").click()
    dark = page.evaluate(ground)
    assert dark != light
    page.context.new_page().close()
    again = page.context.new_page()
    again.goto(page.url)
    assert again.evaluate(ground) == dark
    assert again.get_by_role("button", name="Light colours").is_visible()


def test_a_link_is_copied_and_told(visit: Any) -> None:
    page = visit(permissions=["clipboard-read", "clipboard-write"])
    page.locator("#rate a.permalink").click()
    page.wait_for_function("document.getElementById('live').textContent === 'Link copied'")
    assert page.evaluate("navigator.clipboard.readText()").endswith("index.html#rate")
    assert page.url.endswith("#rate")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing(visit: Any, tmp_path: Path, theme: str) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright")
    path = tmp_path / "short.html"  # axe looks at each cell: 300 rows tell it nothing that 12 do not
    path.write_text(render(made_up_report(SHAPES, long=12), SHAPES), encoding="utf-8")
    page = visit(path, color_scheme=theme)
    page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true; })")
    # Only colours differ between the themes.
    only = {"runOnly": ["color-contrast"]} if theme == "dark" else {}
    found = axe.Axe().run(page, options={"resultTypes": ["violations"], **only}).response["violations"]
    assert [(v["id"], v["impact"], [n["html"][:120] for n in v["nodes"][:3]]) for v in found] == []


@pytest.mark.parametrize("width", [320, 390, 768])
def test_the_page_never_scrolls_sideways(visit: Any, width: int) -> None:
    page = visit(viewport={"width": width, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth") == width
    region = page.locator("#by-county [role=region]")
    assert region.evaluate("one => one.tabIndex") == 0
    if width < 500:
        assert region.evaluate("one => one.scrollWidth > one.clientWidth")


def test_hostile_words_do_nothing_and_fit(visit: Any, tmp_path: Path) -> None:
    path = tmp_path / "hostile.html"
    path.write_text(render(hostile_report(SHAPES), SHAPES), encoding="utf-8")
    page = visit(path, viewport={"width": 390, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    assert page.locator("img").count() == 0
    assert page.title().startswith("</script><img")
    page.locator("#map-rate [data-part][tabindex='0']").focus()
    box = page.locator(".tip").bounding_box()
    assert 0 < box["height"] <= 844
    assert box["width"] <= 390


def test_without_script_all_is_there_and_nothing_is_dead(visit: Any) -> None:
    page = visit(java_script_enabled=False)
    assert page.locator("#gaps tbody tr").count() == 300
    assert page.locator("svg.map title").count() > 20
    for control in page.locator("button, input").all():
        assert not control.is_visible()


def test_paper_is_light_open_and_whole(visit: Any) -> None:
    page = visit(color_scheme="dark")
    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.locator("details:not([open])").count() == 0
    assert page.evaluate("getComputedStyle(document.body).color") == "rgb(21, 32, 43)"
    assert page.evaluate("getComputedStyle(document.querySelector('#gaps .scroll')).overflowY") == "visible"
    for hidden in (".permalink", ".contents", ".filter", "#theme", ".zoom"):
        assert not page.locator(hidden).first.is_visible()
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert page.locator("details[open]").count() == 0


def test_who_wants_no_motion_gets_none(visit: Any) -> None:
    page = visit(reduced_motion="reduce")
    assert page.evaluate("getComputedStyle(document.documentElement).scrollBehavior") == "auto"


def test_the_skip_link_is_first_and_seen(visit: Any) -> None:
    page = visit()
    page.keyboard.press("Tab")
    link = page.locator(".skip")
    assert link.evaluate("one => one === document.activeElement")
    assert link.bounding_box()["y"] >= 0
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"

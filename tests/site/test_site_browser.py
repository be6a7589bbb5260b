"""A site in a real browser: search, filters, keyboard, a phone, a slow network, no JavaScript at all."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import ThreadingHTTPServer
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
from browser import browser, chromium
from loopback import Files, served
from site_world import CLOSING, STATES

from warehouse.coverage.page.projection import fitted

sync_api = pytest.importorskip("playwright.sync_api")
pytestmark = [
    pytest.mark.skipif(
        chromium() is None, reason="there is no chromium on the PATH (apt-get install chromium)"
    ),
    pytest.mark.xdist_group("browser"),
]
PHONE = {"viewport": {"width": 390, "height": 844}}


@contextmanager
def shown(folder: Path) -> Iterator[tuple[str, list[str]]]:
    """The folder's address, as deep as the site's own, and what it was asked for."""
    asked: list[str] = []

    class Handler(Files):
        def translate_path(self, path: str) -> str:
            return super().translate_path(path.removeprefix("/find"))

        def log_request(self, *_: object) -> None:
            asked.append(self.path)

    with served(ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, directory=str(folder)))) as address:
        yield f"{address}/find/", asked


@pytest.fixture(scope="module")
def opened() -> Iterator[Any]:
    with browser() as found:
        yield found


@pytest.fixture(scope="module")
def web(site: Path) -> Iterator[tuple[str, list[str]]]:
    with shown(site) as found:
        yield found


@pytest.fixture
def visit(opened: Any, web: tuple[str, list[str]]) -> Iterator[Any]:
    """How to open a page of the site; it must have been quiet, and asked for nothing but the site."""
    contexts, complaints, asked = [], [], []

    def open_page(path: str, **context: Any) -> Any:
        contexts.append(opened.new_context(**context))
        page = contexts[-1].new_page()
        page.on("request", lambda request: asked.append(request.url))
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(web[0] + path)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert complaints == []
    assert not [url for url in asked if not url.startswith((web[0], "data:"))]


def look_for(page: Any, place: str, **fields: str) -> list[str]:
    """Names of the programs that say they have all that is asked for."""
    page.locator("summary", has_text="More choices").first.click()
    for name, value in fields.items():
        field = page.locator(f"#{name}")
        if name == "evening":
            field.check()
        elif name in ("age", "name"):
            field.fill(value)
        else:
            field.select_option(value)
    page.locator("#place").fill(place)
    page.locator("button[type=submit]").click()
    page.wait_for_selector("#results h2, #results .choices, #results .note:not(:text('Looking'))")
    return names(page)


def names(page: Any) -> list[str]:
    found: list[str] = page.locator("#results > div .card h3").all_text_contents()
    return found


def test_a_zip_code_finds_the_nearest_first(visit: Any) -> None:
    page = visit("en/index.html")
    found = look_for(page, "02139", distance="5")
    assert found[0] == "Evening IOP" and "Virtual Teen IOP" in found
    assert page.locator("#results h2").text_content() == "Within 5 miles of Cambridge, MA 02139"
    assert page.evaluate("document.activeElement === document.querySelector('#results h2')")
    assert page.locator("#status").text_content() == page.locator("#results .lead").text_content()
    assert "place=02139" in page.url.partition("#")[2]


def test_a_place_with_a_slip_of_the_pen_and_a_county(visit: Any) -> None:
    page = visit("en/index.html")
    assert "Teen evening IOP" in look_for(page, "worcestr ma")
    page = visit("en/index.html")
    assert "Teen evening IOP" in look_for(page, "Worcester County, MA")
    assert page.locator("#results h2").text_content() == "In Worcester County, MA"
    page = visit("en/index.html")
    assert look_for(page, "Worcester") == [], "there are two"
    assert page.locator(".choices button").all_text_contents() == [
        "Worcester, MA",
        "Worcester, NY",
        "Worcester County, MA",
    ]
    page.locator(".choices button").first.click()
    page.wait_for_selector(".card")
    assert page.locator("#place").input_value() == "Worcester, MA"
    page = visit("en/index.html")
    assert look_for(page, "Xyzzy") == []
    assert "Xyzzy" in page.locator("#results .note").text_content()


def test_filters_tell_yes_from_not_stated(visit: Any) -> None:
    """A teen's evening program that takes MassHealth, and those that do not say."""
    page = visit("en/index.html")
    assert look_for(page, "Massachusetts", age="15", evening="1", payer="masshealth") == ["Teen evening IOP"]
    more = page.locator("details.maybe")
    assert more.locator("summary").first.text_content().endswith("not say all of it")
    more.locator("summary").first.click()
    unsaid = more.locator(".unsaid").all_text_contents()
    assert unsaid and all(text.startswith("Not stated: ") for text in unsaid)
    assert "Evening IOP" not in more.locator("h3").all_text_contents(), "it is for adults, which is an answer"


CASES = (  # a program, what is wanted, in which group it is found
    ({"conditions": ["ptsd"]}, {"condition": "trauma"}, "yes"),
    ({"conditions": ["trauma"]}, {"condition": "ptsd"}, "maybe"),
    ({"conditions": ["anxiety"], "conditions_asked": ["anxiety", "ptsd"]}, {"condition": "ptsd"}, "unticked"),
    ({}, {"condition": "ptsd"}, "maybe"),
    ({"payers": ["masshealth"]}, {"payer": "medicaid"}, "yes"),
    ({"payers": ["medicaid"]}, {"payer": "masshealth"}, "maybe"),
    ({"payers": ["aetna"], "refused": ["medicaid"]}, {"payer": "medicaid"}, "refused"),
    ({"from": 13, "to": 17}, {"age": 15}, "yes"),
    ({"from": 18}, {"age": 15}, "refused"),
    ({"from": 18}, {"age": 70}, "yes"),
    ({"populations": ["adolescents"]}, {"age": 15}, "yes"),
    ({"populations": ["adults"]}, {"age": 15}, "refused"),
    ({"populations": ["veterans"]}, {"age": 40}, "maybe"),
    ({"evening": 1}, {"evening": True}, "yes"),
    ({"evening": 0}, {"evening": True}, "refused"),
    ({"evening": None}, {"evening": True}, "maybe"),
    ({"languages": ["es"]}, {"language": "es"}, "yes"),
    ({"level": "php"}, {"level": "iop"}, "nowhere"),
    ({"level": None}, {"level": "iop"}, "maybe"),
    ({"y": 42.0}, {"miles": 5}, "nowhere"),
    ({"y": 42.0}, {"miles": 50}, "yes"),
    ({"y": None, "x": None, "virtual": 1, "serves": ["MA", "NH"]}, {}, "yes"),
    ({"y": None, "x": None, "virtual": 1, "serves": ["NH"]}, {}, "nowhere"),
    ({"y": None, "x": None, "virtual": 1, "serves": ["MA"]}, {"how": "in_person"}, "nowhere"),
    ({"virtual": 1, "serves": ["MA"], "y": 10.0}, {"how": "virtual"}, "yes"),
    ({"virtual": 1}, {"how": "virtual"}, "maybe"),
    ({"virtual": 1, "state": None, "home": "online", "y": None, "x": None}, {"how": "virtual"}, "maybe"),
    ({"virtual": 0}, {"how": "virtual"}, "nowhere"),
    ({"operator": "Casa de Áurea"}, {"name": "aurea"}, "yes"),
    ({"operator": "Casa de Áurea"}, {"name": "luna"}, "nowhere"),
)


def test_what_answers_a_search(visit: Any) -> None:
    """Not stated is not a no, and a box left empty is neither."""
    page = visit("en/index.html")
    program = {"id": "1", "level": "iop", "state": "MA", "home": "MA", "x": -71.1, "y": 42.36}
    place = {"kind": "zip", "name": "02139", "state": "MA", "x": -71.1, "y": 42.36}
    index = {
        "above": {
            "conditions": {"ptsd": ["ptsd", "trauma"]},
            "payers": {"masshealth": ["masshealth", "medicaid"]},
        },
        "ages": {"adolescents": [12, 18], "adults": [18, 120]},
    }
    for row, wanted, group in CASES:
        found = page.evaluate(
            """async ([row, place, wanted, index]) => { const { search } = await import('../assets/search.js');
            return search([row, row], place, wanted, index); }""",
            [program | row, place, {"miles": 25, "level": "", "name": ""} | wanted, index],
        )
        counts = {
            name: found[name] if name == "refused" else len(found[name])
            for name in ("yes", "maybe", "unticked", "refused")
        }
        assert counts == {name: int(name == group) for name in counts}, (row, wanted)


TYPED = {
    "Lexington": ["Lexington, MA", "Lexington, MO", "Lexington, VA"],
    "lexington ma": ["Lexington, MA"],
    "Lexington, Massachusetts": ["Lexington, MA"],
    "st louis": ["Saint Louis, MO", "St. Louis County, MO"],
    "N Adams": ["North Adams, MA"],
    "mayaguez": ["Mayagüez, PR"],
    "lexigton ma": ["Lexington, MA"],
    "02139-1234": ["Cambridge, MA 02139"],
    "middlesex county": ["Middlesex County, MA", "Middlesex County, VA"],
    "nh": ["New Hampshire"],
}


def test_a_place_is_known_however_it_is_typed(visit: Any) -> None:
    page = visit("en/index.html")
    for typed, expected in TYPED.items():
        page.locator("#place").fill(typed)
        page.wait_for_selector(f"[role=option]:first-child:text-is('{expected[0]}')")
        found = page.locator("[role=option]").all_text_contents()
        assert found[: len(expected)] == expected, typed


def test_words_of_others_do_nothing_in_results(visit: Any) -> None:
    page = visit("en/index.html#place=01608&level=iop&distance=5")
    page.on("dialog", lambda dialog: pytest.fail(dialog.message))
    page.wait_for_selector(".card")
    assert CLOSING in names(page) and page.locator("#results img, #results script").count() == 0


def test_medicaid_finds_masshealth_and_trauma_finds_ptsd(visit: Any) -> None:
    page = visit("en/index.html")
    assert "Teen evening IOP" in look_for(page, "01608", payer="medicaid")
    page = visit("en/index.html")
    assert "Evening IOP" in look_for(page, "02139", condition="trauma")


def test_virtual_in_my_state(visit: Any) -> None:
    page = visit("en/index.html")
    assert look_for(page, "03101", how="virtual") == ["Virtual Teen IOP"]
    assert page.locator("#results h2").text_content() == "Online, open to people in New Hampshire"


def test_by_keyboard_alone_and_back_again(visit: Any) -> None:
    page = visit("en/index.html")
    page.locator("#place").focus()
    page.keyboard.type("worc")
    page.wait_for_selector("[role=option]")
    page.keyboard.press("ArrowDown")
    assert page.locator("#place").get_attribute("aria-activedescendant") == "place-0"
    page.keyboard.press("Enter")
    assert page.locator("#place").input_value() == "Worcester, MA"
    page.keyboard.press("Enter")
    page.wait_for_selector(".card")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**/p/**")
    assert page.locator("h1").is_visible()
    page.go_back()
    page.wait_for_selector(".card")
    assert page.locator("#place").input_value() == "Worcester, MA"


def test_a_dot_of_the_map_leads_to_its_card(visit: Any) -> None:
    page = visit("en/index.html#place=02139&level=iop")
    page.wait_for_selector(".map svg .dot")
    dots = page.locator(".map .dot")
    box, at = page.locator(".map svg").bounding_box(), dots.first.bounding_box()
    assert box["x"] <= at["x"] <= box["x"] + box["width"] and box["y"] <= at["y"] <= box["y"] + box["height"]
    dots.first.dispatch_event("click")
    assert page.evaluate("document.activeElement.closest('.card') !== null")


def test_the_map_and_its_dots_are_drawn_alike(visit: Any) -> None:
    """The script projects as the picture was drawn."""
    points = [(-73.5, 42.9), (-69.9, 41.2), (-71.1, 42.3)]
    expected = fitted([shapely.box(*STATES["MA"][2])]).project(np.array(points))
    found = visit("en/index.html").evaluate(
        """async (points) => { const { projector } = await import('../assets/map.js');
        const { map } = await (await fetch('../data/r1/ma.json')).json();
        return points.map(([x, y]) => projector(map.albers)({ x, y })); }""",
        points,
    )
    assert np.allclose(found, expected, atol=0.01)


def test_spanish_is_as_whole_as_english(visit: Any) -> None:
    page = visit("es/index.html#place=02139&level=iop")
    page.wait_for_selector(".card")
    assert page.locator("#results h2").text_content() == "A menos de 25 millas de Cambridge, MA 02139"
    assert page.locator("html").get_attribute("lang") == "es"
    assert "Llame al (617)" in page.locator(".card .button").first.text_content()


def test_nobody_is_told_what_is_looked_for(visit: Any, web: tuple[str, list[str]]) -> None:
    before = len(web[1])
    look_for(visit("en/index.html"), "02139", condition="ptsd", payer="medicaid")
    asked = web[1][before:]
    assert asked and not [path for path in asked if "ptsd" in path or "medicaid" in path or "02139" in path]


def test_without_javascript_lists_and_programs_work(visit: Any) -> None:
    page = visit("en/index.html", java_script_enabled=False)
    assert page.locator("noscript").is_visible() and not page.locator("#search").is_visible()
    page.locator("a", has_text="Massachusetts").click()
    page.locator("main a", has_text="Worcester").first.click()
    page.locator("a", has_text="Teen evening IOP").click()
    page.locator("details summary", has_text="Words and source").first.click()
    assert page.locator(".evidence").first.is_visible()
    assert page.locator("a[href='tel:988']").is_visible()


@pytest.mark.parametrize(
    "path",
    [
        "en/index.html#place=02139&payer=medicaid",
        "es/p/ho/svc_hostile_iop.html",
        "en/in/ma/worcester.html",
        "en/p/00/svc_000b.html",
    ],
)
@pytest.mark.parametrize("width", [320, 390])
def test_a_phone_never_scrolls_sideways(visit: Any, path: str, width: int) -> None:
    page = visit(path, viewport={"width": width, "height": 844})
    if "#" in path:
        page.wait_for_selector(".card, .maybe")
    page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true; })")
    assert page.evaluate("document.documentElement.scrollWidth") == width
    small = page.evaluate("""[...document.querySelectorAll('main *')].filter(one => one.checkVisibility() && [...one.childNodes].some(n => n.nodeType === 3 && n.data.trim())
        && parseFloat(getComputedStyle(one).fontSize) < 15).map(one => one.tagName)""")
    assert small == []


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(
    "path",
    [
        "en/index.html#place=02139&payer=medicaid",
        "en/p/00/svc_000a.html",
        "en/in/ma/index.html",
        "es/about.html",
        "404.html",
    ],
)
def test_axe_finds_nothing(visit: Any, path: str, theme: str) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright")
    page = visit(path, color_scheme=theme, **PHONE)
    if "#" in path:
        page.wait_for_selector(".card, .maybe")
    page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true; })")
    only = {"runOnly": ["color-contrast"]} if theme == "dark" else {}  # nothing else differs
    found = axe.Axe().run(page, options={"resultTypes": ["violations"], **only}).response["violations"]
    assert [(v["id"], v["impact"], [n["html"][:120] for n in v["nodes"][:3]]) for v in found] == []


def test_a_slow_network_is_told_and_a_broken_one_can_be_tried_again(
    opened: Any, web: tuple[str, list[str]]
) -> None:
    context = opened.new_context(**PHONE)
    page = context.new_page()
    page.goto(web[0] + "en/index.html")
    line = context.new_cdp_session(page)
    line.send("Network.enable")
    slow = {"offline": False, "latency": 400, "downloadThroughput": 50_000, "uploadThroughput": 50_000}
    line.send("Network.emulateNetworkConditions", slow)
    page.locator("#place").fill("02139")
    page.locator("button[type=submit]").click()
    assert page.locator("#status").text_content() == "Looking …"
    page.wait_for_selector(".card")
    line.send("Network.emulateNetworkConditions", slow | {"offline": True})
    page.locator("#place").fill("03101")
    page.locator("button[type=submit]").click()
    page.wait_for_selector("#results .note:has-text('could not be loaded')")
    line.send("Network.emulateNetworkConditions", slow | {"offline": False})
    page.locator("button[type=submit]").click()
    page.wait_for_selector("#results h2:has-text('03101')")
    context.close()

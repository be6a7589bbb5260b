"""Discovery on sites never seen: which topics a budget of pages tells, and that a site's pages stay the same."""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterable
from html import escape
from pathlib import Path
from urllib.parse import urljoin

import pytest

sys.path.insert(0, str(Path(__file__).parent))

import discovery_sites
import discovery_sites_last
import discovery_sites_more
from discovery_sites import World

from pipeline.fetch.crawl.frontier import POST_COST, Frontier
from pipeline.fetch.crawl.links import LINKS, rate
from pipeline.fetch.crawl.sitemap import sitemap_worth
from pipeline.fetch.page import summarize
from sources.urls import canonical_url, trap, url_key

SITE = "https://clinic.example/"
WORLDS = (*discovery_sites.WORLDS, *discovery_sites_more.WORLDS, *discovery_sites_last.WORLDS)
CHAINS = {"chain", "chain_root", "chain_flat"}


def html(world: World, path: str) -> str:
    links = world.menu + world.pages.get(path, [])
    return "".join(f'<a href="{escape(url)}">{escape(anchor)}</a>' for url, anchor in links)


def paths(world: World) -> dict[str, str]:
    """How the world spells a page, by its key."""
    spelled = ["/", *(u for u, _ in world.menu), *(u for links in world.pages.values() for u, _ in links)]
    spelled += [u for urls in world.maps.values() for u in urls]
    return {url_key(canonical_url(u, SITE) or ""): u for u in reversed(spelled) if "#" not in u}


def visit(world: World, budget: int, known: Iterable[str] = (), changed: bool = True) -> list[str]:
    """The pages that a visit takes, as `SiteRun` does; links of pages that did not change are not looked at."""
    frontier, spelled, taken = Frontier(SITE), paths(world), []
    for path in sorted(known):
        frontier.keep(urljoin(SITE, path))
    while len(taken) < budget and (url := frontier.pop()):
        path = spelled[url_key(url)]
        if changed or path not in known:
            page = summarize(html(world, path), url, frontier.offered)
            for link, anchor in page.links:
                frontier.add(link, anchor, menu=not taken)
            for link in page.repeated:
                frontier.repeated(link)
        for name in sorted(world.maps, key=lambda n: -sitemap_worth(SITE + n)) if not taken else ():
            for place in world.maps[name]:
                frontier.add(
                    urljoin(SITE, place), bonus=-POST_COST if sitemap_worth(SITE + name) < 0 else 0.0
                )
        taken.append(path)
    return taken


def missed(world: World, taken: list[str]) -> set[str]:
    return {topic for topic, pages in world.want.items() if not {*pages} & {*taken}}


@pytest.mark.parametrize("make", WORLDS, ids=lambda make: make.__name__)
def test_each_topic_is_told_within_the_budget(make) -> None:
    world = make()
    lost = missed(world, visit(world, 25))
    # More centres than a budget holds: most of them, and never a topic less.
    assert all(topic.startswith("centre ") for topic in lost)
    assert len(lost) <= (4 if make.__name__ in CHAINS else 0)
    lost = {topic for topic in missed(world, visit(world, 10)) if not topic.startswith("centre")}
    assert len(lost) <= len(world.want) / 2


@pytest.mark.parametrize("changed", [True, False])
@pytest.mark.parametrize("make", WORLDS, ids=lambda make: make.__name__)
def test_a_sites_pages_stay_the_same_ones(make, changed: bool) -> None:
    world = make()
    first = visit(world, 25)
    again = visit(world, 25, first, changed)
    assert len({*first} & {*again}) >= 0.9 * len(first)
    assert not missed(world, again) - missed(world, first)


def test_a_better_page_takes_its_place_and_worse_ones_do_not() -> None:
    known = [f"{SITE}page.php?id={n}" for n in range(10)]
    frontier = Frontier(SITE)
    for url in known:
        frontier.keep(url)
    for n in range(100, 150):
        frontier.add(f"{SITE}page.php?id={n}", f"Alcohol addiction {n}")
    frontier.add(SITE + "intensive-outpatient-program", "IOP", menu=True)
    taken = [frontier.pop() for _ in range(12)]
    assert taken[0] == SITE or taken[0].endswith("program")
    assert {*known} <= {*taken} and SITE + "intensive-outpatient-program" in taken


def test_a_link_that_says_more_raises_a_waiting_page() -> None:
    frontier = Frontier(SITE)
    frontier.pop()
    frontier.add(SITE + "?page_id=7")
    frontier.add(SITE + "about")
    assert frontier.add(SITE + "?page_id=7", "Intensive Outpatient Program")
    assert frontier.pop() == SITE + "?page_id=7"


def test_what_a_menu_calls_careers_is_not_taken_from_a_sitemap() -> None:
    frontier = Frontier(SITE)
    assert not frontier.add(SITE + "new-page-3", "Careers")
    assert not frontier.add(SITE + "new-page-3")
    assert frontier.add(SITE + "new-page-3", "Evening IOP")


@pytest.mark.parametrize(
    ("path", "anchor", "worth"),
    [
        ("?page_id=12", "Intensive Outpatient Program", 8),
        ("?page_id=12", "Blog", None),
        ("index.php?page=iop", "", 8),
        ("?q=programs/php", "", 7),
        ("index.php?option=com_content&view=article&id=12&Itemid=105", "Locations", 5),
        ("IntensiveOutpatientProgram.aspx", "", 9),
        ("intensiveoutpatient", "", 8),
        ("PayingForTreatment", "", 5),
        ("OurLocations.aspx", "", 5),
        ("facilities", "", 5),
        ("areas-we-serve", "", 3),
        ("price-transparency", "", 5),
        ("self-pay", "", 5),
        ("verify-your-benefits", "", 5),
        ("programs/iop-for-physicians", "", 8),
        ("legal-professionals-iop", "", 8),
        ("clinicians-iop", "", 8),
        ("our-approach/dbt", "What is DBT?", 1),
        ("CareersAtHarbor.aspx", "", None),
        ("StaffDirectory.aspx", "", None),
        ("2023/05/14/our-iop/", "", None),
        ("2023/05/our-iop/", "", None),
        ("spanish/iop", "", None),
        ("iop?lang=es", "", None),
    ],
)
def test_names_are_read_however_they_are_written(path: str, anchor: str, worth: float | None) -> None:
    score = rate(SITE + path, anchor).score
    assert score <= 0 if worth is None else score >= worth
    assert worth is None or trap(SITE + path) is None


@pytest.mark.parametrize(
    "path",
    [
        "?cat=3",
        "?m=202401",
        "?author=2",
        "?tag=iop",
        "list?page=4",
        "list?page=",
        "search?q=iop",
        "?q=iop+near+me",
        "a?view=grid",
        "a?start=20",
        "a?d=2026-03",
    ],
)
def test_archives_and_facets_are_known_by_their_values(path: str) -> None:
    assert trap(SITE + path)


def test_one_page_has_one_key_whatever_its_case_or_where_its_link_stood() -> None:
    spellings = ["Contact.ASPX", "contact.aspx", "contact.aspx?from=footer", "contact.aspx?source=nav"]
    assert len({url_key(canonical_url(SITE + s) or "") for s in spellings}) == 1


def test_a_claimed_address_is_not_read_unless_two_pages_claim_it() -> None:
    frontier = Frontier(SITE)
    frontier.pop()
    for path in ("iop", "contact", "program"):
        frontier.add(SITE + path)
    frontier.claim(SITE + "iop", "the text of /treatment/iop")
    frontier.claim(SITE, "an inner page")
    frontier.claim("https://elsewhere.example/contact", "an inner page")
    assert [frontier.pop() for _ in range(3)] == [SITE + "contact", SITE + "program", None]
    frontier.claim(SITE + "iop", "another text")  # so every page of this site has one and the same canonical
    assert frontier.pop() == SITE + "iop"


def test_copies_in_other_languages_are_not_read() -> None:
    page = summarize(
        """<head><link rel="canonical" href="/iop"><link rel="alternate" hreflang="en-us" href="/iop">
        <link rel="alternate" hreflang="es" href="/programas/iop"><link rel=stylesheet href="/x.css"></head>""",
        SITE + "iop?x=1",
    )
    assert (page.canonical, page.translations) == (SITE + "iop", (SITE + "programas/iop",))
    frontier = Frontier(SITE)
    frontier.translated(page.translations[0])
    assert not frontier.add(SITE + "programas/iop")
    for other in ("https://es.clinic.example/iop", "https://blog.clinic.example/iop"):
        assert not frontier.add(other)


def test_frames_and_image_maps_are_followed() -> None:
    page = summarize('<frameset><frame src="nav.htm"><frame src="main.htm"></frameset>', SITE)
    assert page.frames == (SITE + "nav.htm", SITE + "main.htm")
    page = summarize('<map><area href="/iop" alt="IOP"></map><a href="/c"><img alt="Contact"></a>', SITE)
    assert set(page.links) == {(SITE + "iop", "IOP"), (SITE + "c", "Contact")}


def test_sitemaps_of_pages_come_before_those_of_posts() -> None:
    names = ["post-sitemap1.xml", "category-sitemap.xml", "sitemap-2.xml", "page-sitemap.xml"]
    names += ["wp-sitemap-posts-page-1.xml", "wp-sitemap-posts-post-1.xml", "blog-categories-sitemap.xml.gz"]
    worth = {name: sitemap_worth(SITE + name) for name in names}
    assert worth["page-sitemap.xml"] == worth["wp-sitemap-posts-page-1.xml"] > worth["sitemap-2.xml"] == 0
    assert (
        0 > worth["post-sitemap1.xml"] == worth["wp-sitemap-posts-post-1.xml"] > worth["category-sitemap.xml"]
    )
    assert worth["blog-categories-sitemap.xml.gz"] == worth["category-sitemap.xml"]


@pytest.mark.timeout(60)  # an hour, where the work grew with the square of the pages
def test_a_sitemap_of_50000_pages_is_taken_in_and_given_out() -> None:
    frontier = Frontier(SITE)
    for n in range(50_000):
        frontier.add(f"{SITE}locations/town-{n % 500}/clinic-{n}/hours")
    assert len({frontier.pop() for _ in range(1000)}) == 1000


def test_every_row_of_the_words_is_whole() -> None:
    with LINKS.open(encoding="utf-8", newline="") as file:
        assert {len(row) for row in csv.reader(file)} == {4}

"""Site → pages worth fetching: canonical URLs, traps, scores, sitemaps, the budget's frontier."""

from __future__ import annotations

import random
import string
from datetime import UTC, datetime
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.fetch.crawl.frontier import Frontier, entry_urls
from pipeline.fetch.crawl.links import rate
from pipeline.fetch.crawl.sitemap import lastmod, parse_sitemap, sitemap_urls
from pipeline.fetch.page import summarize
from sources.urls import canonical_url, registrable, same_site, trap, url_key

SITE = "https://clinic.example/"


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("HTTPS://Clinic.Example:443/a//b/#top", "https://clinic.example/a/b/"),
        ("https://clinic.example/a?utm_source=x&b=2&a=1&gclid=9", "https://clinic.example/a?a=1&b=2"),
        ("https://clinic.example/a;jsessionid=0A1B?x=1", "https://clinic.example/a?x=1"),
        ("https://clinic.example/(S(abc123def))/page", "https://clinic.example/page"),
        ("/programs/../iop", "https://clinic.example/iop"),
        ("?PHPSESSID=abc", "https://clinic.example/"),
        ("https://clinic.example", "https://clinic.example/"),
        ("https://clinic.example./x", "https://clinic.example/x"),
        ("https://clínica.example/ñ", "https://xn--clnica-4va.example/%C3%B1"),
        ("https://clinic.example/a b%7Ec", "https://clinic.example/a%20b~c"),
        ("mailto:a@b.example", None),
        ("javascript:void(0)", None),
        ("https://clinic.example:port/", None),
        ("https://[bad/", None),
        ("https://clinic.example/" + "a" * 2000, None),
    ],
)
def test_one_form_per_page(url: str, expected: str | None) -> None:
    assert canonical_url(url, SITE) == expected


@given(st.text(max_size=60))
def test_canonical_urls_are_stable_whatever_comes(text: str) -> None:
    once = canonical_url(text, SITE)
    assert once is None or canonical_url(once) == once


def test_spellings_of_one_page_have_one_key() -> None:
    spellings = [
        "http://www.clinic.example/iop/",
        "https://clinic.example/iop",
        "https://clinic.example/iop/index.html",
    ]
    assert len({url_key(u) for u in spellings}) == 1
    assert url_key("https://clinic.example/iop?site=2") != url_key("https://clinic.example/iop")


@pytest.mark.parametrize(
    ("url", "domain"),
    [
        ("https://www.clinic.example/", "clinic.example"),
        ("https://a.b.clinic.co.uk/", "clinic.co.uk"),
        ("https://clinic.wixsite.com/iop", "clinic.wixsite.com"),
        ("http://127.0.0.1:80/", "127.0.0.1"),
        ("http://[::1]/", "::1"),
        ("nothing", ""),
    ],
)
def test_registrable_domains_follow_the_public_suffix_list(url: str, domain: str) -> None:
    assert registrable(url) == domain


def test_two_sites_on_one_hosting_platform_are_two_sites() -> None:
    assert not same_site("https://a.wixsite.com/", "https://b.wixsite.com/")


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/events/2026-03/", "calendar"),
        ("/calendar/month/2026/03", "calendar"),
        ("/events/?tribe-bar-date=2026-03-01", "calendar"),
        ("/2026/03/01/", "calendar"),
        ("/programs?filter[age]=teen&sort=name", "facet"),
        ("/locations?page=4", "facet"),
        ("/?s=iop", "facet"),
        ("/a?b=1&c=2&d=3", "facet"),
        ("/blog/page/7/", "pagination"),
        ("/iop/iop/iop", "too deep"),
        ("/a/b/a/b/a", "too deep"),
        ("/1/2/3/4/5/6/7/8/9", "too deep"),
        ("/" + "x" * 500, "too long"),
        ("/brochure.pdf", "a file"),
        ("/feed/", "machinery"),
        ("/wp-json/wp/v2/pages", "machinery"),
        ("/tag/iop/", "machinery"),
        ("/programs/iop", None),
        ("/locations/ma/worcester/intensive-outpatient", None),
        ("/program?id=7", None),
        ("/page.php?site=2&program=iop", None),
        ("/schedule/evening-iop", None),
        ("/24-7-support", None),
    ],
)
def test_endless_spaces_are_traps_and_pages_are_not(path: str, kind: str | None) -> None:
    assert trap(SITE + path[1:]) == kind


ORDER = [
    [("/programs/intensive-outpatient-program", ""), ("/p7", "Evening IOP"), ("/half-day-treatment", "")],
    [("/insurance", ""), ("/contact-us", ""), ("/locations", ""), ("/services/outpatient/", "")],
    [("/conditions/depression", ""), ("/immediate-openings", "Teens"), ("/caregiving-workshop", "Adults")],
    [("/about-us", ""), ("/p-42", "More")],
]
NEVER = [
    "/blog/what-is-an-iop",
    "/careers/iop-clinician",
    "/our-team/",
    "/privacy-policy",
    "/donate",
    "/es/iop",
    "/news",
]


def test_pages_are_ranked_by_what_they_may_tell() -> None:
    groups = [[rate(SITE + path[1:], anchor).score for path, anchor in group] for group in ORDER]
    assert all(min(better) > max(worse) for better, worse in pairwise(groups))
    assert min(min(g) for g in groups) > 0
    assert all(rate(SITE + path[1:], "Our IOP").score <= 0 for path in NEVER)


def test_a_states_folder_is_no_language() -> None:
    assert all(rate(f"{SITE}{state}/iop").score > 10 for state in ("ma", "ct", "de", "ar"))
    assert rate(f"{SITE}es-mx/iop").score <= 0


def test_a_folder_named_for_several_things_does_not_hide_its_program() -> None:
    assert rate(SITE + "day-programs-employment-services/day-treatment/").score > 0


def test_the_frontier_gives_entries_first_then_the_best_each_page_once() -> None:
    frontier = Frontier(SITE, ("/start", "https://clinic.example/start/", "/programs"))
    for link in (
        "/contact",
        "/iop",
        "https://clinic.example/iop/#hours",
        "http://www.clinic.example/iop",
        "/blog/x",
    ):
        frontier.add(canonical_url(link, SITE) or link)
    for outside in (
        "https://elsewhere.example/iop",
        "mailto:x@clinic.example",
        "https://clinic.example/a.pdf",
    ):
        assert not frontier.add(outside)
    taken = [frontier.pop() for _ in range(6)]
    assert taken == [SITE, SITE + "start", SITE + "programs", SITE + "iop", SITE + "contact", None]


def test_thousands_of_alike_pages_do_not_take_the_whole_budget() -> None:
    frontier = Frontier(SITE)
    for n in range(2000):
        frontier.add(f"{SITE}locations/town-{n}", "Location")
    for path in ("iop", "insurance", "contact", "programs/php", "about"):
        frontier.add(SITE + path)
    taken = [frontier.pop() for _ in range(25)]
    assert {SITE + path for path in ("iop", "insurance", "contact", "programs/php")} <= set(taken)
    assert any("town" in str(page) for page in taken)


def test_a_page_gives_links_text_and_what_its_outcome_needs() -> None:
    page = summarize(
        """<!doctype html><html><head><title> Evening
        IOP </title><meta property="og:site_name" content="Clinic"><base href="/sub/">
        <meta http-equiv="Refresh" content="0; URL='/moved'"><script>var text = "hidden"</script></head>
        <body><h1>Our <b>IOP</b></h1><noscript>Please enable JavaScript</noscript><style>.a{}</style>
        <p>Three   evenings</p><a href="iop">The program</a><a href="#x">Up</a><a href="/iop" title="Again"></a>
        <a href="tel:5550100">Call</a><a rel="nofollow" href="/ad">Ad</a><a>none</a></body>""",
        SITE + "deep/page",
    )
    assert page.title == "Evening IOP"
    assert page.headline == "Our IOP"
    assert page.text == "Our IOP Three evenings The program Up Call Ad none"
    assert page.links == ((SITE + "sub/iop", "The program"), (SITE + "iop", "Again"))
    assert page.refresh == SITE + "moved"
    assert (page.noscript, page.scripts, page.site_name) == ("Please enable JavaScript", 1, "Clinic")


def test_links_offered_before_are_not_offered_again() -> None:
    offered: dict[str, int] = {}
    html = '<a href="/a">A</a><a href="b">B</a><a href="https://x.example/">X</a>'
    assert len(summarize(html, SITE + "one/", offered).links) == 3
    assert summarize(html, SITE + "two/", offered).links == ((SITE + "two/b", "B"),)


def test_bad_html_is_read_as_far_as_it_goes() -> None:
    chance = random.Random(3)
    for _ in range(200):
        html = "".join(chance.choices("<>/=\"' ahrefscriptbodytitle\x00é" + string.ascii_lowercase, k=300))
        summarize(html, SITE)


def test_sitemaps_of_every_form() -> None:
    xml = b"""<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
    <url><loc> https://clinic.example/iop </loc><lastmod>2026-01-05</lastmod></url><url></url></urlset>"""
    assert parse_sitemap(xml).pages == (("https://clinic.example/iop", "2026-01-05"),)
    index = b"<sitemapindex><sitemap><loc>https://clinic.example/a.xml</loc></sitemap></sitemapindex>"
    assert parse_sitemap(index).children == ("https://clinic.example/a.xml",)
    assert parse_sitemap(b"https://clinic.example/a\nhttps://clinic.example/b\n").pages[1][0].endswith("/b")
    assert parse_sitemap(xml[:-40]).pages  # cut short
    assert parse_sitemap(b"<html><body>Not here</body></html>").pages == ()
    assert parse_sitemap(b"") == parse_sitemap(b"<") == parse_sitemap(b"\xff\xfe<x")


def test_where_sitemaps_are() -> None:
    assert sitemap_urls(SITE + "deep/") == [SITE + "sitemap.xml"]
    assert sitemap_urls(SITE, ["/a.xml", "https://clinic.example/a.xml", "nonsense:x"]) == [SITE + "a.xml"]
    assert entry_urls(SITE, ["iop", "/iop"]) == [SITE, SITE + "iop"]


@pytest.mark.parametrize(
    ("printed", "moment"),
    [
        ("2026-01-05T10:00:00+00:00", datetime(2026, 1, 5, 10, tzinfo=UTC)),
        ("2026-01-05T10:00:00Z", datetime(2026, 1, 5, 10, tzinfo=UTC)),
        ("2026-01-05", datetime(2026, 1, 6, 14, tzinfo=UTC)),  # some time that day, somewhere on Earth
        ("last week", None),
        (None, None),
    ],
)
def test_a_lastmod_is_the_latest_moment_that_it_can_mean(
    printed: str | None, moment: datetime | None
) -> None:
    assert lastmod(printed) == moment

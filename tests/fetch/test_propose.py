"""Authoring: what is proposed for a site that nobody has looked at yet."""

from __future__ import annotations

import asyncio
import tomllib
from datetime import UTC, datetime
from pathlib import Path

import pytest
from loopback import files

from pipeline.fetch.crawl.propose import propose_source
from pipeline.fetch.settings import FetchSettings
from pipeline.records import Outcome
from sources.registry import load_registry

DAY = datetime(2026, 3, 1, tzinfo=UTC)
HOME = """<html><title>Welcome | Harbor Oak Recovery</title>
<script type="application/ld+json">{"@graph": [{"@type": "WebPage", "name": "Home"},
 {"@type": ["MedicalClinic"], "name": "Harbor \\"Oak\\" Recovery"}]}</script>
<p>We help people in recovery, by day and in the evening.</p>
<a href="/programs/iop">Intensive Outpatient</a><a href="/insurance">Insurance</a><a href="/careers">Jobs</a>
<a href="/blog/iop">What is an IOP?</a><a href="/contact?src=nav">Contact</a></html>"""


def proposed(web, url: str):
    async def unknown(host: str, port: int) -> list[str]:
        raise OSError("no such name")

    async def run():
        async with web:
            settings = FetchSettings(
                connect_to=web.connect_to,
                per_host_delay_s=0,
                attempts=1,
                connect_s=0.5,
                now=lambda: DAY,
                resolve=unknown,
            )
            return await propose_source(url, settings)

    return asyncio.run(run())


def test_a_source_is_proposed_as_toml_with_what_would_be_read(web) -> None:
    web.page("harbor-oak.example", "/", HOME)
    dates = "<lastmod>2026-02-20</lastmod>"
    locs = f"<url><loc>http://harbor-oak.example/locations</loc>{dates}</url>"
    web.body(
        "harbor-oak.example", "/sitemap.xml", f"<urlset>{locs}</urlset>".encode(), content_type="text/xml"
    )
    found = proposed(web, "http://harbor-oak.example/#top")
    table = tomllib.loads(found.toml)["harbor_oak"]
    assert found.outcome is Outcome.OK
    assert table["title"] == 'Harbor "Oak" Recovery'
    assert table["entry"] == ["/programs/iop", "/insurance", "/contact?src=nav", "/locations"]
    assert (table["url"], table["cadence"], table["kind"]) == (
        "http://harbor-oak.example/",
        "7d",
        "provider_site",
    )
    assert [u.rpartition("/")[2] for u, _ in found.pages] == [
        "",
        "iop",
        "insurance",
        "contact?src=nav",
        "locations",
    ]


def test_a_proposal_passes_the_registrys_own_validation(web, tmp_path: Path) -> None:
    from sources.registry import load_registry

    web.page("harbor-oak.example", "/", HOME)
    (tmp_path / "new.toml").write_text(proposed(web, "http://harbor-oak.example/").toml)
    registry = load_registry(tmp_path)
    assert registry.problems == ()
    assert registry["harbor_oak"].title == 'Harbor "Oak" Recovery'


def test_a_page_of_a_subdomain_keeps_its_host_and_a_name_its_characters(web) -> None:
    link = '<a href="http://boston.harbor-oak.example/intensive-outpatient">IOP in Boston</a>'
    name = (
        '<script type="application/ld+json">{"@type": "MedicalClinic", "name": "Harbor &amp; Oak"}</script>'
    )
    web.page("harbor-oak.example", "/", f"<html>{name}<h1>Welcome</h1><p>We help adults.</p>{link}</html>")
    table = tomllib.loads(proposed(web, "http://harbor-oak.example/").toml)["harbor_oak"]
    assert table["entry"] == ["http://boston.harbor-oak.example/intensive-outpatient"]
    assert table["title"] == "Harbor & Oak"


def test_a_name_without_a_scheme_is_looked_for_at_https_then_at_http(web) -> None:
    web.page("harbor-oak.example", "/", HOME)
    assert '"http://harbor-oak.example/"' in proposed(web, "harbor-oak.example").toml
    nothing = proposed(web, "harbor-oak.nowhere")
    assert (nothing.outcome, nothing.toml) == (Outcome.DNS, "")


def test_a_site_that_cannot_be_read_is_said_to_be_so(web) -> None:
    web.page("wall.example", "/", "<title>Just a moment...</title>", 403)
    assert proposed(web, "http://wall.example/").outcome is Outcome.BLOCKED
    with pytest.raises(ValueError, match="http"):
        proposed(web, "ftp://wall.example/")


@pytest.mark.parametrize("allowed", [True, False])
def test_a_staging_site_is_proposed_where_its_host_may_be_private(tmp_path: Path, allowed: bool) -> None:
    (tmp_path / "index.html").write_text(HOME)
    with files(tmp_path) as address:
        url = f"{address}/"
        found = asyncio.run(propose_source(url, FetchSettings(attempts=1), allow_loopback=allowed))
    if not allowed:
        assert (found.outcome, found.toml) == (Outcome.REFUSED_ADDRESS, "")
        return
    assert found.outcome is Outcome.OK
    ((source_id, table),) = tomllib.loads(found.toml).items()
    assert (table["url"], table["allow_loopback"]) == (url, True)
    (tmp_path / "new.toml").write_text(found.toml)
    registry = load_registry(tmp_path)
    assert not registry.problems
    assert registry[source_id].url == url

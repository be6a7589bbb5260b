"""What the demo server does besides serving files, over a real socket."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from sources.demo.server import DemoServer

API = "/locator/exportsAsJson/v2"


@pytest.fixture(scope="module")
def server() -> Iterator[DemoServer]:
    with DemoServer() as running:
        yield running


def get(server: DemoServer, host: str, path: str = "/", **headers: str) -> httpx.Response:
    sent = {"Host": host, **{name.replace("_", "-"): value for name, value in headers.items()}}
    return httpx.get(f"http://127.0.0.1:{server.port}{path}", headers=sent)


def test_hosts_are_told_apart_by_name_and_the_index_lists_them(server: DemoServer) -> None:
    assert "Harbor Light" in get(server, "harborlight.example").text
    assert "Mill Pond" in get(server, "millpond.example").text
    assert "Mill Pond" in get(server, "millpond.example.localhost:1").text
    index = get(server, f"127.0.0.1:{server.port}").text
    assert f"http://harborlight.example.localhost:{server.port}/" in index
    assert f"http://state.example.localhost:{server.port}/licenses.csv" in index
    assert get(server, "elsewhere.example").status_code == 404


def test_an_unchanged_page_is_304_by_etag_and_by_date(server: DemoServer) -> None:
    first = get(server, "harborlight.example", "/programs/iop")
    assert first.status_code == 200
    again = get(server, "harborlight.example", "/programs/iop", If_None_Match=first.headers["etag"])
    dated = get(server, "harborlight.example", "/", If_Modified_Since=first.headers["last-modified"])
    other = get(server, "harborlight.example", "/programs/iop", If_None_Match='"other"')
    assert (again.status_code, dated.status_code, other.status_code) == (304, 304, 200)
    assert again.content == b"" and again.headers["etag"] == first.headers["etag"]
    assert "etag" not in get(server, "millpond.example").headers


def test_gzip_only_where_asked_for(server: DemoServer) -> None:
    packed = get(server, "harborlight.example", Accept_Encoding="gzip")
    plain = get(server, "harborlight.example", Accept_Encoding="identity")
    assert packed.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in plain.headers
    assert packed.text == plain.text


def test_one_connection_serves_many_requests(server: DemoServer) -> None:
    with httpx.Client(base_url=f"http://127.0.0.1:{server.port}") as client:
        seen = {
            client.get("/", headers={"Host": host}).extensions["network_stream"].get_extra_info("client_addr")
            for host in ("harborlight.example", "westmeadow.example", "stonewharf.example")
        }
    assert len(seen) == 1


def test_moved_sites_and_chains(server: DemoServer) -> None:
    moved = get(server, "sudburyriver.example", "/x?y=1")
    assert (moved.status_code, moved.headers["location"]) == (301, "http://assabetpsychiatry.example/x?y=1")
    path = "/services/iop"
    for _ in range(2):
        step = get(server, "assabetpsychiatry.example", path)
        assert step.status_code == 301
        path = step.headers["location"]
    assert get(server, "assabetpsychiatry.example", path).status_code == 200


def test_refusing_dead_and_gone_hosts(server: DemoServer) -> None:
    assert get(server, "whalingcity.example").status_code == 403
    assert get(server, "oldcolonyday.example", "/robots.txt").status_code == 404
    with pytest.raises(httpx.RemoteProtocolError):
        get(server, "merrimackbend.example")


def test_a_rate_limited_host_says_when_to_come_back(server: DemoServer) -> None:
    first = get(server, "blackstone.example")
    assert (first.status_code, first.headers["retry-after"]) == (429, "1")
    assert get(server, "blackstone.example").status_code == 200


def test_missing_pages_honest_and_soft(server: DemoServer) -> None:
    assert get(server, "harborlight.example", "/no-such-page").status_code == 404
    soft = get(server, "plymouthpathways.example", "/no-such-page")
    assert soft.status_code == 200 and "find" in soft.text


def test_no_path_leaves_the_folder_of_a_site(server: DemoServer) -> None:
    assert get(server, "harborlight.example", "/%2e%2e/%2e%2e/hosts.toml").status_code == 404


def test_robots_and_sitemap(server: DemoServer) -> None:
    robots = get(server, "harborlight.example", "/robots.txt")
    assert "Disallow: /alumni/" in robots.text and robots.headers["content-type"].startswith("text/plain")
    assert (
        "<loc>http://harborlight.example/programs/iop</loc>"
        in get(server, "harborlight.example", "/sitemap.xml").text
    )
    assert "Crawl-delay" in get(server, "hearthandcradle.example", "/robots.txt").text


def test_old_pages_come_in_their_old_charset(server: DemoServer) -> None:
    page = get(server, "millpond.example", "/iop.htm")
    assert page.headers["content-type"] == "text/html; charset=windows-1252"
    assert "9:30 AM – 1:00 PM" in page.text


def test_the_api_pages_through_all_rows(server: DemoServer) -> None:
    host = "findtreatment.example"
    first = get(server, host, API).json()
    assert first["totalPages"] >= 3
    rows = [
        row
        for n in range(1, first["totalPages"] + 1)
        for row in get(server, host, f"{API}?page={n}").json()["rows"]
    ]
    assert [row["_irow"] for row in rows] == list(range(1, first["recordCount"] + 1))
    assert get(server, host, f"{API}?page=x").status_code == 400


def test_head_sends_no_body(server: DemoServer) -> None:
    reply = httpx.head(f"http://127.0.0.1:{server.port}/", headers={"Host": "harborlight.example"})
    assert reply.status_code == 200 and reply.content == b""

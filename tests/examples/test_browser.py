"""The client of a browser: a page that stays open adopts releases, and gets what Python gets. Skips where its packages are not."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from asking import EXAMPLES, QUERIES, in_python, same_columns
from browser import browser, chromium
from loopback import files
from node_packages import NODE, with_packages
from publishing import MANY, point, publish

pytest.importorskip("playwright.sync_api")
pytestmark = [
    pytest.mark.skipif(
        chromium() is None, reason="there is no chromium on the PATH (apt-get install chromium)"
    ),
    pytest.mark.xdist_group("browser"),
]


class Page:
    """An open page, and the folder of releases that its server shows."""

    def __init__(self, tab: Any, releases: Path) -> None:
        self.tab, self.releases = tab, releases

    def __call__(self, function: str, sql: str = "") -> Any:
        return self.tab.evaluate(f"(sql) => {function}(sql)", sql)


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    folder = with_packages(tmp_path_factory.mktemp("web"), "@duckdb/duckdb-wasm")
    shutil.copy(NODE / "page.html", folder)
    shutil.copy(EXAMPLES / "adopt_in_browser.mjs", folder)
    (folder / "releases").mkdir()
    with files(folder) as address, browser() as opened:
        tab = opened.new_page()
        tab.goto(f"{address}/page.html")
        yield Page(tab, folder / "releases")


def test_it_adopts_while_a_reader_goes_on(page: Page) -> None:
    publish(page.releases, 1, link=False)
    begun = page("begin", MANY)
    for number in (2, 3):
        publish(page.releases, number, link=False)
        assert page("ask", "SELECT release FROM release_info") == [{"release": number}]
    (page.releases / "release-1.duckdb").unlink()  # as retention does
    assert begun == [{"release": 1}]
    assert page("finish") == {'{"release":1}': 1_000_000}


def test_a_release_that_cannot_be_had_is_tried_again(page: Page) -> None:
    (page.releases / "current.json").write_text(json.dumps({"number": 5, "file": "release-5.duckdb"}))
    with pytest.raises(Exception, match="release-5"):
        page("ask", "SELECT release FROM release_info")
    publish(page.releases, 5, link=False)
    assert page("ask", "SELECT release FROM release_info") == [{"release": 5}]


def test_every_query_is_answered_as_in_python(page: Page, release: Path) -> None:
    expected = in_python(release)
    shutil.copy(release, page.releases / "release-6.duckdb")
    point(page.releases, page.releases / "release-6.duckdb", 6, link=False)
    for name, sql in QUERIES.items():
        found = page("ask", sql)
        assert same_columns(found, expected[name]) == expected[name], name

"""The client of Node: it adopts releases while it serves, and gets what Python gets. Skips where its packages are not."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from asking import EXAMPLES, QUERIES, in_python, same_columns
from node_packages import NODE, with_packages
from publishing import MANY, point, publish

pytestmark = pytest.mark.skipif(shutil.which("node") is None, reason="there is no node on the PATH")


class Client:
    """A process of Node that has opened a stable path."""

    def __init__(self, folder: Path, path: Path) -> None:
        with_packages(folder, "@duckdb/node-api")
        for file in (EXAMPLES / "adopt.mjs", NODE / "client.mjs"):
            shutil.copy(file, folder)
        self.process = subprocess.Popen(
            ["node", folder / "client.mjs", path], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def __call__(self, **said: Any) -> Any:
        assert self.process.stdin and self.process.stdout
        self.process.stdin.write(json.dumps(said) + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def close(self) -> None:
        self.process.communicate(timeout=30)


@pytest.fixture(params=[True, False])
def publishing(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Path, bool]:
    """A folder with a first release, and whether its stable path is a link."""
    publish(tmp_path, 1, request.param)
    return tmp_path, request.param


@pytest.fixture
def client(publishing: tuple[Path, bool]) -> Iterator[Client]:
    with closing(Client(publishing[0], publishing[0] / "current")) as opened:
        yield opened


def test_it_adopts_while_a_reader_goes_on(publishing: tuple[Path, bool], client: Client) -> None:
    folder, link = publishing
    begun = client(begin=MANY)
    for number in (2, 3):
        publish(folder, number, link)
        assert client(sql="SELECT release FROM release_info") == [{"release": number}]
    (folder / "release-1.duckdb").unlink()  # as retention does
    assert {tuple(row) for row in begun} == {(1,)}
    assert client(finish=True) == {"[1]": 1_000_000 - len(begun)}


def test_a_release_that_cannot_be_opened_is_tried_again(
    publishing: tuple[Path, bool], client: Client
) -> None:
    folder, link = publishing
    client(sql="SELECT 1")
    if link:
        (folder / "current").unlink()
    else:  # the file that `current.json` speaks of is not there
        point(folder, NODE / "package.json", 2, link=False)
    assert "error" in client(sql="SELECT release FROM release_info")
    publish(folder, 3, link)
    assert client(sql="SELECT release FROM release_info") == [{"release": 3}]


def test_every_query_is_answered_as_in_python(release: Path, tmp_path: Path) -> None:
    expected = in_python(release)
    with closing(Client(tmp_path, release)) as client:
        for name, sql in QUERIES.items():
            found = client(sql=sql)
            assert "error" not in found, (name, found)
            assert same_columns(found, expected[name]) == expected[name], name

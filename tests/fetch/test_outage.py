"""All hosts silent is our own outage, of which nothing is kept; one silent host among others is that host's."""

from __future__ import annotations

import socket
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipeline.archive.archive import Archive
from pipeline.archive.visits import due
from pipeline.fetch.outcome.reach import is_outage, unread_sources
from pipeline.fetch.run import fetch_all
from pipeline.fetch.settings import FetchSettings
from pipeline.records import Document, Outcome
from sources.demo.server import DemoServer
from sources.registry import Registry, load_registry

NOW = datetime(2026, 6, 1, tzinfo=UTC)
SITES = "".join(
    f'[{name}]\nkind = "provider_site"\ntitle = "{name}"\nurl = "http://{name}.example/"\nstate = "MA"\n'
    for name in ("harborlight", "elm", "oak")
)


@pytest.fixture
def registry(tmp_path: Path) -> Registry:
    folder = tmp_path / "registry"
    folder.mkdir()
    (folder / "sites.toml").write_text(SITES)
    found = load_registry(folder)
    assert not found.problems
    return found


@pytest.fixture
def silent() -> FetchSettings:
    """Every host leads to a port where nobody listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    nowhere = {"*.example": ("127.0.0.1", port)}
    return FetchSettings(attempts=1, per_host_delay_s=0, connect_to=nowhere, ours=frozenset(nowhere))


def test_an_outage_counts_for_nothing(registry: Registry, silent: FetchSettings, archive: Archive) -> None:
    documents = fetch_all(registry.sources, archive, silent)
    assert {d.outcome for d in documents} == {Outcome.CONNECTION} and is_outage(documents)
    assert not archive.visits() and not [*archive.documents()]
    assert all(due(source, archive.visits(), NOW) for source in registry.sources)
    assert unread_sources(documents)["elm"] == "1 connection"


def test_one_host_alone_may_be_down(registry: Registry, silent: FetchSettings, archive: Archive) -> None:
    documents = fetch_all([registry["elm"]], archive, silent)
    assert not is_outage(documents)
    assert [visit.source_id for visit in archive.visits()] == ["elm"]
    assert len([*archive.documents()]) == len(documents)


def test_where_one_answers_the_others_are_down(
    registry: Registry, silent: FetchSettings, archive: Archive
) -> None:
    with DemoServer() as server:
        some = {"harborlight.example": ("127.0.0.1", server.port), **silent.connect_to}
        documents = fetch_all(registry.sources, archive, replace(silent, connect_to=some))
    assert not is_outage(documents)
    assert {visit.source_id for visit in archive.visits()} == {"harborlight", "elm", "oak"}
    assert len([*archive.documents()]) == len(documents)
    assert unread_sources(documents).keys() == {"elm", "oak"}


def test_a_local_file_is_no_network(tmp_path: Path, silent: FetchSettings, archive: Archive) -> None:
    (tmp_path / "list.csv").write_text("Name\nElm House\n")
    columns = '[columns]\nname1 = "Name"\n'
    table = f'[files]\nkind = "license_list"\npath = "list.csv"\nstate = "MA"\n[files.{columns[1:]}'
    (tmp_path / "some.toml").write_text(SITES + table)
    registry = load_registry(tmp_path)
    assert not registry.problems
    documents = fetch_all(registry.sources, archive, silent)
    assert is_outage(documents) and is_outage(reversed(documents))
    assert [visit.source_id for visit in archive.visits()] == ["files"]
    assert [document.source_id for document in archive.documents()] == ["files"]


def test_nothing_asked_is_no_outage() -> None:
    late = Document("a", "http://a.example/", NOW, Outcome.TIMEOUT)
    assert not is_outage([]) and not is_outage([late, replace(late, url="http://b.example/")])

"""Small releases to publish, and an S3-compatible server of a module."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb
import pytest
from s3_server import S3Server, s3_server

from warehouse.findings import AuditReport
from warehouse.release import Release, Releases

Publish = Callable[..., Release]


@pytest.fixture
def publish(tmp_path: Path) -> Publish:
    """Publishes a release of a few rows into a folder; what it says of `city` is for the test to choose."""

    def one(releases: Releases, city: str = "Lowell", more: str = "") -> Release:
        number = releases.next_number()
        path = tmp_path / f"candidate-{releases.folder.name}.duckdb"
        with duckdb.connect(str(path)) as connection:
            connection.execute(
                f"""CREATE TABLE release_info AS SELECT {number} AS release, TIMESTAMP '2026-01-01' + INTERVAL {number} DAY
                    AS built_at, '2.1' AS contract_version, '1' AS policy_version, NULL::INTEGER AS previous_release;
                CREATE TABLE directory AS SELECT range AS id, '{city}' AS city, 'iop' AS level_of_care, 42.6 AS latitude,
                    -71.3 AS longitude FROM range(100);
                CREATE TABLE area AS SELECT range AS id FROM range(100); CREATE TABLE directory_history AS SELECT *,
                    built_at AS valid_from, NULL::TIMESTAMP AS valid_to, 1 AS from_release, NULL::INTEGER AS to_release,
                    '' AS row_hash FROM directory, release_info;
                CREATE VIEW iop AS FROM directory WHERE level_of_care = 'iop';
                {more}"""
            )
        return releases.publish(path, AuditReport(path, number, ()))

    return one


@pytest.fixture
def releases(tmp_path: Path) -> Releases:
    return Releases(tmp_path / "releases", keep=3)


@pytest.fixture(scope="module")
def s3_of_module() -> Iterator[S3Server]:
    with pytest.MonkeyPatch.context() as patch, s3_server(patch) as server:
        yield server


@pytest.fixture
def s3(s3_of_module: S3Server) -> Iterator[S3Server]:
    """The server of the module, well at the beginning of each test."""
    s3_of_module.well()
    yield s3_of_module
    s3_of_module.well()


@pytest.fixture
def url(s3: S3Server, request: pytest.FixtureRequest) -> str:
    """A place of the test's own."""
    return f"s3://bucket/{request.node.name}"

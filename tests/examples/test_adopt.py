"""The recipe of a long-lived app: it sees the newest release, and what is being read stays what it was."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import duckdb
import pytest
from asking import EXAMPLES
from publishing import MANY, publish

COUNT = "SELECT any_value(release), count(*) FROM release_info, range(100_000)"


@pytest.fixture
def module():
    spec = importlib.util.spec_from_file_location("adopt", EXAMPLES / "adopt.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("link", [True, False])
def test_an_app_adopts_by_itself(module, tmp_path: Path, link: bool) -> None:
    app = module.Directory(publish(tmp_path, 1, link))
    assert app.cursor().execute(COUNT).fetchone() == (1, 100_000)
    publish(tmp_path, 2, link)
    assert app.cursor().execute(COUNT).fetchone() == (2, 100_000)


def test_a_reader_goes_on_with_what_it_began(module, tmp_path: Path) -> None:
    app = module.Directory(publish(tmp_path, 1))
    reader = app.cursor().execute(MANY)
    assert reader.fetchmany(10) == [(1,)] * 10
    for number in range(2, 6):
        publish(tmp_path, number)
        assert app.cursor().execute("SELECT release FROM release_info").fetchone() == (number,)
    assert set(reader.fetchall()) == {(1,)}


def test_one_statement_is_enough(tmp_path: Path) -> None:
    text = (EXAMPLES / "adopt.sql").read_text(encoding="utf-8")
    sql = text.replace("data/massachusetts/releases/current", str(publish(tmp_path, 1)))
    assert sql != text
    with duckdb.connect() as connection:
        connection.execute(sql)
        connection.execute("USE iop")
        publish(tmp_path, 2)
        assert connection.execute("SELECT release FROM release_info").fetchone() == (1,)
        connection.execute(sql)
        assert connection.execute("SELECT release FROM release_info").fetchone() == (2,)

"""`iop query` reads the release and nothing else; what is wrong with the SQL is one line. Nothing that acts unseen comes out."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest
from command_line import iop

from pipeline.commands.exit_codes import ExitCode


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run's directory, of which `query` wants the release alone."""
    folder = tmp_path_factory.mktemp("out")
    (folder / "releases").mkdir()
    with duckdb.connect(str(folder / "releases" / "current")) as connection:
        connection.execute(
            "CREATE TABLE listing AS SELECT 'a' || chr(27) || '[31m' || chr(8238) || 'b' AS name"
        )
    return folder


@pytest.mark.parametrize(
    "sql",
    [
        "FROM read_csv('{file}')",
        "FROM '{file}'",
        "SELECT content FROM read_text('{file}')",
        "COPY listing TO '{new}'",
        "EXPORT DATABASE '{new}'",
        "ATTACH '{new}' AS mine",
        "INSTALL httpfs",
        "SET enable_external_access = true",
        "RESET lock_configuration",
        "SET allowed_paths = ['{file}']",
        "DELETE FROM listing",
        "",
        " ; -- nothing",
        "FORM listing",
        "SELECT nothing\nFROM listing",
    ],
)
def test_one_line_and_nothing_else(sql: str, out: Path, tmp_path: Path) -> None:
    file, new = tmp_path / "secret.csv", tmp_path / "new"
    file.write_text("told\nsecret\n")
    code, text = iop("query", sql.format(file=file, new=new), "--out", out)
    assert (code, "secret\n" in text, len(text.strip().splitlines())) == (ExitCode.USAGE, False, 1)
    assert not new.exists()


@pytest.mark.parametrize("format", ["table", "csv", "jsonl"])
def test_what_acts_unseen_is_not_shown(format: str, out: Path) -> None:
    code, text = iop("query", "SELECT name, [name] AS names FROM listing", "--out", out, "--format", format)
    assert (code, "\x1b" in text, "\u202e" in text) == (ExitCode.OK, False, False)


def test_names_of_columns_are_no_markup(out: Path) -> None:
    assert "[bold]n" in iop("query", 'SELECT 1 AS "[bold]n"', "--out", out)[1]

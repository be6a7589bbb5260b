"""`iop sources` and `iop archive` as a person uses them: what they print where all is well, and where it is not."""

from __future__ import annotations

import tomllib
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from pipeline.archive.archive import Archive
from pipeline.archive.visits import VisitRow
from pipeline.cli import app
from pipeline.commands.exit_codes import ExitCode
from pipeline.records import Document, Outcome
from pipeline.settings import Settings
from sources.registry import load_registry

NOW = datetime.now(UTC)
TABLE = '[{}]\nkind = "provider_site"\nurl = "https://{}.example/"\n{}\n'


def iop(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(a) for a in arguments], catch_exceptions=False)


@pytest.fixture
def registry(tmp_path: Path) -> Path:
    folder = tmp_path / "registry"
    folder.mkdir()
    tables = (
        TABLE.format(name, name, more)
        for name, more in (("good", ""), ("wall", ""), ("rest", "enabled = false"))
    )
    (folder / "some.toml").write_text("".join(tables))
    return folder


@pytest.fixture
def out(tmp_path: Path) -> Path:
    with Archive(tmp_path / "out" / "archive") as archive:
        for source, outcome in (("good", Outcome.OK), ("wall", Outcome.BLOCKED), ("rest", Outcome.BLOCKED)):
            content = archive.put(b"<html>") if outcome is Outcome.OK else None
            archive.record(
                Document(source, f"https://{source}.example/", NOW, outcome, sha256=content, size=6)
            )
            archive.record_visit(VisitRow(source, NOW, NOW, {outcome.value: 1}, 6))
    return tmp_path / "out"


def test_sources_are_shown_the_worst_first_with_a_count(registry: Path, out: Path) -> None:
    shown = iop("sources", "--registry", registry, "--out", out).output
    rows = [line.split()[1] for line in shown.splitlines() if line.startswith("│")]
    assert rows == ["wall", "good", "rest"]
    assert "paused" in shown
    assert "1 healthy · 1 blocked · 1 paused" in shown


def test_what_is_wrong_in_the_registry_is_told_beside_the_table(registry: Path, out: Path) -> None:
    (registry / "bad.toml").write_text("[half")
    assert (
        "bad.toml: (whole file): not valid TOML"
        in iop("sources", "--registry", registry, "--out", out).output
    )


@pytest.mark.parametrize("before", [True, False])
def test_check_takes_the_registry_before_and_after_its_name(registry: Path, before: bool) -> None:
    chosen = ("--registry", registry)
    found = iop("sources", *chosen, "check") if before else iop("sources", "check", *chosen)
    assert (found.exit_code, f"3 sources in {registry}" in found.output.replace("\n", "")) == (
        ExitCode.OK,
        True,
    )


def test_check_fails_for_duplicates_missing_files_and_empty_folders(registry: Path, tmp_path: Path) -> None:
    (registry / "more.toml").write_text(
        TABLE.format("twin", "www.good", "") + '[list]\nkind = "samhsa_directory"\npath = "nowhere.xlsx"\n'
    )
    found = iop("sources", "check", "--registry", registry)
    assert found.exit_code == ExitCode.USAGE
    assert "reads the same place as twin" in found.output
    assert "nowhere.xlsx" in found.output
    (tmp_path / "empty").mkdir()
    nothing = iop("sources", "check", "--registry", tmp_path / "empty")
    assert (nothing.exit_code, "iop sources new" in nothing.output) == (ExitCode.USAGE, True)


LIST = """[list]
kind = "license_list"
path = "list.csv"
state = "MA"
columns = {{ {} = "{}", city = "City", zip = "ZIP" }}
"""


def checked(
    folder: Path, content: str | bytes, column: str = "Name", field: str = "name1"
) -> tuple[int, str]:
    (folder / "list.csv").write_bytes(content.encode() if isinstance(content, str) else content)
    (folder / "list.toml").write_text(LIST.format(field, column))
    found = iop("sources", "check", "--registry", folder)
    return found.exit_code, found.output.replace("\n", "")


def test_check_reads_local_files(tmp_path: Path) -> None:
    good = "Name,City,ZIP\nOak House,Lowell,01852\n"
    assert checked(tmp_path, good)[0] == ExitCode.OK
    for content, column, words in (
        (good, "Nmae", "list.csv: no column 'Nmae'; the list has Name, City, ZIP (did you mean 'Name'?)"),
        ("", "Name", "list.csv: is empty"),
        ("Name,City,ZIP\n", "Name", "list.csv: holds no row"),
        ("Name,City,ZIP\n,Lowell,01852\n", "Name", "no row can be read; line 2: the row has no name"),
    ):
        code, text = checked(tmp_path, content, column)
        assert (code, words in text) == (ExitCode.USAGE, True), text


def test_check_says_which_field_was_meant(tmp_path: Path) -> None:
    code, text = checked(tmp_path, "Name,City,ZIP\nOak House,Lowell,01852\n", field="name")
    assert code == ExitCode.USAGE
    assert "did you mean name1?" in text


@pytest.mark.parametrize(
    ("kind", "file", "words"),
    [
        ("samhsa_directory", "su.xlsx", "su.xlsx: "),
        ("findtreatment", "answer.json", "answer.json: not JSON"),
        ("provider_site", "", "the folder holds no .html or .htm file"),
    ],
)
def test_check_tells_files_that_are_not_of_their_kind(
    tmp_path: Path, kind: str, file: str, words: str
) -> None:
    (tmp_path / "files").mkdir()
    if file:
        (tmp_path / "files" / file).write_text("<html>an error page")
    (tmp_path / "x.toml").write_text(f'[x]\nkind = "{kind}"\npath = "files"\n')
    found = iop("sources", "check", "--registry", tmp_path)
    assert (found.exit_code, words in found.output.replace("\n", "")) == (ExitCode.USAGE, True), found.output


def test_a_paused_source_may_lack_its_file_but_not_hold_a_wrong_one(tmp_path: Path) -> None:
    (tmp_path / "x.toml").write_text(
        '[x]\nkind = "findtreatment"\npath = "answer.json"\nenabled = false\n'
        '[y]\nkind = "provider_site"\nurl = "https://y.example/"\n'
    )
    assert iop("sources", "check", "--registry", tmp_path).exit_code == ExitCode.OK
    (tmp_path / "answer.json").write_text("<html>")
    assert iop("sources", "check", "--registry", tmp_path).exit_code == ExitCode.USAGE


def test_show_tells_all_that_is_known_of_a_source(registry: Path, out: Path) -> None:
    text = iop("sources", "show", "good", "--registry", registry, "--out", out).output
    for words in (
        "https://good.example/",
        "some.toml",
        "30d",
        "healthy",
        "1, of which 1 good",
        f"{NOW:%Y-%m-%d}",
    ):
        assert words in text, words
    before = iop("sources", "--registry", registry, "--out", out, "show", "rest").output
    assert "paused" in before and "due" not in before
    wrong = iop("sources", "show", "goood", "--registry", registry, "--out", out)
    assert (wrong.exit_code, "did you mean good?" in wrong.output) == (ExitCode.USAGE, True)


def test_new_prints_toml_that_loads_and_says_what_the_registry_has_already(tmp_path: Path) -> None:
    found = iop("sources", "new", "harborlight.example")
    toml = found.output.partition("\n\n")[0]
    assert tomllib.loads(toml)["harborlight"]["url"] == "http://harborlight.example/", "it has no https"
    assert "already: harbor_light" in found.output
    assert "iop sources check" in found.output
    (tmp_path / "new.toml").write_text(toml)
    assert not load_registry(tmp_path).problems


@pytest.mark.parametrize(
    ("url", "code", "words"),
    [
        ("not a url", ExitCode.USAGE, "no http(s) address"),
        ("http://10.0.0.1/", ExitCode.FAILED, "not a public address"),
        ("https://fogbank.example/", ExitCode.FAILED, "tls"),
    ],
)
def test_new_says_why_a_site_cannot_be_read(url: str, code: ExitCode, words: str) -> None:
    found = iop("sources", "new", url)
    assert (found.exit_code, words in found.output) == (code, True)


def test_real_sites_are_given_their_pauses_under_the_demo_profile_too() -> None:
    with Settings.choose("demo").fetching() as how:
        assert how.per_host_delay_s >= 1
        assert how.ours == {"*.example"}


def test_an_archive_is_exported_by_source_and_day_and_slips_are_told(out: Path, tmp_path: Path) -> None:
    file, today = tmp_path / "pages.warc.gz", f"{NOW:%Y-%m-%d}"
    found = iop(
        "archive", "export", file, "--out", out, "--source", "good", "--since", today, "--until", today
    )
    assert "1 records" in found.output
    typo = iop("archive", "export", tmp_path / "x.warc.gz", "--out", out, "--source", "goood")
    assert (typo.exit_code, "goood" in typo.output) == (ExitCode.USAGE, True)
    nowhere = iop("archive", "stats", "--out", tmp_path / "typo")
    assert (nowhere.exit_code, "No archive at" in nowhere.output) == (ExitCode.USAGE, True)


def test_replay_without_an_archive_says_so(registry: Path, tmp_path: Path) -> None:
    found = iop("replay", "--registry", registry, "--out", tmp_path / "typo")
    assert (found.exit_code, "No archive at" in found.output) == (ExitCode.USAGE, True)
    assert not (tmp_path / "typo").exists()

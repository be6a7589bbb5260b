"""`iop health` and the alerts of `iop run`, on one small registry: refused, failed, blocked, old, and over again."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import dagster as dg
import pytest
import stamina
from command_line import iop
from license_list import HEAD, TABLE
from loopback import Hook, webhook

from pipeline.alerts.wrong import wrong_now
from pipeline.commands import run as run_command
from pipeline.commands.exit_codes import ExitCode
from pipeline.settings import Settings

LIST = HEAD + "Elm House,1 Elm Street,Lowell,MA,01852,Intensive Outpatient\n"


@pytest.fixture(scope="module")
def hook() -> Iterator[Hook]:
    with webhook() as taken:
        yield taken


@dg.asset(check_specs=[dg.AssetCheckSpec("contract_service", asset="core", blocking=True)])
def core():  # type: ignore[no-untyped-def]  # Dagster would read an annotation as one output
    check = dg.AssetCheckResult(passed=False, metadata={"1 volume": ": 9 rows, it fell by half"})
    return dg.MaterializeResult(check_results=[check])


@dg.asset(deps=[core])
def directory() -> None: ...


def refused(*_: object) -> dg.ExecuteInProcessResult:
    """A run whose audit found an error."""
    return dg.materialize([core, directory], raise_on_error=False)


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory, hook: Hook) -> tuple[Path, list[int], list[str]]:
    """The world after two runs that publish nothing and one that does; exit codes, and kinds of alerts."""
    home = tmp_path_factory.mktemp("home")
    (home / "mine").mkdir()
    (home / "mine" / "some.toml").write_text(TABLE)
    (home / "mine" / "list.csv").write_text(LIST)
    where = ("--registry", home / "mine", "--out", home / "out")
    codes: list[int] = []
    with pytest.MonkeyPatch.context() as patch, stamina.set_testing(True, attempts=1):
        patch.delenv("DAGSTER_HOME", raising=False)
        patch.setenv("IOP_WEBHOOK", hook.url)
        with patch.context() as once:
            once.setattr(run_command, "_execute", refused)
            codes += [iop("run", *where)[0] for _ in range(2)]
        codes.append(iop("run", *where)[0])
    return home, codes, hook.kinds


@pytest.fixture
def home(told: tuple[Path, list[int], list[str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv("IOP_WEBHOOK", raising=False)
    return Path(shutil.copytree(told[0], tmp_path / "home", symlinks=True))


def health(home: Path, *options: str) -> tuple[int, str]:
    return iop("health", "--registry", home / "mine", "--out", home / "out", *options)


def later(home: Path, days: int) -> list[str]:
    settings = Settings.choose(registry=home / "mine", out=home / "out", environment={})
    return [one.key for one in wrong_now(settings, datetime.now(UTC) + timedelta(days=days)).problems]


def test_a_run_under_cron_tells_once_and_that_it_is_over(
    told: tuple[Path, list[int], list[str]], hook: Hook
) -> None:
    _, codes, kinds = told
    assert codes == [ExitCode.FAILED, ExitCode.FAILED, ExitCode.OK]
    assert kinds == ["release_refused", "release_missing", "-release_missing", "-release_refused"]
    text = hook.posts[0]["text"].splitlines()
    assert text[0] == "[mine] No release was published: its audit found errors in service"
    assert "it fell by half" in text[1] and "iop run --accept drift" in text[2]


def test_all_is_well(home: Path) -> None:
    code, text = health(home)
    assert code == ExitCode.OK and "All is well" in text and "Release 1 of 20" in text and "UTC: well" in text
    code, text = health(home, "--json")
    found = json.loads(text)
    assert (code, found["ok"], found["troubles"]) == (ExitCode.OK, True, [])
    assert found["release"]["number"] == 1 and found["last_run"]["ok"]


def test_what_is_wrong_has_a_code_of_its_own(home: Path) -> None:
    (home / "out" / "releases" / "current").unlink()
    code, text = health(home)
    assert code == ExitCode.UNWELL == 4
    assert "✗ Readers have no release" in text and "→ iop run publishes the first" in text
    code, text = health(home, "--json")
    (trouble,) = json.loads(text)["troubles"]
    assert (code, trouble["kind"], trouble["level"]) == (ExitCode.UNWELL, "release_missing", "problem")
    assert trouble["remedy"]


def test_it_makes_nothing(home: Path) -> None:
    shutil.rmtree(home / "out")
    assert health(home)[0] == ExitCode.UNWELL
    assert not (home / "out").exists()


def test_a_hold_is_a_notice(home: Path) -> None:
    (home / "out" / "releases" / "hold.json").write_text('{"why": "a wrong list"}')
    code, text = health(home)
    assert code == ExitCode.OK and "! Readers are held" in text and "a wrong list" in text


def test_a_damaged_release_is_told_and_not_raised(home: Path) -> None:
    release = home / "out" / "releases" / "release-1.duckdb"
    release.chmod(0o644)
    release.write_bytes(b"no database")
    code, text = health(home, "--json")
    assert code == ExitCode.UNWELL
    assert [(t["kind"], t["subject"]) for t in json.loads(text)["troubles"]] == [("unseen", "ages")]


def test_ages_are_those_of_now(home: Path) -> None:
    assert later(home, 1) == []
    old = later(home, 3650)
    assert any(key.startswith("facts_old/") for key in old) and "rows_old/directory" in old

"""`iop health` and the alerts of `iop run`, on one small registry: refused, failed, blocked, old, and over again."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import dagster as dg
import duckdb
import pytest
import stamina
from command_line import iop
from license_list import write_registry
from loopback import Hook, webhook

from pipeline.alerts.wrong import wrong_now
from pipeline.commands import run as run_command
from pipeline.commands.exit_codes import ExitCode
from pipeline.flow.assets.warehouse import CHECKS, SPECS, check_results
from pipeline.flow.workspace import Workspace
from pipeline.settings import Settings
from warehouse.content import Content
from warehouse.findings import AuditReport, Finding

AGED = """
CREATE TABLE release_info AS
SELECT 1 AS release, now()::TIMESTAMP AS built_at, '2.1' AS contract_version, NULL::INTEGER AS previous_release;
CREATE TABLE claim AS SELECT 'phone' AS field, true AS chosen, now()::TIMESTAMP AS last_verified;
CREATE TABLE vocabulary_field AS SELECT 'phone' AS field, 30 AS verify_days;
CREATE TABLE directory AS SELECT now()::TIMESTAMP AS last_verified;
CREATE TABLE source_health AS
SELECT unnest(['elm', 'oak']) AS source_id, 7 AS cadence_days, unnest([now()::TIMESTAMP, NULL]) AS last_success, '' AS status;
"""


@pytest.fixture(scope="module")
def hook() -> Iterator[Hook]:
    with webhook() as taken:
        yield taken


@dg.multi_asset(specs=SPECS, check_specs=CHECKS)
def build():  # type: ignore[no-untyped-def]  # Dagster would read an annotation as one output
    found = Finding(
        "volume", "error", "service", "", 9, "", "it fell by half", "Look at the sources", drift=True
    )
    yield from (dg.MaterializeResult(spec.key) for spec in SPECS)
    yield from check_results(AuditReport(Path(), 1, (found,)))


def refused() -> dg.ExecuteInProcessResult:
    """A run whose audit found an error."""
    return dg.materialize([build], raise_on_error=False)


@dg.asset
def release() -> None: ...


def published(workspace: Workspace, *_: object) -> dg.ExecuteInProcessResult:
    """A run that publishes as much of a release as its ages need."""
    candidate = workspace.settings.out / "candidate.duckdb"
    with duckdb.connect(str(candidate)) as con:
        con.execute(AGED)
    report = AuditReport(candidate, 1, ())
    workspace.leave(release=workspace.releases.publish(candidate, report, Content("facts", "dated")))
    return dg.materialize([release])


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory, hook: Hook) -> tuple[Path, list[int], list[str]]:
    """The world after two runs that publish nothing and one that does; exit codes, and kinds of alerts."""
    home = tmp_path_factory.mktemp("home")
    write_registry(home / "mine")
    where = ("--registry", home / "mine", "--out", home / "out")
    codes: list[int] = []
    with pytest.MonkeyPatch.context() as patch, stamina.set_testing(True, attempts=1):
        patch.setenv("IOP_WEBHOOK", hook.url)
        result = refused()
        for execute in (lambda *_: result, lambda *_: result, published):
            patch.setattr(run_command, "_execute", execute)
            codes.append(iop("run", *where)[0])
    return home, codes, list(hook.kinds)


@pytest.fixture
def home(told: tuple[Path, list[int], list[str]], tmp_path: Path) -> Path:
    return Path(shutil.copytree(told[0], tmp_path / "home", symlinks=True))


def health(home: Path, *options: str) -> tuple[int, str]:
    return iop("health", "--registry", home / "mine", "--out", home / "out", *options)


def later(home: Path, days: int) -> list[str]:
    settings = Settings.choose(registry=home / "mine", out=home / "out")
    return [one.key for one in wrong_now(settings, datetime.now(UTC) + timedelta(days=days)).problems]


def test_a_run_under_cron_tells_once_and_that_it_is_over(
    told: tuple[Path, list[int], list[str]], hook: Hook
) -> None:
    _, codes, kinds = told
    assert codes == [ExitCode.FAILED, ExitCode.FAILED, ExitCode.OK]
    assert kinds == ["release_refused", "release_missing", "-release_missing", "-release_refused"]
    text = hook.posts[0]["text"].splitlines()
    assert text[0] == "[mine] No release was published: its audit found errors"
    assert (
        text[1].startswith("• release: service: 9 rows, it fell by half")
        and "iop run --accept drift" in text[2]
    )


def test_all_is_well(home: Path) -> None:
    code, text = health(home)
    assert (
        code == ExitCode.OK
        and "Nothing is broken" in text
        and "Release 1 of 20" in text
        and "UTC: well" in text
    )
    code, text = health(home, "--json")
    found = json.loads(text)
    assert (code, found["ok"]) == (ExitCode.OK, True)
    assert [(one["kind"], one["level"]) for one in found["troubles"]] == [("source_silent", "notice")]
    assert found["release"]["number"] == 1 and found["last_run"]["ok"]


def test_what_is_wrong_has_a_code_of_its_own(home: Path) -> None:
    (home / "out" / "releases" / "current").unlink()
    code, text = health(home)
    assert code == ExitCode.UNWELL == 4
    assert "✗ Readers have no release" in text and "→ iop run publishes the first" in text
    code, text = health(home, "--json")
    trouble, *_ = json.loads(text)["troubles"]
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


@pytest.mark.parametrize(
    ("days", "keys"),
    [
        (1, []),
        (20, ["source_overdue/elm"]),
        (40, ["source_overdue/elm", "facts_old/phone"]),
        (400, ["source_overdue/elm", "facts_old/phone", "rows_old/directory"]),
    ],
)
def test_ages_are_those_of_now(home: Path, days: int, keys: list[str]) -> None:
    assert later(home, days) == keys


def test_the_profiles_limits_hold(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (home / "policy.toml").write_text("[sla]\ncadence_grace = 9.0\n")
    monkeypatch.setenv("IOP_POLICY", str(home / "policy.toml"))
    assert later(home, 40) == ["facts_old/phone"]

"""The same trouble is told once, again when it comes again, and when it is over; what cannot be sent stays untold."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import stamina
from loopback import Hook, mailbox, webhook

from pipeline.alerts.run_log import RunEnd, RunLog, keep, read_runs
from pipeline.alerts.tell import tell
from pipeline.alerts.wrong import PARTS, wrong_now
from pipeline.fetch.outcome.health import Health, State
from pipeline.settings import Settings

NOW = datetime(2026, 11, 29, 8, tzinfo=UTC)
Set = Callable[..., None]


@pytest.fixture(autouse=True)
def at_once() -> Iterator[None]:
    with stamina.set_testing(True, attempts=1):
        yield


@pytest.fixture
def hook() -> Iterator[Hook]:
    with webhook() as taken:
        yield taken


@pytest.fixture
def health(monkeypatch: pytest.MonkeyPatch) -> Set:
    """Sets the states of the sources; nothing else is looked at."""

    def of(**states: State) -> None:
        rows = [Health(source_id, state, f"{state} of late") for source_id, state in states.items()]
        monkeypatch.setattr("pipeline.alerts.wrong.health_of_all", lambda *_: rows)

    for part in ("release", "ages"):
        monkeypatch.setitem(PARTS, part, lambda *_: iter(()))  # type: ignore[arg-type]
    of()
    return of


def settings(tmp_path: Path, **more: str) -> Settings:
    (tmp_path / "mine").mkdir(exist_ok=True)
    (tmp_path / "out" / "archive").mkdir(parents=True, exist_ok=True)
    return Settings.choose(registry=tmp_path / "mine", out=tmp_path / "out", environment=more)


def test_once_and_when_it_is_over(tmp_path: Path, hook: Hook, health: Set) -> None:
    chosen = settings(tmp_path, IOP_WEBHOOK=hook.url, IOP_UI="http://iop.example/")
    health(elm=State.BLOCKED, oak=State.BLOCKED, ash=State.DEAD, fir=State.DEGRADED, yew=State.HEALTHY)
    tell(chosen, NOW)
    assert hook.kinds == ["source_blocked", "source_dead"], "one post a kind, and none of what is a notice"
    assert hook.posts[0]["text"].startswith(
        "[mine] Sources that refuse us: elm, oak\n• elm: blocked of late\n"
    )
    assert hook.posts[0]["alert"]["where"] == [str(tmp_path / "out"), "http://iop.example"]
    tell(chosen, NOW)
    assert len(hook.posts) == 2
    health(elm=State.BLOCKED, ash=State.DEAD, new=State.BLOCKED)
    tell(chosen, NOW)
    assert hook.kinds[2:] == ["source_blocked", "-source_blocked"]
    assert [list(post["alert"]["what"]) for post in hook.posts[2:]] == [["new"], ["oak"]]
    health(oak=State.BLOCKED)
    tell(chosen, NOW)
    assert hook.kinds[4:] == ["source_blocked", "-source_blocked", "-source_dead"], (
        "what comes again is told again"
    )


def test_what_cannot_be_sent_is_tried_again(
    tmp_path: Path, hook: Hook, health: Set, caplog: pytest.LogCaptureFixture
) -> None:
    chosen = settings(tmp_path, IOP_WEBHOOK=hook.url)
    health(elm=State.BLOCKED, ash=State.DEAD)
    hook.answers = [200, 500]
    outcome = tell(chosen, NOW)
    assert outcome.unsent == ("webhook: 127.0.0.1 answered 500",) and "answered 500" in caplog.text
    assert hook.kinds == ["source_blocked"] and set(outcome.told["webhook"]) == {"source_blocked/elm"}
    assert not tell(chosen, NOW).unsent
    assert hook.kinds == ["source_blocked", "source_dead"]
    assert "hush" not in caplog.text


def test_each_way_knows_what_went_by_it(tmp_path: Path, hook: Hook, health: Set) -> None:
    health(elm=State.BLOCKED)
    tell(settings(tmp_path, IOP_WEBHOOK=hook.url), NOW)
    with mailbox() as (port, box):
        mail = {"IOP_SMTP": f"smtp://127.0.0.1:{port}", "IOP_MAIL_TO": "you@iop.example"}
        hook.answers = [500]
        health(elm=State.BLOCKED, oak=State.BLOCKED)
        outcome = tell(settings(tmp_path, IOP_WEBHOOK=hook.url, **mail), NOW)
    assert [one["subject"] for one in box.mails] == ["[mine] Sources that refuse us: elm, oak"]
    assert len(hook.posts) == 1 and len(outcome.unsent) == 1


def test_off_until_configured(tmp_path: Path, health: Set) -> None:
    health(elm=State.BLOCKED)
    assert not tell(settings(tmp_path), NOW).sent
    assert not (tmp_path / "out" / "alerts").exists()


def test_nothing_is_over_that_could_not_be_looked_at(
    tmp_path: Path, hook: Hook, health: Set, monkeypatch: pytest.MonkeyPatch
) -> None:
    chosen = settings(tmp_path, IOP_WEBHOOK=hook.url)
    health(elm=State.BLOCKED)
    tell(chosen, NOW)

    def damaged(*_: object) -> list[Health]:
        raise OSError("the log is torn\nin two")

    monkeypatch.setattr("pipeline.alerts.wrong.health_of_all", damaged)
    tell(chosen, NOW)
    assert hook.kinds[1:] == ["unseen"] and hook.posts[1]["alert"]["what"] == {"sources": "the log is torn"}
    health()
    tell(chosen, NOW)
    assert hook.kinds[2:] == ["-source_blocked", "-unseen"]


@pytest.mark.parametrize("said", ["no json", "[1]", '{"webhook": 1}'])
def test_a_broken_memory_tells_twice_rather_than_never(
    tmp_path: Path, hook: Hook, health: Set, said: str
) -> None:
    chosen = settings(tmp_path, IOP_WEBHOOK=hook.url)
    health(elm=State.BLOCKED)
    tell(chosen, NOW)
    (tmp_path / "out" / "alerts" / "told.json").write_text(said)
    tell(chosen, NOW)
    assert hook.kinds == ["source_blocked"] * 2


def test_a_folder_that_cannot_be_written_raises_nothing(tmp_path: Path, hook: Hook, health: Set) -> None:
    chosen = settings(tmp_path, IOP_WEBHOOK=hook.url)
    (tmp_path / "out" / "alerts").write_text("a file where the folder should be")
    health(elm=State.BLOCKED)
    assert tell(chosen, NOW).unsent and not hook.posts
    keep(tmp_path / "out", end())
    assert read_runs(tmp_path / "out") == RunLog()


def end(job: str = "directory_job", hour: int = 1, **more: object) -> RunEnd:
    return RunEnd(job, f"2026-11-29T{hour:02}:00:00+00:00", **more)  # type: ignore[arg-type]


def keys(chosen: Settings) -> list[str]:
    return [one.key for one in wrong_now(chosen, NOW).problems]


def test_a_refused_release_lasts_until_one_is_published(tmp_path: Path, health: Set) -> None:
    chosen, out = settings(tmp_path), tmp_path / "out"
    keep(out, end(refused={"service": "volume: 9 rows"}))
    assert keys(chosen) == ["release_refused/release"]
    keep(out, end(refused={"claim": "drift: 3 rows"}))
    assert keys(chosen) == ["release_refused/release"], "another table, and still no release"
    keep(out, end(hour=2, failures={"documents": "disk full"}))
    assert keys(chosen) == ["run_failed/directory_job", "release_refused/release"], (
        "it never came to its audit"
    )
    keep(out, end("freshness_job", hour=3))
    assert len(keys(chosen)) == 2, "the checks of ages mend nothing"
    keep(out, end(hour=4, published=True))
    assert keys(chosen) == []
    assert [last.ended_at[11:13] for last in [read_runs(out).last] if last] == ["04"]


def test_each_job_fails_and_succeeds_for_itself(tmp_path: Path, health: Set) -> None:
    chosen, out = settings(tmp_path), tmp_path / "out"
    keep(out, end("freshness_job", failures={"in_time": "no such file"}, run_id="r1"))
    keep(out, end("__ASSET_JOB", failures={"geography": "no such folder"}))
    assert keys(chosen) == ["run_failed/__ASSET_JOB", "run_failed/freshness_job"]
    keep(out, end("__ASSET_JOB"))
    assert keys(chosen) == ["run_failed/freshness_job"]
    keep(out, end(published=True))
    assert keys(chosen) == []

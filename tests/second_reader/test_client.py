"""Asking an endpoint: whatever goes wrong costs the second opinion on one page, within the budget, and nothing else."""

from __future__ import annotations

import socket
import sys
from typing import Any

import pytest
from second_reading import Endpoint, completion, fact

from pipeline.second_reader.client import GIVE_UP, AskReport, Question, ask_all
from pipeline.second_reader.completion import Completion
from pipeline.second_reader.prompt import estimated_tokens
from pipeline.second_reader.settings import SecondReaderError, SecondReaderSettings
from pipeline.settings import Settings, SettingsError

ANSWER = '{"own_page": true, "own_quote": "", "facts": []}'


def questions(number: int) -> list[Question]:
    bodies = (
        {
            "model": "small",
            "messages": [{"role": "system", "content": "read"}, {"role": "user", "content": f"page {n}"}],
            "max_completion_tokens": 4000,
            "response_format": {"type": "json_object"},
        }
        for n in range(number)
    )
    return [Question(f"{n:064x}", body) for n, body in enumerate(bodies)]


def ask(settings: SecondReaderSettings, number: int = 1) -> tuple[AskReport, list[Completion]]:
    taken: dict[str, Completion] = {}
    report = ask_all(questions(number), settings, lambda q, c: taken.__setitem__(q.sha256, c))
    return report, [taken[sha256] for sha256 in sorted(taken)]


def page_of(body: dict[str, Any]) -> int:
    return int(body["messages"][1]["content"].split()[1])


def test_answers_come_with_what_they_cost(endpoint: Endpoint) -> None:
    endpoint.says(fact("ages", "18-", "adults"))
    report, taken = ask(endpoint.settings(), 3)
    assert report.ends == {"answered": 3} and report.tokens == 3300 and not report.stopped
    assert {c.model for c in taken} == {"small"} and taken[0].answer().facts[0].value == "18-"
    assert {a["path"] for a in endpoint.asked} == {"/v1/chat/completions"}
    assert set(endpoint.keys) == {"Bearer none"}


def test_a_key_is_sent_only_where_its_variable_is_named(
    endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    endpoint.says()
    monkeypatch.setenv("OPENAI_API_KEY", "not-for-everybody")
    monkeypatch.setenv("SOME_KEY", "k1")
    ask(endpoint.settings())
    ask(endpoint.settings(key_variable="SOME_KEY"))
    assert endpoint.keys == ["Bearer none", "Bearer k1"]
    with pytest.raises(SecondReaderError, match="NO_SUCH_KEY"):
        ask(endpoint.settings(key_variable="NO_SUCH_KEY"))


def test_without_the_client_it_says_what_to_install(
    endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "openai", None)
    with pytest.raises(SecondReaderError, match="second-reader"):
        ask(endpoint.settings())


@pytest.mark.parametrize(
    ("bad", "end", "is_kept"),
    [
        ((200, completion(None, refusal="I can't help with that.")), "refused", True),
        ((200, completion("")), "refused", True),
        ((200, completion("Sorry, no.")), "unreadable", True),
        ((200, completion('{"facts": 3')), "unreadable", True),
        ((200, b"<html>gateway</html>"), "unreadable", False),
        ((200, {"choices": []}), "unreadable", False),
        ((200, b"null"), "unreadable", False),
        ((429, {"error": {"message": "slow down"}}), "busy", False),
        ((500, {"error": {"message": "oops"}}), "failed", False),
        ((503, b"down"), "failed", False),
        ((401, {"error": {"message": "wrong key"}}), "failed", False),
        ((400, {"error": {"message": "too long"}}), "failed", False),
    ],
)
def test_one_bad_page_never_stops_the_others(
    endpoint: Endpoint, bad: tuple[int, Any], end: str, is_kept: bool
) -> None:
    endpoint.answer = lambda body: bad if page_of(body) == 1 else (200, completion(ANSWER))
    report, taken = ask(endpoint.settings(), 4)
    assert report.ends == {"answered": 3, end: 1}
    assert len(taken) == 3 + is_kept
    assert bool(report.problem) == (end != "refused")


def test_a_page_that_takes_too_long_is_left(endpoint: Endpoint) -> None:
    endpoint.answer = lambda body: None if page_of(body) == 0 else (200, completion(ANSWER))
    report, taken = ask(endpoint.settings(timeout_s=0.5), 3)
    assert report.ends == {"answered": 2, "timeout": 1} and len(taken) == 2
    assert "0.5 s" in report.problem


@pytest.mark.parametrize("status", [429, 500, 503])
def test_an_endpoint_that_is_busy_is_asked_again(endpoint: Endpoint, status: int) -> None:
    left = [status, status]
    endpoint.answer = lambda _: (left.pop(), {}) if left else (200, completion(ANSWER))
    report, _ = ask(endpoint.settings(retries=2))
    assert report.ends == {"answered": 1} and len(endpoint.asked) == 3


def test_an_endpoint_that_knows_no_schemas_is_asked_plainly(endpoint: Endpoint) -> None:
    def answer(body: dict[str, Any]) -> tuple[int, Any]:
        if "response_format" in body:
            return 400, {"error": {"message": "response_format is not supported"}}
        return 200, completion(f"```json\n{ANSWER}\n```")

    endpoint.answer = answer
    report, _ = ask(endpoint.settings(at_once=1), 3)
    assert report.ends == {"answered": 3}
    assert ["response_format" in asked for asked in endpoint.asked] == [True, False, False, False]


def test_nobody_there(endpoint: Endpoint) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{closed.getsockname()[1]}/v1"
        report, taken = ask(endpoint.settings(url=url, at_once=1), GIVE_UP + 10)
    assert report.ends == {"unreachable": GIVE_UP} and "unanswered" in report.stopped and not taken


@pytest.mark.parametrize(("pages", "tokens", "asked"), [(2, 10**9, 2), (0, 10**9, 0), (9, 100, 0)])
def test_the_budget_ends_the_asking(endpoint: Endpoint, pages: int, tokens: int, asked: int) -> None:
    endpoint.says()
    report, taken = ask(endpoint.settings(pages=pages, tokens=tokens), 6)
    assert len(endpoint.asked) == len(taken) == asked and "budget" in report.stopped


def test_tokens_are_settled_by_what_was_counted(endpoint: Endpoint) -> None:
    """Estimates are paid in advance, and given back: three pages of 1,100 fit where one estimate and a half do."""
    endpoint.says()
    estimate = estimated_tokens(questions(1)[0].body)
    report, _ = ask(endpoint.settings(tokens=estimate + 2 * 1100, at_once=1), 6)
    assert report.ends == {"answered": 3} and report.tokens == 3300


def test_an_endpoint_that_counts_nothing_is_paid_by_the_estimate(endpoint: Endpoint) -> None:
    uncounted = completion(ANSWER)
    del uncounted["usage"]
    endpoint.answer = lambda _: (200, uncounted)
    estimate = estimated_tokens(questions(1)[0].body)
    report, _ = ask(endpoint.settings(tokens=2 * estimate, at_once=1), 6)
    assert report.ends == {"answered": 2} and report.tokens == 2 * estimate


def choose(**environment: str) -> SecondReaderSettings:
    return Settings.choose(profile="demo", environment=environment).second_reader


def test_it_is_off_unless_it_is_named() -> None:
    assert not choose().asks and not choose(IOP_SECOND_READER_MODEL="m").asks
    on = choose(
        IOP_SECOND_READER_MODEL="m",
        IOP_SECOND_READER_URL="http://localhost:1/v1",
        IOP_SECOND_READER_PAGES="7",
    )
    assert on.asks and on.pages == 7
    assert not SecondReaderSettings.choose(
        {"model": "m", "url": "http://a.example"}, {"IOP_SECOND_READER_IS_OFF": "1"}
    ).asks


@pytest.mark.parametrize(
    "environment",
    [
        {"IOP_SECOND_READER_PAGES": "many"},
        {"IOP_SECOND_READER_URL": "localhost:1"},
        {"IOP_SECOND_READER_TOKENS": "-1"},
        {"IOP_SECOND_READER_TIMEOUT_S": "0"},
    ],
)
def test_settings_that_cannot_be_are_told(environment: dict[str, str]) -> None:
    with pytest.raises(SettingsError, match="second_reader"):
        choose(**environment)
    with pytest.raises(SecondReaderError, match="no setting"):
        SecondReaderSettings.choose({"modle": "m"}, {})


def test_every_setting_of_a_profile_may_come_from_the_environment() -> None:
    table: dict[str, Any] = {"model": "m", "pages": 3, "is_off": True, "timeout_s": 5}
    made = SecondReaderSettings.choose(table, {"IOP_SECOND_READER_MODEL": "other"})
    assert (made.model, made.pages, made.is_off, made.timeout_s) == ("other", 3, True, 5.0)

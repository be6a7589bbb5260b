"""Asking an endpoint that speaks OpenAI's chat completions, through the `openai` package: pages side by side, within
the budget. Whatever goes wrong with one page costs the second opinion on it, and nothing else."""

from __future__ import annotations

import asyncio
import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from pipeline.second_reader.answers import AnswerError
from pipeline.second_reader.budget import Budget
from pipeline.second_reader.completion import Completion
from pipeline.second_reader.prompt import estimated_tokens
from pipeline.second_reader.settings import SecondReaderError, SecondReaderSettings

if TYPE_CHECKING:
    from openai import AsyncOpenAI

NO_KEY = "none"  # local servers want none, the client wants a text
GIVE_UP = 5  # pages in a row that the endpoint did not answer: it is not there


class Ask(StrEnum):
    """What came of asking about one page."""

    ANSWERED = "answered"
    REFUSED = "refused"
    UNREADABLE = "unreadable"  # an answer that is none
    TIMEOUT = "timeout"
    UNREACHABLE = "unreachable"
    BUSY = "busy"  # 429, after all retries
    FAILED = "failed"  # any other status


@dataclass(frozen=True, slots=True)
class Question:
    """One page to ask about: the hash of its content, and the body of the request."""

    sha256: str
    body: Mapping[str, Any]


@dataclass(slots=True)
class AskReport:
    """What asking came to in one run."""

    model: str
    ends: Counter[str] = field(default_factory=Counter)
    tokens: int = 0
    stopped: str = ""  # why not every page was asked about
    problem: str = ""  # the last one, in the endpoint's words


Took = Callable[[Question, Completion], None]


def ask_all(questions: Iterable[Question], settings: SecondReaderSettings, took: Took) -> AskReport:
    """Ask about pages, and hand each answer (a refusal too) to `took`. Raises SecondReaderError where the client is not
    installed or the key is missing."""
    asking = _Asking(settings, took)
    asyncio.run(asking.all(iter(questions)))
    asking.report.tokens = asking.budget.spent
    return asking.report


class _Asking:
    """One run of questions."""

    def __init__(self, settings: SecondReaderSettings, took: Took) -> None:
        self.settings, self.took = settings, took
        self.report = AskReport(settings.model)
        self.budget = Budget(settings.pages, settings.tokens)
        self.unanswered = 0  # in a row
        self.is_plain = False  # the endpoint knows no schemas

    async def all(self, questions: Iterator[Question]) -> None:
        """Every question, a few at a time: one that is not begun yet costs no memory."""
        async with _client(self.settings) as client:
            workers = (self._work(client, questions) for _ in range(self.settings.at_once))
            await asyncio.gather(*workers)

    async def _work(self, client: AsyncOpenAI, questions: Iterator[Question]) -> None:
        while not self.report.stopped and (question := next(questions, None)) is not None:
            estimate = estimated_tokens(question.body)
            if self.unanswered >= GIVE_UP:
                self.report.stopped = f"the endpoint left {GIVE_UP} pages in a row unanswered"
            elif not self.budget.take(estimate):
                self.report.stopped = "the budget is used up; the rest is for the next run"
            else:
                self.report.ends[await self._one(client, question, estimate)] += 1

    async def _one(self, client: AsyncOpenAI, question: Question, estimate: int) -> Ask:
        end, completion = await self._asked(client, question)
        self.unanswered = 0 if completion or end is Ask.UNREADABLE else self.unanswered + 1
        counted = completion.tokens if completion else 0
        self.budget.settle(estimate, estimate if counted is None else counted)
        if completion is not None:
            self.took(question, completion)
        return end

    async def _asked(self, client: AsyncOpenAI, question: Question) -> tuple[Ask, Completion | None]:
        """What came of a question, and the answer where there is one."""
        import openai

        try:
            async with asyncio.timeout(self.settings.timeout_s):
                completion = await self._completion(client, dict(question.body))
        except (TimeoutError, openai.APITimeoutError):
            return self._failed(Ask.TIMEOUT, f"no answer within {self.settings.timeout_s:g} s")
        except openai.RateLimitError as error:
            return self._failed(Ask.BUSY, error.message)
        except openai.APIStatusError as error:
            return self._failed(Ask.FAILED, f"{error.status_code}: {error.message}")
        except openai.APIConnectionError as error:
            return self._failed(Ask.UNREACHABLE, str(error.__cause__ or error))
        except (openai.OpenAIError, AnswerError, ValueError) as error:
            return self._failed(Ask.UNREADABLE, str(error))
        if not completion.content:
            return Ask.REFUSED, completion
        try:
            completion.answer()
        except AnswerError as error:
            self._failed(Ask.UNREADABLE, str(error))
            return Ask.UNREADABLE, completion
        return Ask.ANSWERED, completion

    async def _completion(self, client: AsyncOpenAI, body: dict[str, Any]) -> Completion:
        """One completion; of an endpoint that refuses the form of the request, in the plain form."""
        import openai

        if not self.is_plain:
            try:
                return await self._created(client, body)
            except (openai.BadRequestError, openai.UnprocessableEntityError):
                pass
        plain = {name: body[name] for name in ("model", "messages")}
        completion = await self._created(client, plain)
        self.is_plain = True
        return completion

    async def _created(self, client: AsyncOpenAI, body: dict[str, Any]) -> Completion:
        response = await client.chat.completions.with_raw_response.create(**body)
        completion = Completion.of(response.http_response.json())
        return Completion(  # under the name that it was asked by: an endpoint may give a longer one
            self.settings.model,
            completion.content,
            completion.refusal,
            completion.prompt_tokens,
            completion.answer_tokens,
        )

    def _failed(self, end: Ask, problem: str) -> tuple[Ask, None]:
        self.report.problem = problem.strip()[:300]
        return end, None


def _client(settings: SecondReaderSettings) -> AsyncOpenAI:
    try:
        from openai import AsyncOpenAI  # a second of CPU that only those pay who ask
    except ImportError as error:
        raise SecondReaderError(
            "asking a second reader needs the package openai: pip install 'iop-directory[second-reader]'"
        ) from error
    key = os.environ.get(settings.key_variable, "") if settings.key_variable else NO_KEY
    if not key:
        raise SecondReaderError(f"the environment has no key {settings.key_variable} for the second reader")
    return AsyncOpenAI(
        base_url=settings.url, api_key=key, timeout=settings.timeout_s, max_retries=settings.retries
    )

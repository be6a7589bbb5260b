"""A chat completion, from an endpoint or a batch file, as it is archived: what was answered, and what it cost."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from pipeline.second_reader.answers import Answer, AnswerError, parse

LONGEST = 200_000  # characters of an answer that are kept


@dataclass(frozen=True, slots=True)
class Completion:
    """What a model gave for a page. `content` is empty where it refused. Tokens are None where nobody counted."""

    model: str
    content: str
    refusal: str = ""
    prompt_tokens: int | None = None
    answer_tokens: int | None = None

    @classmethod
    def of(cls, body: Any) -> Completion:
        """From the body of a response. Raises AnswerError where that is no chat completion."""
        try:
            choice = body["choices"][0]
            message, usage = choice["message"], body.get("usage") or {}
            content, refusal = _text(message.get("content")), message.get("refusal") or ""
            if choice.get("finish_reason") == "content_filter":
                refusal = refusal or "content filter"
            counted = (_count(usage, "prompt_tokens"), _count(usage, "completion_tokens"))
            return cls(str(body.get("model") or ""), content[:LONGEST], str(refusal)[:500], *counted)
        except (KeyError, IndexError, TypeError, AttributeError) as error:
            raise AnswerError(f"no chat completion: {type(error).__name__} {error}") from error

    @classmethod
    def from_json(cls, data: bytes) -> Completion:
        """As it was archived. Raises AnswerError."""
        try:
            return cls(**json.loads(data))
        except (ValueError, TypeError) as error:
            raise AnswerError(f"no archived answer: {error}") from error

    def as_json(self) -> bytes:
        return json.dumps(asdict(self), ensure_ascii=False).encode(errors="replace")

    @property
    def tokens(self) -> int | None:
        """What it cost, where the endpoint says so."""
        if self.prompt_tokens is None and self.answer_tokens is None:
            return None
        return (self.prompt_tokens or 0) + (self.answer_tokens or 0)

    def answer(self) -> Answer:
        """What it says of the page. Raises AnswerError for a refusal, or what is no answer."""
        if not self.content:
            raise AnswerError(f"refused: {self.refusal}")
        return parse(self.content)


def _text(content: Any) -> str:
    """Text of a message, which some endpoints give in parts."""
    if isinstance(content, list):
        return "".join(_text(part.get("text")) for part in content if isinstance(part, Mapping))
    return content if isinstance(content, str) else ""


def _count(usage: Mapping[str, Any], name: str) -> int | None:
    found = usage.get(name)
    return found if isinstance(found, int) else None

"""The batch form of providers: a file of requests out, a file of answers in, one JSON object a line each.

A request's `custom_id` is the prompt's version and a hash of the page (of its content in the archive, else of what is
asked), so that an answer finds its page in whatever order it comes back.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.extract.parsing.page import Page
from pipeline.second_reader.answers import AnswerError
from pipeline.second_reader.completion import Completion
from pipeline.second_reader.prompt import request_body, version
from warehouse.drafts import replacing

URL = "/v1/chat/completions"
NO_MODEL = "second-reader"  # in a request where no model is named: whoever sends the file names one
HASH_KEPT = 48  # characters of a content's hash; providers take 64 in all


@dataclass(frozen=True, slots=True)
class Returned:
    """A line of a file of answers: the prompt and content that it is about, and what came, or why nothing did."""

    prompt: str
    content: str  # the beginning of the page's hash
    completion: Completion | None
    problem: str = ""


def custom_id(sha256: str) -> str:
    return f"{version()}-{sha256[:HASH_KEPT]}"


def request_line(page: Page, sha256: str, model: str) -> dict[str, Any]:
    """One request."""
    body = request_body(page, model or NO_MODEL)
    return {"custom_id": custom_id(sha256), "method": "POST", "url": URL, "body": body}


def write_lines(path: Path, lines: Iterable[dict[str, Any]]) -> int:
    """Write requests, each page once, whole or not at all; how many."""
    seen: set[str] = set()
    with replacing(path) as out:
        for line in lines:
            if line["custom_id"] not in seen:
                seen.add(line["custom_id"])
                out.write(json.dumps(line).encode() + b"\n")
    return len(seen)


def returned(path: Path) -> Iterator[Returned]:
    """The lines of a file of answers. One that cannot be read is returned with its problem and no content."""
    with path.open("rb") as lines:
        for number, line in enumerate(lines, 1):
            if line.strip():
                yield _returned(line, number)


def _returned(line: bytes, number: int) -> Returned:
    try:
        row = json.loads(line)
        prompt, _, content = str(row["custom_id"]).partition("-")
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        return Returned("", "", None, f"line {number}: {type(error).__name__}: {error}")
    try:
        response = row.get("response") or {}
        if row.get("error") or response.get("status_code", 200) != 200:
            why = row.get("error") or f"status {response.get('status_code')}"
            return Returned(prompt, content, None, json.dumps(why)[:300])
        return Returned(prompt, content, Completion.of(response.get("body")))
    except (AnswerError, AttributeError) as error:
        return Returned(prompt, content, None, str(error))

"""A second reader beside `iop extract --jsonl`: its requests written, or its answers used, without an archive."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

from pipeline.extract.parsing.page import Page
from pipeline.extract.reading import Reading, extract
from pipeline.second_reader.agreement import with_second_opinion, worth_asking
from pipeline.second_reader.answers import AnswerError
from pipeline.second_reader.batch import HASH_KEPT, NO_MODEL, request_line, returned, write_lines
from pipeline.second_reader.completion import Completion
from pipeline.second_reader.prompt import asked_hash, version


class WrittenRequests:
    """Pages are read once; what to ask about them is written at the end."""

    def __init__(self, path: Path, model: str) -> None:
        self.path, self.model = path, model
        self._lines: list[dict[str, Any]] = []

    def __call__(self, page: Page) -> Reading:
        reading = extract(page)
        if worth_asking(reading):
            self._lines.append(request_line(reading.page, asked_hash(reading.page), self.model))
        return reading

    def close(self) -> str:
        """Write the file; what came of it, for people."""
        number = write_lines(self.path, self._lines)
        model = self.model or f"{NO_MODEL} (IOP_SECOND_READER_MODEL names another)"
        return f"{self.path}: {number} requests to {model}"


class GivenAnswers:
    """Pages are read with the second opinion that a file of answers holds of them. Raises OSError for no file."""

    def __init__(self, path: Path) -> None:
        self._answers: dict[str, Completion] = {}
        self._counts: Counter[str] = Counter()
        for line in returned(path):
            if line.completion is None:
                self._counts["requests failed"] += 1
            elif line.prompt != version():
                self._counts["answers to another prompt"] += 1
            if line.completion is not None:
                self._answers[line.content] = line.completion

    def __call__(self, page: Page) -> Reading:
        reading = extract(page)
        found = self._answers.get(asked_hash(page)[:HASH_KEPT])
        if found is None:
            self._counts["pages without an answer"] += 1
            return reading
        try:
            opinion = with_second_opinion(reading, found.answer())
        except AnswerError:
            self._counts["refusals, or no answer"] += 1
            return reading
        self._counts["pages read twice"] += 1
        self._counts.update(dict(opinion.second.counts) if opinion.second else {})
        return opinion

    def close(self) -> str:
        """What came of it, for people."""
        return "second reader: " + (", ".join(f"{n} {what}" for what, n in self._counts.items()) or "nothing")

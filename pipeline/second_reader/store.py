"""Answers in the archive, by content hash, model and prompt version: `second_reader/ab/<sha256>/<name>.json`.

A name says when the answer came, of which model and prompt it is, and a hash of it; so which answer serves a page, at
any date, is known from the names alone. Answers are only added: a replay finds what a run used, and needs no model.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import blake2b

from pipeline.archive.store import Store
from pipeline.second_reader.answers import Answer, AnswerError
from pipeline.second_reader.completion import Completion
from warehouse.types import utc

FOLDER = "second_reader/"
_NAME = re.compile(
    r"second_reader/../(?P<sha256>[0-9a-f]{64})/(?P<at>\d{8}T\d{12}Z)-(?P<model>[0-9a-f]{12})-(?P<prompt>[0-9a-f]{12})-[0-9a-f]{12}\.json"
)
_MOMENT = "%Y%m%dT%H%M%S%fZ"


@dataclass(frozen=True, slots=True)
class Named:
    """An archived answer as its name tells it."""

    name: str
    sha256: str
    at: datetime  # UTC, without a zone
    model: str  # a hash of its name
    prompt: str


class AnswerStore:
    """The answers of one archive."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def put(self, sha256: str, prompt: str, completion: Completion, at: datetime) -> str:
        """Keep an answer to a page's content; its name."""
        data = completion.as_json()
        stamp = at.astimezone(UTC).strftime(_MOMENT)
        name = f"{FOLDER}{sha256[:2]}/{sha256}/{stamp}-{_hash(completion.model.encode())}-{prompt}-{_hash(data)}.json"
        self._store.write(name, data)
        return name

    def newest(self, model: str = "", as_of: datetime | None = None) -> dict[str, Named]:
        """The answer that serves each content: the newest, of a model where one is named, until a date."""
        until, wanted = utc(as_of), _hash(model.encode()) if model else None
        found: dict[str, Named] = {}
        for name, size, _ in self._store.names(FOLDER):
            named = _named(name) if size else None
            if named is None or (wanted and named.model != wanted) or (until and named.at > until):
                continue
            if named.sha256 not in found or found[named.sha256].name < named.name:
                found[named.sha256] = named
        return found

    def completion(self, name: str) -> Completion:
        """Raises AnswerError for one that is not there or cannot be read."""
        try:
            return Completion.from_json(self._store.read(name))
        except OSError as error:
            raise AnswerError(f"the archive has no answer {name}: {error}") from error


@dataclass(frozen=True, slots=True)
class Answers:
    """Which archived answer serves which content, for those who read pages."""

    names: Mapping[str, str]

    def name(self, sha256: str | None) -> str:
        """Of the answer to a content; empty where there is none."""
        return self.names.get(sha256 or "", "")

    def about(self, contents: Iterable[str | None]) -> Answers:
        """Those to these contents."""
        return Answers({s: self.names[s] for s in contents if s and s in self.names})

    def of(self, sha256: str | None, store: Store) -> Answer | None:
        """The answer to a content; None where there is none. Raises AnswerError for one that says nothing."""
        name = self.name(sha256)
        return AnswerStore(store).completion(name).answer() if name else None


NO_ANSWERS = Answers({})


def _named(name: str) -> Named | None:
    found = _NAME.fullmatch(name)
    if found is None:
        return None
    at = datetime.strptime(found["at"], _MOMENT)  # noqa: DTZ007  (as the archive's log compares moments)
    return Named(name, found["sha256"], at, found["model"], found["prompt"])


def _hash(data: bytes) -> str:
    return blake2b(data, digest_size=6).hexdigest()

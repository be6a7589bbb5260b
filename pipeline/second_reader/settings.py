"""Which second reader is asked, and how much of it: off unless a model is named, no network unless an address is."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

PREFIX = "IOP_SECOND_READER_"


class SecondReaderError(ValueError):
    """Settings that cannot be, or a client that is not installed; the message says which."""


@dataclass(frozen=True, slots=True)
class SecondReaderSettings:
    """A profile's table `second_reader`, and above it the environment (`IOP_SECOND_READER_MODEL`, …).

    `url` is the endpoint's base ("http://localhost:11434/v1"); without it nothing is asked, and only answers that are
    archived are used. `key_variable` names the environment variable that holds the key, so that no key stands in a
    file, and none is sent where none is named. `pages` and `tokens` bound one run; `timeout_s` one page, retries included.
    """

    model: str = ""
    url: str = ""
    key_variable: str = ""
    timeout_s: float = 120.0
    pages: int = 500
    tokens: int = 5_000_000
    at_once: int = 4
    retries: int = 2  # of one page, where the endpoint is busy or failing
    is_off: bool = False  # also archived answers say nothing

    @property
    def asks(self) -> bool:
        """Whether a run may use the network for it."""
        return bool(self.model and self.url) and not self.is_off

    @classmethod
    def choose(
        cls, table: Mapping[str, Any] | None = None, environment: Mapping[str, str] = os.environ
    ) -> SecondReaderSettings:
        """Settings from a profile's table and the environment. Raises SecondReaderError."""
        table = table or {}
        names = {f.name for f in fields(cls)}
        if unknown := sorted(set(table) - names):
            raise SecondReaderError(f"second_reader: no setting {unknown[0]!r}: there are {', '.join(names)}")
        given = {n: environment[PREFIX + n.upper()] for n in names if PREFIX + n.upper() in environment}
        try:
            chosen = {n: _typed(value, getattr(cls(), n)) for n, value in {**table, **given}.items()}
        except ValueError as error:
            raise SecondReaderError(f"second_reader: {error}") from None
        made = cls(**chosen)
        if made.url and not made.url.startswith(("http://", "https://")):
            raise SecondReaderError(f"second_reader: url {made.url!r} must begin with http:// or https://")
        if min(made.timeout_s, made.at_once) <= 0 or min(made.pages, made.tokens, made.retries) < 0:
            raise SecondReaderError(
                "second_reader: numbers must not be negative, nor timeout_s and at_once zero"
            )
        return made


def _typed(value: Any, like: Any) -> Any:
    """A setting of the type of its default. Raises ValueError."""
    if isinstance(like, bool):
        return str(value).lower() in ("1", "true", "yes", "on")
    return type(like)(value)

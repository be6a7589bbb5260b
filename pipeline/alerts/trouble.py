"""Troubles: of which kinds there are (`kinds.toml`), and what each is about."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path

FILE = Path(__file__).with_name("kinds.toml")
SHOWN = 5  # subjects in a title


class Level(StrEnum):
    PROBLEM = "problem"
    NOTICE = "notice"


@dataclass(frozen=True, slots=True)
class Kind:
    """A table of `kinds.toml`."""

    name: str
    part: str
    level: Level
    title: str
    over: str
    remedy: str

    def titled(self, subjects: list[str], *, over: bool = False) -> str:
        """Its title, with the first of the subjects."""
        more = len(subjects) - SHOWN
        named = ", ".join(subjects[:SHOWN]) + (f" and {more} more" if more > 0 else "")
        return (self.over if over else self.title).format(subjects=named)


@cache
def kinds() -> Mapping[str, Kind]:
    """All kinds by name, in the order in which they are told."""
    tables = tomllib.loads(FILE.read_text(encoding="utf-8"))
    return {name: Kind(name, **{**table, "level": Level(table["level"])}) for name, table in tables.items()}


@dataclass(frozen=True, slots=True)
class Trouble:
    """One thing that is wrong: `subject` is the source, field, mart or job, `what` a line that says how."""

    kind: Kind
    subject: str
    what: str
    run_id: str = ""  # of Dagster's, where the run is kept

    @property
    def key(self) -> str:
        """The same as long as it lasts."""
        return f"{self.kind.name}/{self.subject}"

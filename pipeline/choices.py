"""Where each setting's value comes from: an option, the environment, the file `.env`, the profile, else its default.

The settings are listed in `settings.csv`. Paths in the environment, in `.env` and in a profile are relative to the home
folder (`IOP_HOME`, else `DAGSTER_HOME`, else where the command is given); those of options are relative to the latter.
"""

from __future__ import annotations

import csv
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from dotenv import dotenv_values

FILE = Path(__file__).with_name("settings.csv")
HOMES = ("IOP_HOME", "DAGSTER_HOME")
YES, NO = ("1", "true", "yes", "on"), ("0", "false", "no", "off")


class ChoiceError(ValueError):
    """A value that cannot be; the message names the setting, where the value stands, and what would do."""


@dataclass(frozen=True, slots=True)
class Setting:
    """A row of `settings.csv`."""

    name: str
    variable: str
    kind: str
    default: str
    meaning: str


@dataclass(frozen=True, slots=True)
class Chosen:
    """A setting's value and its origin, in words."""

    value: Any
    origin: str


@cache
def known() -> Mapping[str, Setting]:
    """All settings by name."""
    with FILE.open(encoding="utf-8", newline="") as file:
        return {row["name"]: Setting(**row) for row in csv.DictReader(file)}


@dataclass(slots=True)
class Choices:
    """Values as they are asked for, one after another. `environment` has those of `.env`, too (`from_file` names them)."""

    home: Path
    environment: Mapping[str, str]
    from_file: frozenset[str] = frozenset()
    profile: Mapping[str, Any] = field(default_factory=dict)
    profile_name: str = ""
    chosen: dict[str, Chosen] = field(default_factory=dict)

    @classmethod
    def of(cls, environment: Mapping[str, str] | None) -> Choices:
        """Those of an environment; None: the process's own, and the file `.env` of the home folder below it."""
        given = os.environ if environment is None else environment
        named = next((name for name in HOMES if given.get(name)), None)
        home = Path(given[named]).resolve() if named else Path.cwd()
        if not home.is_dir():
            raise ChoiceError(f"{named}: there is no folder {home}: make it, or name another")
        lines = dotenv_values(home / ".env") if environment is None else {}
        file = {name: value for name, value in lines.items() if value is not None and name not in given}
        return cls(home, {**given, **file}, frozenset(file))

    def take(self, name: str, option: Any = None, default: Any = None) -> Any:
        """The value of a setting, of the type of its kind. Raises ChoiceError."""
        setting = known()[name]
        given, origin = option, "option"
        if given is None and self.environment.get(setting.variable):
            given, origin = self.environment[setting.variable], self.origin_of(setting.variable)
        if given is None and name in self.profile:
            given, origin = self.profile[name], f"profile {self.profile_name}"
        if given is None:
            given, origin = default, "default"
        else:
            try:
                given = self._typed(setting.kind, given, origin)
            except ValueError as error:
                where = name if origin == "option" else f"{setting.variable} ({origin})"
                raise ChoiceError(f"{where}: {error}") from None
        self.chosen[name] = Chosen(given, origin)
        return given

    def origin_of(self, variable: str) -> str:
        return ".env" if variable in self.from_file else "environment"

    def _typed(self, kind: str, given: Any, origin: str) -> Any:
        text = str(given).strip()
        if kind in ("path", "folder", "file") or (kind == "place" and "://" not in text):
            path = (Path(text) if origin == "option" else self.home / text).resolve()
            if (kind == "folder" and not path.is_dir()) or (kind == "file" and not path.is_file()):
                raise ValueError(f"there is no {kind} {path}: make it, or name another")
            return path
        if kind == "places":
            parts = given if isinstance(given, list) else text.split(",")
            return tuple(self._target(str(part).strip()) for part in parts if str(part).strip())
        if kind == "yes":
            if text.lower() not in YES + NO:
                raise ValueError(f"{text!r} is neither yes nor no")
            return text.lower() in YES
        if kind in ("count", "seconds"):
            return _number(text, int if kind == "count" else float)
        return text

    def _target(self, text: str) -> str:
        """Where to publish: a URL, a catalog, or a folder, which becomes a URL."""
        scheme, _, rest = text.partition(":")
        if scheme == "ducklake":
            kind, _, where = rest.partition(":")
            if kind not in ("sqlite", "postgres") or not where:
                raise ValueError(f"{text}: write ducklake:sqlite:FILE or ducklake:postgres:dbname=…")
            return f"ducklake:sqlite:{(self.home / where).resolve()}" if kind == "sqlite" else text
        return text if "://" in text else f"file://{(self.home / text).resolve()}"


def _number(text: str, of: type[int] | type[float]) -> int | float:
    try:
        number = of(text)
    except ValueError:
        raise ValueError(f"{text!r} is no {'whole ' if of is int else ''}number") from None
    if not 0 <= number < float("inf"):
        raise ValueError(f"{text} must not be negative, nor without end")
    return number

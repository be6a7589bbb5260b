"""The registry: which sources exist, where they lie, how often they are read. Data in `registry/*.toml`.

Each TOML table is one source; its name is the source's id. A table that is wrong is reported with file, key and
remedy, and left out; the others load. `sources.keys` says what each key may hold.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

from pydantic import Field, InstanceOf, StrictBool, TypeAdapter, ValidationError

from sources import keys
from sources.kinds import KINDS, Kind
from sources.nearest import did_you_mean, nearest
from sources.urls import canonical_url, url_key

REGISTRY = Path(__file__).parent / "registry"
SOURCE_ID = re.compile(r"[a-z][a-z0-9_]{0,62}")


@dataclass(frozen=True, slots=True)
class Source:
    """One source. Exactly one of `url` and `path` is set; `path` is absolute."""

    id: str
    kind: InstanceOf[Kind]
    title: str
    allow_loopback: StrictBool = False
    url: keys.Address | None = None
    path: keys.LocalPath | None = None
    entry: keys.Pages = ()
    state: keys.State | None = None
    cadence_days: Annotated[keys.Days, Field(alias="cadence")] = 30
    terms: str = ""
    published: keys.Day | None = None
    max_pages: keys.PageLimit = 25
    enabled: StrictBool = True
    columns: keys.Columns = field(default_factory=dict)
    keep: keys.Selectors = ()
    drop: keys.Selectors = ()
    file: str = ""  # the TOML file that declares it

    @property
    def location(self) -> str:
        return self.url or str(self.path)

    @property
    def operator(self) -> str | None:
        """The operator's name, where the table of a site has a title: an id in words is nobody's name."""
        return self.title if self.kind.is_site and self.title != _in_words(self.id) else None


_TABLE = TypeAdapter(Source)


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong in the registry, where, and how to mend it."""

    file: str
    key: str
    message: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.file}: {self.key}: {self.message}. Write {self.remedy}"


@dataclass(frozen=True, slots=True)
class Registry:
    """The sources that are well declared, and what is wrong with the others."""

    sources: tuple[Source, ...]
    problems: tuple[Problem, ...] = ()

    def __getitem__(self, source_id: str) -> Source:
        for source in self.sources:
            if source.id == source_id:
                return source
        meant = did_you_mean(nearest(source_id, [s.id for s in self.sources]))
        raise KeyError(f"no source {source_id!r} in the registry{meant}")

    def for_states(self, states: Iterable[str]) -> Registry:
        """The sources of these states, and the national ones; all of them where no state is given."""
        wanted = frozenset(states)
        if not wanted:
            return self
        return Registry(tuple(s for s in self.sources if s.state is None or s.state in wanted), self.problems)


def load_registry(folder: Path = REGISTRY) -> Registry:
    """Read every TOML file of `folder`.

    Raises FileNotFoundError where the folder is missing. Everything else that is wrong is in `problems`.
    """
    if not folder.is_dir():
        raise FileNotFoundError(f"no registry folder {folder}: give --registry a folder of TOML files")
    sources: dict[str, Source] = {}
    problems: list[Problem] = []
    for file in sorted(folder.glob("*.toml")):
        try:
            tables = tomllib.loads(file.read_text(encoding="utf-8"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            problems.append(Problem(file.name, "(whole file)", f"not valid TOML: {error}", "valid TOML"))
            continue
        for source_id, table in tables.items():
            read = _read(file, source_id, table)
            if not isinstance(read, Source):
                problems += read
            elif source_id in sources:
                other = sources[source_id].file
                problems.append(Problem(file.name, source_id, f"declared in {other} too", "another id"))
            else:
                sources[source_id] = read
    problems += _duplicates(sources.values())
    return Registry(tuple(sources[i] for i in sorted(sources)), tuple(problems))


def _read(file: Path, source_id: str, table: object) -> Source | list[Problem]:
    """The source that a table declares, or all that is wrong with it."""

    def problem(key: str, message: str, remedy: str = "") -> Problem:
        where = f"{source_id}.{key}" if key else source_id
        return Problem(file.name, where, message, remedy or keys.REMEDIES[key.partition(".")[0]])

    if not isinstance(table, dict):
        return [problem("", "stands outside a table", f"[{source_id}] and keys below it")]
    problems = []
    if not SOURCE_ID.fullmatch(source_id):
        remedy = "lower-case letters, digits and _, beginning with a letter"
        problems.append(problem("", "is no valid id", remedy))
    kind = KINDS.get(str(table.get("kind")))
    if kind is None:
        return [*problems, problem("kind", f"{table.get('kind')!r} is no kind of source")]
    known = kind.keys_of(keys.REMEDIES)
    for key in table.keys() - set(known):
        remedy = nearest(key, known) or f"one of {', '.join(known)}"
        problems.append(problem(key, "is not a known key", remedy))
    if ("url" in table) == ("path" in table):
        problems.append(problem("url", "a source has either a url or a path"))
    problems += [problem(key, f"is needed for {kind.name}") for key in kind.required if key not in table]
    declared = {key: value for key, value in table.items() if key in known}
    own = {"id": source_id, "kind": kind, "file": file.name}
    try:
        source = _TABLE.validate_python(
            {"title": _in_words(source_id)} | declared | own, context={"folder": file.parent}
        )
    except ValidationError as error:
        return problems + [problem(*keys.explain(found)) for found in error.errors()]
    return problems or source


def _in_words(source_id: str) -> str:
    return source_id.replace("_", " ")


def missing_files(registry: Registry) -> Iterator[Problem]:
    """Sources whose local file or folder is not there, but for those that are paused. A run tells that as an outcome of
    the source."""
    for source in registry.sources:
        if source.enabled and source.path is not None and not source.path.exists():
            message = f"there is no {source.path}"
            yield Problem(source.file, f"{source.id}.path", message, keys.REMEDIES["path"])


def _duplicates(sources: Iterable[Source]) -> Iterator[Problem]:
    seen: dict[str, Source] = {}
    for source in sources:
        place = url_key(canonical_url(source.url) or source.url) if source.url else str(source.path)
        first = seen.setdefault(place, source)
        if first is not source:
            message = f"reads the same place as {first.id} ({first.file})"
            yield Problem(source.file, source.id, message, "one of the two tables only")

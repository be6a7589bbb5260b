"""The registry: which sources exist, where they lie, how often they are read. Data in `registry/*.toml`.

Each TOML table is one source; its name is the source's id. `KEYS` says which keys a kind takes. A table that is
wrong is reported with file, key and remedy, and left out; the others load.
"""

from __future__ import annotations

import ipaddress
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from difflib import get_close_matches
from enum import StrEnum
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from sources.trim import wrong_selector
from sources.urls import canonical_url, same_site, url_key

REGISTRY = Path(__file__).parent / "registry"

SOURCE_ID = re.compile(r"[a-z][a-z0-9_]{0,62}")
CADENCE = re.compile(r"(\d{1,4})([dw])")
STATES = frozenset(
    "AL AK AZ AR CA CO CT DE DC FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ NM NY NC ND "
    "OH OK OR PA RI SC SD TN TX UT VT VA WA WV WI WY AS GU MP PR VI FM MH PW".split()
)


class Kind(StrEnum):
    """What a source is, and so which reader takes it."""

    PROVIDER_SITE = "provider_site"
    FINDTREATMENT = "findtreatment"
    SAMHSA_DIRECTORY = "samhsa_directory"
    LICENSE_LIST = "license_list"


RECORD_FIELDS = (
    "name1 name2 organization street1 street2 city state zip phone website latitude longitude setting "
    "full_address license_number npi record_id"
).split()

# key → (accepted Python types, what to write)
COMMON: dict[str, tuple[tuple[type, ...], str]] = {
    "kind": ((str,), 'kind = "provider_site" (or findtreatment, samhsa_directory, license_list)'),
    "title": ((str,), 'title = "Harbor Light Recovery"'),
    "url": ((str,), 'url = "https://…", or path = "…" for a local file'),
    "path": ((str,), 'path = "file or folder, relative to this TOML file", or url = "https://…"'),
    "state": ((str,), 'state = "MA" (a postal code); leave it out for a national source'),
    "cadence": ((str,), 'cadence = "7d" (days) or "4w" (weeks)'),
    "terms": ((str,), 'terms = "what allows us to read it"'),
    "published": ((date,), "published = 2026-10-01 (the date the publisher gives, unquoted)"),
    "enabled": ((bool,), "enabled = false to pause a source"),
    "allow_loopback": ((bool,), "allow_loopback = true, for tests only"),
}
KEYS: dict[Kind, dict[str, tuple[tuple[type, ...], str]]] = {
    Kind.PROVIDER_SITE: {
        **COMMON,
        "entry": ((list,), 'entry = ["/programs/iop", "/contact"]'),
        "max_pages": ((int,), "max_pages = 25"),
        "keep": ((list,), 'keep = ["main", "footer"] (CSS selectors)'),
        "drop": ((list,), 'drop = [".other-clinics"] (CSS selectors)'),
    },
    Kind.FINDTREATMENT: COMMON,
    Kind.SAMHSA_DIRECTORY: COMMON,
    Kind.LICENSE_LIST: {**COMMON, "columns": ((dict,), '[…columns] name1 = "Program Name"')},
}


@dataclass(frozen=True, slots=True)
class Source:
    """One source. Exactly one of `url` and `path` is set; `path` is absolute."""

    id: str
    kind: Kind
    title: str
    url: str | None = None
    path: Path | None = None
    entry: tuple[str, ...] = ()
    state: str | None = None
    cadence_days: int = 30
    terms: str = ""
    published: date | None = None
    max_pages: int = 25
    enabled: bool = True
    allow_loopback: bool = False
    columns: Mapping[str, str] = field(default_factory=dict)
    keep: tuple[str, ...] = ()
    drop: tuple[str, ...] = ()
    file: str = ""  # the TOML file that declares it

    @property
    def location(self) -> str:
        return self.url or str(self.path)


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
        close = get_close_matches(source_id, [s.id for s in self.sources], 1)
        hint = f"; did you mean {close[0]}?" if close else ""
        raise KeyError(f"no source {source_id!r} in the registry{hint}")

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
            found = list(_problems(file.name, source_id, table))
            if not found and source_id in sources:
                other = sources[source_id].file
                found = [Problem(file.name, source_id, f"declared in {other} too", "another id")]
            if found:
                problems += found
            else:
                sources[source_id] = _source(file, source_id, table)
    problems += _duplicates(sources.values())
    return Registry(tuple(sources[i] for i in sorted(sources)), tuple(problems))


def _problems(file: str, source_id: str, table: object) -> Iterable[Problem]:
    def wrong(key: str, message: str, remedy: str) -> Problem:
        return Problem(file, f"{source_id}.{key}" if key else source_id, message, remedy)

    if not isinstance(table, dict):
        yield wrong("", "stands outside a table", f"[{source_id}] and keys below it")
        return
    if not SOURCE_ID.fullmatch(source_id):
        yield wrong("", "is no valid id", "lower-case letters, digits and _, beginning with a letter")
    if table.get("kind") not in list(Kind):
        yield wrong("kind", f"{table.get('kind')!r} is no kind of source", COMMON["kind"][1])
        return
    keys = KEYS[Kind(table["kind"])]
    for key, value in table.items():
        if key not in keys:
            close = get_close_matches(key, keys, 1)
            yield wrong(key, "is not a known key", f"{close[0]}" if close else f"one of {', '.join(keys)}")
        elif not isinstance(value, keys[key][0]) or isinstance(value, bool) != (keys[key][0] == (bool,)):
            yield wrong(key, f"{value!r} has the wrong type", keys[key][1])
    if ("url" in table) == ("path" in table):
        yield wrong("url", "a source has either a url or a path", keys["url"][1])
    yield from (wrong(*p) for p in _bad_values(table, keys))


def _bad_values(table: dict[str, Any], keys: dict[str, Any]) -> Iterable[tuple[str, str, str]]:
    url = table.get("url")
    if isinstance(url, str):
        if canonical_url(url) is None:
            yield "url", f"{url!r} is no http(s) address", keys["url"][1]
        elif not table.get("allow_loopback") and _is_private(url):
            yield "url", f"{url!r} is no public address, and is not fetched", keys["url"][1]
    if isinstance(table.get("state"), str) and table["state"] not in STATES:
        yield "state", f"{table['state']!r} is no postal code of a state", keys["state"][1]
    if isinstance(table.get("cadence"), str) and not CADENCE.fullmatch(table["cadence"].lstrip("0")):
        yield "cadence", f"{table['cadence']!r} is not understood", keys["cadence"][1]
    for key in ("entry", "keep", "drop"):
        listed = table.get(key, ())
        if not isinstance(listed, list) or key not in keys:
            continue
        if not all(isinstance(item, str) for item in listed):
            yield key, "holds something that is not text", keys[key][1]
        elif key == "entry":
            for place in listed:
                if isinstance(url, str) and not _is_page_of(place, url):
                    yield key, f"{place!r} is no page of {url}", keys[key][1]
        else:
            for problem in filter(None, map(wrong_selector, listed)):
                yield key, f"is no CSS selector: {problem}", keys[key][1]
    if isinstance(table.get("max_pages"), int) and not 1 <= table["max_pages"] <= 1000:
        yield "max_pages", "is out of bounds", "a number from 1 to 1000"
    columns = table.get("columns")
    if table.get("kind") == Kind.LICENSE_LIST:
        if not isinstance(columns, dict) or not ({"name1", "organization"} & columns.keys()):
            yield "columns", "a license list needs its column mapping, with a name", keys["columns"][1]
        else:
            for name, column in columns.items():
                if name not in RECORD_FIELDS or not isinstance(column, str):
                    yield f"columns.{name}", "is no field of ours", f"one of {', '.join(RECORD_FIELDS)}"


def _is_private(url: str) -> bool:
    """Whether a URL has an IP address for its host that is not public."""
    try:
        return not ipaddress.ip_address(urlsplit(url).hostname or "").is_global
    except ValueError:
        return urlsplit(url).hostname == "localhost"


def _is_page_of(place: str, site: str) -> bool:
    whole = canonical_url(place, site)
    return whole is not None and same_site(whole, site)


def _source(file: Path, source_id: str, table: dict[str, Any]) -> Source:
    number, unit = CADENCE.fullmatch(table.get("cadence", "30d")).groups()  # type: ignore[union-attr]
    published = table.get("published")
    path = table.get("path")
    return Source(
        id=source_id,
        kind=Kind(table["kind"]),
        title=table.get("title", source_id.replace("_", " ")),
        url=table.get("url"),
        path=(file.parent / path).resolve() if path else None,
        entry=tuple(table.get("entry", ())),
        state=table.get("state"),
        cadence_days=int(number) * (7 if unit == "w" else 1),
        terms=table.get("terms", ""),
        published=published.date() if isinstance(published, datetime) else published,
        max_pages=table.get("max_pages", 25),
        enabled=table.get("enabled", True),
        allow_loopback=table.get("allow_loopback", False),
        columns=dict(table.get("columns", {})),
        keep=tuple(table.get("keep", ())),
        drop=tuple(table.get("drop", ())),
        file=file.name,
    )


def missing_files(registry: Registry) -> Iterable[Problem]:
    """Sources whose local file or folder is not there. A run tells that as an outcome of the source."""
    for source in registry.sources:
        if source.path is not None and not source.path.exists():
            message = f"there is no {source.path}"
            yield Problem(source.file, f"{source.id}.path", message, COMMON["path"][1])


def _duplicates(sources: Iterable[Source]) -> Iterable[Problem]:
    seen: dict[str, Source] = {}
    for source in sources:
        place = url_key(canonical_url(source.url) or source.url) if source.url else str(source.path)
        first = seen.setdefault(place, source)
        if first is not source:
            message = f"reads the same place as {first.id} ({first.file})"
            yield Problem(source.file, source.id, message, "one of the two tables only")

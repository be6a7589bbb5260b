"""What each key of a registry table may hold, and what to write where it holds something else."""

from __future__ import annotations

import ipaddress
import re
from datetime import date, datetime
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Strict, StrictInt, ValidationInfo
from pydantic_core import ErrorDetails, PydanticCustomError

from sources.kinds import DIRECTORIES, SITE
from sources.nearest import did_you_mean, nearest
from sources.records import RECORD_FIELDS
from sources.states import STATES
from sources.urls import canonical_url, same_site

CADENCE = re.compile(r"0*([1-9]\d{0,3})([dw])")
FIRST_DAY, LAST_DAY = date(1970, 1, 1), date(2199, 12, 31)  # tables of dates hold no others for sure
NAMES = ("name1", "organization")  # one of them is needed where columns are mapped
REMEDIES = {  # every key, and what to write where it is wrong
    "kind": f'kind = "{SITE.name}" (or {", ".join(kind.name for kind in DIRECTORIES)})',
    "title": 'title = "Harbor Light Recovery"',
    "url": 'url = "https://…", or path = "…" for a local file',
    "path": 'path = "file or folder, relative to this TOML file", or url = "https://…"',
    "state": 'state = "MA" (a postal code); leave it out for a national source',
    "cadence": 'cadence = "7d" (days) or "4w" (weeks)',
    "terms": 'terms = "what allows us to read it"',
    "published": "published = 2026-10-01 (the date the publisher gives, unquoted)",
    "enabled": "enabled = false to pause a source",
    "allow_loopback": "allow_loopback = true, for tests only",
    "entry": 'entry = ["/programs/iop", "/contact"]',
    "max_pages": "max_pages = 25",
    "keep": 'keep = ["main", "footer"] (CSS selectors)',
    "drop": 'drop = [".other-clinics"] (CSS selectors)',
    "columns": '[…columns] name1 = "Program Name" (the column mapping)',
}


def _wrong(message: str, remedy: str = "") -> PydanticCustomError:
    """What is wrong with a value; the remedy is that of its key unless there is a better one."""
    return PydanticCustomError("wrong", "{message}", {"message": message, "remedy": remedy})


def _address(url: str, info: ValidationInfo) -> str:
    if canonical_url(url) is None:
        raise _wrong(f"{url!r} is no http(s) address")
    if not info.data.get("allow_loopback") and _is_private(url):
        raise _wrong(f"{url!r} is no public address, and is not fetched")
    return url


def _is_private(url: str) -> bool:
    """Whether a URL has an IP address for its host that is not public."""
    try:
        return not ipaddress.ip_address(urlsplit(url).hostname or "").is_global
    except ValueError:
        return urlsplit(url).hostname == "localhost"


def _local(path: object, info: ValidationInfo) -> object:
    """Paths are relative to the TOML file."""
    return (info.context["folder"] / path).resolve() if isinstance(path, str) and info.context else path


def _state(code: str) -> str:
    if code not in STATES:
        raise _wrong(f"{code!r} is no postal code of a state")
    return code


def _days(cadence: object) -> int:
    if not isinstance(cadence, str):
        raise _wrong(f"{cadence!r} has the wrong type")
    found = CADENCE.fullmatch(cadence)
    if found is None:
        raise _wrong(f"{cadence!r} is not understood")
    return int(found[1]) * (7 if found[2] == "w" else 1)


def _texts(listed: object) -> object:
    if not isinstance(listed, list):
        return listed
    if not all(isinstance(item, str) for item in listed):
        raise _wrong("holds something that is not text")
    return tuple(listed)


def _pages(entry: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
    site: str = info.data.get("url") or ""  # a folder's pages have no address
    for place in entry if site else ():
        whole = canonical_url(place, site)
        if whole is None or not same_site(whole, site):
            raise _wrong(f"{place!r} is no page of {site}")
    return entry


def _selectors(selectors: tuple[str, ...]) -> tuple[str, ...]:
    if not selectors:
        return ()
    from sources.trim import wrong_selector  # a parser of pages, which few tables need

    for problem in filter(None, map(wrong_selector, selectors)):
        raise _wrong(f"is no CSS selector: {problem}")
    return selectors


def _day(moment: object) -> object:
    return moment.date() if isinstance(moment, datetime) else moment


def _bounded(day: date) -> date:
    if not FIRST_DAY <= day <= LAST_DAY:
        raise _wrong(f"{day} is out of bounds", REMEDIES["published"])
    return day


def _limit(pages: int) -> int:
    if not 1 <= pages <= 1000:
        raise _wrong("is out of bounds", "a number from 1 to 1000")
    return pages


def _has_name(columns: object) -> object:
    if isinstance(columns, dict) and not columns.keys() & set(NAMES):
        meant = did_you_mean(*(nearest(key, NAMES) for key in columns if key not in RECORD_FIELDS))
        raise _wrong(f"the column mapping has no name{meant}")
    return columns


def _record_field(name: str) -> str:
    if name not in RECORD_FIELDS:
        meant = did_you_mean(nearest(name, RECORD_FIELDS))
        raise _wrong(f"is no field of ours{meant}", f"one of {', '.join(RECORD_FIELDS)}")
    return name


Address = Annotated[str, AfterValidator(_address)]
LocalPath = Annotated[Path, BeforeValidator(_local)]
Texts = Annotated[tuple[str, ...], BeforeValidator(_texts)]
Pages = Annotated[Texts, AfterValidator(_pages)]
Selectors = Annotated[Texts, AfterValidator(_selectors)]
State = Annotated[str, AfterValidator(_state)]
Days = Annotated[StrictInt, BeforeValidator(_days)]
Day = Annotated[date, Strict(), BeforeValidator(_day), AfterValidator(_bounded)]
PageLimit = Annotated[StrictInt, AfterValidator(_limit)]
Columns = Annotated[dict[Annotated[str, AfterValidator(_record_field)], str], BeforeValidator(_has_name)]


def explain(error: ErrorDetails) -> tuple[str, str, str]:
    """Key, message and remedy ("": that of the key) of what pydantic found."""
    key = ".".join(str(part) for part in error["loc"] if part != "[key]")
    if error["type"] == "wrong":
        return key, error["ctx"]["message"], error["ctx"]["remedy"]
    return key, f"{error['input']!r} has the wrong type", ""

"""What a structured source says, before we say what it means.

A reader of a kind of source (workbook, API, license list) turns its format into these records: strings as
printed, nothing interpreted. `pipeline.normalize` maps them to listings through the vocabularies.
"""

from __future__ import annotations

import traceback
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from sources.well_formed import well_formed

# What a mapping of columns may name: fields of a record, its identifiers and the setting of its service.
RECORD_FIELDS = (
    "name1 name2 organization street1 street2 city state zip phone website latitude longitude setting "
    "full_address license_number npi record_id"
).split()


# Categories of mentions: what type of facility the row is; a licence's type, which answers no survey, whatever its wording.
FACILITY_TYPE = "TYPE"
SETTING = "setting"


def heading_key(heading: str) -> str:
    """What is equal for two spellings of a column's heading: no case, blanks of all kinds alike."""
    return " ".join(heading.split()).casefold()


class ServiceMention(NamedTuple):
    """A service code or label as the source gives it, and where it stands in the cell that names it. A tuple, since a
    directory of the country has millions."""

    text: str  # "OIT", or a label such as "Intensive outpatient treatment"
    category: str | None = None  # "SET", where the source groups its services
    locator: str | None = None
    start: int = 0
    end: int = 0


@dataclass(frozen=True, slots=True)
class SourceRecord:
    """One row of a structured source, as printed."""

    locator: str  # "Facilities List!17", "page 2 rows[3]", "line 12"
    name1: str = ""
    name2: str = ""
    organization: str = ""
    street1: str = ""
    street2: str = ""
    full_address: str = ""  # one cell that holds street, city, state and ZIP
    city: str = ""
    state: str = ""
    zip: str = ""
    phones: tuple[tuple[str, str], ...] = ()  # (kind, as printed)
    website: str = ""
    latitude: str = ""
    longitude: str = ""
    services: tuple[ServiceMention, ...] = ()
    external_ids: tuple[tuple[str, str], ...] = ()
    raw: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class BadRecord:
    """A row that could not be read at all: kept with its reason and its raw text."""

    locator: str
    reason: str
    detail: str
    raw: str


def broken(error: Exception) -> str:
    """An exception in a line: its kind, what it says, and where it was raised. For what nobody foresaw."""
    last = traceback.extract_tb(error.__traceback__)[-1:]
    where = "".join(f" ({Path(frame.filename).name}:{frame.lineno})" for frame in last)
    said = " ".join(str(error)[:500].split())
    return well_formed(f"{type(error).__name__}: {said}{where}")


class SourceFormatError(ValueError):
    """The whole document is not what its kind of source should be; says what was found instead."""

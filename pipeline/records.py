"""Frozen records that pass between the stages.

document → observation → listing: a fetched thing, one stated value, and what one source says about one place.
Codes in the records are those of `pipeline/vocabulary`; *not stated* is None, never False.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Assertion(StrEnum):
    """How the words stand to the value. Only AFFIRMED becomes a fact; the rest is kept as evidence.

    The classes follow ConText (Harkema et al. 2009, doi:10.1016/j.jbi.2009.05.002), with page-specific
    additions: GENERIC speaks of such programs in general, QUESTION and CONDITIONAL of nothing decided.
    """

    AFFIRMED = "affirmed"
    NEGATED = "negated"
    HEDGED = "hedged"
    GENERIC = "generic"
    QUESTION = "question"
    CONDITIONAL = "conditional"


@dataclass(frozen=True, slots=True)
class Observation:
    """One stated value, with the words that prove it.

    `field` is one of `pipeline/vocabulary/fields.csv`, which also says how `value` is written (a code, JSON
    for ranges, sessions and addresses, "true"/"false" for states). `quote` equals `text[start:end]` of the
    document's text (for a table row: of the cell that `locator` names). `confidence` is a probability in [0, 1].
    """

    field: str
    value: str
    quote: str
    start: int
    end: int
    assertion: Assertion = Assertion.AFFIRMED
    method: str = ""
    confidence: float = 1.0
    qualifier: str | None = None  # phones: kind; payers: network wording; addresses: role
    level_of_care: str | None = None  # the level whose heading, sentence or cell governs the words
    track: str | None = None  # the named program within that level
    section: str | None = None  # heading path, " > " between
    url: str | None = None  # the page, where a listing is put together from several
    document_sha256: str | None = None
    locator: str | None = None  # sheet and cell, row number, JSON path


@dataclass(frozen=True, slots=True)
class Service:
    """One service of a listing: a level of care, and the track within it where the source names one."""

    service_key: str  # stable within the listing: "iop", "iop/evening-adult"
    level_of_care: str
    name: str | None = None
    observations: tuple[Observation, ...] = ()


@dataclass(frozen=True, slots=True)
class Listing:
    """What one source says about one place (or one virtual offer) and the services there.

    `record_key` is stable for as long as the source prints the same name and address. A listing without
    street, city and ZIP is either virtual (`is_virtual`) or a place that the source does not locate.
    """

    source_id: str
    record_key: str
    organization_name: str | None = None
    site_name: str | None = None
    street1: str | None = None
    street2: str | None = None
    city: str | None = None
    state: str | None = None
    zip: str | None = None
    latitude: float | None = None
    longitude: float | None = None
    phone: str | None = None  # E.164, ";ext=" appended
    website: str | None = None
    is_virtual: bool = False
    external_ids: tuple[tuple[str, str], ...] = ()  # (scheme, identifier)
    service_codes: tuple[str, ...] = ()  # every code that the source gave, mapped or not
    services: tuple[Service, ...] = ()
    observations: tuple[Observation, ...] = ()  # of the place as a whole
    document_sha256: str | None = None
    url: str | None = None
    locator: str | None = None

    @property
    def listing_id(self) -> str:
        return f"{self.source_id}:{self.record_key}"


@dataclass(frozen=True, slots=True)
class Rejected:
    """A row, page or value that could not be used: never lost, always explained."""

    source_id: str
    locator: str
    reason: str  # short, stable code: "no_address", "bad_state", "unreadable_row"
    detail: str
    raw: str


class Outcome(StrEnum):
    """What came of one attempt to fetch. Blocked is not closed (see design: Fetch)."""

    OK = "ok"
    UNCHANGED = "unchanged"
    GONE = "gone"
    MOVED = "moved"
    BLOCKED = "blocked"
    ROBOTS_DENIED = "robots_denied"
    RATE_LIMITED = "rate_limited"
    TIMEOUT = "timeout"
    DNS = "dns"
    TLS = "tls"
    CONNECTION = "connection"
    SERVER_ERROR = "server_error"
    TOO_LARGE = "too_large"
    NOT_HTML = "not_html"
    EMPTY = "empty"
    LAYOUT_CHANGED = "layout_changed"
    REFUSED_ADDRESS = "refused_address"
    REDIRECT_LOOP = "redirect_loop"
    ERROR = "error"  # a fault of ours while reading it


@dataclass(frozen=True, slots=True)
class Document:
    """One fetched thing. `sha256` is of the decoded bytes in the archive; None where nothing was received."""

    source_id: str
    url: str
    fetched_at: datetime  # UTC
    outcome: Outcome
    final_url: str | None = None
    status: int | None = None
    sha256: str | None = None
    size: int | None = None  # decoded bytes
    media_type: str | None = None
    charset: str | None = None
    etag: str | None = None
    last_modified: str | None = None
    detail: str = ""  # what explains the outcome
    elapsed_ms: int = 0
    redirects: tuple[str, ...] = field(default=())

"""Frozen records that pass between the stages.

document → observation → listing: a fetched thing, one stated value, and what one source says about one place.
Codes in the records are those of `pipeline/vocabulary`; *not stated* is None, never False.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any, NamedTuple

from pipeline.values import Value, written


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


class Region(StrEnum):
    """Where on a page words stand. Navigation and footer may name an address or phone, never a condition."""

    MAIN = "main"
    NAV = "nav"
    HEADER = "header"
    FOOTER = "footer"
    ASIDE = "aside"
    WIDGET = "widget"  # cookie banners, reviews, chat, forms' legal text
    STRUCTURED = "structured"  # JSON-LD or microdata, which no reader of the page sees


class Tie(StrEnum):
    """How words are bound to their level of care, closest first."""

    PHRASE = "phrase"  # "16 hours of intensive outpatient treatment"
    SENTENCE = "sentence"
    BEFORE = "before"  # an earlier sentence of the same block
    HEADING = "heading"  # the header of a row or column, the lead of a list, a heading
    HEADINGS = "headings"  # one that names several levels
    SUBJECT = "subject"  # nothing nearer: what the page is about


class Demotion(StrEnum):
    """Why words are not taken at their word: the cue that governs them, what they are about, where they stand."""

    NEGATED = "negated"
    FUTURE = "future"
    REFERRAL = "referral"
    COMPARISON = "comparison"
    GENERIC = "generic"
    HISTORY = "history"
    TARGET = "target"
    HEDGED = "hedged"
    CONDITIONAL = "conditional"
    QUESTION = "question"
    COMPONENT = "component"  # a part of the program
    OFFICE = "office"  # office hours
    INTAKE = "intake"
    OTHER = "other"  # not the program's
    CONVERTED = "converted"  # weeks, of a length that is printed in days or months
    PART = "part"  # of a range that two groups make together
    DEFINED = "defined"  # such programs are defined
    PASSING = "passing"  # named once, in passing
    UNLIKELY = "unlikely"  # of such words the labelled pages made no fact
    IMPLIED = "implied"  # follows from a place that is named
    NOT_LISTING = "not_listing"  # the page is no listing
    SUPERSEDED = "superseded"  # another page of the site is believed
    UNLOCATED = "unlocated"  # no page ties the service to the office
    OF_SITE = "of_site"  # another page of the site says it, the page itself nothing
    UNPLACED = "unplaced"  # states served, and nothing says that it is virtually
    ALONE = "alone"  # the second reader alone takes the words for a fact, and is not sure enough
    UNCONFIRMED = "unconfirmed"  # the second reader does not name it, and we are not sure enough


class Observation(NamedTuple):
    """One stated value, with the words that prove it. (A tuple: thousands are made of a site's pages, and made again with
    other values, in a quarter of a frozen dataclass's time.)

    `field` is one of `pipeline/vocabulary/fields.csv`. `quote` equals `text[start:end]` of the document's text (for a
    table row: of the cell that `locator` names). `confidence` is a probability in [0, 1]. `method` names what read it,
    for people alone: what code asks is typed (`tie`, `region`, `demoted`).
    """

    field: str
    value: Value
    quote: str
    start: int
    end: int
    assertion: Assertion = Assertion.AFFIRMED
    method: str = ""
    confidence: float = 1.0
    tie: Tie | None = None
    region: Region | None = None
    demoted: tuple[Demotion, ...] = ()
    qualifier: str | None = None  # phones: kind; payers: network wording; addresses: role
    level_of_care: str | None = None  # the level whose heading, sentence or cell governs the words
    track: str | None = None  # the named program within that level
    section: str | None = None  # heading path, " > " between
    url: str | None = None  # the page, where a listing is put together from several
    document_sha256: str | None = None
    locator: str | None = None  # sheet and cell, row number, JSON path

    @property
    def written(self) -> str:
        """The value as the stage holds it."""
        return written(self.value)

    def but(self, **changes: Any) -> Observation:
        """The same with other values. Raises ValueError or TypeError where there is no such field."""
        return self._replace(**changes)

    def sure(self, confidence: float) -> Observation:
        """The same with another confidence, in a third of the time: every observation of a page comes to its own."""
        return tuple.__new__(Observation, (*self[:_SURE], confidence, *self[_SURE + 1 :]))

    @property
    def basis(self) -> str:
        """How it was read, in the stage's words: method, tie, what speaks against it."""
        return ".".join(filter(None, (self.method, self.tie, *self.demoted)))


_SURE = Observation._fields.index("confidence")


class Apart(StrEnum):
    """How a second reader and our own differ about one value, or about the page."""

    PAGE = "page"  # whether the page is a provider's own
    DIFFERS = "differs"  # two values of a field that has one, or one value of two levels
    DENIED = "denied"  # it takes for a fact what the page, as we read it, denies
    UNCONFIRMED = "unconfirmed"  # we alone
    ALONE = "alone"  # it alone


@dataclass(frozen=True, slots=True)
class Difference:
    """One point on which a second reader and our own differ, for a person to look at (`iop review --readings`).

    `ours` and `theirs` are values as the stage writes them, None where one says nothing; `quote` is of the page.
    `is_published`: whether its value is published, on its word alone.
    """

    apart: Apart
    field: str | None  # None: about the page
    level_of_care: str | None
    ours: str | None
    theirs: str | None
    quote: str
    is_published: bool = False


@dataclass(frozen=True, slots=True)
class SecondOpinion:
    """What a second reading of one page came to: how many of its values met which end, and where it differs."""

    counts: tuple[tuple[str, int], ...] = ()
    differences: tuple[Difference, ...] = ()


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
    questionnaire: str | None = None  # what the facility was asked (vocabulary/questionnaires.csv)
    focus: str | None = None  # what a directory's row is about: substance_use or mental_health
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
    detail: str  # of a value: its field
    raw: str
    state: str | None = None  # where the row that holds it is


@dataclass(frozen=True, slots=True)
class Refused:
    """One value that cannot be what it should be, in a row or page that is read without it."""

    field: str
    reason: str  # "bad_phone", "bad_coordinates"
    raw: str

    def of(self, source_id: str, locator: str, state: str | None = None) -> Rejected:
        """Refused there, as it goes to quarantine."""
        return Rejected(source_id, locator, self.reason, self.field, self.raw, state)


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
    published: date | None = None  # the edition that the registry named when it was fetched
    detail: str = ""  # what explains the outcome
    elapsed_ms: int = 0
    redirects: tuple[str, ...] = field(default=())

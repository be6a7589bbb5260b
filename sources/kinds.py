"""Kinds of source: one row each, and the only place besides its reader where a kind is named.

A new kind is a row here, a reader of its format (content → records) and a table in the registry. Everything that
differs by kind, from fetching to claims, asks the row.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from sources.findtreatment import page_urls, read_answer
from sources.license_list import read_list
from sources.records import BadRecord, SourceFormatError, SourceRecord, broken
from sources.samhsa_directory import read_workbook

Reader = Callable[..., Iterator[SourceRecord | BadRecord]]
Pager = Callable[[str, bytes], list[str]]


class Trust(NamedTuple):
    """How claims weigh what a kind says (docs/claims.md)."""

    priority: int  # decides between values: 1 is best, 0 is kept for corrections by people
    weight: float  # how far one source is to be believed: multiplies the confidence of its observations
    voice: str | None = (
        None  # who is heard through it: sources of one voice do not confirm each other. None: its own
    )
    is_page: bool = False  # a person can open what was read, and read it


@dataclass(frozen=True, slots=True, repr=False)
class Kind:
    """What a source is."""

    name: str
    trust: Trust
    suffixes: tuple[str, ...]  # of the files that a local folder is searched for
    reader: Reader | None  # (content, **own keys) → records; None: a site, whose pages are read
    keys: tuple[str, ...] = ()  # of the registry, besides those that all kinds take
    required: tuple[str, ...] = ()  # those of `keys` that must be there
    pager: Pager | None = None  # (address, first page) → addresses of the other pages
    asks_around: bool = False  # may ask by distance: rows of other states than the source's are passed over

    def __repr__(self) -> str:
        """Fingerprints of sources hold it: a reader's address in memory would change them."""
        return f"Kind({self.name!r})"

    def keys_of(self, table: Iterable[str]) -> list[str]:
        """The registry keys of this kind, out of those of all kinds."""
        of_some = {key for kind in KINDS.values() for key in kind.keys}
        return [key for key in table if key in self.keys or key not in of_some]

    def read(self, content: bytes, **own: object) -> Iterator[SourceRecord | BadRecord]:
        """The records of a document, with the kind's `own` keys of the registry. Raises SourceFormatError, whatever is
        wrong with the content, and AssertionError of a site, which has pages."""
        assert self.reader is not None, f"{self.name} has pages, not rows"
        try:
            yield from self.reader(content, **own)
        except SourceFormatError:
            raise
        except Exception as error:  # what breaks a reader is no document of its kind
            raise SourceFormatError(f"it breaks the reader of {self.name}: {broken(error)}") from error

    @property
    def is_site(self) -> bool:
        """A provider's web site. All other kinds are directories, which list many providers."""
        return self.reader is None

    @property
    def lasts(self) -> bool:
        """A directory's content stands until there is other content; a site's pages are told gone one by one."""
        return not self.is_site


SAMHSA = "samhsa"  # one survey fills its directories and its locator

SITE = Kind(
    "provider_site",
    Trust(1, 0.97, is_page=True),
    suffixes=(".html", ".htm"),
    reader=None,
    keys=("entry", "max_pages", "keep", "drop"),
)
DIRECTORIES = (
    Kind(
        "findtreatment",
        Trust(3, 0.9, SAMHSA),
        suffixes=(".json",),
        reader=read_answer,
        pager=page_urls,
        asks_around=True,
    ),
    Kind("samhsa_directory", Trust(3, 0.85, SAMHSA), suffixes=(".xlsx",), reader=read_workbook),
    Kind(
        "license_list",
        Trust(2, 0.95),
        suffixes=(".csv",),
        reader=read_list,
        keys=("columns",),
        required=("columns",),
    ),
)
KINDS: dict[str, Kind] = {kind.name: kind for kind in (SITE, *DIRECTORIES)}


def trust() -> Mapping[str, Trust]:
    """By name of the kind: what the build of a release is given."""
    return {name: kind.trust for name, kind in KINDS.items()}

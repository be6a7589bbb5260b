"""Prepared records: what matching knows of each, as columns of numbers."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.match.arrays import Flags, Ints, Texts
from pipeline.match.names import NameTable

STREET, PO_BOX, CAMPUS, NOWHERE = range(4)  # how a record is located


@dataclass(frozen=True, slots=True)
class Records:
    """Prepared records; position i in every array is one record. 0 or -1 stands for *not stated*."""

    ids: list[str]
    source: Ints
    names: NameTable
    name: Ints  # the operator's or first name
    label: Ints  # the site's or program's name
    site: Ints  # the same, 0 where it tells nothing: it repeats the city or the street, or says "main office"
    alias: Ints  # a trade name
    located: Ints  # STREET, PO_BOX, CAMPUS, NOWHERE
    number: Ints  # printed house number, as a code
    low: Ints
    high: Ints
    street: Ints  # name of the street, as a code
    street_text: Texts
    suffix: Ints
    direction: Ints
    unit: Ints
    unit_text: Texts
    zip: Ints
    town: Ints  # (n, TOWN) words of the city, as words of names
    city: Ints  # city and state, as a code
    state: Ints
    phone: Ints
    extension: Ints
    others: Ints  # (n, OTHERS) intake numbers
    domain: Ints
    domain_text: Texts
    identifiers: list[tuple[tuple[str, str], ...]]
    virtual: Flags
    signature: list[str]  # what a record says of its place and name: the seed of minted ids

    def __len__(self) -> int:
        return len(self.ids)

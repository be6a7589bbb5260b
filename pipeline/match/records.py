"""Prepared records: what matching knows of each, as columns of numbers."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from pipeline.match.arrays import Flags, Ints
from pipeline.match.names import NameTable
from pipeline.match.texts import Texts

STREET, PO_BOX, CAMPUS, NOWHERE = range(4)  # how a record is located


@dataclass(frozen=True, slots=True)
class Records:
    """Prepared records; position i in every column is one record. 0 or -1 stands for *not stated*."""

    ids: pl.Series
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
    street: Texts  # name of the street
    suffix: Ints
    direction: Ints
    unit: Texts
    zip: Ints
    town: Ints  # (n, TOWN) words of the city, as words of names
    city: Ints  # city and state, as a code
    state: Ints
    phone: Ints
    extension: Ints
    others: Ints  # (n, up to OTHERS) intake numbers
    domain: Texts
    identifiers: pl.DataFrame  # row, scheme, identifier, the latter two as codes; as many as are stated
    virtual: Flags
    signature: pl.Series  # what a record says of its place and name: the seed of minted ids

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def domain_names(self) -> pl.Series:
        """Each distinct domain as a name: without its ending and without hyphens."""
        return self.domain.distinct.str.replace(r"\..*$", "").str.replace_all("-", "", literal=True)

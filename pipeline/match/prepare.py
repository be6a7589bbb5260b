"""Records as columns of numbers that can be compared a million at a time.

Rows are put in an order that depends on what they say and not on where they stood, so that everything after this is
independent of the order of the input.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from pipeline.match.names import NameTable
from pipeline.normalize.address import Street, normalize_street, number_range
from pipeline.normalize.name import Names, normalize_names

Ints = npt.NDArray[np.int64]

REQUIRED = ("record_id", "source", "name1", "name2", "street1", "street2", "city", "state", "zip", "phone")
TEXT = (*REQUIRED, "intake", "website", "organization")
STREET, PO_BOX, CAMPUS, NOWHERE = range(4)  # how a record is located
_KIND = {"street": STREET, "highway": STREET, "po_box": PO_BOX, "campus": CAMPUS, "withheld": NOWHERE}

_PHONE = r"(?:\+?1[-. ]*)?\(?[2-9]\d{2}\)?[-. ]*[2-9]\d{2}[-. ]*\d{4}"
_EXTENSION = r"(?i)(?:;ext=|ext\.?|x|#)\s*(\d+)"
_SECOND_LEVEL = re.compile(r"^(?:co|com|org|net|ac|gov|k12|state|[a-z]{2})$")
OTHERS = 4  # intake numbers kept per record


@dataclass(frozen=True, slots=True)
class Records:
    """Prepared records; position i in every array is one record. 0 or -1 stands for *not stated*."""

    ids: list[str]
    source: Ints
    names: NameTable
    name: Ints  # the operator's or first name
    label: Ints  # the site's or program's name
    alias: Ints  # a trade name
    located: Ints  # STREET, PO_BOX, CAMPUS, NOWHERE
    number: Ints  # printed house number, as a code
    low: Ints
    high: Ints
    street: Ints  # name of the street, as a code
    street_text: npt.NDArray[Any]
    suffix: Ints
    direction: Ints
    unit: Ints
    unit_text: npt.NDArray[Any]
    zip: Ints
    city: Ints  # city and state, as a code
    state: Ints
    place_words: npt.NDArray[Any]  # words of the city and street, which tell nothing as a site's name
    phone: Ints
    extension: Ints
    others: Ints  # (n, OTHERS) intake numbers
    domain: Ints
    domain_text: npt.NDArray[Any]
    identifiers: list[tuple[tuple[str, str], ...]]
    virtual: npt.NDArray[np.bool_]
    signature: list[str]  # what a record says of its place and name: the seed of minted ids

    def __len__(self) -> int:
        return len(self.ids)


@cache
def shared_hosts() -> frozenset[str]:
    """Hosts where unrelated operators keep their pages: a common domain there proves nothing."""
    text = files("pipeline.match").joinpath("shared_hosts.csv").read_text(encoding="utf-8")
    return frozenset(row["host"] for row in csv.DictReader(text.splitlines()))


def prepare(frame: pl.DataFrame) -> Records:
    """Check and normalise the records (columns `REQUIRED`; `intake`, `website`, `organization` may be missing).

    Raises ValueError for missing columns, empty or duplicate record ids.
    """
    frame = _ordered(_checked(frame))
    names = _apply(frame, ("name1", "name2"), normalize_names, Names())
    owners = _apply(frame, ("organization",), lambda text: normalize_names(text, "").primary, ())
    streets = _apply(frame, ("street1", "street2"), normalize_street, Street())
    spans = [number_range(s.number) or (0, 0) for s in streets]
    first, second, alias = _roles(names, owners)
    table = NameTable([*first, *second, *alias])
    size = len(names)
    phone, extension, others = _phones(frame)
    domains = _domains(frame["website"])
    city = (frame["city"].str.to_lowercase().str.replace_all(r"[^a-z]", "") + "|" + frame["state"]).to_list()
    place_words = [f"{c} {s.name}".lower() for c, s in zip(frame["city"].to_list(), streets, strict=True)]
    return Records(
        ids=frame["record_id"].to_list(),
        source=_codes(frame["source"].to_list()),
        names=table,
        name=table.ids[:size],
        label=table.ids[size : 2 * size],
        alias=table.ids[2 * size :],
        located=np.array([_located(s) for s in streets], dtype=np.int64),
        number=_codes([s.number for s in streets]),
        low=np.array([low for low, _ in spans], dtype=np.int64),
        high=np.array([high for _, high in spans], dtype=np.int64),
        street=_codes([s.name for s in streets]),
        street_text=np.array([s.name for s in streets], dtype=object),
        suffix=_codes([s.suffix for s in streets]),
        direction=_codes([s.predirectional or s.postdirectional for s in streets]),
        unit=_codes([s.unit for s in streets]),
        unit_text=np.array([s.unit for s in streets], dtype=object),
        zip=_codes(frame["zip"].to_list()),
        city=_codes(["" if c.startswith("|") else c for c in city]),
        state=_codes(frame["state"].to_list()),
        place_words=np.array(place_words, dtype=object),
        phone=phone,
        extension=extension,
        others=others,
        domain=_codes(domains),
        domain_text=np.array([re.sub(r"\..*$", "", d).replace("-", "") for d in domains], dtype=object),
        identifiers=[tuple(sorted((str(p["scheme"]), str(p["identifier"])) for p in row or ()))
                     for row in frame["external_ids"].to_list()],
        virtual=frame["is_virtual"].to_numpy(),
        signature=frame["signature"].to_list(),
    )  # fmt: skip


def _checked(frame: pl.DataFrame) -> pl.DataFrame:
    missing = [column for column in REQUIRED if column not in frame.columns]
    if missing:
        raise ValueError(f"records lack the column(s) {', '.join(missing)}; needed are {', '.join(REQUIRED)}")
    if frame["record_id"].cast(pl.String).fill_null("").str.strip_chars().eq("").any():
        raise ValueError("a record has no record_id; every record needs its own")
    twice = frame.filter(frame["record_id"].is_duplicated())["record_id"].unique().sort().head(5).to_list()
    if twice:
        raise ValueError(f"record_id is used by more than one record: {', '.join(map(str, twice))}")
    text = [pl.col(c) if c in frame.columns else pl.lit("").alias(c) for c in TEXT]
    virtual = pl.col("is_virtual") if "is_virtual" in frame.columns else pl.lit(False).alias("is_virtual")
    external = (
        pl.col("external_ids")
        if "external_ids" in frame.columns
        else pl.lit(None, pl.List(pl.Struct({"scheme": pl.String, "identifier": pl.String}))).alias(
            "external_ids"
        )
    )
    return frame.select(
        *(column.cast(pl.String).fill_null("").str.strip_chars() for column in text),
        virtual.fill_null(False),
        external,
    ).with_columns(
        pl.col("state").str.to_uppercase(), pl.col("zip").str.extract(r"^(\d{5})", 1).fill_null("")
    )


def _ordered(frame: pl.DataFrame) -> pl.DataFrame:
    said = [pl.col(c).str.to_lowercase() for c in TEXT if c not in ("record_id", "source")]
    return (
        frame.with_columns(signature=pl.concat_str(said, separator="|"))
        .sort("signature", "record_id")
        .with_columns(pl.col("signature"))
    )


def _apply(frame: pl.DataFrame, columns: tuple[str, ...], function: Any, empty: Any) -> list[Any]:
    """Apply a function of strings once per distinct combination."""
    known: dict[tuple[str, ...], Any] = {("",) * len(columns): empty}
    out = []
    for row in frame.select(columns).iter_rows():
        found = known.get(row)
        if found is None:
            found = known[row] = function(*row)
        out.append(found)
    return out


def _roles(names: Sequence[Names], owners: Sequence[tuple[str, ...]]) -> tuple[list[tuple[str, ...]], ...]:
    """Operator, label and alias: an operator stated apart comes first, and the printed name is then a label."""
    first, second, alias = [], [], []
    for name, owner in zip(names, owners, strict=True):
        other = bool(owner) and owner != name.primary
        first.append(owner or name.primary)
        second.append(name.label or (name.primary if other else ()))
        alias.append(name.alias or (name.primary if other and name.label else ()))
    return first, second, alias


def _located(street: Street) -> int:
    kind = _KIND[street.kind]
    return CAMPUS if kind == STREET and not street.number else kind


def _codes(values: Sequence[str]) -> Ints:
    """Strings as numbers, 0 for the empty string."""
    series = pl.Series(values, dtype=pl.String)
    codes = series.rank("dense").cast(pl.Int64).to_numpy()
    return np.asarray(np.where(series.eq("").to_numpy(), 0, codes), dtype=np.int64)


def _phones(frame: pl.DataFrame) -> tuple[Ints, Ints, Ints]:
    digits = pl.element().str.replace_all(r"\D", "").str.tail(10).cast(pl.Int64)
    found = frame.select(
        main=pl.col("phone").str.extract_all(_PHONE).list.eval(digits),
        intake=pl.col("intake").str.extract_all(_PHONE).list.eval(digits),
        extension=pl.col("phone").str.extract(_EXTENSION, 1).str.head(9).cast(pl.Int64).fill_null(-1),
    )
    first = found["main"].list.first().fill_null(0)
    rest = found.select(
        pl.concat_list(pl.col("main").list.slice(1), "intake").list.unique(maintain_order=True)
    )
    others = np.zeros((frame.height, OTHERS), dtype=np.int64)
    for column in range(OTHERS):
        others[:, column] = rest.to_series().list.get(column, null_on_oob=True).fill_null(0).to_numpy()
    main = first.to_numpy()
    others[others == main[:, None]] = 0
    return np.asarray(main), np.asarray(found["extension"].to_numpy()), others


def _domains(websites: pl.Series) -> list[str]:
    hosts = (
        websites.str.to_lowercase().str.extract(r"^(?:[a-z]+:/*)?(?:www\d?\.)?([^/?#:\s]+)", 1).fill_null("")
    )
    known = {host: _domain(host) for host in hosts.unique().to_list()}
    return [known[host] for host in hosts.to_list()]


def _domain(host: str) -> str:
    parts = host.strip(".").split(".")
    if len(parts) < 2:
        return ""
    keep = 3 if len(parts) > 2 and len(parts[-1]) == 2 and _SECOND_LEVEL.match(parts[-2]) else 2
    domain = ".".join(parts[-keep:])
    return "" if domain in shared_hosts() else domain

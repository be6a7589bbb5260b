"""Records as columns of numbers that can be compared a million at a time.

Rows are put in an order that depends on what they say and not on where they stood, so that everything after this is
independent of the order of the input.
"""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from pipeline.match import bulk
from pipeline.match.names import NameTable
from pipeline.normalize.address import number_range
from pipeline.normalize.name import NAME_WORDS, normalize_names

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
    site: Ints  # the same, 0 where it tells nothing: it repeats the city or the street, or says "main office"
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
    streets = bulk.streets(frame)
    spans = _spans(streets["number"])
    said = _roles(bulk.names(frame), frame["organization"])
    table = NameTable(pl.concat([said["first"], said["second"], said["alias"]]))
    size = frame.height
    phone, extension, others = _phones(frame)
    domains = _domains(frame["website"])
    city = frame["city"].str.to_lowercase().str.replace_all(r"[^a-z]", "") + "|" + frame["state"]
    return Records(
        ids=frame["record_id"].to_list(),
        source=_codes(frame["source"]),
        names=table,
        name=table.ids[:size],
        label=table.ids[size : 2 * size],
        site=_telling(table, table.ids[size : 2 * size], frame["city"], streets["name"]),
        alias=table.ids[2 * size :],
        located=_located(streets),
        number=_codes(streets["number"]),
        low=spans[:, 0],
        high=spans[:, 1],
        street=_codes(streets["name"]),
        street_text=streets["name"].to_numpy(),
        suffix=_codes(streets["suffix"]),
        direction=_codes(streets.select(_direction()).to_series()),
        unit=_codes(streets["unit"]),
        unit_text=streets["unit"].to_numpy(),
        zip=_codes(frame["zip"]),
        city=_codes(city.str.replace(r"^\|.*$", "")),
        state=_codes(frame["state"]),
        phone=phone,
        extension=extension,
        others=others,
        domain=_codes(domains),
        domain_text=domains.str.replace(r"\..*$", "").str.replace_all("-", "").to_numpy(),
        identifiers=_identifiers(frame["external_ids"]),
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


def _roles(said: pl.DataFrame, organization: pl.Series) -> pl.DataFrame:
    """first, second, alias: an operator stated apart comes first, and the printed name is then a label."""
    owners = {text: " ".join(normalize_names(text, "").primary) for text in organization.unique().to_list()}
    owner = organization.replace_strict(owners, return_dtype=pl.String)
    said = said.with_columns(owner=owner).with_columns(other=(owner != "") & (owner != said["primary"]))
    other, primary, label, alias = (pl.col(c) for c in ("other", "primary", "label", "alias"))
    return said.select(
        first=pl.when(other).then("owner").otherwise(primary),
        second=pl.when(other & (label == "")).then(primary).otherwise(label),
        alias=pl.when(other & (label != "") & (alias == "")).then(primary).otherwise(alias),
    )


def _telling(table: NameTable, labels: Ints, city: pl.Series, street: pl.Series) -> Ints:
    empty = NAME_WORDS["place"].keys()
    words = [[word for word in name if word not in empty] for name in table.names]
    out = labels.copy()
    places = zip(labels.tolist(), city.str.to_lowercase().to_list(), street.to_list(), strict=True)
    for row, (label, town, road) in enumerate(places):
        if label and (not (telling := words[label]) or telling[0] in town or telling[0].upper() in road):
            around = {*town.split(), *road.lower().split()}
            out[row] = 0 if around.issuperset(telling) else label
    return out


def _identifiers(listed: pl.Series) -> list[tuple[tuple[str, str], ...]]:
    if listed.null_count() == len(listed):
        return [()] * len(listed)
    return [
        tuple(sorted((str(p["scheme"]), str(p["identifier"])) for p in row or ())) for row in listed.to_list()
    ]


def _spans(numbers: pl.Series) -> Ints:
    """Lowest and highest house number of each printed one, 0 where there is none."""
    distinct = numbers.unique().to_list()
    spans = np.array([number_range(number) or (0, 0) for number in distinct], dtype=np.int64).reshape(-1, 2)
    place = {number: row for row, number in enumerate(distinct)}
    return np.asarray(spans[numbers.replace_strict(place, return_dtype=pl.Int64).cast(pl.Int64).to_numpy()])


def _located(streets: pl.DataFrame) -> Ints:
    kind = streets["kind"].replace_strict(_KIND, return_dtype=pl.Int64).to_numpy()
    return np.asarray(np.where((kind == STREET) & (streets["number"] == "").to_numpy(), CAMPUS, kind))


def _direction() -> pl.Expr:
    return pl.when(pl.col("predirectional") != "").then("predirectional").otherwise("postdirectional")


def _codes(series: pl.Series) -> Ints:
    """Strings as numbers, 0 for the empty string."""
    known = pl.concat([pl.Series([""]), series.unique(maintain_order=True)]).unique(maintain_order=True)
    place = known.to_frame("text").with_row_index("code")
    found = series.to_frame("text").join(place, on="text", how="left", maintain_order="left")["code"]
    return np.asarray(found.cast(pl.Int64).to_numpy())


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


def _domains(websites: pl.Series) -> pl.Series:
    hosts = (
        websites.str.to_lowercase().str.extract(r"^(?:[a-z]+:/*)?(?:www\d?\.)?([^/?#:\s]+)", 1).fill_null("")
    )
    known = {host: _domain(host) for host in hosts.unique().to_list()}
    return hosts.replace_strict(known, return_dtype=pl.String)


def _domain(host: str) -> str:
    parts = host.strip(".").split(".")
    if len(parts) < 2:
        return ""
    local = len(parts[-1]) == 2 and _SECOND_LEVEL.match(parts[-2])  # co.uk, state.ma.us
    keep = 3 if len(parts) > 2 and (local or parts[-1] in ("gov", "mil")) else 2
    domain = ".".join(parts[-keep:])
    return "" if domain in shared_hosts() else domain

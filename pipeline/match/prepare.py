"""Records as columns of numbers that can be compared a million at a time.

Rows are put in an order that depends on what they say and not on where they stood, so that everything after this is
independent of the order of the input. Texts are normalised once for each distinct one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path

import numpy as np
import polars as pl

from pipeline.match.arrays import Ints
from pipeline.match.names import NameTable
from pipeline.match.records import CAMPUS, NOWHERE, PO_BOX, STREET, Records
from pipeline.normalize.address import normalize_street, number_range
from pipeline.normalize.cells import SAYS_NOTHING, is_identifier
from pipeline.normalize.name import NAME_WORDS, normalize_names
from pipeline.normalize.phone import numbers_of

REQUIRED = ("record_id", "source", "name1", "name2", "street1", "street2", "city", "state", "zip", "phone")
OURS = ("record_id", "source")  # of the columns those that nobody printed
TEXT = (*REQUIRED, "intake", "website", "organization")
EXTERNAL_IDS = pl.List(pl.Struct({"scheme": pl.String, "identifier": pl.String}))
TOWN = 3  # words of a city's name
OTHERS = 4  # intake numbers kept per record
_KIND = {"street": STREET, "highway": STREET, "po_box": PO_BOX, "campus": CAMPUS, "withheld": NOWHERE}
_NAMES = dict.fromkeys(("name", "label", "alias"), pl.String)
_STREET = {
    **dict.fromkeys(("number", "direction", "street", "suffix", "unit"), pl.String),
    **dict.fromkeys(("located", "low", "high"), pl.Int64),
}
_PHONES: Mapping[str, type[pl.DataType] | pl.DataType] = {
    "main": pl.Int64,
    "extension": pl.Int64,
    "rest": pl.List(pl.Int64),
}
_HOST = r"^(?:[a-z]+:/*)?(?:www\d?\.)?([^/?#:\s]+)"
_SECOND_LEVEL = re.compile(r"^(?:co|com|org|net|ac|gov|k12|state|[a-z]{2})$")


def prepare(frame: pl.DataFrame) -> Records:
    """Check and normalise the records (columns `REQUIRED`; `intake`, `website`, `organization` may be missing).

    Raises ValueError for missing columns, empty or duplicate record ids.
    """
    frame = _ordered(_checked(frame))
    size = frame.height
    street = _normalised(frame.select("street1", "street2"), _street, _STREET)
    printed = _normalised(frame.select("name1", "name2", "organization"), _names, _NAMES)
    names = NameTable(pl.concat([printed["name"], printed["label"], printed["alias"]]))
    name, label, alias = names.ids[:size], names.ids[size : 2 * size], names.ids[2 * size :]
    phone, extension, others = _phones(frame)
    hosts = frame.select(pl.col("website").str.to_lowercase().str.extract(_HOST, 1).fill_null(""))
    domains = _normalised(hosts, _domain, {"domain": pl.String})["domain"]
    city = frame["city"].str.to_lowercase().str.replace_all(r"[^a-z]", "") + "|" + frame["state"]
    return Records(
        ids=frame["record_id"].to_list(),
        source=_codes(frame["source"]),
        names=names,
        name=name,
        label=label,
        site=_telling(names, label, frame["city"], street["street"]),
        alias=alias,
        located=street["located"].to_numpy(),
        number=_codes(street["number"]),
        low=street["low"].to_numpy(),
        high=street["high"].to_numpy(),
        street=_codes(street["street"]),
        street_text=street["street"].to_numpy(),
        suffix=_codes(street["suffix"]),
        direction=_codes(street["direction"]),
        unit=_codes(street["unit"]),
        unit_text=street["unit"].to_numpy(),
        zip=_codes(frame["zip"]),
        town=names.numbers(frame["city"].str.to_lowercase().str.replace_all(r"[^a-z ]", ""), TOWN),
        city=_codes(city.str.replace(r"^\|.*$", "")),
        state=_codes(frame["state"]),
        phone=phone,
        extension=extension,
        others=others,
        domain=_codes(domains),
        domain_text=domains.str.replace(r"\..*$", "").str.replace_all("-", "").to_numpy(),
        identifiers=[
            tuple(
                sorted(
                    (str(p["scheme"]), str(p["identifier"]))
                    for p in listed or ()
                    if is_identifier(str(p["identifier"]))
                )
            )
            for listed in frame["external_ids"].to_list()
        ],
        virtual=frame["is_virtual"].to_numpy(),
        signature=frame["signature"].to_list(),
    )


def _checked(frame: pl.DataFrame) -> pl.DataFrame:
    missing = [column for column in REQUIRED if column not in frame.columns]
    if missing:
        raise ValueError(f"records lack the column(s) {', '.join(missing)}; needed are {', '.join(REQUIRED)}")
    if frame["record_id"].cast(pl.String).fill_null("").str.strip_chars().eq("").any():
        raise ValueError("a record has no record_id; every record needs its own")
    twice = frame.filter(frame["record_id"].is_duplicated())["record_id"].unique().sort().head(5).to_list()
    if twice:
        raise ValueError(f"record_id is used by more than one record: {', '.join(map(str, twice))}")

    def column(name: str, otherwise: pl.Expr) -> pl.Expr:
        return pl.col(name) if name in frame.columns else otherwise.alias(name)

    def text(name: str) -> pl.Expr:
        printed = column(name, pl.lit("")).cast(pl.String).fill_null("")
        return (printed if name in OURS else printed.str.replace(SAYS_NOTHING, "")).str.strip_chars()

    return frame.select(
        *map(text, TEXT),
        column("is_virtual", pl.lit(False)).fill_null(False),
        column("external_ids", pl.lit(None, EXTERNAL_IDS)),
    ).with_columns(
        pl.col("state").str.to_uppercase(), pl.col("zip").str.extract(r"^(\d{5})", 1).fill_null("")
    )


def _ordered(frame: pl.DataFrame) -> pl.DataFrame:
    content = [pl.col(name).str.to_lowercase() for name in TEXT if name not in OURS]
    return frame.with_columns(signature=pl.concat_str(content, separator="|")).sort("signature", "record_id")


def _normalised(
    texts: pl.DataFrame,
    normalise: Callable[..., Sequence[str | int | list[int]]],
    schema: Mapping[str, type[pl.DataType] | pl.DataType],
) -> pl.DataFrame:
    """What a normaliser makes of the cells of each row."""
    distinct = texts.unique(maintain_order=True)
    found = pl.DataFrame([normalise(*row) for row in distinct.iter_rows()], schema, orient="row")
    known = distinct.hstack(found)
    return texts.join(known, on=texts.columns, how="left", maintain_order="left").select(found.columns)


def _names(name1: str, name2: str, organization: str) -> tuple[str, str, str]:
    """Name, label, alias: an operator stated apart comes first, and the printed name is then a label."""
    name, label, alias = map(" ".join, normalize_names(name1, name2))
    operator = " ".join(normalize_names(organization, "").primary) if organization else ""
    if not operator or operator == name:
        return name, label, alias
    return (operator, label, alias or name) if label else (operator, name, alias)


def _street(street1: str, street2: str) -> tuple[str | int, ...]:
    street = normalize_street(street1, street2)
    kind = _KIND[street.kind]
    low, high = number_range(street.number) or (0, 0)
    return (
        street.number,
        street.predirectional or street.postdirectional,
        street.name,
        street.suffix,
        street.unit,
        CAMPUS if kind == STREET and not street.number else kind,
        low,
        high,
    )


def _domain(host: str) -> tuple[str]:
    """The registered domain of a host; "" where it proves nothing."""
    parts = host.strip(".").split(".")
    if len(parts) < 2:
        return ("",)
    local = len(parts[-1]) == 2 and _SECOND_LEVEL.match(parts[-2])  # co.uk, state.ma.us
    keep = 3 if len(parts) > 2 and (local or parts[-1] in ("gov", "mil")) else 2
    domain = ".".join(parts[-keep:])
    return ("" if domain in shared_hosts() else domain,)


@cache
def shared_hosts() -> frozenset[str]:
    """Hosts where unrelated operators keep their pages: a common domain there proves nothing."""
    return frozenset(pl.read_csv(Path(__file__).with_name("shared_hosts.csv"))["host"])


def _telling(table: NameTable, labels: Ints, city: pl.Series, street: pl.Series) -> Ints:
    """Labels, 0 where they say no more than the place."""
    empty = NAME_WORDS["place"].keys()
    words = [[word for word in name if word not in empty] for name in table.names]
    site = labels.copy()
    places = zip(labels.tolist(), city.str.to_lowercase().to_list(), street.to_list(), strict=True)
    for row, (label, town, road) in enumerate(places):
        if label and (not (telling := words[label]) or telling[0] in town or telling[0].upper() in road):
            around = {*town.split(), *road.lower().split()}
            site[row] = 0 if around.issuperset(telling) else label
    return site


def _codes(series: pl.Series) -> Ints:
    """Strings as numbers, 0 for the empty string."""
    known = pl.concat([pl.Series([""]), series.unique(maintain_order=True)]).unique(maintain_order=True)
    place = known.to_frame("text").with_row_index("code")
    found = series.to_frame("text").join(place, on="text", how="left", maintain_order="left")["code"]
    return np.asarray(found.cast(pl.Int64).to_numpy())


def _phones(frame: pl.DataFrame) -> tuple[Ints, Ints, Ints]:
    found = _normalised(frame.select("phone", "intake"), _numbers, _PHONES)
    rest = found["rest"]
    others = np.zeros((frame.height, OTHERS), dtype=np.int64)
    for column in range(OTHERS):
        others[:, column] = rest.list.get(column, null_on_oob=True).fill_null(0).to_numpy()
    main = found["main"].to_numpy()
    others[others == main[:, None]] = 0
    return np.asarray(main), np.asarray(found["extension"].to_numpy()), others


def _numbers(phone: str, intake: str) -> tuple[int, int, list[int]]:
    """The first number (0: none) and its extension (-1: none), and all others, each as ten digits."""
    first = numbers_of(phone)
    main, _, extension = next(iter(first), "").partition(";ext=")
    printed = (number[2:12] for number in (*first, *numbers_of(intake)))
    others = [int(digits) for digits in dict.fromkeys(printed) if digits != main[2:]]
    return int(main[2:] or 0), int(extension or -1), others

"""Records as columns of numbers that can be compared a million at a time.

Rows are put in an order that depends on what they say and not on where they stood, so that everything after this is
independent of the order of the input. Texts are normalised once for each distinct one.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import numpy as np
import polars as pl

from pipeline.match import normalised
from pipeline.match.arrays import Flags, Ints, distinct
from pipeline.match.names import NameTable
from pipeline.match.records import Records
from pipeline.match.texts import Texts, pairs_of
from pipeline.normalize.cells import SAYS_NOTHING, is_identifier
from pipeline.normalize.name import NAME_WORDS

REQUIRED = ("record_id", "source", "name1", "name2", "street1", "street2", "city", "state", "zip", "phone")
PRINTED = (*REQUIRED[2:], "intake", "website", "organization")
TOWN = 3  # words of a city's name
CHUNK = 100_000  # rows whose texts are held side by side
_HOST = r"^(?:[a-z]+:/*)?(?:www\d?\.)?([^/?#:\s]+)"
_SECOND_LEVEL = re.compile(r"^(?:co|com|org|net|ac|gov|k12|state|[a-z]{2})$")


def prepare(frame: pl.DataFrame) -> Records:
    """Check and normalise the records (columns `REQUIRED`; `intake`, `website`, `organization` may be missing).

    Raises ValueError for missing columns, empty or duplicate record ids.
    """
    ids = _checked(frame)
    order, signature, columns = _ordered(ids, {name: _column(frame, name) for name in PRINTED})
    printed = normalised.names(columns["name1"], columns["name2"], columns["organization"])
    lines = normalised.streets(columns["street1"], columns["street2"])
    phone, extension, others = normalised.phones(columns["phone"], columns["intake"])
    names = NameTable(printed.distinct)
    town = columns["city"].mapped(columns["city"].distinct.str.to_lowercase())
    words = names.numbers(town.distinct.str.replace_all(r"[^a-z ]", ""), TOWN)
    return Records(
        ids=ids.gather(order),
        source=Texts.of(_stripped(frame["source"])).code[order],
        names=names,
        name=printed.name,
        label=printed.label,
        site=_telling(printed.distinct, printed.label, town, lines.street),
        alias=printed.alias,
        located=lines.located,
        number=lines.number,
        low=lines.low,
        high=lines.high,
        street=lines.street,
        suffix=lines.suffix.code,
        direction=lines.direction.code,
        unit=lines.unit,
        zip=columns["zip"].code,
        town=words[town.code],
        city=_city(town, columns["state"]),
        state=columns["state"].code,
        phone=phone,
        extension=extension,
        others=others,
        domain=_domains(columns["website"]),
        identifiers=_identifiers(frame, order),
        virtual=_virtual(frame)[order],
        signature=signature,
    )


def _checked(frame: pl.DataFrame) -> pl.Series:
    """The record ids, once they are all there and all different."""
    missing = [column for column in REQUIRED if column not in frame.columns]
    if missing:
        raise ValueError(f"records lack the column(s) {', '.join(missing)}; needed are {', '.join(REQUIRED)}")
    ids = _stripped(frame["record_id"])
    if (ids == "").any():
        raise ValueError("a record has no record_id; every record needs its own")
    if len(distinct(ids.hash().to_numpy())) < len(ids):
        twice = ids.filter(ids.is_duplicated()).unique().sort().head(5).to_list()
        raise ValueError(f"record_id is used by more than one record: {', '.join(twice)}")
    return ids


def _stripped(column: pl.Series) -> pl.Series:
    return column.cast(pl.String).fill_null("").str.strip_chars()


def _column(frame: pl.DataFrame, name: str) -> Texts:
    """What records print in a column, "" where it says nothing."""
    if name not in frame.columns:
        return Texts.of([""]).at(np.zeros(frame.height, dtype=np.int32))
    printed = Texts.of(frame[name].cast(pl.String).fill_null(""))
    said = printed.distinct.str.replace(SAYS_NOTHING, "").str.strip_chars()
    if name == "state":
        said = said.str.to_uppercase()
    return printed.mapped(said.str.extract(r"^(\d{5})", 1).fill_null("") if name == "zip" else said)


def _ordered(ids: pl.Series, columns: Mapping[str, Texts]) -> tuple[Ints, pl.Series, dict[str, Texts]]:
    """The rows in the order of what they say: their former positions, what each says, the columns."""
    said = [Texts(column.code, column.distinct.str.to_lowercase()) for column in columns.values()]
    parts = (slice(start, start + CHUNK) for start in range(0, len(ids), CHUNK))
    lines = [
        pl.select(pl.concat_str([text.at(part).rows() for text in said], separator="|")).to_series()
        for part in parts
    ]
    signature = pl.concat([pl.Series(dtype=pl.String), *lines])
    table = pl.DataFrame({"signature": signature, "id": ids}).with_row_index("row").sort("signature", "id")
    order = table["row"].to_numpy()
    return order, table["signature"], {name: column.at(order) for name, column in columns.items()}


def _city(town: Texts, state: Texts) -> Ints:
    """City and state as one code, 0 where no city is stated."""
    letters = town.mapped(town.distinct.str.replace_all(r"[^a-z]", "")).code
    both = np.where(letters > 0, letters * np.int64(len(state)) + state.code, 0)
    return np.unique(np.append(both, 0), return_inverse=True)[1][:-1].astype(np.int32)


def _domains(website: Texts) -> Texts:
    host = website.mapped(website.distinct.str.to_lowercase().str.extract(_HOST, 1).fill_null(""))
    return host.mapped([_domain(text) for text in host.distinct])


def _domain(host: str) -> str:
    """The registered domain of a host; "" where it proves nothing."""
    parts = host.strip(".").split(".")
    if len(parts) < 2:
        return ""
    local = len(parts[-1]) == 2 and _SECOND_LEVEL.match(parts[-2])  # co.uk, state.ma.us
    keep = 3 if len(parts) > 2 and (local or parts[-1] in ("gov", "mil")) else 2
    domain = ".".join(parts[-keep:])
    return "" if domain in shared_hosts() else domain


@cache
def shared_hosts() -> frozenset[str]:
    """Hosts where unrelated operators keep their pages: a common domain there proves nothing."""
    return frozenset(pl.read_csv(Path(__file__).with_name("shared_hosts.csv"))["host"])


def _telling(names: pl.Series, label: Ints, town: Texts, street: Texts) -> Ints:
    """Labels, 0 where they say no more than the place."""
    empty = NAME_WORDS["place"].keys()
    used, at = np.unique(label, return_inverse=True)
    words = [[word for word in name.split() if word not in empty] for name in names.gather(used)]
    first = Texts.of([found[0] if found else "" for found in words]).at(at)
    site = np.where(first.code > 0, label, 0)
    around = pl.DataFrame(
        {"word": first.rows(), "town": town.rows(), "street": street.rows().str.to_lowercase()}
    )
    there = [pl.col(place).str.contains(pl.col("word"), literal=True) for place in ("town", "street")]
    rows = np.flatnonzero((site > 0) & around.select(there[0] | there[1]).to_series().to_numpy())
    for row, (_, *place) in zip(rows.tolist(), around[rows].iter_rows(), strict=True):
        if set(" ".join(place).split()).issuperset(words[at[row]]):
            site[row] = 0
    return site


def _identifiers(frame: pl.DataFrame, order: Ints) -> pl.DataFrame:
    """Identifiers of registries that tell records apart: row, scheme, identifier."""
    stated = frame.get_column("external_ids", default=pl.Series(dtype=pl.Null))
    if stated.dtype != pl.List or not stated.list.len().sum():
        return pl.DataFrame(schema=dict.fromkeys(("row", "scheme", "identifier"), pl.Int64))
    row = np.empty(len(order), dtype=np.int64)
    row[order] = np.arange(len(order))
    listed = pl.DataFrame({"row": row, "id": stated}).explode("id").drop_nulls()
    scheme, text = (
        Texts.of(listed["id"].struct.field(name).cast(pl.String).fill_null(""))
        for name in ("scheme", "identifier")
    )
    known = np.array([is_identifier(found) for found in text.distinct])[text.code]
    identifier = pairs_of(scheme.code, text.code, len(text))[2]
    table = pl.DataFrame(
        {"row": listed["row"], "scheme": scheme.code.astype(np.int64), "identifier": identifier + 1}
    )
    return table.filter(known).unique()


def _virtual(frame: pl.DataFrame) -> Flags:
    if "is_virtual" not in frame.columns:
        return np.zeros(frame.height, dtype=bool)
    return np.asarray(frame["is_virtual"].cast(pl.Boolean).fill_null(False).to_numpy())

"""Names, street lines and phones of many records, as `pipeline/normalize/` reads them one by one.

What is printed plainly is read in columns, or once for all rows that print it; only what is left is read line by line.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from pipeline.match.arrays import Flags, Ints, once
from pipeline.match.records import CAMPUS, NOWHERE, PO_BOX, STREET
from pipeline.match.texts import Texts, pairs_of
from pipeline.normalize.address import HOUSE_AHEAD, Street, normalize_street, number_range, unit_of, way_of
from pipeline.normalize.name import DBA, PHRASE, UNFINISHED, around_dba, comparable, normalize_name
from pipeline.normalize.phone import numbers_of

OTHERS = 4  # intake numbers kept per record
HOUSES, LARGEST = 10**9, 2**31  # plain house numbers are less, any that is kept is less
_PLAIN_NAME = r"^[A-Za-z0-9 ,&()/-]*$"  # of words that need no folding
_COUNTY = r"\bco\b"
_PLAIN_PHONE = r"^\(?(?<area>[2-9][0-9]{2})\)?[ .-]{1,2}(?<exchange>[2-9][0-9]{2})[ .-](?<line>[0-9]{4})(?: x(?<extension>[0-9]{1,6}))?$"
_DOUBTFUL = r"^555|^.11|^(?:2{7}|3{7}|4{7}|6{7}|7{7}|8{7}|9{7})$"  # exchange and line that may be no number
_KIND = {"street": STREET, "highway": STREET, "po_box": PO_BOX, "campus": CAMPUS, "withheld": NOWHERE}


@dataclass(frozen=True, slots=True)
class Names:
    """Distinct comparable names, and for each record which of them is its operator's, its site's, a trade name."""

    distinct: pl.Series
    name: Ints
    label: Ints
    alias: Ints


def names(name1: Texts, name2: Texts, organization: Texts) -> Names:
    """Comparable names of records; an operator stated apart comes first, and the printed name is then a label."""
    first, second, printed = _whole_names(name1, name2)
    stated = organization.code + np.int32(len(printed))
    printed = pl.concat([printed, organization.distinct])
    parted = np.flatnonzero(printed.str.contains(DBA).to_numpy())
    sides = [" ".join(side) for text in printed.gather(parted).to_list() for side in around_dba(text)]
    found = Texts.of(pl.concat([_comparable(printed), pl.Series(sides, dtype=pl.String)]))
    whole = found.code[: len(printed)]
    before, after = whole.copy(), np.zeros_like(whole)
    before[parted], after[parted] = found.code[len(printed) :].reshape(-1, 2).T

    def called(text: Ints) -> Ints:
        """The legal name, else the trade name."""
        return np.where(after[text] > 0, _or(before[text], after[text]), whole[text])

    name, trades, operator = called(first), after[first] > 0, called(stated)
    label = np.where(trades, whole[second], before[second])
    alias = np.where(trades, np.where(before[first] > 0, after[first], 0), after[second])
    apart = (operator > 0) & (operator != name)
    alias = np.where(apart & (label > 0), _or(alias, name), alias)
    label = np.where(apart, _or(label, name), label)
    return _used(found.distinct, np.where(apart, operator, name), label, alias)


def _used(distinct: pl.Series, *columns: Ints) -> Names:
    """The names that stand in a column, which alone count when it is told how rare a word is."""
    used = np.zeros(len(distinct), dtype=bool)
    used[0] = True
    for column in columns:
        used[column] = True
    number = np.cumsum(used, dtype=np.int32) - 1
    return Names(distinct.filter(pl.Series(used)), *(number[column] for column in columns))


def _or(codes: Ints, others: Ints) -> Ints:
    """Codes, and others where nothing is stated."""
    return np.where(codes > 0, codes, others)


def _whole_names(name1: Texts, name2: Texts) -> tuple[Ints, Ints, pl.Series]:
    """Both names of each row as positions in the texts that are returned, as `normalize.name.whole_names` tells them."""
    behind = name2.code + np.int32(len(name1))
    first, second = _or(name1.code, behind), np.where(name1.code > 0, behind, 0)
    cut = name1.distinct.str.tail(4).str.contains(UNFINISHED).to_numpy()
    rows = np.flatnonzero(cut[name1.code] & (name2.code > 0))
    joined = name1.at(rows).rows() + " " + name2.at(rows).rows()
    first[rows], second[rows] = np.arange(len(rows)) + len(name1) + len(name2), 0
    return first, second, pl.concat([name1.distinct, name2.distinct, joined])


def _comparable(texts: pl.Series) -> pl.Series:
    """`normalize_name` of each text, as words with a space between them."""
    words = texts.str.to_lowercase().str.extract_all("[a-z0-9]+")
    plain = {word: " ".join(comparable(word)) or None for word in words.explode().drop_nulls().unique()}
    known = pl.element().replace_strict(plain, return_dtype=pl.String)
    found = words.list.eval(known).list.drop_nulls().list.join(" ")
    frame = pl.DataFrame({"text": texts, "found": found})
    usual = pl.col("text").str.contains(_PLAIN_NAME) & (pl.col("found") != "")
    usual &= ~pl.col("text").str.to_lowercase().str.contains(_COUNTY)
    usual &= ~pl.col("found").str.contains(PHRASE.pattern)
    rest = np.flatnonzero(~frame.select(usual).to_series().to_numpy())
    one_by_one = [" ".join(normalize_name(text)) for text in texts.gather(rest).to_list()]
    return found.scatter(rest, one_by_one)


@dataclass(frozen=True, slots=True)
class Streets:
    """Parts of street lines. `number` is a code; `low` and `high` are the house numbers that it covers, 0 for none."""

    located: Ints
    number: Ints
    low: Ints
    high: Ints
    direction: Texts
    street: Texts
    suffix: Texts
    unit: Texts


def streets(street1: Texts, street2: Texts) -> Streets:
    """Parts of the street lines of records: the way once for all houses in it, the unit once for all that print it."""
    house = street1.distinct.str.extract(HOUSE_AHEAD, 1).cast(pl.Int32).fill_null(0).to_numpy()[street1.code]
    way = street1.mapped(street1.distinct.str.extract(HOUSE_AHEAD, 2).fill_null(""))
    ways, units = list(map(way_of, way.distinct)), list(map(unit_of, street2.distinct))
    plain = (
        (house > 0)
        & _flags(way for way in ways)[way.code]
        & _flags(u is not None for u in units)[street2.code]
    )
    plain &= (street2.code == 0) | ~_flags(way and way.unit for way in ways)[way.code]
    rows = np.flatnonzero(~plain)
    one, two, line = pairs_of(street1.code[rows], street2.code[rows], len(street2))
    printed = zip(street1.distinct.gather(one), street2.distinct.gather(two), strict=True)
    read = [*(way or Street() for way in ways), *(normalize_street(*lines) for lines in printed)]
    at = way.code.copy()
    at[rows] = len(ways) + line
    unit = Texts.of([*(street.unit for street in read), *(unit or "" for unit in units)])
    beside = np.where(plain, unit.code[len(read) + street2.code], 0)
    low, high = _covered(read)
    return Streets(
        located=np.array([_located(street) for street in read], dtype=np.int8)[at],
        number=np.where(plain, house, _number_codes(read)[at]),
        low=np.where(plain, house, low[at]),
        high=np.where(plain, house, high[at]),
        direction=Texts.of([street.predirectional or street.postdirectional for street in read]).at(at),
        street=Texts.of([street.name for street in read]).at(at),
        suffix=Texts.of([street.suffix for street in read]).at(at),
        unit=Texts(_or(unit.code[at], beside), unit.distinct),
    )


def _flags(values: Iterable[object]) -> Flags:
    return np.fromiter(map(bool, values), dtype=bool)


def _located(street: Street) -> int:
    kind = _KIND[street.kind]
    return CAMPUS if kind == STREET and not street.number else kind


def _covered(read: Iterable[Street]) -> tuple[Ints, Ints]:
    """The lowest and the highest house number of each line."""
    spans = (number_range(street.number) or (0, 0) for street in read)
    low, high = np.array([span if span[1] < LARGEST else (0, 0) for span in spans], dtype=np.int32).T
    return low, high


def _number_codes(read: Sequence[Street]) -> Ints:
    """A plain number is its own code; other printed ones are counted behind them."""
    number = Texts.of([street.number for street in read])
    plain = number.distinct.str.extract(r"^([1-9][0-9]{0,8})$").cast(pl.Int32)
    behind = pl.int_range(len(number), dtype=pl.Int32, eager=True) + HOUSES
    behind[0] = 0
    return np.asarray(plain.fill_null(behind).to_numpy()[number.code])


def phones(phone: Texts, intake: Texts) -> tuple[Ints, Ints, Ints]:
    """Of each record the first number (0: none) and its extension (-1: none), and all others, each as ten digits."""
    first, extension, rest = _numbers(pl.concat([phone.distinct, intake.distinct]))
    theirs = intake.code + np.int32(len(phone))
    main = first[phone.code]
    others = np.column_stack([rest[phone.code], first[theirs], rest[theirs]])
    others[others == main[:, None]] = 0
    others = once(others, 0)
    stated_first = np.argsort(others == 0, axis=1, kind="stable")
    return main, extension[phone.code], np.take_along_axis(others, stated_first, axis=1)[:, :OTHERS]


def _numbers(cells: pl.Series) -> tuple[Ints, Ints, Ints]:
    """Of each cell the first number, its extension and the numbers after it."""
    parts = cells.str.extract_groups(_PLAIN_PHONE).struct.unnest()
    areas = {area: bool(numbers_of(f"{area}-234-2345")) for area in parts["area"].drop_nulls().unique()}
    assigned = pl.col("area").replace_strict(areas, default=False, return_dtype=pl.Boolean)
    found = parts.select(
        plain=~pl.concat_str("exchange", "line").str.contains(_DOUBTFUL),
        number=pl.when(assigned).then(pl.concat_str("area", "exchange", "line").cast(pl.Int64)).fill_null(0),
        extension=pl.when(assigned).then(pl.col("extension").cast(pl.Int32)).fill_null(-1),
    )
    first, extension = found["number"].to_numpy().copy(), found["extension"].to_numpy().copy()
    rows = np.flatnonzero(~found["plain"].fill_null(False).to_numpy())
    printed = [[number.partition(";ext=") for number in numbers_of(cell)] for cell in cells.gather(rows)]
    digits = [list(dict.fromkeys(int(number[2:]) for number, _, _ in numbers)) for numbers in printed]
    first[rows] = [next(iter(numbers), 0) for numbers in digits]
    extension[rows] = [int(next(iter(numbers), ("", "", ""))[2] or -1) for numbers in printed]
    rest = np.zeros(
        (len(cells), min(OTHERS + 1, max(0, max(map(len, digits), default=0) - 1))), dtype=np.int64
    )
    for row, (_, *more) in ((row, numbers) for row, numbers in zip(rows, digits, strict=True) if numbers):
        rest[row, : len(more)] = more[: rest.shape[1]]
    return first, extension, rest

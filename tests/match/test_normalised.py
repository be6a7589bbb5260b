"""Names, street lines and phones read in columns are what they are read one by one; texts are numbered by what they say."""

from __future__ import annotations

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st
from rapidfuzz import fuzz

from pipeline.match import normalised
from pipeline.match.spelling import spelled_alike
from pipeline.match.texts import Texts, pairs_of
from pipeline.normalize.address import normalize_street, number_range
from pipeline.normalize.name import normalize_names
from pipeline.normalize.phone import numbers_of

WORDS = "Fern,Fern's,St.,Counseling,Ctr,and,of,Co,County,LLC,Inc,dba,D/B/A,AKA,É,Veterans,Affairs,the,&,-,Serv.,2nd,()"
LINES = "12,1,007,1234567890,53-57,163-18,N,E,North,SW,Main,Church,5th,A,St,Street,Ave,Hwy,34,Route,PO,Box,HC,Suite,#,3-A,Floor,One,KM"
CALLS = "413-555-0123,(617) 555-0188,413.867.5309,617-222-2222,413-911-0123,413-555-2000,800-311-0123,999-234-5678, x5, x12, ext. 7,/,4138675309,-,tel:"


def printed(parts: str) -> st.SearchStrategy[str]:
    """Cells made of some of these parts, as they stand in a table that was cleaned."""
    cells = st.lists(st.sampled_from(parts.split(",")), max_size=5).map(" ".join)
    return cells.map(lambda text: text.replace("  x", " x").strip())


@settings(deadline=None)
@given(st.lists(st.tuples(printed(WORDS), printed(WORDS), printed(WORDS))))
def test_names(rows: list[tuple[str, str, str]]) -> None:
    found = normalised.names(*(Texts.of([row[n] for row in rows]) for n in range(3)))
    columns = (found.distinct.gather(ids).to_list() for ids in (found.name, found.label, found.alias))
    assert list(zip(*columns, strict=True)) == [_names(*row) for row in rows]
    assert set(found.distinct) == {"", *(name for row in rows for name in _names(*row))}


def _names(name1: str, name2: str, organization: str) -> tuple[str, str, str]:
    """An operator that is stated apart comes first; the printed name is then a site's, or else a trade name."""
    name, label, alias = map(" ".join, normalize_names(name1, name2))
    operator = " ".join(normalize_names(organization, "").primary)
    if operator in ("", name):
        return name, label, alias
    return (operator, label, alias or name) if label else (operator, name, alias)


@settings(deadline=None)
@given(st.lists(st.tuples(printed(LINES), printed(LINES))))
def test_street_lines(rows: list[tuple[str, str]]) -> None:
    found = normalised.streets(*(Texts.of([row[n] for row in rows]) for n in range(2)))
    read = [normalize_street(*row) for row in rows]
    numbers = [street.number for street in read]
    assert found.street.rows().to_list() == [street.name for street in read]
    assert found.suffix.rows().to_list() == [street.suffix for street in read]
    assert found.unit.rows().to_list() == [street.unit for street in read]
    assert found.direction.rows().to_list() == [s.predirectional or s.postdirectional for s in read]
    assert list(zip(found.low, found.high, strict=True)) == [_covered(number) for number in numbers]
    assert len(set(zip(found.number.tolist(), numbers, strict=True))) == len(set(numbers))
    assert [number == 0 for number in found.number.tolist()] == [number == "" for number in numbers]


def _covered(number: str) -> tuple[int, int]:
    low, high = number_range(number) or (0, 0)
    return (low, high) if high < 2**31 else (0, 0)


@settings(deadline=None)
@given(st.lists(st.tuples(printed(CALLS), printed(CALLS))))
def test_phones(rows: list[tuple[str, str]]) -> None:
    main, extension, others = normalised.phones(*(Texts.of([row[n] for row in rows]) for n in range(2)))
    for row, (phone, intake) in enumerate(rows):
        first, _, ext = next(iter(numbers_of(phone)), "").partition(";ext=")
        assert (main[row], extension[row]) == (int(first[2:] or 0), int(ext or -1))
        beside = dict.fromkeys(int(number[2:12]) for cell in (phone, intake) for number in numbers_of(cell))
        wanted = [number for number in beside if number != main[row]]
        assert [number for number in others[row] if number] == wanted[: normalised.OTHERS]


@settings(deadline=None)
@given(st.lists(st.sampled_from(["", "a", "b", "ab", "é"])))
def test_texts_have_one_number_each(column: list[str]) -> None:
    texts = Texts.of(column)
    assert texts.rows().to_list() == column
    assert sorted(texts.distinct) == sorted({"", *column})
    assert texts.distinct[0] == ""
    assert texts.mapped(texts.distinct.str.to_uppercase()).rows().to_list() == [t.upper() for t in column]
    one, other, pair = pairs_of(texts.code, texts.code[::-1], len(texts))
    found = [(texts.distinct[int(one[p])], texts.distinct[int(other[p])]) for p in pair]
    assert found == list(zip(column, column[::-1], strict=True))


@settings(deadline=None)
@given(st.lists(st.tuples(*[st.text("abc", min_size=1, max_size=12)] * 2)), st.sampled_from([80.0, 92.0]))
def test_spelled_alike_is_the_ratio(pairs: list[tuple[str, str]], least: float) -> None:
    one, other = (Texts.of([pair[n] for pair in pairs]) for n in range(2))
    found = spelled_alike(one.distinct, one.code, other.distinct, other.code, least)
    assert found.tolist() == [fuzz.ratio(*pair) >= least for pair in pairs]


def test_a_table_without_rows_has_no_names() -> None:
    nothing = Texts.of(pl.Series(dtype=pl.String))
    found = normalised.names(nothing, nothing, nothing)
    assert (found.distinct.to_list(), len(found.name)) == ([""], 0)

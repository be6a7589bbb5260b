"""The Census batch geocoder: its CSV in every shape, and whatever can go wrong on the way to it."""

from __future__ import annotations

from collections.abc import Sequence

import httpx
import pytest
from census_server import CensusServer, Reply, Row, line, match

from pipeline.geocode.addresses import StreetAddress
from pipeline.geocode.geocoder import Answer, Outcome

HTML = b'<!DOCTYPE html><html><body><h1>Service unavailable, 1,"2"</h1></body></html>'


def houses(count: int) -> list[StreetAddress]:
    return [StreetAddress(f"{n} MAIN ST", "BOSTON", "MA", "02118") for n in range(1, count + 1)]


def outcomes(found: dict[StreetAddress, Answer], asked: Sequence[StreetAddress]) -> list[str]:
    return [str(found[a].outcome) if a in found else "-" for a in asked]


def test_every_kind_of_line_is_read_in_any_order(census: CensusServer) -> None:
    asked = [*houses(4), StreetAddress('5 "B" ST, REAR', "O'FALLON", "MO", "")]

    def answer(rows: list[Row]) -> Reply:
        lines = [
            match(rows[4], kind="Non_Exact"),
            line("2", "as sent", "Tie"),
            match(rows[0], -71.25, 42.5),
            line("1", "as sent", "No_Match"),
            line("3", "as sent", "Match", "Exact", "FOUND", "-71.1,42.3", "85710099", "R"),
        ]
        return 200, "".join(lines).encode()

    census.answer = answer
    answers = census.geocoder().locate(asked)
    assert not answers.problem and outcomes(dict(answers.found), asked) == [
        "match",
        "no_match",
        "tie",
        "match",
        "match",
    ]
    first = answers.found[asked[0]]
    assert (first.latitude, first.longitude, first.is_exact) == (42.5, -71.25, True)
    assert first.block_geoid == "250250707001005"
    assert answers.found[asked[4]].is_exact is False
    assert answers.found[asked[3]].block_geoid is None, "the endpoint `locations` tells none"
    assert census.asked == [[[str(n), *address] for n, address in enumerate(asked)]]
    assert census.forms == [{"benchmark": "Public_AR_Current", "vintage": "Current_Current"}]
    assert "(+http" in census.agents[0]


@pytest.mark.parametrize(
    "cells",
    [
        ("0", "x", "Maybe"),
        ("0", "x"),
        ("zero", "x", "No_Match"),
        ("7", "x", "No_Match"),
        ("-1", "x", "No_Match"),
        ("0", "x", "Match", "Exact", "FOUND", "-71.1", "1", "L"),
        ("0", "x", "Match", "Exact", "FOUND", "-71.1,north", "1", "L"),
        ("0", "x", "Match", "Exact", "FOUND", "nan,nan", "1", "L"),
        ("0", "x", "Match", "Nearly", "FOUND", "-71.1,42.3", "1", "L"),
        ("0", "x", "Match", "Exact", "FOUND", "-71.1,42.3"),
    ],
)
def test_a_line_that_makes_no_sense_costs_no_other_line(census: CensusServer, cells: tuple[str, ...]) -> None:
    asked = houses(2)
    census.answer = lambda rows: (200, (line(*cells) + 'an "odd line\n' + match(rows[-1])).encode())
    assert outcomes(dict(census.geocoder().locate(asked).found), asked)[1] == "match"


def test_what_an_answer_leaves_out_is_asked_once_more_and_then_left(census: CensusServer) -> None:
    asked = houses(6)
    census.answer = lambda rows: (
        200,
        "".join(match(row) for row in rows if int(row[1].split()[0]) > 2).encode(),
    )
    answers = census.geocoder().locate(asked)
    assert outcomes(dict(answers.found), asked) == ["-", "-", *["match"] * 4]
    assert [len(rows) for rows in census.asked][:2] == [6, 2]


@pytest.mark.parametrize("cut", [30, 95, 100, 125, 140])
def test_an_answer_that_breaks_off_keeps_its_whole_lines_and_no_half_number(
    census: CensusServer, cut: int
) -> None:
    """The connection ends before the length that was declared, in the middle of the second line."""
    asked = houses(2)

    def answer(rows: list[Row]) -> Reply:
        if len(rows) == 1:
            return 200, match(rows[0]).encode()
        census.declared = 500
        return 200, (match(rows[0]) + match(rows[1])[:cut]).encode()

    census.answer = answer
    answers = census.geocoder().locate(asked)
    census.declared = 0
    assert answers.found[asked[0]].outcome is Outcome.MATCH
    second = answers.found.get(asked[1])
    assert second is None or (second.latitude, second.longitude) == (42.3381, -71.0731)


def test_an_error_and_then_an_answer(census: CensusServer) -> None:
    replies = iter([(500, b"oops"), (429, b""), (200, HTML)])
    census.answer = lambda rows: next(replies, None) or (200, "".join(map(match, rows)).encode())
    assert len(census.geocoder(attempts=4).locate(houses(3)).found) == 3
    assert len(census.asked) == 4


@pytest.mark.parametrize("reply", [(400, b"bad file"), (500, b""), (200, HTML), (200, b"")])
def test_an_address_that_the_service_chokes_on_costs_no_other_its_answer(
    census: CensusServer, reply: Reply
) -> None:
    asked = houses(9)
    census.answer = lambda rows: (
        reply if any(r[1] == "4 MAIN ST" for r in rows) else (200, "".join(map(match, rows)).encode())
    )
    answers = census.geocoder().locate(asked)
    assert outcomes(dict(answers.found), asked) == ["match"] * 3 + ["-"] + ["match"] * 5
    assert answers.problem


def test_a_service_that_is_down_is_left_alone(census: CensusServer) -> None:
    census.answer = lambda _: (503, HTML)
    geocoder = census.geocoder(batch=100)
    assert geocoder.locate(houses(300)).problem.endswith("given up for this run: status 503")
    assert not geocoder.locate(houses(50)).found
    assert len(census.asked) == 20


def test_nobody_listens(census: CensusServer, monkeypatch: pytest.MonkeyPatch) -> None:
    geocoder, tried = census.geocoder(), []

    def refuse(*_: object, **__: object) -> None:
        tried.append(1)
        raise httpx.ConnectError("refused")

    monkeypatch.setattr(httpx.Client, "stream", refuse)
    answers = geocoder.locate(houses(500))
    assert not answers.found and "refused" in answers.problem and len(tried) == 3


def test_an_answer_without_end_is_not_read_to_its_end(census: CensusServer) -> None:
    census.answer = lambda rows: (200, "".join(map(match, rows)).encode() * 50)
    answers = census.geocoder(attempts=1, max_bytes=1_000).locate(houses(1))
    assert not answers.found and "1,000 bytes" in answers.problem


def test_more_addresses_than_the_service_takes_are_several_requests(census: CensusServer) -> None:
    assert census.geocoder(batch=50_000).batch == 10_000
    assert len(census.geocoder(batch=4).locate(houses(10)).found) == 10
    assert [len(rows) for rows in census.asked] == [4, 4, 2]


def test_pauses_grow_and_a_service_that_asks_for_time_gets_it(census: CensusServer) -> None:
    waited: list[float] = []
    census.answer = lambda _: (503, b"")
    geocoder = census.geocoder(attempts=4)
    geocoder.fetch = type(geocoder.fetch)(retry_wait_s=1, attempts=4)
    geocoder.wait = waited.append
    geocoder.locate(houses(1))
    assert len(waited) == 3 and 0.5 <= waited[0] <= 1.5 and 2 <= waited[2] <= 6

"""Nothing that somebody else writes takes more than n·log n to read: near misses of every grammar, four times as long."""

from __future__ import annotations

import csv
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from pipeline.extract.parsing import lenient_json
from pipeline.extract.parsing.parse import read_page
from pipeline.extract.reading import extract
from pipeline.fetch.crawl.sitemap import parse_sitemap
from pipeline.fetch.page import summarize
from pipeline.fetch.settings import FetchSettings
from pipeline.fetch.wire.messages import retry_after
from pipeline.fetch.wire.robots import parse_robots
from pipeline.html import CODECS, decode
from pipeline.normalize.cells import clean
from pipeline.normalize.directory import DirectoryReader, Origin
from sources.license_list import read_list
from sources.records import SourceFormatError, SourceRecord

HERE = Path(__file__).resolve().parent
with (HERE / "near_misses.csv").open(encoding="utf-8", newline="") as file:
    NEAR_MISSES = [(row["grammar"], row["near_miss"]) for row in csv.DictReader(file)]
URL = "https://harborlight.example/iop/"
FEW = 4  # what is counted to be a long one is so many times the short one
MARGIN = 2.5  # times what n·log n would take; squares take four times n, cubes sixteen times
NOTHING_S = 0.03  # so much is no growth, whatever the ratio


def page(text: str) -> None:
    extract(read_page(f"<html><h1>Intensive Outpatient Program</h1><p>Our IOP {text}</p></html>", URL))


def json(text: str) -> None:
    with suppress(ValueError):
        lenient_json.read_json(text)


def cells(text: str) -> None:
    cell = clean(text)
    row = SourceRecord(
        "1", cell, cell, cell, cell, cell, "", cell, "MA", cell, (("main", cell),), cell, cell, cell
    )
    whole = SourceRecord("2", "Oak House", full_address=cell)
    list(DirectoryReader("oak").read([row, whole], Origin()))


def listed(text: str) -> None:
    with suppress(SourceFormatError):
        list(read_list(f"Name,City\nOak,{text}".encode(), {"name1": "Name", "city": "City"}))


GRAMMARS: dict[str, tuple[Callable[[str], object], int]] = {  # with the length of the short one
    "page": (page, 1_500),
    "links": (lambda text: summarize(text, URL), 40_000),
    "robots": (lambda text: parse_robots(text.encode(), "iop-directory"), 20_000),
    "sitemap": (lambda text: parse_sitemap(f"<urlset>{text}".encode()), 40_000),
    "lenient_json": (json, 20_000),
    "cells": (cells, 5_000),
    "list": (listed, 20_000),
    "retry": (lambda text: retry_after(text, FetchSettings()), 5_000),
}


TRIES = 3  # of another process's doing


def took(read: Callable[[str], object], text: str) -> float:
    """Seconds of processor time."""
    began = time.thread_time()
    read(text)
    return time.thread_time() - began


def grows(read: Callable[[str], object], near_miss: str, length: int) -> str:
    """How much longer four times as much takes, where that is too much; else ""."""
    short = near_miss * (length // len(near_miss))
    told = ""
    for _ in range(TRIES):
        long = took(read, short * FEW)
        once = took(read, short) if long > NOTHING_S else long
        if long <= MARGIN * FEW * max(once, NOTHING_S / FEW):
            return ""
        told = f"{once:.3f} s, then {long:.3f} s"
    return told


@pytest.fixture(scope="module", autouse=True)
def warm() -> None:
    """Tables are read before anything is timed."""
    page("Boston, MA 02139. 18+ adults, Monday 9 am to noon, 3 hours")
    cells("12 Main St, Boston, MA 02139")


@pytest.mark.parametrize(("grammar", "near_miss"), NEAR_MISSES)
def test_time_grows_with_length_and_little_more(grammar: str, near_miss: str) -> None:
    read, length = GRAMMARS[grammar]
    near_miss = near_miss.replace("\\n", "\n").replace("\\t", "\t")
    assert grows(read, near_miss, length) == ""


def test_every_grammar_has_near_misses() -> None:
    assert {grammar for grammar, _ in NEAR_MISSES} == set(GRAMMARS)


@pytest.mark.parametrize(
    "charset", sorted({*CODECS, "punycode", "idna", "utf-7", "unicode_escape", "hex", "bz2"})
)
def test_no_charset_is_slow_to_decode(charset: str) -> None:
    def read(text: str) -> None:
        decode(text.encode(), f"text/html; charset={charset}")
        decode(f'<meta charset="{charset}">{text}'.encode())

    assert grows(read, "<p>aaaa-b99999&~{", 40_000) == ""

"""Answers that kept the processor, or were a fault of ours."""

from __future__ import annotations

import asyncio
import threading
import time
from datetime import UTC, datetime

import pytest

from pipeline.fetch.beside import MUCH, beside
from pipeline.fetch.settings import FetchSettings
from pipeline.fetch.wire.messages import LONG_S, retry_after
from pipeline.fetch.wire.robots import parse_robots
from pipeline.html import decode

NOW = FetchSettings(now=lambda: datetime(2026, 10, 1, tzinfo=UTC))


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("Thu, 01 Jan 99999999999999999999 00:00:00 GMT", LONG_S),
        ("Fri, 31 Dec 9999 23:59:59 -2359", LONG_S),
        ("Fri, 31 Dec 99999 23:59:59 GMT", LONG_S),
        ("9" * 400, LONG_S),
        ("Thu, 01 Oct 2026 00:00:10 GMT", 10.0),
        ("Thu, 01 Jan 1970 00:00:00 +9999", None),
        ("soon", None),
    ],
)
def test_a_pause_beyond_the_calendar_is_a_long_one(value: str, seconds: float | None) -> None:
    assert retry_after(value, NOW) == seconds


def test_robots_of_newlines_are_read_at_once_and_rules_after_them_count() -> None:
    began = time.thread_time()
    robots = parse_robots(
        b"\n" * 60_000 + b"User-Agent: iop-directory/2.0\nDisallow: /private\n", "iop-directory"
    )
    assert time.thread_time() - began < 2
    assert not robots.allows("https://oak.example/private") and robots.allows("https://oak.example/")


@pytest.mark.parametrize("label", ["punycode", "idna", "unicode_escape", "utf-7", "hex", "nonsense"])
def test_what_is_no_charset_of_the_web_counts_as_undeclared(label: str) -> None:
    data = "<p>é-b99999</p>".encode()
    assert decode(data, f"text/html; charset={label}") == ("<p>é-b99999</p>", "utf-8")
    text, charset = decode(f'<meta charset="{label}">'.encode() + data)
    assert charset == "utf-8" and text.endswith("<p>é-b99999</p>")
    assert decode(data, "text/html; charset=latin1")[1] == "windows-1252"


def test_much_work_leaves_the_loop() -> None:
    async def threads() -> list[bool]:
        here = threading.get_ident()
        return [await beside(size, threading.get_ident) == here for size in (0, MUCH)]

    assert asyncio.run(threads()) == [True, False]

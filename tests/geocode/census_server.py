"""A geocoder on loopback that speaks the Census's CSV, as a test says."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.policy import HTTP
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from loopback import served

from pipeline.fetch.settings import FetchSettings
from pipeline.geocode.census import CensusGeocoder
from pipeline.geocode.settings import GeocoderSettings

Row = list[str]  # id, street, city, state, ZIP code
Reply = tuple[int, bytes]


def line(*cells: str) -> str:
    return ",".join('"' + cell.replace('"', '""') + '"' for cell in cells) + "\n"


def match(row: Row, longitude: float = -71.0731, latitude: float = 42.3381, kind: str = "Exact") -> str:
    """The line of an address that was found, by default in Boston's South End."""
    sent, place = ", ".join(row[1:]), f"{longitude},{latitude}"
    found = sent.upper()
    return line(row[0], sent, "Match", kind, found, place, "85710099", "L", "25", "025", "070700", "1005")


@dataclass
class CensusServer:
    """`answer` takes the rows of a request; what was asked stands in `asked`, fields of the form in `forms`."""

    url: str = ""
    answer: Callable[[list[Row]], Reply] = lambda rows: (200, "".join(map(match, rows)).encode())
    asked: list[list[Row]] = field(default_factory=list)
    forms: list[dict[str, str]] = field(default_factory=list)
    agents: list[str] = field(default_factory=list)
    declared: int = 0  # bytes more than are sent

    def geocoder(self, attempts: int = 3, max_bytes: int = 1_000_000, **more: Any) -> CensusGeocoder:
        settings = GeocoderSettings(name="census", url=self.url, **more)
        fetch = FetchSettings(retry_wait_s=0, attempts=attempts, max_bytes=max_bytes)
        return CensusGeocoder(settings, fetch, wait=lambda _: None)


@contextmanager
def census_server() -> Iterator[CensusServer]:
    """The server, for as long as it is asked."""
    made = CensusServer()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            head = f"content-type: {self.headers['content-type']}\r\n\r\n".encode()
            parts = {
                str(part.get_param("name", header="content-disposition")): bytes(
                    part.get_payload(decode=True)  # type: ignore[arg-type]
                ).decode()
                for part in message_from_bytes(head + body, policy=HTTP).iter_parts()  # type: ignore[attr-defined]
            }
            rows = list(csv.reader(parts.pop("addressFile").splitlines()))
            made.asked.append(rows)
            made.forms.append(parts)
            made.agents.append(self.headers["user-agent"])
            status, said = made.answer(rows)
            self.send_response(status)
            self.send_header("content-length", str(len(said) + made.declared))
            self.end_headers()
            self.wfile.write(said)

        def log_message(self, *_: Any) -> None:
            pass

    with served(ThreadingHTTPServer(("127.0.0.1", 0), Handler)) as address:
        made.url = f"{address}/geocoder/geographies/addressbatch"
        yield made

"""The US Census batch geocoder over HTTP: no key, up to 10,000 addresses a request, TIGER's streets.

A request that fails is tried again with growing pauses; one that goes on failing is halved, so that a line which the service
cannot take costs no other line its answer. What an answer leaves out is asked for once more.
"""

from __future__ import annotations

import math
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import httpx

from pipeline.fetch.settings import FetchSettings
from pipeline.geocode.addresses import StreetAddress
from pipeline.geocode.census_csv import read, written
from pipeline.geocode.geocoder import Answer, Answers
from pipeline.geocode.settings import CENSUS, GeocoderSettings

MOST = 10_000  # addresses a request, by the service's own rule
GIVE_UP = 20  # doubts in a row: the service is down, and no line is to blame
# How much a failed request tells of the service: an answer of another status may be for one line's sake.
OF_STATUS, OF_SILENCE, UNREACHABLE = 1, 4, 7


class _FailedError(Exception):
    """A request that came to nothing, in words for people; `wait`: seconds that the service asks for."""

    def __init__(self, why: str, doubt: int = OF_STATUS, wait: float = 0.0) -> None:
        super().__init__(why)
        self.doubt, self.wait = doubt, wait


@dataclass(slots=True)
class CensusGeocoder:
    """The service as a `Geocoder`. `wait` pauses for some seconds."""

    settings: GeocoderSettings
    fetch: FetchSettings
    wait: Callable[[float], None] = time.sleep
    name: str = field(default=CENSUS, init=False)
    _doubt: int = field(default=0, init=False)  # of the requests that failed in a row
    _why: str = field(default="", init=False)  # the last of them failed

    @property
    def benchmark(self) -> str:
        return f"{self.settings.benchmark}, {self.settings.vintage}"

    @property
    def batch(self) -> int:
        return min(self.settings.batch, MOST)

    def locate(self, addresses: Sequence[StreetAddress]) -> Answers:
        """Answers, asked for in requests of a batch each; after many failures in a row nothing is asked any more."""
        found: dict[StreetAddress, Answer] = {}
        problem = ""
        limits = httpx.Timeout(self.settings.timeout_s, connect=self.fetch.connect_s)
        headers = {"user-agent": self.fetch.user_agent}
        with httpx.Client(timeout=limits, headers=headers, trust_env=False) as client:
            for start in range(0, len(addresses), self.batch):
                batch = addresses[start : start + self.batch]
                problem = self._ask(client, batch, found, self.fetch.attempts) or problem
                left = [address for address in batch if address not in found]
                if left and len(left) < len(batch):
                    problem = self._ask(client, left, found, 1) or problem
        return Answers(found, problem)

    def _ask(
        self,
        client: httpx.Client,
        addresses: Sequence[StreetAddress],
        found: dict[StreetAddress, Answer],
        attempts: int,
    ) -> str:
        """Ask, halving what fails; what went wrong last, or nothing."""
        why = ""
        for attempt in range(attempts):
            if self._doubt >= GIVE_UP:
                return f"the service is given up for this run: {self._why}"
            try:
                found |= read(self._post(client, addresses), addresses)
                self._doubt = 0
                return ""
            except _FailedError as error:
                self._doubt += error.doubt
                self._why = why = str(error)
                if attempt + 1 < attempts:
                    self.wait(self._pause(attempt, error.wait))
        if len(addresses) > 1:
            middle = len(addresses) // 2
            for half in (addresses[:middle], addresses[middle:]):
                why = self._ask(client, half, found, 1) or why
        return why

    def _post(self, client: httpx.Client, addresses: Sequence[StreetAddress]) -> str:
        """The CSV that answers. Raises _FailedError for everything else."""
        form = {"benchmark": self.settings.benchmark, "vintage": self.settings.vintage}
        file = {"addressFile": ("addresses.csv", written(addresses), "text/csv")}
        try:
            with client.stream("POST", self.settings.url, data=form, files=file) as response:
                if response.status_code != httpx.codes.OK:
                    raise _FailedError(f"status {response.status_code}", wait=_retry_after(response))
                body = self._body(response)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            doubt = (
                UNREACHABLE if isinstance(error, httpx.ConnectError | httpx.ConnectTimeout) else OF_SILENCE
            )
            raise _FailedError(f"{type(error).__name__}: {error}", doubt) from error
        if not read(body, addresses):
            raise _FailedError("an answer without one line that could be read")
        return body

    def _body(self, response: httpx.Response) -> str:
        """What came, also where the connection broke off: the lines before that are whole."""
        parts: list[bytes] = []
        size = 0
        try:
            for part in response.iter_bytes():
                size += len(part)
                if size > self.fetch.max_bytes:
                    raise _FailedError(f"an answer of more than {self.fetch.max_bytes:,} bytes")
                parts.append(part)
        except httpx.HTTPError:
            if not parts:
                raise
        return b"".join(parts).decode("utf-8", errors="replace")

    def _pause(self, attempt: int, asked: float) -> float:
        """Seconds before the next attempt: as long as the service asks for, else twice as long each time, with jitter."""
        grown = math.ldexp(self.fetch.retry_wait_s, attempt) * (0.5 + random.random())
        return min(max(grown, asked), self.fetch.max_retry_after_s)


def _retry_after(response: httpx.Response) -> float:
    """Seconds that the service asks to wait; 0 where it does not say so in seconds."""
    said = response.headers.get("retry-after", "")
    return float(said) if said.isascii() and said.isdigit() else 0.0

"""What a run reached: sources that could not be read, and whether it was the world that failed or our own network.

Where no host at all answers, it is this machine that is cut off: nothing is learned of any source, so nothing of it is
kept, and all are due again at once. One host alone proves nothing of that kind: it may be down.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from pipeline.archive.visits import GOOD
from pipeline.records import Document, Outcome
from sources.urls import registrable

UNREACHED = frozenset({Outcome.DNS, Outcome.CONNECTION})
HOSTS = 2  # so many different ones must fail, and none answer
LOCAL = "file:"  # how URLs of local files begin


def unread_sources(documents: Iterable[Document]) -> dict[str, str]:
    """Sources of which nothing good came in the attempts of one run: their outcomes in words, the commonest first."""
    tried: dict[str, Counter[Outcome]] = {}
    for document in documents:
        tried.setdefault(document.source_id, Counter())[document.outcome] += 1
    return {
        source_id: ", ".join(f"{n} {str(o).replace('_', ' ')}" for o, n in outcomes.most_common())
        for source_id, outcomes in tried.items()
        if not GOOD & outcomes.keys()
    }


def is_outage(documents: Iterable[Document]) -> bool:
    """Whether these attempts (local files aside) reached no host at all."""
    reach = Reach()
    for document in documents:
        reach.saw(document)
    return reach.is_outage


@dataclass(slots=True)
class Reach:
    """Holds back what would be logged until some host has answered; then everything is logged as it comes."""

    _failing: set[str] = field(default_factory=set)
    _answered: bool = False
    _held: list[Callable[[], None]] = field(default_factory=list)

    def saw(self, document: Document) -> None:
        """Take an attempt into account."""
        if document.url.startswith(LOCAL):
            return
        if document.outcome in UNREACHED:
            self._failing.add(registrable(document.url))
        else:
            self._answered = True

    def log(self, write: Callable[[], None]) -> None:
        """Write a row of the log, now or as soon as it is known that the network is there."""
        self._held.append(write)
        if self._answered:
            self._write_all()

    def finish(self) -> None:
        """All attempts were made: what is held is written, or forgotten where it was our own outage."""
        if not self.is_outage:
            self._write_all()
        self._held.clear()

    @property
    def is_outage(self) -> bool:
        return not self._answered and len(self._failing) >= HOSTS

    def _write_all(self) -> None:
        for write in self._held:
            write()
        self._held.clear()

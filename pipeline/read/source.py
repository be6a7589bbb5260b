"""Documents of one source → its listings on the stage. What has not changed is not read again.

A source that cannot be read keeps what it said when it last could be: its pages of that time are read, so that the
stage follows from the archive alone (`FactLog` says in the archive which readings were good).
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from pipeline.archive.archive import Archive
from pipeline.fetch.outcome.outcome import layout_changed
from pipeline.normalize.directory import DirectoryReader
from pipeline.read.allowance import IN_ALL, Allowance
from pipeline.read.documents import (
    Counts,
    LostContentError,
    missing,
    read_directory,
    read_site,
)
from pipeline.read.editions import documents_of
from pipeline.read.fact_log import FactCount, FactLog, count_facts
from pipeline.read.fingerprint import code_version
from pipeline.read.kept_pages import KeptReadings
from pipeline.read.on_stage import OnStage
from pipeline.read.report import ReadReport
from pipeline.records import Document, Listing, Rejected
from pipeline.second_reader.store import NO_ANSWERS, Answers
from pipeline.stage.second import second_counts
from pipeline.stage.tables import DamagedStageError, Stage
from sources.records import SourceFormatError, broken
from sources.registry import Source

log = logging.getLogger(__name__)
OURS = (OSError, DamagedStageError)  # of our own files: no source is to blame, and none can be read


class LayoutChangedError(Exception):
    """The pages of a site came, but the facts that they gave before did not."""


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads one source onto the stage.

    `as_of`: the date that the archive is read at, where it is not now. `accept`: a person looked at a changed layout.
    """

    source: Source
    archive: Archive
    stage: Stage
    states: frozenset[str]
    now: datetime
    as_of: datetime | None = None
    accept: bool = False
    answers: Answers = NO_ANSWERS  # of a second reader, from the archive
    allowance: Allowance = IN_ALL

    def read(self, documents: Sequence[Document]) -> ReadReport:
        """Read the newest good documents; where they say nothing that can be used, those of the last good reading."""
        source = self.source
        report = ReadReport(source.id, len(documents))
        if unchanged := self._on_stage.unchanged(documents):
            return unchanged
        try:
            self._write(documents, report)
            self._on_stage.date(documents, report)
        except (SourceFormatError, LayoutChangedError, LostContentError) as error:
            report.problem = str(error)
            reason = "layout_changed" if isinstance(error, LayoutChangedError) else "unreadable_document"
            self._keep(Rejected(source.id, source.location, reason, str(error), ""), report)
        except OURS:
            raise
        except Exception as error:  # whatever it sent, it stops itself alone
            log.exception("%s: reading failed", source.id)
            report.problem = f"a fault of ours while reading it: {broken(error)}"
            self._keep(Rejected(source.id, source.location, "unreadable_source", report.problem, ""), report)
        return report

    def _write(self, documents: Sequence[Document], report: ReadReport) -> None:
        """Put what the documents say on the stage, and remember that they could be read."""
        facts: Counter[str] = Counter()
        counts, reader = Counts(self.allowance), DirectoryReader(self.source.id, self._scope)
        read: Iterable[Listing | Rejected] = self._listings(documents, counts, reader, facts)
        if self.source.kind.is_site:
            read = list(read)
            if documents and not missing(counts, len(documents)):
                self._guard_layout(facts)
        report.parsed, report.left, report.page_kinds = counts.parsed, counts.left, counts.page_kinds
        report.second = second_counts(counts.second)
        report.problem = missing(counts, len(documents))
        # what is missing may be read by the next run
        complete = None if report.problem else self._on_stage.fingerprint(documents)
        seen = self._on_stage.seen(documents)
        listings = self._in_scope(read, report)
        report.rows = self.stage.write_listings(self.source.id, listings, reader.unmapped, seen, complete)
        self.stage.write_second_opinions(self.source.id, counts.second)
        report.out_of_scope += reader.out_of_scope
        report.changed = True
        if self.as_of is None and not report.problem:
            newest = max((d.fetched_at for d in documents), default=self.now)
            self._log.add(
                self.source.id, FactCount(self._code, dict(sorted(facts.items())), newest.isoformat())
            )

    def _keep(self, rejected: Rejected, report: ReadReport) -> None:
        """Put what the source said at its last good reading on the stage, beside why it is not said anew."""
        seen = self._on_stage.seen(())
        good = self._log.accepted(self.source.id, self.as_of)
        try:
            if not good:
                raise LostContentError("there is no good reading")
            documents = documents_of(self.source, self.archive, datetime.fromisoformat(good[-1].as_of))
            counts, reader = Counts(), DirectoryReader(self.source.id, self._scope)
            read = [*self._listings(documents, counts, reader, Counter())]
            if counts.lost:
                raise LostContentError("pages of the last good reading are lost")
            listings = self._in_scope([*read, rejected], report)
            now_seen = self._on_stage.seen(documents)
            report.rows = self.stage.write_listings(self.source.id, listings, reader.unmapped, now_seen, None)
        except OURS:
            raise
        except Exception:  # it cannot be read now either
            report.rows = None
            self.stage.write_rejected(self.source.id, [rejected], seen)
            return
        report.out_of_scope += reader.out_of_scope
        self._on_stage.date(documents, report)

    def _listings(
        self, documents: Sequence[Document], counts: Counts, reader: DirectoryReader, facts: Counter[str]
    ) -> Iterator[Listing | Rejected]:
        if self.source.kind.is_site:
            kept = KeptReadings(self.stage.folder, self.source.id)
            read = read_site(self.source, documents, self.archive, kept, counts, self.answers)
            yield from count_facts(read, facts)
            kept.save()
        else:
            yield from count_facts(read_directory(self.source, documents, self.archive, reader), facts)

    def _guard_layout(self, facts: Counter[str]) -> None:
        before = self._log.accepted(self.source.id, self.as_of)[-1:]
        if not before or before[0].code != self._code or self.accept:
            return
        changed = layout_changed(before[0].facts, facts)
        if changed:
            if self.as_of is None:
                self._log.add(self.source.id, FactCount(self._code, dict(facts), before[0].as_of, changed))
            raise LayoutChangedError(
                f"{changed}; look at it, then: iop run --source {self.source.id} --accept-layout"
            )

    def _in_scope(
        self, read: Iterable[Listing | Rejected], report: ReadReport
    ) -> Iterator[Listing | Rejected]:
        scope = self._scope
        for item in read:
            if scope and item.state and item.state not in scope:
                report.out_of_scope += isinstance(item, Listing)
            else:
                yield item

    @property
    def _scope(self) -> frozenset[str]:
        """The states whose rows are wanted; none: all."""
        source = self.source
        return frozenset({source.state}) if source.kind.asks_around and source.state else self.states

    @property
    def _on_stage(self) -> OnStage:
        return OnStage(self.source, self.stage, self.states, self.now, self.as_of, self.answers)

    @property
    def _code(self) -> str:
        return code_version(self.source.kind)

    @property
    def _log(self) -> FactLog:
        return FactLog(self.archive.store)

"""Reading many sources: side by side in processes of their own where there is much to read, else right here.

A process that dies (a crash in a C parser, the kernel's memory killer) takes down the source that it read, and no
other.
"""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from pipeline.archive.archive import Archive
from pipeline.own_process import may_start, pool
from pipeline.read.allowance import AT_FIRST, IN_ALL, Allowance
from pipeline.read.kept_pages import KeptReadings
from pipeline.read.on_stage import OnStage
from pipeline.read.report import ReadReport
from pipeline.records import Document, Rejected
from pipeline.second_reader.store import NO_ANSWERS, Answers
from pipeline.stage.rows import Seen
from pipeline.stage.tables import Stage
from sources.registry import Source
from warehouse.types import utc

log = logging.getLogger(__name__)
MUCH = 2_000_000  # bytes of documents from which starting processes pays
# Wall time for all sites together that need more processor time than is usual: a part of what the others took, or so much.
LATER, LEAST_S = 0.25, 5.0


@dataclass(frozen=True, slots=True)
class Job:
    """How sources are read: what every one of them shares."""

    archive: str | Path
    stage: Path
    states: frozenset[str]
    now: datetime
    reread: bool = False  # also what has not changed
    accept: bool = False  # also where the layout seems to have changed
    as_of: datetime | None = None
    answers: Answers = NO_ANSWERS  # of a second reader, from the archive
    processes: int | None = None  # so many at most; None: one a processor
    allowance: Allowance = IN_ALL  # of a site


def read_sources(
    sources: Sequence[Source], documents: Mapping[str, Sequence[Document]], job: Job
) -> Iterator[ReadReport]:
    """A report for every source, as they are done, each with its line in the log."""
    for report in _reports(sources, documents, job):
        _log_end(report)
        yield report


def _log_end(report: ReadReport) -> None:
    rows = report.rows or {}
    outcome = "problem" if report.problem else "read" if report.changed else "unchanged"
    fields = {
        "source_id": report.source_id,
        "outcome": outcome,
        "documents": report.documents,
        "rows": rows,
        "problem": report.problem,
    }
    counted = ", ".join(f"{n} {table}" for table, n in rows.items() if n) or "no rows"
    log.info("%s: %s, %s", report.source_id, report.problem or outcome, counted, extra=fields)


def _reports(
    sources: Sequence[Source], documents: Mapping[str, Sequence[Document]], job: Job
) -> Iterator[ReadReport]:
    changed: list[Source] = []
    for source in sources:  # here: to find that nothing changed takes less than to start a process
        known = None if job.reread else _unchanged(source, documents.get(source.id, ()), job)
        if known is None:
            changed.append(source)
        else:
            yield known
    if changed:
        yield from _read_reports(changed, documents, job)


def _unchanged(source: Source, documents: Sequence[Document], job: Job) -> ReadReport | None:
    answers = job.answers.about(document.sha256 for document in documents)
    stage = Stage(job.stage)
    return OnStage(source, stage, job.states, job.now, job.as_of, answers).unchanged(documents)


def _read_reports(
    sources: Sequence[Source], documents: Mapping[str, Sequence[Document]], job: Job
) -> Iterator[ReadReport]:
    """Each source gets what is usual; then those that need more share what is left of the time of all."""
    waiting: dict[str, ReadReport] = {}
    with _Crew(sources, documents, job) as crew:
        began = time.monotonic()
        for report in crew.read(sources, AT_FIRST):
            if report.left:
                waiting[report.source_id] = report
            else:
                yield report
        again = [source for source in sources if source.id in waiting]
        if not again:
            return
        for report in crew.read(again, later(len(again), crew.workers, time.monotonic() - began)):
            report.parsed += waiting[report.source_id].parsed
            yield report


def later(sources: int, workers: int, took: float) -> Allowance:
    """What each of the sources that need more than is usual may have, where all of them together get a quarter of the
    time that the others `took`, or LEAST_S. What is left even then, the next run reads."""
    share = workers * max(LEAST_S, LATER * took) / max(1, sources)
    return Allowance(min(share, IN_ALL.site), IN_ALL.page if share >= IN_ALL.site else 0.0)


class _Crew:
    """Reads sources: in processes, which are kept from one turn to the next, where there is much; else right here."""

    def __init__(
        self, sources: Sequence[Source], documents: Mapping[str, Sequence[Document]], job: Job
    ) -> None:
        self._documents, self._job = documents, job
        self._pool: ProcessPoolExecutor | None = None
        size = sum(self._size(source) for source in sources)
        workers = min(job.processes or os.cpu_count() or 1, len(sources))
        # One that is given keeps a crash from the step that reads here.
        self._is_here = size < MUCH or not may_start() or (workers < 2 and not job.processes)
        self.workers = 1 if self._is_here else workers

    def __enter__(self) -> _Crew:
        return self

    def __exit__(self, error: type[BaseException] | None, *_: object) -> None:
        if self._pool is not None:
            self._pool.shutdown(wait=error is None, cancel_futures=True)

    def read(self, sources: Sequence[Source], allowance: Allowance) -> Iterator[ReadReport]:
        """A report for every source, as they are done."""
        job = replace(self._job, allowance=allowance)
        self._job = replace(self._job, reread=False)  # once is enough
        if self._is_here:
            for source in sources:
                yield _read(source, self._documents.get(source.id, ()), job)
            return
        left = {source.id: source for source in sorted(sources, key=self._size, reverse=True)}
        for report in self._in_processes(list(left.values()), job):
            del left[report.source_id]
            yield report
        for source in left.values():  # their pool broke: each alone, so that the guilty one is known
            reports = list(self._in_processes([source], job))
            yield from reports or [_died(source, job)]

    def _size(self, source: Source) -> int:
        return sum(d.size or 0 for d in self._documents.get(source.id, ()))

    def _in_processes(self, sources: Sequence[Source], job: Job) -> Iterator[ReadReport]:
        """Reports until a process dies; the sources without one are the caller's to try again."""
        if self._pool is None:
            self._pool = pool(min(self.workers, len(sources)))
        under_way: list[Future[ReadReport]] = [
            self._pool.submit(_read, source, self._documents.get(source.id, ()), job) for source in sources
        ]
        try:
            for future in as_completed(under_way):
                yield future.result()
        except BrokenProcessPool:
            self._pool.shutdown()
            self._pool = None


def _died(source: Source, job: Job) -> ReadReport:
    """The row and the report of a source whose reading ends the process that reads it; what it gave before stays."""
    problem = (
        "the process that read it died, for want of memory or by a fault in a library; see its documents"
    )
    rejected = Rejected(source.id, source.location, "unreadable_source", problem, "")
    Stage(job.stage).write_rejected(source.id, [rejected], Seen(utc(job.now)))
    return ReadReport(source.id, problem=problem)


def _read(source: Source, documents: Sequence[Document], job: Job) -> ReadReport:
    from pipeline.read.source import Reader  # all that reads pages, which a run without news does not need

    stage = Stage(job.stage)
    if job.reread:
        stage.mark(source.id, None)
        KeptReadings(stage.folder, source.id).forget()
    with Archive(job.archive) as archive:
        answers = job.answers.about(document.sha256 for document in documents)
        how = (job.states, job.now, job.as_of, job.accept, answers, job.allowance)
        return Reader(source, archive, stage, *how).read(documents)

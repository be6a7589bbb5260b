"""Reading many sources: side by side in processes of their own where there is much to read, else right here.

A process that dies (a crash in a C parser, the kernel's memory killer) takes down the source that it read, and no
other.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from datetime import datetime
from multiprocessing import current_process, get_context
from pathlib import Path

from pipeline.archive.archive import Archive
from pipeline.read.kept_pages import KeptReadings
from pipeline.read.source import Reader, ReadReport
from pipeline.records import Document, Rejected
from pipeline.second_reader.store import NO_ANSWERS, Answers
from pipeline.stage.rows import Seen, naive_utc
from pipeline.stage.tables import Stage
from sources.registry import Source

log = logging.getLogger(__name__)
MUCH = 2_000_000  # bytes of documents from which starting processes pays


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
    size = sum(d.size or 0 for found in documents.values() for d in found)
    workers = min(job.processes or os.cpu_count() or 1, len(sources))
    # One that is given keeps a crash from the step that reads here. (A daemon, as Dask's workers are, may start none.)
    if size < MUCH or current_process().daemon or (workers < 2 and not job.processes):
        for source in sources:
            yield _read(source, documents.get(source.id, ()), job)
        return
    largest_first = sorted(sources, key=lambda s: -sum(d.size or 0 for d in documents.get(s.id, ())))
    left = {source.id: source for source in largest_first}
    for report in _in_processes(list(left.values()), documents, job, workers):
        del left[report.source_id]
        yield report
    for source in left.values():  # their pool broke: each alone, so that the guilty one is known
        reports = list(_in_processes([source], documents, job, 1))
        yield from reports or [_died(source, job)]


def _died(source: Source, job: Job) -> ReadReport:
    """The row and the report of a source whose reading ends the process that reads it; what it gave before stays."""
    problem = (
        "the process that read it died, for want of memory or by a fault in a library; see its documents"
    )
    rejected = Rejected(source.id, source.location, "unreadable_source", problem, "")
    Stage(job.stage).write_rejected(source.id, [rejected], Seen(naive_utc(job.now)))
    return ReadReport(source.id, problem=problem)


def _in_processes(
    sources: Sequence[Source], documents: Mapping[str, Sequence[Document]], job: Job, workers: int
) -> Iterator[ReadReport]:
    """Reports until a process dies; the sources without one are the caller's to try again."""
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        under_way: list[Future[ReadReport]] = [
            pool.submit(_read, source, documents.get(source.id, ()), job) for source in sources
        ]
        try:
            for future in as_completed(under_way):
                yield future.result()
        except BrokenProcessPool:
            return
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def _read(source: Source, documents: Sequence[Document], job: Job) -> ReadReport:
    stage = Stage(job.stage)
    if job.reread:
        stage.mark(source.id, None)
        KeptReadings(stage.folder, source.id).forget()
    with Archive(job.archive) as archive:
        answers = job.answers.about(document.sha256 for document in documents)
        how = (job.states, job.now, job.as_of, job.accept, answers)
        return Reader(source, archive, stage, *how).read(documents)

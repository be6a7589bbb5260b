"""What one source has on the stage: whether it is still of the documents that count, and how it is dated.

Needs nothing that reads pages, so that a run without news does not load it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from pipeline.read.editions import edition_read, known_at
from pipeline.read.fingerprint import code_version, digest
from pipeline.read.report import ReadReport
from pipeline.records import Document
from pipeline.second_reader.store import NO_ANSWERS, Answers
from pipeline.stage.rows import Seen
from pipeline.stage.tables import Stage
from sources.registry import Source
from warehouse.types import utc


@dataclass(frozen=True, slots=True)
class OnStage:
    """A source and its rows; the fields are those of `pipeline.read.source.Reader`."""

    source: Source
    stage: Stage
    states: frozenset[str]
    now: datetime
    as_of: datetime | None = None
    answers: Answers = NO_ANSWERS

    def unchanged(self, documents: Sequence[Document]) -> ReadReport | None:
        """The rows dated anew and told, where they are what the documents say; None where these are to be read."""
        source, stage = self.source, self.stage
        if not documents and not stage.has(source.id):
            return ReadReport(source.id)
        if stage.marked(source.id) != self.fingerprint(documents) or not stage.is_whole(source.id):
            return None
        stage.verify_again(source.id, self.seen(documents))
        report = ReadReport(source.id, len(documents), rows=stage.counts(source.id))
        self.date(documents, report)
        return report

    def fingerprint(self, documents: Iterable[Document]) -> str:
        """Of everything that the listings follow from: the content, the registry's table and our own code."""
        content = sorted((d.url, d.sha256, self.answers.name(d.sha256)) for d in documents)
        return digest(code_version(self.source.kind), self.source, sorted(self.states), content)

    def seen(self, documents: Sequence[Document]) -> Seen:
        """When what the documents say was known."""
        by_url = {d.url: known_at(self.source, d) for d in documents}
        return Seen(max(by_url.values(), default=utc(self.now)), by_url)

    def date(self, documents: Sequence[Document], report: ReadReport) -> None:
        """Say of which edition the listings are, and that it is not the one that the registry asks for."""
        source, edition = self.source, edition_read(self.source, documents)
        if edition == source.published:
            return
        self.stage.write_source(replace(source, published=edition))
        if source.published and source.enabled and self.as_of is None:
            stays = f"that of {edition}" if edition else "an older one"
            waiting = f"the edition of {source.published} could not be fetched as a whole: {stays} stays"
            report.problem = report.problem or waiting

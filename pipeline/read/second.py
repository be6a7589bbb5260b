"""Which pages a second reader is asked about."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime

from pipeline.archive.archive import Archive
from pipeline.extract.reading import Reading
from pipeline.read.documents import page_key, read_document
from pipeline.read.kept_pages import KeptReadings
from pipeline.records import Document
from pipeline.second_reader.agreement import worth_asking
from pipeline.second_reader.client import AskReport, Question, ask_all
from pipeline.second_reader.completion import Completion
from pipeline.second_reader.prompt import request_body, version
from pipeline.second_reader.settings import SecondReaderError, SecondReaderSettings
from pipeline.second_reader.store import AnswerStore
from pipeline.stage.tables import Stage
from sources.registry import Source

Documents = Mapping[str, Sequence[Document]]


def unasked_pages(
    sources: Sequence[Source],
    documents: Documents,
    archive: Archive,
    stage: Stage,
    settings: SecondReaderSettings,
) -> Iterator[tuple[str, Reading]]:
    """Pages that a second opinion could change and that this model and prompt have not answered yet: the hash of each
    content once, and the page as we read it."""
    answered = AnswerStore(archive.store).newest(settings.model)
    done = {sha256 for sha256, named in answered.items() if named.prompt == version()}
    for source in sources:
        if not source.kind.is_site:
            continue
        kept = KeptReadings(stage.folder, source.id)
        for document in documents.get(source.id, ()):
            if document.sha256 is None or document.sha256 in done:
                continue
            done.add(document.sha256)
            reading = _read(source, document, archive, kept)
            if reading is not None and worth_asking(reading):
                yield document.sha256, reading


def _read(source: Source, document: Document, archive: Archive, kept: KeptReadings) -> Reading | None:
    """A page as we read it; None where it cannot be read, which reading it for the stage will tell."""
    try:
        return kept.of(page_key(source, document), lambda: read_document(source, document, archive))
    except Exception:  # whatever it is, one page must not stop the others
        return None


def ask_second_reader(
    sources: Sequence[Source],
    documents: Documents,
    archive: Archive,
    stage: Stage,
    settings: SecondReaderSettings,
    progress: Callable[[], None] = lambda: None,
) -> AskReport:
    """Ask about every page that wants it, within the budget, and archive the answers. Nothing here stops a run."""
    store = AnswerStore(archive.store)

    def took(question: Question, completion: Completion) -> None:
        store.put(question.sha256, version(), completion, datetime.now(UTC))
        progress()

    pages = unasked_pages(sources, documents, archive, stage, settings)
    questions = (Question(sha256, request_body(r.page, settings.model)) for sha256, r in pages)
    try:
        return ask_all(questions, settings, took)
    except SecondReaderError as error:
        return AskReport(settings.model, problem=str(error))

"""Which of a second reader's archived answers are used."""

from __future__ import annotations

from datetime import datetime

from pipeline.archive.archive import Archive
from pipeline.second_reader.settings import SecondReaderSettings
from pipeline.second_reader.store import NO_ANSWERS, Answers, AnswerStore


def second_answers(
    archive: Archive, settings: SecondReaderSettings, as_of: datetime | None = None
) -> Answers:
    """The answers that the archive holds: of the model that is named, else the newest of any. They are evidence as
    pages are, so that a replay uses them without any setting; none where the second reader is off."""
    if settings.is_off:
        return NO_ANSWERS
    newest = AnswerStore(archive.store).newest(settings.model, as_of)
    return Answers({sha256: named.name for sha256, named in newest.items()})

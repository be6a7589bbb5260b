"""`iop read-requests` and `iop read-answers`: a second reader in batches, without a network of ours."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from pipeline.archive.archive import Archive
from pipeline.commands.console import err, out
from pipeline.commands.exit_codes import ExitCode
from pipeline.commands.options import OutOption, ProfileOption, RegistryOption, archive_of, chosen
from pipeline.read.editions import documents_by_source
from pipeline.read.second import unasked_pages
from pipeline.second_reader.batch import HASH_KEPT, NO_MODEL, request_line, returned, write_lines
from pipeline.second_reader.prompt import estimated_tokens
from pipeline.second_reader.store import AnswerStore
from pipeline.stage.tables import Stage


def read_requests(
    to: Annotated[
        Path, typer.Option("--to", help="Where the requests go: JSON lines, in the providers' batch form.")
    ],
    profile: ProfileOption = None,
    registry: RegistryOption = None,
    out_folder: OutOption = None,
) -> None:
    """Write what to ask a second reader about the archived pages: those that it has not answered, within the budget."""
    settings = chosen(profile, registry, out_folder)
    second, sources = settings.second_reader, settings.registry.sources
    lines: list[dict[str, Any]] = []
    tokens = 0
    with Archive(archive_of(settings)) as archive:
        counted = documents_by_source(sources, archive)
        for sha256, reading in unasked_pages(sources, counted, archive, Stage(settings.stage), second):
            line = request_line(reading.page, sha256, second.model)
            tokens += estimated_tokens(line["body"])
            if len(lines) == second.pages or tokens > second.tokens:
                err.print("The budget is used up; the rest is for the next time.")
                break
            lines.append(line)
    number = write_lines(to, lines)
    model = second.model or f"{NO_MODEL} (IOP_SECOND_READER_MODEL names another)"
    out.print(f"{to}: {number:,} requests to {model}", markup=False)


def read_answers(
    file: Annotated[
        Path, typer.Argument(help="JSON lines, as a batch gives them back.", exists=True, dir_okay=False)
    ],
    profile: ProfileOption = None,
    registry: RegistryOption = None,
    out_folder: OutOption = None,
) -> None:
    """Take a second reader's answers into the archive; the next `iop run` or `iop replay` uses them."""
    settings = chosen(profile, registry, out_folder)
    counts: Counter[str] = Counter()
    with Archive(archive_of(settings)) as archive:
        known = {d.sha256[:HASH_KEPT]: d.sha256 for d in archive.documents() if d.sha256}
        store, now = AnswerStore(archive.store), datetime.now(UTC)
        for line in returned(file):
            completion, sha256 = line.completion, known.get(line.content)
            if completion is None or sha256 is None:
                counts["failed" if completion is None else "of no page that the archive holds"] += 1
                continue
            if model := settings.second_reader.model:
                completion = replace(completion, model=model)  # an endpoint may give a longer name
            store.put(sha256, line.prompt, completion, now)
            counts["taken in"] += 1
    out.print(
        f"{file}: " + (", ".join(f"{n:,} {what}" for what, n in counts.items()) or "no answers"), markup=False
    )
    if counts.total() > counts["taken in"]:
        raise typer.Exit(ExitCode.PARTIAL)

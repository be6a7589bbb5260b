"""Where an export goes: written beside its place and renamed, so that nobody meets half of one."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from warehouse.drafts import clear, new_file
from warehouse.exports.errors import ExportError
from warehouse.exports.release_file import OpenRelease

MANIFEST = "export.json"


@contextmanager
def draft_file(to: Path) -> Iterator[Path]:
    """A file to write instead of `to`, which it replaces when all went well."""
    if to.is_dir():
        raise ExportError(f"{to} is a folder: give the name of a file")
    to.parent.mkdir(parents=True, exist_ok=True)
    draft = to.with_name(f".{to.name}.tmp")
    new_file(draft).close()  # so that the writers of formats open a file of ours
    try:
        yield draft
        draft.replace(to)
    finally:
        draft.unlink(missing_ok=True)


@contextmanager
def draft_folder(to: Path, format: str) -> Iterator[Path]:
    """A folder to fill instead of `to`, which it replaces when all went well, if that is an export of the format."""
    if to.is_dir() and any(to.iterdir()) and _format(to) != format:
        raise ExportError(f"{to} holds something else than an export of {format}: give another folder")
    if to.exists() and not to.is_dir():
        raise ExportError(f"{to} is a file: give the name of a folder")
    to.parent.mkdir(parents=True, exist_ok=True)
    draft, old = to.with_name(f".{to.name}.tmp"), to.with_name(f".{to.name}.old")
    for leftover in (draft, old):
        clear(leftover)
    draft.mkdir()
    try:
        yield draft
        if to.exists():
            to.rename(old)
        draft.rename(to)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
        shutil.rmtree(old, ignore_errors=True)


def write_beside(to: Path, suffix: str, text: str) -> None:
    """What goes with the file `to`: another one beside it, `<name>.<suffix>`, complete or not at all."""
    with draft_file(to.with_name(f"{to.name}.{suffix}")) as draft:
        draft.write_text(text, encoding="utf-8", newline="\n")


def write_lines(to: Path, lines: Iterable[str]) -> int:
    """Lines as they come into a file of an export; gives how many."""
    count = 0
    with to.open("w", encoding="utf-8", newline="\n") as file:
        for line in lines:
            file.write(line + "\n")
            count += 1
    return count


def write_manifest(folder: Path, source: OpenRelease, format: str, rows: Mapping[str, int]) -> None:
    """What a folder is an export of, so that it can be told from anything else."""
    facts = {
        "format": format,
        "release": source.release,
        "built_at": source.moment,
        "contract_version": source.contract_version,
        "rows": dict(rows),
    } | ({"only": source.chosen.as_facts()} if source.chosen else {})
    (folder / MANIFEST).write_text(json.dumps(facts, indent=1) + "\n", encoding="utf-8")


def _format(folder: Path) -> str | None:
    try:
        found = json.loads((folder / MANIFEST).read_text(encoding="utf-8")).get("format")
    except (OSError, ValueError, AttributeError):
        return None
    return found if isinstance(found, str) else None

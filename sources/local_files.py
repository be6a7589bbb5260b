"""What is wrong with the local files of a registry: they are there, and are what their kind of source should be."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from sources import keys
from sources.kinds import Kind
from sources.records import BadRecord, SourceFormatError
from sources.registry import Problem, Registry, Source, missing_files

SAVE = "{path} as a file of the kind {kind}, or another path"


def file_problems(registry: Registry) -> Iterator[Problem]:
    """Files that are missing (of sources that are not paused), are not of their kind, or hold no row that can be read.

    Every file of a directory is read to its end; of a site's folder it is seen whether it holds pages.
    """
    yield from missing_files(registry)
    for source in registry.sources:
        if source.path is not None and source.path.exists():
            for file, message in _wrong(source, source.path):
                remedy = _remedy(source, file)
                yield Problem(source.file, f"{source.id}.path", f"{file.name}: {message}", remedy)


def files_of(path: Path, suffixes: tuple[str, ...]) -> list[Path]:
    """The file, or those of a folder and of the folders in it that have one of these suffixes, by name."""
    if not path.is_dir():
        return [path]
    return sorted(file for file in path.rglob("*") if file.suffix.lower() in suffixes)


def _wrong(source: Source, path: Path) -> Iterator[tuple[Path, str]]:
    files = files_of(path, source.kind.suffixes)
    if not files:
        yield path, f"the folder holds no {' or '.join(source.kind.suffixes)} file"
    for file in files:
        if message := _wrong_in(source, file):
            yield file, message


def _wrong_in(source: Source, file: Path) -> str:
    """What is wrong with one file; "" where rows, or a page, can be read in it."""
    try:
        content = file.read_bytes()
    except OSError as error:
        return f"cannot be read: {error.strerror}"
    if not content.strip():
        return "is empty"
    if source.kind.is_site:
        return ""
    good, bad = 0, None
    try:
        for record in source.kind.read(content, **{key: getattr(source, key) for key in source.kind.keys}):
            if isinstance(record, BadRecord):
                bad = bad or record
            else:
                good += 1
    except SourceFormatError as error:
        return str(error)
    if good:
        return ""
    return f"no row can be read; {bad.locator}: {bad.detail}" if bad else "holds no row"


def _remedy(source: Source, file: Path) -> str:
    if "columns" in source.kind.keys:
        return keys.REMEDIES["columns"]
    return SAVE.format(path=file.name, kind=_named(source.kind))


def _named(kind: Kind) -> str:
    return f"{kind.name} ({', '.join(kind.suffixes)})"

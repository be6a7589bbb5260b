"""Hashes by which it is known that what was read may stay: of contents, and of the code that reads them."""

from __future__ import annotations

from functools import cache
from hashlib import blake2b
from inspect import getfile
from pathlib import Path

from sources.kinds import Kind

CODE = (
    "sources/states.csv",
    "sources/well_formed.py",
    "pipeline/normalize",
    "pipeline/vocabulary",
    "pipeline/fields.py",
    "pipeline/records.py",
    "pipeline/values.py",
    "pipeline/read/source.py",
    "pipeline/read/documents.py",
    "pipeline/read/capped.py",
    "pipeline/read/editions.py",
    "pipeline/read/on_stage.py",
    "pipeline/stage/rows.py",
    "pipeline/stage/tables.py",
    "warehouse/contracts/stage",
)
CODE_OF_SITES = ("pipeline/extract", "pipeline/second_reader", "pipeline/html.py", "sources/trim.py")
CODE_OF_DIRECTORIES = (
    "sources/records.py",
    "sources/directory_columns.csv",
    "sources/workbook.py",
    "sources/workbook_child.py",
)  # and the reader of the kind

SUFFIXES = (".py", ".sql", ".toml", ".csv")


def digest(*parts: object) -> str:
    """Of values, in order."""
    return blake2b(repr(parts).encode(errors="backslashreplace"), digest_size=16).hexdigest()


@cache
def code_version(kind: Kind) -> str:
    """Hash of the code and vocabularies that read a kind of source: when it changes, all is read again."""
    own = CODE_OF_SITES if kind.reader is None else (*CODE_OF_DIRECTORIES, getfile(kind.reader))
    return hash_of_code(*CODE, *own)


def hash_of_code(*names: str) -> str:
    """Hash of our own code and its tables: of files, and of folders with all below them, from the root of the project."""
    root = Path(__file__).resolve().parents[2]
    found = blake2b(digest_size=8)
    for path in (root / name for name in names):
        for file in sorted(path.rglob("*")) if path.is_dir() else [path]:
            if file.suffix in SUFFIXES:
                found.update(file.name.encode() + file.read_bytes())
    return found.hexdigest()

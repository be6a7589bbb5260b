"""The files of a folder of geography: which data set each is of, and what it gives. What cannot be used is told."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from hashlib import sha256
from pathlib import Path

from sources.geography.datasets import PACKAGED, Dataset, Datasets
from sources.geography.formats import FORMATS
from sources.geography.given import FormatError, Given, together
from sources.geography.problem import Problem

COMPANIONS = ("-Column-Metadata.csv", "-Table-Notes.txt")  # what data.census.gov puts beside a table


@dataclass(frozen=True)
class Loaded:
    """A data set with what its files give. `sha256`: of its file; of several, of their checksums in order of name."""

    dataset: Dataset
    given: Given
    sha256: str


@dataclass(frozen=True)
class Found:
    """A file that is of a data set."""

    path: Path
    dataset: Dataset
    sha256: str


def packaged_files(datasets: Datasets) -> list[Found]:
    """The files that come with the project."""
    return [Found(path, d, _checksum(path)) for d in datasets.packaged for path in [PACKAGED / d.file]]


def find_files(folder: Path, datasets: Datasets) -> tuple[list[Found], list[Problem]]:
    """Every file of a folder (not of folders in it) with its data set, and what is to be said of the others."""
    found, problems = [], []
    for path in sorted(folder.iterdir()):
        if path.name.startswith(".") or path.name.endswith(COMPANIONS) or not path.is_file():
            continue
        dataset = next((d for d in datasets.loadable if d.names(path.name)), None)
        if dataset is None:
            problems.append(_unknown(path.name, datasets.loadable))
            continue
        checksum = _checksum(path)
        if dataset.sha256 and dataset.sha256 != checksum:
            message = f"is damaged or another edition: its sha256 is {checksum}, not {dataset.sha256}"
            problems.append(Problem(path.name, message, _again(dataset)))
            continue
        found.append(Found(path, dataset, checksum))
    if not found and not problems:
        problems.append(
            Problem(str(folder), "holds no file", "`iop geography list` says which can be loaded")
        )
    return found, problems


def read_files(files: Iterable[Found]) -> tuple[list[Loaded], list[Problem]]:
    """What the files give, by data set, in the order in which these come; a file that cannot be read is a problem."""
    parts: dict[str, list[tuple[Found, Given]]] = {}
    problems = []
    for file in files:
        try:
            given = FORMATS[file.dataset.format](_content(file.path))
            if given.year not in (None, file.dataset.year):
                raise FormatError(f"holds figures of {given.year}, and {file.dataset.year} was expected")
            parts.setdefault(file.dataset.id, []).append((file, given))
        except FormatError as error:
            message = f"cannot be read as {file.dataset.title}: it {error}"
            problems.append(Problem(file.path.name, message, _again(file.dataset)))
    loaded = []
    for several in parts.values():
        checksums = [file.sha256 for file, _ in several]
        whole = checksums[0] if len(several) == 1 else sha256("\n".join(checksums).encode()).hexdigest()
        loaded.append(Loaded(several[0][0].dataset, together(given for _, given in several), whole))
    return loaded, problems


def _content(path: Path) -> bytes:
    """Of an archive the largest file. Raises FormatError."""
    if path.suffix.lower() != ".zip":
        return path.read_bytes()
    try:
        with zipfile.ZipFile(path) as archive:
            largest = max(archive.infolist(), key=lambda member: member.file_size, default=None)
            return archive.read(largest) if largest else b""
    except (zipfile.BadZipFile, zlib.error) as error:
        raise FormatError(f"is no whole ZIP archive ({error})") from None


def _unknown(name: str, datasets: Sequence[Dataset]) -> Problem:
    """A file of another year, or of no data set."""
    for dataset in datasets:
        if (year := dataset.year_of(name)) is not None:
            message = f"is of {year}, and of {dataset.title} {dataset.year} was expected"
            return Problem(name, message, _again(dataset))
    patterns = [d.pattern for d in datasets]
    close = get_close_matches(name, patterns, 1)
    remedy = f"Name it {close[0]} if that is what it is" if close else "`iop geography list` says which are"
    return Problem(name, "is no file that we know by its name", f"{remedy}; else take it out of the folder")


def _again(dataset: Dataset) -> str:
    where = f" from {dataset.url}" if dataset.url else ""
    return f"Get {dataset.pattern}{where}, or take the file out of the folder"


def _checksum(path: Path) -> str:
    return sha256(path.read_bytes()).hexdigest()

"""The registry of geography: which data sets of places and people there are, and how their files are known.

Data in `datasets.toml`: one table a data set, its name the id. Their order is their rank: of two that give the same,
the one that stands higher is taken. A table that is wrong is reported with its key and remedy, and left out.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from fnmatch import translate
from pathlib import Path
from typing import Annotated, Literal

from pydantic import (
    AfterValidator,
    BeforeValidator,
    ConfigDict,
    StrictBool,
    StrictInt,
    StringConstraints,
    TypeAdapter,
    ValidationError,
)

from sources.geography.formats import FORMATS
from sources.geography.problem import Problem

DATASETS = Path(__file__).parent / "datasets.toml"
PACKAGED = Path(__file__).parent / "packaged"
DATASET_ID = re.compile(r"[a-z][a-z0-9_]{0,62}")
YEAR = "{year}"  # where a file's name holds the year
REMEDIES = {
    "title": 'title = "what people call it"',
    "publisher": 'publisher = "who publishes the figures"',
    "vintage": 'vintage = "2020 census" (as the publisher writes it)',
    "year": "year = 2020 (of a span the last)",
    "url": 'url = "https://…" (where it is published)',
    "licence": 'licence = "terms of use"',
    "file": 'file = "Name{year}*.txt" ({year} and * stand for what differs)',
    "format": f'format = "one of {", ".join(FORMATS)}"',
    "gives": 'gives = ["area"] (area, population_point, boundary)',
    "sha256": 'sha256 = "64 hexadecimal digits"; leave it out where it is not known',
    "packaged": "packaged = true for a file below packaged/",
    "fetch": '[[ID.fetch]] file = "name of the file", url = "https://…" (its own address)',
    "checked": 'checked = "file" (read here), or "layout" (written by its published layout)',
    "made_from": '[[ID.made_from]] package = "npm or PyPI name", file = "…", sha256 = "…"',
}


def _known_format(name: str) -> str:
    if name not in FORMATS:
        raise ValueError(f"{name!r} is no format")
    return name


Text = Annotated[str, StringConstraints(min_length=1, strict=True)]
Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
Address = Annotated[str, StringConstraints(pattern=r"^https?://\S+$")]
FormatName = Annotated[str, AfterValidator(_known_format)]
Gives = Literal["area", "population_point", "boundary"]
Listed = BeforeValidator(lambda value: tuple(value) if isinstance(value, list) else value)
_CLOSED = ConfigDict(extra="forbid")


@dataclass(frozen=True, slots=True)
class Origin:
    """A published file that a packaged one was made from."""

    __pydantic_config__ = _CLOSED
    package: Text
    file: Text
    sha256: Sha256


@dataclass(frozen=True, slots=True)
class Download:
    """A file of a data set, and its address."""

    __pydantic_config__ = _CLOSED
    file: Text
    url: Address


@dataclass(frozen=True, slots=True)
class Dataset:
    """One data set. `checked`: whether a file of it was read here, or only small ones in its published layout."""

    __pydantic_config__ = _CLOSED
    id: str
    title: Text
    publisher: Text
    vintage: Text
    year: StrictInt
    licence: Text
    file: Text
    format: FormatName
    gives: Annotated[tuple[Gives, ...], Listed]
    url: Address | None = None
    sha256: Sha256 | None = None
    packaged: StrictBool = False
    fetch: Annotated[tuple[Download, ...], Listed] = ()
    checked: Literal["file", "layout"] = "file"
    made_from: Annotated[tuple[Origin, ...], Listed] = ()

    @property
    def pattern(self) -> str:
        """How its files are named."""
        return self.file.replace(YEAR, str(self.year))

    def names(self, file: str) -> bool:
        """Whether a file of this name is one of it."""
        return re.fullmatch(translate(self.pattern), file, re.IGNORECASE) is not None

    def year_of(self, file: str) -> int | None:
        """The year in the name of a file of this series, whichever it is; None: not of the series."""
        if YEAR not in self.file:
            return None
        before, _, after = translate(self.file.replace(YEAR, "\0")).partition(re.escape("\0"))
        found = re.fullmatch(rf"{before}(?P<year>\d{{4}}){after}", file, re.IGNORECASE)
        return int(found["year"]) if found else None


@dataclass(frozen=True, slots=True)
class Datasets:
    """The data sets that are well declared, highest rank first, and what is wrong with the others."""

    datasets: tuple[Dataset, ...]
    problems: tuple[Problem, ...] = ()

    @property
    def packaged(self) -> tuple[Dataset, ...]:
        return tuple(d for d in self.datasets if d.packaged)

    @property
    def loadable(self) -> tuple[Dataset, ...]:
        return tuple(d for d in self.datasets if not d.packaged)


_TABLE = TypeAdapter(Dataset)


def load_datasets(file: Path = DATASETS) -> Datasets:
    """Read the registry. Raises OSError where the file cannot be read; all else that is wrong is in `problems`."""
    try:
        tables = tomllib.loads(file.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        return Datasets((), (Problem(file.name, f"not valid TOML: {error}", "Write valid TOML"),))
    datasets, problems = [], []
    for dataset_id, table in tables.items():
        if not DATASET_ID.fullmatch(dataset_id) or not isinstance(table, dict):
            remedy = "Write [id] in lower-case letters, digits and _, and its keys below"
            problems.append(Problem(file.name, f"{dataset_id} is no table of a data set", remedy))
            continue
        try:
            datasets.append(_TABLE.validate_python({**table, "id": dataset_id}))
        except ValidationError as error:
            problems += [
                Problem(file.name, f"{dataset_id}.{key}: {found['msg']}", _remedy(key))
                for found in error.errors()
                for key in [".".join(map(str, found["loc"]))]
            ]
    return Datasets(tuple(datasets), tuple(problems))


def _remedy(key: str) -> str:
    known = REMEDIES.get(key.partition(".")[0])
    return f"Write {known}" if known else f"Take it out; the keys are {', '.join(REMEDIES)}"

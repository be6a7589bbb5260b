"""What reviewers decided: `overrides/*.csv`, checked line by line.

| file | columns | meaning |
| --- | --- | --- |
| same.csv | level, left, right, who, when, why | left and right are one organization, location or service |
| different.csv | level, left, right, who, when, why | they are not, whatever the model says |
| takedown.csv | id, who, when, why | the entity or listing is not published |
| not_a_person.csv | id, who, when, why | the listing or entity is called like a person and is none: it is published |
| person.csv | id, who, when, why | the listing or entity is a person in practice alone, whatever it is called: it is not listed |
| correction.csv | id, field, value, who, when, why | the value of a field |

`left`, `right` and `id` are entity ids (`loc_…`) or listing ids (`source:record_key`, with `#service_key` for
a service); `when` is a date (ISO 8601). Matching applies the first two files, the build of a release the others.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    StringConstraints,
    ValidationError,
    model_validator,
)

LEVELS = {"org_": "organization", "loc_": "location", "svc_": "service"}  # by the beginning of their ids
ENTITY = re.compile(r"^(?:org|loc|svc)_[0-9a-f]+(?:_\d+)?$")


class OverrideError(ValueError):
    """One or more lines of the overrides cannot be used; the message has a line for each, with its remedy."""


def _id(text: str) -> str:
    if not ENTITY.match(text) and ":" not in text:
        raise ValueError(f"{text!r} is neither an entity id nor a listing id; see `iop explain`")
    return text


def _level(text: str) -> str:
    if text not in LEVELS.values():
        raise ValueError(f"{text!r}; use one of {', '.join(LEVELS.values())}")
    return text


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError(f"{text!r} is not a date; write YYYY-MM-DD") from None


Text = Annotated[str, StringConstraints(min_length=1)]
Id = Annotated[Text, AfterValidator(_id)]


class Override(BaseModel, frozen=True):
    """One line of a file."""

    kind: str  # the file's name: same, different, takedown …
    place: str  # file and line, for messages
    who: Text
    when: Annotated[date, BeforeValidator(_day)]
    why: Text

    @property
    def ids(self) -> tuple[str, ...]:
        """What it names."""
        return tuple(self.model_dump(include={"left", "right", "id"}).values())

    @property
    def words(self) -> str:
        return f"reviewed as {self.kind} by {self.who} on {self.when}: {self.why}"


class Pair(Override, frozen=True):
    """Two ids that are the same, or different."""

    level: Annotated[str, AfterValidator(_level)]
    left: Id
    right: Id

    @model_validator(mode="after")
    def _fit(self) -> Pair:
        for column, name in (("left", self.left), ("right", self.right)):
            level = LEVELS.get(name[:4])
            if level and level != self.level:
                raise ValueError(f"column {column}: {name} is a {level}; use ids of the level {self.level}")
            if not level and self.level == "service" and "#" not in name:
                raise ValueError(f"column {column}: {name!r} names no service; write listing_id#service_key")
        if self.left == self.right:
            raise ValueError("column right: the same id as left; two different ids are needed")
        return self


class Takedown(Override, frozen=True):
    """What is not to be published."""

    id: Id


class NotAPerson(Override, frozen=True):
    """What is called like a person and is none: it is published under that name."""

    id: Id


class Person(Override, frozen=True):
    """Who is a person in practice alone: they are not listed."""

    id: Id


class Correction(Override, frozen=True):
    """The value of a field of what it names."""

    id: Id
    field: Text
    value: Text


FILES: dict[str, type[Override]] = {
    "same": Pair,
    "different": Pair,
    "takedown": Takedown,
    "not_a_person": NotAPerson,
    "person": Person,
    "correction": Correction,
}
OPPOSITE = {"same": "different", "not_a_person": "person"}
T = TypeVar("T", bound=Override)


@dataclass(frozen=True, slots=True)
class Overrides:
    """All reviewed decisions, in the order of the files."""

    rows: tuple[Override, ...] = ()

    def of(self, form: type[T]) -> list[T]:
        return [row for row in self.rows if isinstance(row, form)]


def load_overrides(folder: Path | str) -> Overrides:
    """Read the CSV files of all kinds (`FILES`) of a folder; a missing file is an empty one.

    Raises OverrideError naming file, line, column and remedy of everything that is wrong.
    """
    lines = [line for kind in FILES for line in _read(Path(folder) / f"{kind}.csv", kind)]
    read = Overrides(tuple(line for line in lines if isinstance(line, Override)))
    problems = [line for line in lines if isinstance(line, str)] + [*_contradictions(read.rows)]
    if problems:
        raise OverrideError("\n".join(problems))
    return read


def append_override(folder: Path | str, kind: str, row: Mapping[str, str]) -> None:
    """Add one decision to its file (written with a header where there is none). Raises OverrideError if it is bad."""
    columns = _columns(kind)
    cells = {column: row.get(column, "").strip() for column in columns}
    if problems := [line for line in _checked(kind, "", cells) if isinstance(line, str)]:
        raise OverrideError("\n".join(problems))
    path = Path(folder) / f"{kind}.csv"
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = not path.exists() or not path.stat().st_size
    with path.open("a", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, columns, lineterminator="\n")
        if fresh:
            writer.writeheader()
        writer.writerow(cells)


def _columns(kind: str) -> list[str]:
    own = [name for name in FILES[kind].model_fields if name not in Override.model_fields]
    return [*own, "who", "when", "why"]


def _read(path: Path, kind: str) -> Iterator[Override | str]:
    """The lines of a file; of one that cannot be used, what is wrong with it."""
    if not path.exists():
        return
    columns = _columns(kind)
    with path.open(newline="", encoding="utf-8-sig") as file:
        reader = csv.DictReader(file)
        for column in columns:
            if column not in (reader.fieldnames or ()):
                yield f"{path.name}: line 1: column {column} is missing; the header is {','.join(columns)}"
                return
        for record in reader:
            place = f"{path.name}: line {reader.line_num}"
            if record.get(None):
                yield f"{place}: too many columns; quote a text that holds a comma"
            else:
                yield from _checked(kind, place, {name: (record[name] or "").strip() for name in columns})


def _checked(kind: str, place: str, cells: Mapping[str, str]) -> Iterator[Override | str]:
    """The override, or all that is wrong with it."""
    try:
        yield FILES[kind].model_validate({**cells, "kind": kind, "place": place})
    except ValidationError as error:
        for found in error.errors():
            column, reason = ".".join(map(str, found["loc"])), str(found.get("ctx", {}).get("error", ""))
            if column:
                empty = f"column {column} is empty; every override says {column}"
                reason = f"column {column}: {reason}" if found["input"] else empty
            yield f"{place}: {reason}" if place else reason


def _contradictions(rows: Sequence[Override]) -> Iterator[str]:
    """Lines that cannot both be so; two listings can be of one organization and of two locations."""

    def about(row: Override) -> tuple[str, frozenset[str]]:
        return row.level if isinstance(row, Pair) else "", frozenset(row.ids)

    said = {(row.kind, about(row)): row for row in rows}
    for row in rows:
        if other := said.get((OPPOSITE.get(row.kind, ""), about(row))):
            yield f"{row.place}: {other.place} says the opposite; delete one of the two lines"

"""What reviewers decided: `warehouse/overrides/*.csv`, checked line by line, turned into pairs, reported when obsolete.

| file | columns | meaning |
| --- | --- | --- |
| same.csv | level, left, right, who, when, why | left and right are one organization, location or service |
| different.csv | level, left, right, who, when, why | they are not, whatever the model says |
| takedown.csv | id, who, when, why | the entity or listing is not published (applied by the warehouse) |
| correction.csv | id, field, value, who, when, why | the value of a field (applied by the warehouse) |

`left`, `right` and `id` are entity ids (`loc_…`) or listing ids (`source:record_key`, with `#service_key` for
a service); `when` is a date (ISO 8601).
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from pipeline.match.verdicts import Verdicts

LEVELS = ("organization", "location", "service")
COLUMNS = {
    "same": ("level", "left", "right", "who", "when", "why"),
    "different": ("level", "left", "right", "who", "when", "why"),
    "takedown": ("id", "who", "when", "why"),
    "correction": ("id", "field", "value", "who", "when", "why"),
}
_PREFIX = {"org_": "organization", "loc_": "location", "svc_": "service"}
_ENTITY = re.compile(r"^(?:org|loc|svc)_[0-9a-f]+(?:_\d+)?$")


@dataclass(frozen=True, slots=True)
class Override:
    """One line of an overrides file."""

    kind: str  # same, different, takedown, correction
    place: str  # file and line, for messages
    who: str
    when: date
    why: str
    level: str = ""
    left: str = ""  # also the id of a takedown or correction
    right: str = ""
    field: str = ""
    value: str = ""

    @property
    def words(self) -> str:
        return f"reviewed as {self.kind} by {self.who} on {self.when}: {self.why}"


@dataclass(frozen=True, slots=True)
class Overrides:
    """All reviewed decisions, in the order of the files."""

    rows: tuple[Override, ...] = ()

    def of(self, *kinds: str) -> list[Override]:
        return [row for row in self.rows if row.kind in kinds]


class OverrideError(ValueError):
    """One or more lines of the overrides cannot be used; the message has a line for each, with its remedy."""


def load_overrides(folder: Path | str) -> Overrides:
    """Read same, different, takedown and correction CSV files of a folder; a missing file is an empty one.

    Raises OverrideError naming file, line, column and remedy of everything that is wrong.
    """
    rows: list[Override] = []
    problems: list[str] = []
    for kind, columns in COLUMNS.items():
        path = Path(folder) / f"{kind}.csv"
        if path.exists():
            _read(path, kind, columns, rows, problems)
    told = {row.kind + row.level + "|".join(sorted((row.left, row.right))): row for row in rows}
    for row in rows:
        other = told.get("different" + row.level + "|".join(sorted((row.left, row.right))))
        if row.kind == "same" and other:
            problems.append(f"{row.place}: {other.place} says the opposite; delete one of the two lines")
    if problems:
        raise OverrideError("\n".join(problems))
    return Overrides(tuple(rows))


def _read(path: Path, kind: str, columns: tuple[str, ...], rows: list[Override], problems: list[str]) -> None:
    with path.open(newline="", encoding="utf-8-sig") as file:
        reader = csv.DictReader(file)
        missing = [column for column in columns if column not in (reader.fieldnames or ())]
        if missing:
            problems.append(
                f"{path.name}: line 1: column {missing[0]} is missing; the header is {','.join(columns)}"
            )
            return
        for record in reader:
            place = f"{path.name}: line {reader.line_num}"
            row = {name: (record.get(name) or "").strip() for name in columns}
            found = list(_problems(kind, row))
            if record.get(None):
                found.append("too many columns; quote a text that holds a comma")
            problems += [f"{place}: {problem}" for problem in found]
            if not found:
                rows.append(_override(kind, place, row))


def _problems(kind: str, row: Mapping[str, str]) -> Iterable[str]:
    for column, value in row.items():
        if not value:
            yield f"column {column} is empty; every override says {column}"
    try:
        date.fromisoformat(row["when"])
    except ValueError:
        yield f"column when: {row['when']!r} is not a date; write YYYY-MM-DD"
    for column in ("left", "right", "id"):
        value = row.get(column, "")
        if value and not _ENTITY.match(value) and ":" not in value:
            yield f"column {column}: {value!r} is neither an entity id nor a listing id; see `iop explain`"
    if kind in ("same", "different"):
        if row["level"] not in LEVELS:
            yield f"column level: {row['level']!r}; use one of {', '.join(LEVELS)}"
        for column in ("left", "right"):
            level = _PREFIX.get(row[column][:4])
            if level and level != row["level"]:
                yield f"column {column}: {row[column]} is a {level}; use ids of the level {row['level']}"
            if not level and row["level"] == "service" and row[column] and "#" not in row[column]:
                yield f"column {column}: {row[column]!r} names no service; write listing_id#service_key"
        if row["left"] and row["left"] == row["right"]:
            yield "column right: the same id as left; two different ids are needed"


def _override(kind: str, place: str, row: Mapping[str, str]) -> Override:
    return Override(
        kind=kind,
        place=place,
        who=row["who"],
        when=date.fromisoformat(row["when"]),
        why=row["why"],
        level=row.get("level", ""),
        left=row.get("left") or row.get("id", ""),
        right=row.get("right", ""),
        field=row.get("field", ""),
        value=row.get("value", ""),
    )


def tell(overrides: Overrides, members: Mapping[str, Iterable[str]], present: Iterable[str]) -> Verdicts:
    """Decisions as pairs of records that are there. `members` are the records of entity ids (from the ledger).

    One pair is enough to say *same*; *different* is said of every pair, and of a location too where two operators
    are different, since a location has one.
    """
    here = set(present)
    told = Verdicts()
    for row in overrides.of("same", "different"):
        left = [m for m in members.get(row.left, (row.left,)) if m in here]
        right = [m for m in members.get(row.right, (row.right,)) if m in here]
        if row.kind == "same":
            told.same.update(
                {(row.level, a, b): row.words for a, b in zip(left[:1], right[:1], strict=False)}
            )
            continue
        levels = ("organization", "location") if row.level == "organization" else (row.level,)
        told.different.update({(level, a, b): row.words for level in levels for a in left for b in right})
    return told


def obsolete(
    overrides: Overrides,
    members: Mapping[str, Iterable[str]],
    present: Iterable[str],
    redirected: Mapping[str, str],
) -> list[str]:
    """Overrides that no longer do anything, with the reason: something they name is gone, or was merged."""
    here = set(present)
    out = []
    for row in overrides.rows:
        for name in filter(None, (row.left, row.right)):
            if name in redirected:
                out.append(
                    f"{row.place}: {name} is now {redirected[name]}; write that id, or delete the line"
                )
            elif not any(m in here for m in members.get(name, (name,))):
                out.append(
                    f"{row.place}: {name} is not in the present sources; delete the line if it stays so"
                )
    return out


def append_override(folder: Path | str, kind: str, row: Mapping[str, str]) -> None:
    """Add one decision to its file (written with a header where there is none). Raises OverrideError if it is bad."""
    columns = COLUMNS[kind]
    cells = {column: row.get(column, "").strip() for column in columns}
    problems = list(_problems(kind, cells))
    if problems:
        raise OverrideError("\n".join(problems))
    path = Path(folder) / f"{kind}.csv"
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = not path.exists() or not path.stat().st_size
    with path.open("a", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, columns, lineterminator="\n")
        if fresh:
            writer.writeheader()
        writer.writerow(cells)

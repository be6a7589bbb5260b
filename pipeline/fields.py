"""What is observed, one row a field: `pipeline/vocabulary/fields.csv`, which the warehouse reads as a table too.

Everything that treats some fields otherwise than others asks for a trait here; no other list of fields exists.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from pipeline.vocabulary.tables import cells, rows


class Trait(StrEnum):
    """How a field is treated. The warehouse's own (`wording`, `name`, `one_source`) are explained in docs/claims.md."""

    PROGRAM = "program"  # describes a program: what is said of it needs a level of care
    LEVEL_BOUND = "level_bound"  # holds for the level that the words are tied to, and for no other
    NUMBER = "number"  # of hours, days, weeks: those of other levels in passing say nothing
    TELLS_TRACKS = "tells_tracks"  # two tracks are told apart by it
    ALIKE_IN_TRACKS = "alike_in_tracks"  # as a rule the same in all tracks of a level
    ADDS_UP = "adds_up"  # what is said of all tracks holds beside what is said of one
    FOR_WHOM = "for_whom"  # says for whom a program is
    IN_SENTENCE = "in_sentence"  # an office or level that its sentence names is meant
    OF_VIRTUAL = "of_virtual"  # said of whatever is attended virtually, and of nothing else
    INHERITED = "inherited"  # said by a listing of all that it lists, it holds for its services
    TERM = "term"  # read by the words of a vocabulary
    OFTEN_OF_OTHERS = "often_of_others"  # pages that are no listing mostly say it of somebody else
    MATCHED = "matched"  # matching of services compares it
    WORDING = "wording"
    NAME = "name"
    ONE_SOURCE = "one_source"
    LABELLED = "labelled"  # gold labels name it
    SECOND_READ = "second_read"  # a second reader is asked for it


@dataclass(frozen=True, slots=True)
class Field:
    """One row. `value` says how values are written: text, boolean, range, session, address, phone, or `code:` and the
    name of a vocabulary; `words` names the table of the words that mean it on a page; `plural` names a list of them; `scope` is what it is usually said of (place, service)."""

    name: str
    scope: str
    is_many: bool
    value: str
    words: str
    plural: str
    traits: frozenset[Trait]

    @property
    def vocabulary(self) -> str | None:
        return self.value.partition(":")[2] or None


@cache
def fields() -> Mapping[str, Field]:
    """All fields by name, in the order in which they are shown."""
    return {row["field"]: _field(row) for row in rows("fields.csv")}


def _field(row: Mapping[str, str]) -> Field:
    traits = frozenset(map(Trait, cells(row["traits"])))
    many = row["cardinality"] == "many"
    return Field(row["field"], row["scope"], many, row["value"], row["words"], row["plural"], traits)


@cache
def with_traits(*traits: Trait) -> frozenset[str]:
    """The fields that have all of these traits."""
    return frozenset(name for name, field in fields().items() if field.traits.issuperset(traits))


@cache
def of_scope(scope: str) -> frozenset[str]:
    """The fields that are usually said of a place, or of a service."""
    return frozenset(name for name, field in fields().items() if field.scope == scope)


@cache
def written_as(value: str, *traits: Trait) -> tuple[str, ...]:
    """The fields whose values are written in one way ("boolean", "range", "code"), in order."""
    return tuple(
        name
        for name, field in fields().items()
        if field.value.partition(":")[0] == value and field.traits.issuperset(traits)
    )

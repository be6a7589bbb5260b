"""What a JSON value looks like, of which JSON Schema and TypeScript are written. Columns give theirs."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace

from warehouse.contracts import Column
from warehouse.types import Type

Codes = str | tuple[str, ...] | None  # name of a vocabulary, or the codes
SCALARS = {
    "text": "text",
    "integer": "integer",
    "bigint": "integer",
    "double": "number",
    "boolean": "boolean",
    "date": "date",
    "timestamp": "moment",
}


@dataclass(frozen=True, slots=True)
class Shape:
    """`kind`: text · number · integer · boolean · date · moment (ISO 8601) · list (of `item`) · object (of `fields`)."""

    kind: str
    meaning: str = ""
    nullable: bool = False
    optional: bool = False  # an object may lack it
    codes: Codes = None
    item: Shape | None = None
    fields: Mapping[str, Shape] = field(default_factory=dict)
    name: str = ""  # an object that stands by itself
    from_directory: bool = False  # `{old, new}` of each field of the object of that name


def of_column(column: Column, *, coded: bool = False) -> Shape:
    """A column's values; `coded`: a code with its words, `{code, label}`."""
    meaning = column.meaning + (f". Null: {column.null}" if column.null else "")
    shape = _of_type(column.type, column.enum)
    if coded and column.label_vocabulary:
        shape = _with_words(shape)
    return replace(shape, meaning=meaning, nullable=not column.required)


def coded(codes: Codes, meaning: str = "") -> Shape:
    """A code with its words."""
    return replace(_with_words(Shape("text", codes=codes)), meaning=meaning)


def before_and_after(row: Shape, without: Collection[str]) -> Shape:
    """An object that has `{old, new}` for those fields of another that say otherwise. They may hold codes that are no more."""
    fields = {
        name: Shape("object", optional=True, fields=dict.fromkeys(("old", "new"), _of_the_past(field)))
        for name, field in row.fields.items()
        if name not in without
    }
    return Shape("object", fields=fields, name=row.name, from_directory=True)


def _of_the_past(shape: Shape) -> Shape:
    item = replace(shape.item, codes=None) if shape.item else None
    return replace(shape, nullable=True, codes=None, meaning="", item=item)


def _with_words(shape: Shape) -> Shape:
    if shape.kind == "list" and shape.item:
        return replace(shape, item=_with_words(shape.item))
    words = Shape("text", "The code in words, in the language that was asked for")
    return Shape("object", fields={"code": replace(shape, meaning="Code"), "label": words})


def _of_type(type: Type, codes: Codes) -> Shape:
    if type.kind == "list":
        return Shape("list", item=_of_type(type.item, codes))
    if type.kind == "struct":  # what is in one may be missing
        return Shape(
            "object", fields={name: replace(_of_type(t, None), nullable=True) for name, t in type.fields}
        )
    return Shape(SCALARS[type.kind], codes=codes)

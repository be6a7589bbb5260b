"""JSON of a release as TypeScript: an interface for each kind of object, with its meanings as comments, and the codes of each vocabulary as a type."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence

from warehouse.entity_json.json_schema import Vocabularies
from warehouse.entity_json.shapes import Codes, Shape

SCALARS = {
    "text": "string",
    "integer": "number",
    "number": "number",
    "boolean": "boolean",
    "date": "Day",
    "moment": "Moment",
}
HEAD = """// Contract version {version}. Null is *not stated*, never *no*.

/** A date, ISO 8601: 2026-03-01. */
export type Day = string;
/** A moment in UTC, ISO 8601: 2026-03-01T12:00:00Z. */
export type Moment = string;
"""


def typescript(shapes: Iterable[Shape], version: str, vocabularies: Vocabularies) -> str:
    """One module with all of them."""
    used: set[str] = set()
    bodies = [_interface(shape, used) for shape in shapes]
    types = [f"export type {_name(name)} =\n{_union(vocabularies[name])};\n" for name in sorted(used)]
    return "\n".join([HEAD.format(version=version), *types, *bodies])


def _interface(shape: Shape, used: set[str]) -> str:
    return f"{_comment(shape.meaning, '')}export interface {shape.name} {_type(shape, '', used)}\n"


def _type(shape: Shape, indent: str, used: set[str]) -> str:
    if shape.kind == "list" and shape.item:
        return f"ReadonlyArray<{_type(shape.item, indent, used) + _null(shape.item)}>"
    if shape.kind == "object" and shape.from_directory:
        row = shape.name
        return f"{{ [K in keyof {row}]?: {{ old: {row}[K] | null; new: {row}[K] | null }} }}"
    if shape.kind == "object":
        inner = indent + "  "
        lines = (
            f"{_comment(field.meaning, inner)}{inner}{name}{'?' if field.optional else ''}: "
            f"{_type(field, inner, used)}{_null(field)};\n"
            for name, field in shape.fields.items()
        )
        return "{\n" + "".join(lines) + indent + "}"
    return _codes(shape.codes, used) if shape.codes else SCALARS[shape.kind]


def _null(shape: Shape) -> str:
    return " | null" if shape.nullable else ""


def _codes(codes: Codes, used: set[str]) -> str:
    if isinstance(codes, str):
        used.add(codes)
        return _name(codes)
    return " | ".join(json.dumps(code) for code in codes or ())


def _name(vocabulary: str) -> str:
    """`levels_of_care` → `LevelsOfCare`."""
    return "".join(word.capitalize() for word in vocabulary.split("_"))


def _union(codes: Sequence[str]) -> str:
    return "\n".join(f"  | {json.dumps(code)}" for code in codes)


def _comment(meaning: str, indent: str) -> str:
    return f"{indent}/** {meaning.replace('*/', '* /')} */\n" if meaning else ""

"""What there is as JSON: a row of the directory, a program, a line of the feed of changes. `program.toml` lays the second one out."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from warehouse.contracts import Column, release_tables
from warehouse.entity_json.shapes import Shape, before_and_after, coded, of_column
from warehouse.policy import WEEKDAYS

FILE = Path(__file__).parent / "program.toml"
TEXT, MOMENT, NUMBER = Shape("text"), Shape("moment"), Shape("integer")
RENAMED = {"title": "source_title", "published": "source_edition"}  # of `source`, as the directory calls them


@cache
def layout() -> Mapping[str, Any]:
    """`program.toml`."""
    return tomllib.loads(FILE.read_text(encoding="utf-8"))


def joined(part: str) -> Iterator[tuple[str, Column, str]]:
    """(table, column, name in the JSON) of a part that is made of other tables: `sessions`, `evidence`."""
    tables = release_tables()
    for table, columns in layout()[part].items():
        for name in columns:
            yield table, tables[table].column(name), RENAMED.get(name, name)


def directory_row() -> Shape:
    """A row of `directory` as JSON."""
    directory = release_tables()["directory"]
    return Shape(
        "object",
        directory.meaning,
        fields={c.name: of_column(c) for c in directory.columns},
        name="DirectoryRow",
    )


def program() -> Shape:
    """What `entity_json` gives."""
    directory = release_tables()["directory"]
    parts = {
        part: Shape("object", fields={name: of_column(directory.column(name), coded=True) for name in names})
        for part, names in layout()["parts"].items()
    }
    for part in layout()["many"]:
        parts[part] = Shape("list", "One entry for each place; none: a virtual program", item=parts[part])
    made = {
        part: Shape("list", item=Shape("object", fields={n: _joined(t, c) for t, c, n in joined(part)}))
        for part in ("sessions", "evidence")
    }
    answer = {"answer": coded(("not_stated", "not_asked", "not_ticked"), "What is known of it instead")}
    asked = coded(tuple(layout()["asked"]))
    fields = {
        "service_id": of_column(directory.column("service_id")),
        "redirected_from": Shape("list", "Older ids that this one stands for now", item=TEXT),
        "release": replace(NUMBER, meaning="Number of the release"),
        "built_at": replace(MOMENT, meaning="When it was built: the date of all that is said here"),
        "contract_version": replace(TEXT, meaning="major.minor of the tables"),
        "language": replace(TEXT, meaning="Language of the labels"),
        **parts,
        "freshness": of_column(directory.column("freshness"), coded=True),
        "alert": replace(
            of_column(directory.column("alert")), meaning="What to tell the user, in the language"
        ),
        "not_stated": Shape(
            "list", "What people ask and nobody says", item=replace(asked, fields={**asked.fields, **answer})
        ),
        **made,
    }
    return Shape("object", "A program with all that is known of it", fields=fields, name="Program")


def _joined(table: str, column: Column) -> Shape:
    shape = of_column(column, coded=True)
    if column.name == "days":
        return replace(shape, item=coded(WEEKDAYS))
    # a correction by people has no source in the registry
    return replace(shape, nullable=shape.nullable or table == "source")


def change() -> Shape:
    """A line of `iop export changes`."""
    changes, bridge, directory = (release_tables()[t] for t in ("changes", "id_bridge", "directory"))
    place = {
        "location_id": of_column(directory.column("location_id")),
        "kind": Shape("text", "What became of the row", codes=("appeared", "disappeared", "changed")),
        "fields": replace(
            before_and_after(directory_row(), without=directory.key),
            optional=True,
            meaning="Columns that say otherwise",
        ),
    }
    ends = tuple(str(code) for code in bridge.column("why").enum or () if code != "split")
    fields = {
        "release": of_column(changes.column("release")),
        "built_at": of_column(changes.column("changed_at")),
        "kind": Shape("text", "What happened to it", codes=("appeared", "changed", "disappeared", *ends)),
        "entity_type": of_column(changes.column("entity_type")),
        "id": of_column(changes.column("entity_id")),
        "name": of_column(changes.column("name")),
        "operator": of_column(directory.column("organization_name")),
        "states": Shape("list", changes.column("states").meaning, item=TEXT),
        "new_id": Shape("text", bridge.column("new_id").meaning, optional=True),
        "split_from": Shape("text", "Program that its records were part of before", optional=True),
        "places": Shape("list", "Rows of the directory", optional=True, item=Shape("object", fields=place)),
    }
    return Shape("object", "One entity at one release", fields=fields, name="Change")

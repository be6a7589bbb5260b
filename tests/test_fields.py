"""What a field is stands in `fields.csv` alone, and what words are bound to is typed: nobody reads it out of strings."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.fields import Trait, fields, of_scope, with_traits, written_as
from pipeline.records import Observation
from pipeline.values import Address, Range, Session, written
from pipeline.vocabulary.tables import rows

PACKAGES = ("pipeline", "warehouse")
READERS = ("pipeline/extract/facts/", "pipeline/extract/schedule/")
FEW = 2  # names of fields that may stand together: a choice between two is no list


def modules(root: Path) -> Iterator[tuple[str, ast.Module]]:
    for package in PACKAGES:
        for file in (root / package).rglob("*.py"):
            yield str(file.relative_to(root)), ast.parse(file.read_text(encoding="utf-8"))


def test_nobody_asks_the_method(root: Path) -> None:
    """`method` is for people: `Observation.basis` alone reads it, for the stage and for reports."""
    asking = {
        name
        for name, tree in modules(root)
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and node.attr == "method" and isinstance(node.ctx, ast.Load)
    }
    assert asking == {"pipeline/records.py"}


def test_no_list_of_fields_stands_in_code(root: Path) -> None:
    """A module that reads facts names those that it reads; whoever treats fields alike asks for a trait."""
    known = set(fields())
    found = {}
    for name, tree in modules(root):
        if name.startswith(READERS):
            continue
        for node in ast.walk(tree):
            parts = getattr(node, "elts", None) or getattr(node, "keys", None) or [node]
            texts = [p.value for p in parts if isinstance(p, ast.Constant) and isinstance(p.value, str)]
            words = texts[0].split() if len(texts) == 1 else texts
            named = {word for word in words if word in known}
            if len(named) > FEW and len(named) == len(set(words)):
                found[f"{name}:{node.lineno}"] = sorted(named)
    assert not found


def test_every_row_is_well_formed() -> None:
    assert [row["field"] for row in rows("fields.csv")] == list(fields()) and len(fields()) > 20
    for row in rows("fields.csv"):
        assert row["scope"] in ("place", "service") and row["cardinality"] in ("one", "many"), row["field"]
        assert row["verify_days"].isdigit() and row["meaning"], row["field"]
        assert bool(row["plural"]) == (row["value"].startswith("code:") and row["cardinality"] == "many")


def test_traits_agree_with_each_other() -> None:
    """What belongs to a program is said of services; numbers, states and tracks are facts of a program."""
    program = with_traits(Trait.PROGRAM)
    assert program < of_scope("service") and with_traits(Trait.TERM) < program
    for trait in (Trait.LEVEL_BOUND, Trait.NUMBER, Trait.TELLS_TRACKS, Trait.FOR_WHOM):
        assert with_traits(trait) < program
    assert set(written_as("boolean")) < with_traits(Trait.LEVEL_BOUND)
    assert all(trait for trait in Trait if with_traits(trait))


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("anxiety", "anxiety"),
        (True, "true"),
        (False, "false"),
        (Range(3.0, 5.0), "[3, 5]"),
        (Range(2.5, None), "[2.5, null]"),
        (
            Session(("mo", "we"), "09:00", "12:00"),
            '{"days": ["mo", "we"], "start": "09:00", "end": "12:00"}',
        ),
        (Session(None, "18:00", None), '{"days": null, "start": "18:00", "end": null}'),
        (
            Address("1 Peñón St", "Lynn", "MA", None),
            '{"street": "1 Peñón St", "city": "Lynn", "state": "MA", "zip": null}',
        ),
    ],
)
def test_values_are_written_as_the_tables_hold_them(value, text: str) -> None:
    assert written(value) == text == Observation("field", value, "", 0, 0).written

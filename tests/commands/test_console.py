"""What a terminal is given: no character that acts unseen, and nobody's words as markup."""

from __future__ import annotations

import ast
import io
import logging
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import pipeline
from pipeline.commands.console import SafeConsole, shown
from pipeline.logs import written

ROOT = Path(pipeline.__file__).parent.parent
COMMANDS = sorted((ROOT / "pipeline" / "commands").glob("*.py"))
SHOWS = sorted(
    path
    for package in ("pipeline", "warehouse")
    for path in (ROOT / package).rglob("*.py")
    if re.search(r"^ *from rich|console import", path.read_text(encoding="utf-8"), re.M)
)
SAFE_CALLS = {"shown", "escape", "counted", "decimal", "len", "str"}  # of what is ours, or a number
MARKUP = {"print", "add_row", "add_column"}  # methods whose texts are markup
TITLED = {"Table", "Panel"}  # and what has a title, a caption and headings that are


def unescaped(tree: ast.AST) -> list[str]:
    """Values put into markup as they are: in f-strings given to `print` of a console, or to a table; and attributes or
    entries of something, where they are a cell or a heading as they stand."""
    found = []
    for call in ast.walk(tree):
        if not isinstance(call, ast.Call) or not _is_markup(call):
            continue
        arguments = [*call.args, *(k.value for k in call.keywords if k.arg in ("title", "caption"))]
        parts = (part for argument in arguments for part in _within(argument))
        found += [
            ast.unparse(p.value) for p in parts if isinstance(p, ast.FormattedValue) and not _is_safe(p)
        ]
        if ast.unparse(call.func).rpartition(".")[2] != "print":
            found += [
                ast.unparse(cell) for cell in arguments if isinstance(cell, ast.Attribute | ast.Subscript)
            ]
    return found


def _within(argument: ast.AST) -> Iterator[ast.AST]:
    """All parts of an argument but what is given to a call that makes it safe."""
    if isinstance(argument, ast.Call) and ast.unparse(argument.func) in {*SAFE_CALLS, "Text"}:
        return
    yield argument
    for child in ast.iter_child_nodes(argument):
        yield from _within(child)


def _is_markup(call: ast.Call) -> bool:
    plain = any(
        k.arg == "markup" and isinstance(k.value, ast.Constant) and k.value.value is False
        for k in call.keywords
    )
    method = isinstance(call.func, ast.Attribute) and call.func.attr in MARKUP
    titled = isinstance(call.func, ast.Name) and call.func.id in TITLED
    return (method or titled) and not plain


def _is_safe(part: ast.FormattedValue) -> bool:
    value = part.value
    if part.format_spec is not None:  # numbers and dates
        return True
    root = value.value if isinstance(value, ast.Subscript) else value
    if isinstance(root, ast.Name) and root.id.isupper():  # constants are ours
        return True
    return isinstance(value, ast.Call) and isinstance(value.func, ast.Name) and value.func.id in SAFE_CALLS


@pytest.mark.parametrize("source", SHOWS, ids=lambda path: path.stem)
def test_words_of_others_are_escaped(source: Path) -> None:
    assert unescaped(ast.parse(source.read_text(encoding="utf-8"))) == []


@pytest.mark.parametrize("source", COMMANDS, ids=lambda path: path.stem)
def test_commands_have_one_way_to_escape(source: Path) -> None:
    assert source.stem == "console" or "rich.markup" not in source.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ("out.print(f'{name}')", ["name"]),
        ("out.print(f'{name}', markup=False)", []),
        ("out.print(shown(f'{name}'))", []),
        ("table.add_row(row.name)", ["row.name"]),
        ("table.add_row(row['name'], shown(row.name), Text(row.name))", ["row['name']"]),
        ("table.add_row(f'[dim]{row.name}[/]', f'{row.rows:,}')", ["row.name"]),
        ("Table('a', title=f'{name}', caption=pair.why)", ["name", "pair.why"]),
    ],
)
def test_what_the_test_of_escaping_sees(code: str, found: list[str]) -> None:
    assert unescaped(ast.parse(code)) == found


def test_log_lines_hold_nothing_that_acts(capsys: pytest.CaptureFixture[str]) -> None:
    with written("INFO", "text"):
        logging.getLogger("pipeline.test").info("elm: %s", "a\x1b]0;PWNED\x07 \u202eb\tc")
    assert capsys.readouterr().err.endswith(" INFO elm: a]0;PWNED b\tc\n")


def test_nothing_acts_on_a_terminal() -> None:
    console = SafeConsole(file=io.StringIO(), force_terminal=False, width=80)
    console.print(f"{shown('[red]x[/red] [/bold]')} \x1b]0;PWNED\x07 \x9b31m \u202eabc\u2066")
    assert console.file.getvalue() == "[red]x[/red] [/bold] ]0;PWNED 31m abc\n"  # type: ignore[attr-defined]

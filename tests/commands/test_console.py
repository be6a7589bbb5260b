"""What a terminal is given: no character that acts unseen, and nobody's words as markup."""

from __future__ import annotations

import ast
import io
from pathlib import Path

import pytest

import pipeline
from pipeline.commands.console import SafeConsole, shown

SOURCES = sorted((Path(pipeline.__file__).parent / "commands").glob("*.py"))
SAFE_CALLS = {"shown", "counted", "decimal", "len", "str"}  # of what is ours, or a number


def unescaped(tree: ast.AST) -> list[str]:
    """Values put into markup as they are: in f-strings given to `print` of a console, or with a style of their own."""
    found = []
    for call in ast.walk(tree):
        if not (
            isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr == "print"
        ):
            continue
        if any(
            k.arg == "markup" and isinstance(k.value, ast.Constant) and k.value.value is False
            for k in call.keywords
        ):
            continue
        parts = (part for argument in call.args for part in ast.walk(argument))
        found += [
            ast.unparse(p.value) for p in parts if isinstance(p, ast.FormattedValue) and not _is_safe(p)
        ]
    return found


def _is_safe(part: ast.FormattedValue) -> bool:
    value = part.value
    if part.format_spec is not None:  # numbers and dates
        return True
    root = value.value if isinstance(value, ast.Subscript) else value
    if isinstance(root, ast.Name) and root.id.isupper():  # constants are ours
        return True
    return isinstance(value, ast.Call) and isinstance(value.func, ast.Name) and value.func.id in SAFE_CALLS


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.stem)
def test_words_of_others_are_escaped(source: Path) -> None:
    assert unescaped(ast.parse(source.read_text(encoding="utf-8"))) == []
    if source.stem != "console":
        assert "rich.markup" not in source.read_text(encoding="utf-8")  # one way to escape: `shown`


def test_nothing_acts_on_a_terminal() -> None:
    console = SafeConsole(file=io.StringIO(), force_terminal=False, width=80)
    console.print(f"{shown('[red]x[/red] [/bold]')} \x1b]0;PWNED\x07 \x9b31m \u202eabc\u2066")
    assert console.file.getvalue() == "[red]x[/red] [/bold] ]0;PWNED 31m abc\n"  # type: ignore[attr-defined]

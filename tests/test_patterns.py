"""No regular expression that reads what others wrote backtracks without end: regexploit looks at each (CPU time is `test_growth.py`'s)."""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Iterator

import pytest
from regexploit.ast.sre import SreOpParser
from regexploit.redos import find

# Packages that read what others wrote.
PACKAGES = ("sources", "pipeline.extract", "pipeline.fetch", "pipeline.normalize", "pipeline.match")
BAD = (
    3  # starriness from which time grows with the square of the length: the limit of regexploit's own command
)


class Parser(SreOpParser):  # type: ignore[misc]
    """With what Python 3.11 added: possessive repeats and atomic groups give nothing back, so nothing in them counts."""

    def from_POSSESSIVE_REPEAT(self, _: object) -> None:  # noqa: N802 - regexploit's way to name them
        return None

    def from_ATOMIC_GROUP(self, _: object) -> None:  # noqa: N802
        return None


def patterns_of(value: object) -> Iterator[re.Pattern[str]]:
    if isinstance(value, re.Pattern):
        yield value
    elif type(value) in (tuple, list, set, frozenset):
        for item in value:  # type: ignore[attr-defined]
            yield from patterns_of(item)
    elif type(value) is dict:
        yield from patterns_of([*value.values()])


def patterns() -> dict[tuple[str, int], str]:
    """Pattern and flags of all that our modules hold → the name of one that holds it."""
    found: dict[tuple[str, int], str] = {}
    for package in map(importlib.import_module, PACKAGES):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            for name, value in vars(importlib.import_module(module.name)).items():
                for pattern in patterns_of(value):
                    text = pattern.pattern
                    text = text.decode("latin-1") if isinstance(text, bytes) else text
                    found.setdefault((text, pattern.flags), f"{module.name}.{name}")
    return found


def backtracks(pattern: str, flags: int = 0) -> bool:
    return any(redos.starriness >= BAD for redos in find(Parser().parse_sre(pattern, flags)))


def test_none_of_ours_backtracks_without_end() -> None:
    ours = patterns()
    assert len(ours) > 200
    assert [where for (pattern, flags), where in ours.items() if backtracks(pattern, flags)] == []


@pytest.mark.parametrize("pattern", [r"PO\s*(?:Box)?\s*#?\s*\d", r"\w+\s*\s*\s*\s*-", r"(a+)+b"])
def test_one_that_would_is_told(pattern: str) -> None:
    assert backtracks(pattern)

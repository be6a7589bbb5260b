"""Words beside a printed time that say what it is the time of: program, office, intake or something else."""

from __future__ import annotations

from typing import Literal, cast

from pipeline.extract.grammar_words import Phrases, names, phrases, words
from pipeline.extract.lexer import Run
from pipeline.normalize.clock import PartOfDay

SessionKind = Literal["program", "office", "intake", "other"]

_OFFICE, _WEAK_OFFICE = words("kind", "office"), words("kind", "weak_office")
_INTAKE, _OTHER = words("kind", "intake"), words("kind", "other")
_STRONG, _WEAK = words("kind", "strong"), words("kind", "weak")
_AUDIENCE = words("kind", "audience")
_LEVELS = Phrases(phrases("level", **{level: level for level in names("level")}))
_PARTS = {word: cast(PartOfDay, part) for part in names("part") for word in words("part", part)}


def kind_of(before: list[str], behind: list[str], context: str = "") -> tuple[SessionKind, bool]:
    """The kind that the words around a time speak for, and whether any word does.

    The nearest telling word before the time decides, then the words behind it, then the headings (`context`).
    """
    for telling, weak in ((before, True), (behind[::-1], False)):
        if (verdict := _nearest(telling, weak)) is not None:
            return verdict, True
    if (verdict := _nearest(context.lower().replace("/", " ").split(), True)) is not None:
        return verdict, True
    return "program", False


def _nearest(telling: list[str], weak: bool) -> SessionKind | None:
    """Kind of the last telling word.

    Weak program words ("clients") hide the weak office words ("open") before them, and strong program words before
    weak office words outweigh those: "the program is open Monday to Friday" is no office.
    """
    seen_weak = seen_office = False
    for distance, word in enumerate(reversed(telling)):
        if word in _INTAKE:
            return "intake"
        if word in _OTHER:
            return "other"
        if word in _OFFICE and word not in _WEAK_OFFICE:
            return "office"
        if word in _WEAK_OFFICE:
            if seen_weak:
                return "program"
            seen_office = True
        if word in _STRONG:
            return _strong(telling[max(0, len(telling) - distance - 5) : len(telling) - distance - 1])
        seen_weak = seen_weak or (weak and word in _WEAK)
    if seen_office:
        return "office"
    return "program" if seen_weak else None


def _strong(earlier: list[str]) -> SessionKind:
    """What a word like "group" says depends on the words before it: "intake sessions", "support group"."""
    if _INTAKE & set(earlier):
        return "intake"
    return "other" if _OTHER & set(earlier) else "program"


def level_in(run: Run, first: int, after: int, *, last: bool = False) -> str | None:
    """The level of care named by tokens first to after - 1 (the last such name, if asked)."""
    level = None
    for i in range(max(first, 0), min(after, len(run.tokens))):
        found = _level_at(run, i, after)
        if found and not last:
            return found
        level = found or level
    return level


def _level_at(run: Run, i: int, after: int) -> str | None:
    printed = run.text[run.tokens[i].start : run.tokens[i].end]
    if printed == "OP":
        return "op"
    if printed == "SOAP":  # the program, not the thing to wash with
        return "iop"
    named = _LEVELS.at(run.values, i)
    return named[0] if named and named[1] <= after else None


def audience_in(near: list[str]) -> tuple[str, ...]:
    """Words for the people that the time is for, as printed in lower case."""
    return tuple(dict.fromkeys(word for word in near if word in _AUDIENCE))


def part_in(near: list[str]) -> PartOfDay | None:
    """The part of the day that the words name, if they name just one."""
    parts = {_PARTS[word] for word in near if word in _PARTS}
    return parts.pop() if len(parts) == 1 else None

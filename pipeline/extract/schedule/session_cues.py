"""Words beside a printed time that say what it is the time of: program, office, intake or something else."""

from __future__ import annotations

from typing import Literal, cast

from pipeline.extract.schedule.grammar_words import Phrases, names, phrases, words
from pipeline.extract.schedule.lexer import Run
from pipeline.normalize.clock import PartOfDay

SessionKind = Literal["program", "office", "intake", "other"]

_OFFICE, _WEAK_OFFICE = words("kind", "office"), words("kind", "weak_office")
_INTAKE, _OTHER = words("kind", "intake"), words("kind", "other")
_STRONG, _WEAK = words("kind", "strong"), words("kind", "weak")
_COMPARING, _SHARING = words("kind", "comparing"), words("kind", "sharing")
LEVELS_APART = 5  # tokens between levels that are named together
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


def level_in(run: Run, first: int, after: int) -> str | None:
    """The first level of care named by tokens first to after - 1."""
    places = range(max(first, 0), min(after, len(run.values)))
    return next((level for i in places if (level := _level_at(run, i, after))), None)


def level_before(run: Run, i: int, first: int) -> str | None:
    """The last level named before token i, from token `first` on and after the last end of a sentence.

    None where two levels share the words ("PHP and IOP meet Monday to Friday"), and where the level is only one
    that people come from or that is compared ("unlike PHP").
    """
    last: str | None = None
    at = -LEVELS_APART
    for k in range(_sentence_start(run, i, max(first, 0)), i):
        level = _level_at(run, k, i)
        if level is None:
            continue
        shares = (
            last is not None
            and level != last
            and k - at <= LEVELS_APART
            and bool(_SHARING & set(run.words(at, k)))
        )
        last, at = (None if shares or _COMPARING & set(run.words(k - 2, k)) else level), k
    return last


def _sentence_start(run: Run, i: int, first: int) -> int:
    """The token after the last full stop before token i; a line break is no stop, for headings end in one."""
    for k in range(i - 1, first, -1):
        if run.word(k) in (".", "!", "?") and run.sentence[k] != run.sentence[k + 1]:
            return k + 1
    return first


def _level_at(run: Run, i: int, after: int) -> str | None:
    printed = run.printed(i)
    if printed == "OP":
        return "op"
    if printed == "SOAP":  # the program, not the thing to wash with
        return "iop"
    named = _LEVELS.at(run.values, i)
    return named[0] if named and named[1] <= after else None


def part_in(near: list[str]) -> PartOfDay | None:
    """The part of the day that the words name, if they name just one."""
    parts = {_PARTS[word] for word in near if word in _PARTS}
    return parts.pop() if len(parts) == 1 else None

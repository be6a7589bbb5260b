r"""Many patterns in one text: each is tried only where one of the words stands that its matches begin with.

The beginnings are read off the pattern: `\b(?:call us|verify (?:your )?insurance)` begins with "call us" or "verify ".
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import islice

from pipeline.extract.words.automaton import automaton

SHORTEST, ENOUGH = 2, 6  # characters of a beginning that is worth looking for, and that need no more
_LITERAL = re.compile(r"(?:[\w' -](?![?*{]))*")
_CHOICE = re.compile(r"(?:\[([\w' ]{1,3}-?)\]|([\w' -])(?=\?))(\??)(?![?*+{])")  # "[ -]", "[as]?", "s?"
_JOINT = re.compile(r"\\.|\[[^\]]*\]|(?P<mark>[()|])")


class Scanner:
    """`find(text)` gives the matches of each pattern, as `finditer` would."""

    def __init__(self, patterns: Sequence[re.Pattern[str]]) -> None:
        self._patterns = patterns
        owners: dict[str, list[int]] = {}
        for index, pattern in enumerate(patterns):
            for word in beginnings(pattern.pattern) or ():
                owners.setdefault(word, []).append(index)
        self._searched = set(range(len(patterns))).difference(*owners.values())
        self._words = automaton(owners) if owners else None

    def find(self, text: str, most: int | None = None) -> dict[int, list[re.Match[str]]]:
        """Index of a pattern → its first matches, at most `most`; patterns that do not match are left out."""
        found = {i: list(islice(self._patterns[i].finditer(text), most)) for i in self._searched}
        hits = self._words.iter(text) if self._words else ()
        places = [(last + 1 - length, indexes) for last, (length, indexes) in hits]
        for start, indexes in sorted(places):
            if start and text[start - 1].isalnum():
                continue
            for index in indexes:
                matches = found.get(index)
                if matches and (len(matches) == most or start < matches[-1].end()):
                    continue
                if match := self._patterns[index].match(text, start):
                    found.setdefault(index, []).append(match)
        return {index: matches for index, matches in sorted(found.items()) if matches}


def beginnings(pattern: str) -> list[str] | None:
    """Words one of which every match begins with; None where the pattern promises none."""
    alternatives = _alternatives(pattern)
    if not all(one.startswith(r"\b") for one in alternatives):
        return None  # it may begin within a word
    words = [word for one in alternatives for word in _openings(one[2:])]
    return words if min(map(len, words)) >= SHORTEST else None


def _openings(sequence: str) -> list[str]:
    """The literals that a sequence may begin with, written out over groups until they are long enough."""
    literal = _LITERAL.match(sequence)[0]  # type: ignore[index]
    rest = sequence[len(literal) :]
    if len(literal) < ENOUGH and (choice := _CHOICE.match(rest)):
        letters = [*(choice[1] or choice[2]), *([""] if choice[3] else [])]
        return [word for letter in letters for word in _openings(literal + letter + rest[choice.end() :])]
    if len(literal) >= ENOUGH or not rest.startswith("(?:"):
        return [literal]
    close = _closing(rest)
    following = rest[close + 1 :]
    if following.startswith(("*", "{")):
        return [literal]
    found = []
    if following.startswith("?"):
        following = following.lstrip("?")
        found += _openings(following)
    for one in _alternatives(rest[3:close]):
        is_whole = _LITERAL.fullmatch(one) is not None and len(one) < ENOUGH
        found += _openings(one + following) if is_whole else _openings(one)
    return [literal + word for word in found]


def _alternatives(pattern: str) -> list[str]:
    depth, at, found = 0, 0, []
    for joint in _JOINT.finditer(pattern):
        depth += (joint["mark"] == "(") - (joint["mark"] == ")")
        if joint["mark"] == "|" and not depth:
            found.append(pattern[at : joint.start()])
            at = joint.end()
    return [*found, pattern[at:]]


def _closing(pattern: str) -> int:
    """Where the bracket that opens the pattern is closed."""
    depth = 0
    for joint in _JOINT.finditer(pattern):
        depth += (joint["mark"] == "(") - (joint["mark"] == ")")
        if joint["mark"] == ")" and not depth:
            return joint.start()
    return len(pattern)

"""Street names that may be one: misspelled, words left out, or misread from paper."""

from __future__ import annotations

import re

from rapidfuzz.distance import OSA

_LOOKS = (("rn", "m"), ("cl", "d"), ("vv", "w"), ("ii", "u"), ("0", "o"), ("1", "l"), ("i", "l"), ("5", "s"))
_LETTERS = 4  # of a name, for each letter that may be wrong in it


def inside(a: str, b: str) -> bool:
    """One street name with words left out of the other: "MARTIN LUTHER KING" and "DR MARTIN LUTHER KING JR"."""
    short, long = sorted((a.split(), b.split()), key=len)
    return bool(short) and len("".join(short)) > 3 and set(short) <= set(long)


def misread(a: str, b: str) -> bool:
    """One street name typed or read wrongly: letters alike ("Farnham", "Famham"), dropped, doubled, turned.

    Numbers are never misread: "5TH" and "6TH" are two streets.
    """
    if re.findall(r"\d+", a) != re.findall(r"\d+", b):
        return False
    one, two = _look(a), _look(b)
    return OSA.distance(one, two) <= max(1, max(len(one), len(two)) // _LETTERS - 1)


def _look(name: str) -> str:
    """The name with letters that look alike made one."""
    text = name.lower()
    for letters, seen in _LOOKS:
        text = text.replace(letters, seen)
    return text

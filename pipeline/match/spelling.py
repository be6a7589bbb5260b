"""Texts that may be one: misspelled, and of street names words left out, or misread from paper."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import polars as pl
from rapidfuzz import fuzz, process
from rapidfuzz.distance import OSA

from pipeline.match.arrays import Flags, Ints

_LOOKS = (("rn", "m"), ("cl", "d"), ("vv", "w"), ("ii", "u"), ("0", "o"), ("1", "l"), ("i", "l"), ("5", "s"))
_LETTERS = 4  # of a name, for each letter that may be wrong in it
_CHUNK = 100_000  # pairs whose texts are held at a time


def spelled_alike(texts: pl.Series, a: Ints, others: pl.Series, b: Ints, least: float) -> Flags:
    """Whether text `a` and other text `b` of each pair are alike letter by letter: rapidfuzz's ratio (0 to 100), `least` or more."""
    alike = np.zeros(len(a), dtype=bool)
    one, other = texts.str.len_chars().to_numpy()[a], others.str.len_chars().to_numpy()[b]
    likely = np.flatnonzero(
        200.0 * np.minimum(one, other) >= least * (one + other)
    )  # all letters of the shorter in common
    for start in range(0, len(likely), _CHUNK):
        rows = likely[start : start + _CHUNK]
        mine, theirs = texts.gather(a[rows]).to_list(), others.gather(b[rows]).to_list()
        ratio: Any = process.cpdist(mine, theirs, scorer=fuzz.ratio, score_cutoff=least, workers=-1)
        alike[rows] = ratio >= least
    return alike


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

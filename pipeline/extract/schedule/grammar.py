"""The grammar of quantities as two tables: `patterns.csv` says what is read, `cues.csv` whose it is.

A run is written as one character a token, which stands for the classes that the token belongs to ("hours" is HOURS,
"9 to 12" is RANGE), so that a row of a table is a regular expression over classes. A pattern is written in

- classes in capitals (`grammar_words.toml`: `class`, `except`, `part_of_pattern`; forms of quantities: NUMBER, RANGE,
  AT_LEAST, MORE_THAN, OVER, OR_MORE, AT_MOST, LESS_THAN, TWENTY_FOUR, and QUANTITY for all of them;
  WORD, ACRONYM, PUNCTUATION, LINE for a line's end, END for a sentence's or a line's end, ANY for all but END) and
  plain words;
- `( | ) ? * {0,3} (?= (?! $ ^` as in any regular expression; `<` ends what only has to stand before.

Of the rows that fit at a place the first is taken.
"""

from __future__ import annotations

import csv
import re
from bisect import bisect_left
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from itertools import pairwise

from pipeline.extract.schedule.grammar_words import section
from pipeline.extract.schedule.lexer import STOPS, read
from pipeline.extract.schedule.quantities import FORMS, Quantity, quantities

FORM_CODES = {form: chr(ord("a") + k) for k, form in enumerate(FORMS)}
_CAPITALS = re.compile(r"\b[A-Z]{3,}\b")
REST, VOID, END, LINE, ACRONYM, TWENTY_FOUR = "~", "z", "!", "\n", "A", "B"
_UNKNOWN = {"WORD": "w", "PUNCTUATION": ",", "NUMERAL": "0"}
PART_OF_WEEK = "part_of_week"  # the field of rows that read evening, weekend and morning
SURE = 0.9  # of a row that says nothing else
_FIRST_CODE = 0x100  # of the combinations of classes; what stands before is single characters with a meaning
_ATOM = re.compile(
    r"\(\?[=!]|[A-Z][A-Z_]*|[^\W\d_]+(?:['-][^\W\d_]+)*|\d+(?![\d,}])|[()|?*+<^$]|\{\d+,?\d*\}\??"
)


@dataclass(frozen=True, slots=True)
class Pattern:
    """A row of `patterns.csv`, compiled: what it reads of a quantity, and what has to hold of it (">=9", "<9", "=7|14", "digits",
    "alone": nothing else stands in the sentence)."""

    field: str
    regex: re.Pattern[str]  # its only group is what is read, without what has to stand before
    takes: str
    unit: str
    holds: tuple[str, ...]
    whose: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Cue:
    """A row of `cues.csv`, compiled: the words that say whose a measure is, at most `reach` tokens before or behind it."""

    whose: str
    where: str  # before, behind, inside
    reach: int
    regex: re.Pattern[str]
    unless: re.Pattern[str] | None
    holds: tuple[str, ...]
    confidence: float | None

    def is_in(self, window: str) -> bool:
        return self.regex.search(window) is not None and (
            self.unless is None or self.unless.search(window) is None
        )


def table(name: str) -> list[dict[str, str]]:
    """The rows of a table of this folder."""
    text = files("pipeline.extract.schedule").joinpath(name).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


@cache
def _words() -> dict[str, frozenset[str]]:
    """Class → its words; every plain word of a pattern is a class of its own."""
    found = {name: frozenset(words.split()) for name, words in section("class").items()}
    parts = section("part_of_pattern").values()
    texts = [
        row[column]
        for name in ("patterns.csv", "cues.csv")
        for row in table(name)
        for column in _COLUMNS
        if column in row
    ]
    for text in (*parts, *texts, *section("except").values()):
        for atom in _ATOM.findall(text):
            if _is_word(atom):
                found[atom] = frozenset({atom})
    return found


_COLUMNS = ("pattern", "unless")


def _is_word(atom: str) -> bool:
    return atom[0].isalnum() and not atom.isupper()


def _kind(word: str) -> str:
    return "WORD" if word[0].isalpha() else "NUMERAL" if word[0].isdigit() else "PUNCTUATION"


class _Codes(dict[str, str]):
    """Word → the character of its classes; words of no class by kind."""

    def __missing__(self, word: str) -> str:
        return _UNKNOWN[_kind(word)]


@cache
def _alphabet() -> tuple[_Codes, dict[str, str]]:
    """The character of every known word, and the characters of every class."""
    of_word: dict[str, set[str]] = {}
    for name, words in _words().items():
        for word in words:
            of_word.setdefault(word, {_kind(word)}).add(name)
    codes = _Codes()
    by_classes: dict[frozenset[str], str] = {}
    for word, members in of_word.items():
        codes[word] = by_classes.setdefault(frozenset(members), chr(_FIRST_CODE + len(by_classes)))
    codes |= dict.fromkeys(STOPS, END) | {"\n": LINE}
    classes = {**_UNKNOWN, **FORM_CODES}
    classes["NUMBER"] += TWENTY_FOUR
    classes |= {
        "QUANTITY": TWENTY_FOUR + "".join(FORM_CODES.values()),
        "TWENTY_FOUR": TWENTY_FOUR,
        "END": END + LINE,
        "LINE": LINE,
        "ACRONYM": ACRONYM,
    }
    for names, code in by_classes.items():
        for name in names:
            classes[name] = classes.get(name, "") + code
    classes["WORD"] += ACRONYM
    return codes, classes


@cache
def _class(name: str) -> str:
    """The regular expression of a class, or of a part of a pattern."""
    if (part := section("part_of_pattern").get(name)) is not None:
        return f"(?:{compiled(part)})"
    if name == "ANY":
        return f"[^{END}{LINE}]"
    classes = _alphabet()[1]
    if (members := section("any_of").get(name)) is not None:
        return f"[{''.join(classes[each] for each in members.split())}]"
    if (barred := section("except").get(name)) is not None:
        return f"[^{''.join(classes[each] for each in barred.split())}{VOID}]"
    chars = f"[{classes[name]}]"
    return f"(?:{chars}{REST}*+)" if name == "QUANTITY" or name in FORM_CODES else chars


def compiled(text: str) -> str:
    """A pattern of a table as a regular expression over the characters of classes."""
    out = ""
    for atom in _ATOM.findall(text):
        if atom[0].isalnum():
            out += _class(atom)
        else:
            out += "(?:" if atom == "(" else atom
    return out


@lru_cache(maxsize=8)
def line_of(text: str) -> str:
    """A run as one character a token."""
    run = read(text)
    codes = list(map(_alphabet()[0].__getitem__, run.values))
    for i in [i for i, (one, other) in enumerate(pairwise(run.sentence)) if one != other]:
        if codes[i] != LINE and not run.values[i].isalnum():
            codes[i] = END
    for match in _CAPITALS.finditer(text):
        i = bisect_left(run.starts, match.start())
        if i < len(codes) and codes[i] == "w":
            codes[i] = ACRONYM
    for quantity in quantities(text):
        codes[quantity.first : quantity.after] = REST * (quantity.after - quantity.first)
        codes[quantity.first] = _form_code(quantity)
    return "".join(codes)


def _form_code(quantity: Quantity) -> str:
    if quantity.is_void:
        return VOID
    return TWENTY_FOUR if quantity.low == quantity.high == 24 else FORM_CODES[quantity.form]


@cache
def patterns(of_parts: bool = False) -> dict[str, tuple[Pattern, ...]]:
    """The rows of `patterns.csv` (for parts of the week, or for quantities) by the character that they begin with, in the
    order of the table."""
    found: dict[str, list[Pattern]] = {}
    for row in table("patterns.csv"):
        if (row["field"] == PART_OF_WEEK) is not of_parts:
            continue
        before, _, own = row["pattern"].rpartition("<")
        text = f"(?:{compiled(before)})({compiled(own)})" if before else f"({compiled(own)})"
        pattern = Pattern(
            row["field"],
            re.compile(text),
            row["takes"],
            row["unit"],
            tuple(row["holds"].split()),
            row["whose"],
            float(row["confidence"] or SURE),
        )
        for char in _begins(text):
            found.setdefault(char, []).append(pattern)
    return {char: tuple(rows) for char, rows in found.items()}


def _begins(text: str) -> set[str]:
    """The characters that a match can begin with, of a pattern that begins with a class or with a choice of classes."""
    if text[0] == "[":
        return set(text[1 : text.index("]")])
    if text[0] != "(":
        raise ValueError(f"a pattern begins with a class: {text!r}")
    depth, starts, inside = 0, [], text[3:] if text.startswith("(?:") else text[1:]
    begun = 0
    for at, char in enumerate(inside):
        if depth == 0 and char in "|)":
            starts.append(inside[begun:at])
            begun = at + 1
        if depth == 0 and char == ")":
            break
        depth += (char == "(") - (char == ")")
    if not any(starts):
        return _begins(inside[begun:])  # nothing has to stand before
    return set().union(*map(_begins, starts))


@cache
def any_of_rows(of_parts: bool = False) -> dict[str, re.Pattern[str]]:
    """What matches where any of the rows does that begin with a character: most places are of none."""
    return {
        char: re.compile("|".join(f"(?:{row.regex.pattern})" for row in rows))
        for char, rows in patterns(of_parts).items()
    }


@cache
def beginnings(of_parts: bool = False) -> re.Pattern[str]:
    """The characters that rows begin with."""
    return re.compile(f"[{re.escape(''.join(sorted(patterns(of_parts))))}]")


@cache
def cues() -> dict[str, tuple[Cue, ...]]:
    """The rows of `cues.csv` by what they speak of (a field, or a unit of lengths), in the order of the table."""
    found: dict[str, list[Cue]] = {}
    for row in table("cues.csv"):
        cue = Cue(
            row["whose"],
            row["where"],
            int(row["reach"]),
            re.compile(compiled(row["pattern"])),
            re.compile(compiled(row["unless"])) if row["unless"] else None,
            tuple(row["holds"].split()),
            float(row["confidence"]) if row["confidence"] else None,
        )
        for name in row["of"].split():
            found.setdefault(name, []).append(cue)
    return {name: tuple(rows) for name, rows in found.items()}

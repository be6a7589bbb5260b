"""Text helpers that keep offsets: folding character by character, and sentences as spans."""

from __future__ import annotations

import re
from collections.abc import Iterator

_FOLD = tuple(
    (printed, plain)
    for plain, alike in (
        ("-", "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63\uff0d"),
        (" ", "\u00a0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"),
        ("'", "\u2018\u2019\u02bc\u00b4"),
        ('"', "\u201c\u201d"),
        (":", "\uff1a\u2236"),
    )
    for printed in alike
)

# Every branch begins with its own mark, so that the scan skips from mark to mark.
_END = re.compile(r"[.!?][\"')\]\u201d\u2019]*(?=\s)|\n|[|•·▪](?<=\s.)\s|;(?<=\w;)(?=\s)")
_ABBREVIATION = re.compile(
    r"(?:\b(?:dr|mr|mrs|ms|st|ste|vs|inc|no|jr|sr|etc|approx|mt|ft|ave|blvd|dept|ext|min|hrs?|e\.g|i\.e|u\.s|a\.m|p\.m"
    r"|mon|tues?|wed|thurs?|fri|sat|sun|lic|ph\.d|m\.d)|\b[a-z])\.$"
)
_NEXT_SENTENCE = re.compile(  # after "9 a.m.": neither its day nor "– noon"
    r"\s+(?:(?!(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun))[A-Z]|—\s+(?!noon)[a-z])"
)


def fold(text: str) -> str:
    """Lower case, plain quotes and hyphens; as long as `text`, so that offsets stay true."""
    plain = text
    for printed, alike in _FOLD:  # many times as fast as `translate`
        if plain.isascii():
            break
        plain = plain.replace(printed, alike)
    lower = plain.lower()
    return (
        lower if len(lower) == len(plain) else "".join(c.lower() if len(c.lower()) == 1 else c for c in plain)
    )


def spaced(folded: str) -> str:
    """Folded text with hyphens and slashes as spaces: the form that vocabularies are matched in."""
    return folded.replace("-", " ").replace("/", " ")


def places(text: str, words: str, begins: bool = True, ends: bool = True) -> Iterator[tuple[int, int]]:
    r"""Where the text prints these words, as `\b…\b` finds them; without `begins` or `ends` a word may go on there, and places
    may overlap. A pattern would have to be made for every page."""
    at = text.find(words)
    while at >= 0:
        end = at + len(words)
        is_whole = (not begins or _is_edge(text, at)) and (not ends or _is_edge(text, end))
        if is_whole:
            yield at, end
        at = text.find(words, end if is_whole and begins and ends else at + 1)


def _is_edge(text: str, at: int) -> bool:
    return _is_of_word(text[max(at - 1, 0) : at]) is not _is_of_word(text[at : at + 1])


def _is_of_word(character: str) -> bool:
    return character.isalnum() or character == "_"


LONGEST_BLOCK = (
    4_000  # characters: longer runs are cut between sentences, so that no reader looks at more at once
)


LONGEST_SENTENCE = (
    1_500  # many times what people write: what is asked of each word's sentence is asked of so much
)


def cut(text: str, start: int, end: int, longest: int = LONGEST_BLOCK) -> list[tuple[int, int]]:
    """Spans of at most `longest` characters that cover text[start:end], cut after a sentence or a word."""
    spans = []
    while end - start > longest:
        limit = start + longest
        at = max(text.rfind(". ", start, limit) + 1, text.rfind("\n", start, limit))
        if at <= start:
            at = text.rfind(" ", start, limit)
        at = at if at > start else limit
        spans.append((start, at))
        start = at
        while start < end and text[start].isspace():
            start += 1
    return [*spans, (start, end)] if start < end else spans


def sentences(text: str, folded: str, start: int, end: int) -> list[tuple[int, int]]:
    """Spans of the sentences (and clauses between semicolons, lines, bullets) of text[start:end]."""
    spans = []
    at = start
    for match in _END.finditer(folded, start, end):
        stop = match.end()
        if match[0][0] == "." and _is_abbreviation(text, folded, at, match.start(), end):
            continue
        if folded[at:stop].strip():
            spans += _bounded(folded, at, stop)
        at = stop
    if folded[at:end].strip():
        spans += _bounded(folded, at, end)
    return spans


def _bounded(folded: str, start: int, end: int) -> list[tuple[int, int]]:
    """A sentence, in pieces where nobody would have written it."""
    return cut(folded, start, end, LONGEST_SENTENCE) if end - start > LONGEST_SENTENCE else [(start, end)]


def _is_abbreviation(text: str, folded: str, at: int, dot: int, end: int) -> bool:
    """Whether a full stop belongs to "St.", "9 a.m. Monday" or the like and the sentence goes on."""
    if not _ABBREVIATION.search(folded, max(at, dot - 12), dot + 1):
        return False
    return folded[dot - 2 : dot] != ".m" or not _NEXT_SENTENCE.match(text, dot + 1, end)

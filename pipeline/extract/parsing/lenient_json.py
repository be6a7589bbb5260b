"""JSON as pages have it: one tokeniser that keeps strings whole and forgives what stands between them.

Forgiven are comments, tags and CDATA marks (an editor's paragraphs), missing, stray and trailing commas, semicolons,
single quotes, bare words, unescaped quotes within a string, escapes that JSON does not know, text around the objects,
several objects, and an end that was cut off. Time is linear: no repetition is tried twice. Libraries do one half each:
json-repair takes seconds for 20 KB of quotes, JSON5 stops at the first other fault, chompjs reads 01103 as octal.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

DEEPEST = 60  # objects within objects; what is deeper is nobody's data

# What follows the quote that ends a string: a mark, the next member, a comment, a tag, the end.
_CLOSES = (
    r"""\s*+(?:[:}\]]|,\s*+(?:["'{\[}\]\d-]|\w++\s*+:|(?:true|false|null)\b)"""
    r"""|,?\s*+(?:\Z|//|/\*|<)|"[\w@:. -]{1,60}"\s*+:)"""
)
_TOKEN = re.compile(
    r"\s++|(?://\s*+)?(?:<!\[CDATA\[|\]\]>)|//[^\n]*+|/\*(?:[^*]++|\*(?!/))*+(?:\*/)?|<!--|-->|</?[a-zA-Z][^<>]*+>"
    rf'|"(?P<double>(?:[^"\\]++|\\.|"(?!{_CLOSES}))*+)(?P<end>")?'
    r"|'(?P<single>(?:[^'\\]++|\\.)*+)(?P<finish>')?"
    r"|(?P<mark>[{}\[\]:,])"
    r"""|(?P<word>[^\s{}\[\]:,"'<;/]++(?:://[^\s"',}\]]++)?)"""
    r"|.",
    re.DOTALL,
)
_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|(.))", re.DOTALL)
_MEANT = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f"}
_SURROGATES = re.compile("([\ud800-\udbff])([\udc00-\udfff])|[\ud800-\udfff]")


class _Container:
    """An object or a list that is being read; of an object also the key that waits for its value."""

    def __init__(self, is_object: bool) -> None:
        self.value: dict[str, Any] | list[Any] = {} if is_object else []
        self.key: str | None = None
        self.is_told = False  # the colon behind the key was read

    def take(self, item: Any) -> None:
        if isinstance(self.value, list):
            self.value.append(item)
        elif self.is_told and self.key is not None:
            self.value[self.key] = item
            self.part()
        else:
            self.key = item if isinstance(item, str) else json.dumps(item)[:60] if _is_plain(item) else None

    def part(self) -> None:
        self.key, self.is_told = None, False


def read_json(text: str) -> list[Any]:
    """The objects and lists of a text, in order. Raises ValueError where there is none, or they are nested too deep."""
    roots: list[Any] = []
    open_: list[_Container] = []
    for kind, value in _tokens(text):
        if kind == "value":
            if open_:
                open_[-1].take(value)
        elif value in "{[":
            new = _Container(value == "{")
            (open_[-1].take if open_ else roots.append)(new.value)
            open_.append(new)
            if len(open_) > DEEPEST:
                raise ValueError("nested too deep")
        elif open_ and value in "}]":
            open_.pop()
        elif open_ and value == ":":
            open_[-1].is_told = True
        elif open_:
            open_[-1].part()
    if not roots:
        raise ValueError("no object")
    return roots


def _tokens(text: str) -> Iterator[tuple[str, Any]]:
    """("value", a string, number, truth or None) and ("mark", one of the six of JSON)."""
    for token in _TOKEN.finditer(text):
        kind = token.lastgroup
        if kind == "mark":
            yield kind, token[0]
        elif kind == "word":
            yield "value", _word(token[0])
        elif kind in ("end", "finish"):
            yield "value", _unescaped(token["double"] if kind == "end" else token["single"])


def _word(word: str) -> Any:
    """A number, true, false or null; else the word itself: "01103" is no number in JSON."""
    try:
        return json.loads(word)
    except ValueError:
        return word


def _unescaped(inner: str) -> str:
    if "\\" not in inner:
        return inner
    told = _ESCAPE.sub(lambda m: chr(int(m[1], 16)) if m[1] else _MEANT.get(m[2], m[2]), inner)
    return _SURROGATES.sub(_joined, told)


def _joined(pair: re.Match[str]) -> str:
    return pair[0].encode("utf-16", "surrogatepass").decode("utf-16") if pair[1] else "\ufffd"


def _is_plain(item: Any) -> bool:
    return not isinstance(item, dict | list)

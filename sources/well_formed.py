"""Text and JSON as they may enter: no half of a surrogate pair, which nothing can write again, and no NUL, which no
table takes. Bytes that are no text become U+FFFD (Unicode 3.9, D93)."""

from __future__ import annotations

import json
import re
from typing import Any

_BAD = re.compile("[\0\ud800-\udfff]")
_ESCAPED = re.compile(r"\\u(?:[dD][89a-fA-F]|0000)")  # they may come out of JSON's escapes alone


def well_formed(text: str) -> str:
    """The text without NUL, and with U+FFFD for each half of a character."""
    return _BAD.sub(lambda bad: "" if bad[0] == "\0" else "\ufffd", text)


def read_json(content: bytes | str, *, strict: bool = True) -> Any:
    """What JSON says, all of its text well-formed. Raises ValueError or RecursionError; `strict` is json.loads's."""
    if isinstance(content, bytes):  # json.loads would let encoded halves pass
        content = content.decode(json.detect_encoding(content), "replace")
    value = json.loads(content.removeprefix("\ufeff"), strict=strict)
    return mended(value) if _BAD.search(content) or _ESCAPED.search(content) else value


def mended(value: Any) -> Any:
    """The same value with well-formed text, keys and all."""
    if isinstance(value, str):
        return well_formed(value)
    if isinstance(value, dict):
        return {well_formed(key): mended(item) for key, item in value.items()}
    return [mended(item) for item in value] if isinstance(value, list) else value

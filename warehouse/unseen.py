"""Characters that are not seen and act: on a terminal (ISO/IEC 6429), on the order of what is read (Unicode UAX 9).

They have no place in a name or a sentence, and leave every text where it enters (`pipeline/html.py`, `pipeline/stage/rows.py`), and
again where it is shown (`pipeline/commands/console.py`) or written as CSV.
"""

from __future__ import annotations

import re

# Controls but for tab and line feed; marks, embeddings, overrides and isolates of direction.
ACTING = "[\\x00-\\x08\\x0b-\\x1f\\x7f-\\x9f\\u061c\\u200e\\u200f\\u202a-\\u202e\\u2066-\\u2069]"
_ACTING = re.compile(ACTING)


def without_acting(text: str) -> str:
    """A text without them."""
    return text if text.isascii() and text.isprintable() else _ACTING.sub("", text)

"""Names in addresses of files: letters and digits of ASCII."""

from __future__ import annotations

import re
import unicodedata

_OTHER = re.compile(r"[^a-z0-9]+")


def folded(text: str) -> str:
    """Small letters without accents, words with one space between: what is compared, here and in `search.js`."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower().replace("'", "")
    return _OTHER.sub(" ", plain).strip()


def slug(text: str) -> str:
    """A name as part of a path: `st-louis`."""
    return folded(text).replace(" ", "-") or "x"

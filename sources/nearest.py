"""Which of the words that there are somebody probably meant."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import SequenceMatcher, get_close_matches


def nearest(word: str, words: Sequence[str]) -> str | None:
    """The word that is most like `word`, of equally like ones the first; None where none is near."""
    close = get_close_matches(word, words, n=max(1, len(words)))
    return max(
        (w for w in words if w in close), key=lambda w: SequenceMatcher(None, w, word).ratio(), default=None
    )


def did_you_mean(*near: str | None) -> str:
    """A question behind a message, in brackets; "" where nothing is near."""
    found = [word for word in near if word]
    return f" (did you mean {', '.join(found)}?)" if found else ""

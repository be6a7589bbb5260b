"""Many words found in one text at once (Aho–Corasick)."""

from __future__ import annotations

from collections.abc import Mapping
from operator import itemgetter

import ahocorasick

_word = itemgetter(0)


def automaton(words: Mapping[str, object]) -> ahocorasick.Automaton:
    """Finds words in text; a hit gives the word's length and what it is mapped to."""
    built = ahocorasick.Automaton()
    for word, meaning in sorted(words.items(), key=_word):  # so that what is looked at together lies together
        built.add_word(word, (len(word), meaning))
    built.make_automaton()
    return built

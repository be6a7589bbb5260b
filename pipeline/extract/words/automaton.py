"""Many words found in one text at once (Aho–Corasick)."""

from __future__ import annotations

from collections.abc import Mapping

import ahocorasick


def automaton(words: Mapping[str, object]) -> ahocorasick.Automaton:
    """Finds words in text; a hit gives the word's length and what it is mapped to."""
    built = ahocorasick.Automaton()
    for word, meaning in words.items():
        built.add_word(word, (len(word), meaning))
    built.make_automaton()
    return built

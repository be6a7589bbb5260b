"""What is looked for once a page finds what looking anew each time would."""

from __future__ import annotations

import re

from hypothesis import example, given
from hypothesis import strategies as st

from pipeline.extract.parsing.plain import read_text
from pipeline.extract.parsing.text import places
from pipeline.extract.words.context import PageContext
from pipeline.extract.words.pieces import pieces, spots
from pipeline.extract.words.vocabulary import LEVEL
from pipeline.extract.words.word_classes import ClassedWords, class_of
from pipeline.vocabulary.tables import rows

FEW = st.text(alphabet="ab._ '&\n", max_size=30)


@given(text=FEW, words=st.text(alphabet="ab. ", min_size=1, max_size=3))
@example(text="Walla Walla Walla", words="Walla Walla")
def test_places_are_those_of_a_pattern(text: str, words: str) -> None:
    pattern = re.compile(rf"\b{re.escape(words)}\b")
    assert list(places(text, words)) == [match.span() for match in pattern.finditer(text)]


@given(text=FEW, words=st.text(alphabet="ab", min_size=1, max_size=2))
def test_places_may_begin_within_a_word(text: str, words: str) -> None:
    pattern = re.compile(rf"(?={words}\b)")
    assert [start for start, _ in places(text, words, begins=False)] == [
        m.start() for m in pattern.finditer(text)
    ]


def test_sets_of_pieces_are_found_apart() -> None:
    first, second = pieces(("ab", "abc")), pieces(["bc", "ab"])
    found = spots("xabc ab")
    assert sorted(found[first]) == [1, 1, 5] and sorted(found[second]) == [1, 2, 5]


@given(st.text(alphabet="we treat' é\n", max_size=60), st.integers(0, 60), st.integers(0, 60))
def test_classes_of_words_over_several_lines(text: str, start: int, end: int) -> None:
    words = re.finditer(r"[^\W\d_]+(?:'[^\W\d_]+)?", text)
    expected = [name for m in words if start <= m.start() < end and (name := class_of(m[0]))]
    assert ClassedWords(text).within(start, end) == expected


def test_lists_name_no_levels() -> None:
    """`vocabulary.find_levels` passes over texts without a word of theirs."""
    assert LEVEL not in {row["field"] for row in rows("modifiers.csv")}


def test_cues_of_a_sentence_that_was_cut_within_a_word() -> None:
    context = PageContext.of(read_text("xxnot for anyone"))
    assert [cue.start for cue in context.cues((2, 16))] == [2]
    assert not [cue for cue in context.cues((0, 16)) if cue.start == 2]

"""Names as numbers: how rare each word is, and how two names relate.

A word is as telling as it is rare among *distinct* names: "savida" stands in one name however many sites it has,
"center" in a quarter of all names. `name_frequency.csv` holds the counts over the national directories, so that a
file of a few rows is judged like the country; the words of the file at hand are added to them.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl
from rapidfuzz import fuzz

from pipeline.match.arrays import Codes, Flags, Floats, Ints, distinct
from pipeline.match.spelling import spelled_alike
from pipeline.match.texts import Texts, pairs_of

UNKNOWN, EXACT, CONTAINED, SIMILAR, RELATED, CROSS, DOMAIN, DIFFERENT = range(8)
NAME_RELATIONS = ("unknown", "exact", "contained", "similar", "related", "cross", "domain", "different")

WIDTH = 12  # words, and frequent pairs of words, of a name that are compared; rarest first
SIMILAR_SPELLING = 88.0  # rapidfuzz ratio of two names written without spaces that may be one, misspelled
SIMILAR_WORDS = 80.0  # the same of the words alone that the two names do not share
PLACE = 0.8  # part of a word's weight that goes where it is only the name of the place
COMMON = 1.0  # nats taken from every word: words of a name do not come independently
CHUNK = 100_000  # pairs compared at a time, which bounds the memory
COINED = 5  # distinct names, spelled and extended variously, that the own word of one operator stands in
RARE = 2.8  # nats of a word that is worth a look at others with it
FEW = 2  # words by which an operator is known
TELLING = 3.5  # nats of shared words that are more than chance


@cache
def _prior() -> tuple[pl.DataFrame, int]:
    """Word or two, distinct names with it (`names`), those of them in a place of that name (`places`), what it tells less where
    two often go together (`together`, nats, null for one); and all names."""
    data = Path(__file__).with_name("name_frequency.csv")
    table = pl.read_csv(data, schema={"word": pl.String, "names": pl.Int64, "places": pl.Int64})
    total = int(table.filter(pl.col("word").is_null())["names"][0])
    words = table.filter(pl.col("word").is_not_null())
    counts = dict(words.select("word", "names").iter_rows())
    ends = (pl.col("word").str.split(" ").list.get(end, null_on_oob=True) for end in (0, 1))
    first, second = (end.replace_strict(counts, default=None, return_dtype=pl.Float64) for end in ends)
    pair = pl.col("word").str.contains(" ", literal=True)
    together = pl.min_horizontal(0.0, (first * second / (pl.col("names") * total)).log())
    return words.with_columns(together=pl.when(pair).then(together)), total


class NameTable:
    """Distinct names of a file, by their numbers; name 0 is the empty name."""

    def __init__(self, texts: pl.Series) -> None:
        self.texts = texts
        self.squeezed = texts.str.replace_all(" ", "", literal=True)
        self._weigh(*self._counted())

    def __len__(self) -> int:
        return len(self.texts)

    def _counted(self) -> tuple[Ints, Ints, pl.DataFrame]:
        """Each word, and each two words in a row that often go together, of each name once: its name and its number in a table
        of words, how many names have it (`local`) and what is known of it."""
        prior, _ = _prior()
        listed = self.texts.str.split(" ")
        name = np.repeat(np.arange(len(self)), listed.list.len())
        single = Texts.of(listed.explode())
        known = prior.filter(pl.col("together").is_not_null())
        ends = known["word"].str.split_exact(" ", 1).struct.unnest()
        place = pl.DataFrame({"word": single.distinct, "code": np.arange(len(single), dtype=np.int64)})
        first, second = (
            ends[[end]]
            .join(place, left_on=end, right_on="word", how="left", maintain_order="left")["code"]
            .fill_null(-1)
            .to_numpy()
            for end in ends.columns
        )
        double = pl.DataFrame({"first": first, "second": second, "word": np.arange(len(known)) + len(single)})
        inside = np.flatnonzero(name[:-1] == name[1:])
        code = single.code.astype(np.int64)
        met = pl.DataFrame({"name": name[inside], "first": code[inside], "second": code[inside + 1]}).join(
            double, on=["first", "second"]
        )
        width = np.int64(len(single) + len(known))
        key = distinct(
            np.concatenate([name, met["name"].to_numpy()]) * width
            + np.concatenate([code, met["word"].to_numpy()])
        )
        name, word = key // width, key % width
        table = pl.DataFrame(
            {"word": pl.concat([single.distinct, known["word"]]), "local": np.bincount(word, minlength=width)}
        )
        return name[word > 0], word[word > 0], table.join(prior, on="word", how="left", maintain_order="left")

    def _weigh(self, name: Ints, word: Ints, counted: pl.DataFrame) -> None:
        """A weight in nats for every word, and a negative one for two that often go together ("turning point")."""
        known = float(len(self) + _prior()[1])
        names = pl.col("names").fill_null(0)
        alone = pl.max_horizontal(0.1, (known / (pl.col("local") + names + 1)).log() - COMMON)
        lexicon = (
            counted.with_row_index("code")
            .filter((pl.col("local") > 0) & (pl.col("word") != ""))
            .with_columns(placeless=pl.coalesce("together", alone))
            .with_columns(
                weight=pl.col("placeless") * (1 - PLACE * pl.col("places").fill_null(0) / (names + 1))
            )
            .sort("weight", "word", descending=[True, False])
        )
        self._words = lexicon["word"]
        self.weight: Floats = np.append(lexicon["weight"].to_numpy(), 0.0)
        few = lexicon.select(pl.coalesce("names", "local") <= COINED).to_series()
        self._few: Flags = np.append(few.to_numpy(), False)
        number = np.zeros(counted.height, dtype=np.int64)
        number[lexicon["code"].to_numpy()] = np.arange(lexicon.height)
        self._fill(name, number[word], lexicon["placeless"].to_numpy())

    def _fill(self, name: Ints, word: Ints, placeless: Floats) -> None:
        """The words of each name, the most telling first, and what all of them tell."""
        size = np.int64(max(1, len(placeless)))
        name, word = np.divmod(np.sort(name * size + word), size)
        place = np.arange(len(name)) - np.searchsorted(name, name)
        name, word, place = (column[place < WIDTH] for column in (name, word, place))
        self.tokens = np.full((len(self), WIDTH), -1, dtype=np.int32)
        self.tokens[name, place] = word
        sums = [np.bincount(name, weights[word], len(self)) for weights in (self.weight, placeless)]
        stated = (self.texts != "").to_numpy()
        self.information, self.whole = (np.where(stated, np.maximum(0.1, told), 0.0) for told in sums)
        self.initials: Ints = np.full(len(self), -2, dtype=np.int32)
        several = np.flatnonzero((self.texts.str.count_matches(" ", literal=True) >= 2).to_numpy())
        self.initials[several] = self._numbers(self.texts.gather(several).str.replace_all(r"(\w)\w* ?", "$1"))

    def _numbers(self, words: pl.Series) -> Ints:
        """Words as their numbers, -2 where no name holds the word."""
        known = pl.DataFrame({"word": self._words}).with_row_index("number")
        found = words.to_frame("word").join(known, on="word", how="left", maintain_order="left")["number"]
        return np.asarray(found.cast(pl.Int32).fill_null(-2).to_numpy())

    def rarest(self, ids: Ints) -> Ints:
        """The most telling word of each name, -1 for the empty name."""
        return np.asarray(self.tokens[ids, 0], dtype=np.int64)

    def telling(self, ids: Ints) -> Ints:
        """The most telling words of each name, -1 for words that tell too little to look for others with them."""
        words = self.tokens[ids, :FEW].astype(np.int64)
        return np.where(self.weight[words] >= RARE, words, -1)

    def numbers(self, texts: pl.Series, width: int) -> Ints:
        """The first words of each text as numbers of words, -2 where no name holds the word."""
        words = texts.str.split(" ")
        return np.column_stack([self._numbers(words.list.get(n, null_on_oob=True)) for n in range(width)])

    def shared(self, a: Ints, b: Ints, apart: Ints | None = None) -> Floats:
        """The information (nats) in the words that pairs of names share, without those of `apart`, words for each pair."""
        shared = np.zeros(len(a))
        for start in range(0, len(a), CHUNK):
            part = slice(start, start + CHUNK)
            mine, theirs = self.tokens[a[part]], self.tokens[b[part]]
            both = _among(mine, theirs) & (mine >= 0)
            if apart is not None:
                both &= ~_among(mine, apart[part])
            shared[part] = (self.weight[mine] * both).sum(axis=1)
        return shared

    def marks(self, ids: Ints) -> Ints:
        """What an operator is known by: each whole name and its telling words, as numbers; -1 for none."""
        whole = np.where(ids > 0, ids + len(self.weight), -1)
        return np.column_stack([whole, self.telling(ids)]).astype(np.int32)

    def coined(self, words: Ints) -> Flags:
        """Whether a word stands in so few names that it is likely to be one operator's own."""
        return np.asarray(self._few[words])

    def crowd(self, ids: Ints) -> float:
        """Nats by which these names outnumber those of the directories the counts come from; 0 where they do not."""
        return max(0.0, float(np.log(max(1, len(distinct(ids))) / _prior()[1])))

    def compare(self, a: Ints, b: Ints) -> tuple[Codes, Floats]:
        """For pairs of name numbers: the relation, and the information (nats) of what they share."""
        relation, shared = np.full(len(a), EXACT, dtype=np.int8), self.whole[a]
        rows = np.flatnonzero(a != b)
        one, other, pair = pairs_of(a[rows], b[rows], len(self))
        told = self._compare(one, other)
        relation[rows], shared[rows] = told[0][pair], told[1][pair]
        relation[(a == 0) | (b == 0)] = UNKNOWN
        return relation, shared

    def _compare(self, a: Ints, b: Ints) -> tuple[Codes, Floats]:
        """The same of different names."""
        shared = self.shared(a, b)
        least = np.minimum(self.information[a], self.information[b])
        most = np.maximum(self.information[a], self.information[b])
        inside = shared / np.maximum(least, 1e-9)
        union = shared / np.maximum(least + most - shared, 1e-9)
        relation = np.full(len(a), DIFFERENT, dtype=np.int8)
        relation[(shared >= TELLING) & (inside >= 0.4)] = RELATED
        relation[(union >= 0.72) & (inside >= 0.8)] = SIMILAR
        relation[inside > 0.999] = CONTAINED
        relation[union > 0.999] = EXACT
        shared[union > 0.999] = self.whole[a[union > 0.999]]
        self._spellings(a, b, relation, shared, least)
        far = np.flatnonzero(relation >= RELATED)
        for one, other in ((a[far], b[far]), (b[far], a[far])):
            acronym = far[(self.tokens[one] == self.initials[other][:, None]).any(axis=1)]
            relation[acronym] = SIMILAR
            shared[acronym] = np.maximum(shared[acronym], TELLING)
        return relation, shared

    def _spellings(self, a: Ints, b: Ints, relation: Codes, shared: Floats, least: Floats) -> None:
        """Spacing ("View Point") and misspellings: compared letter by letter where the words do not agree, as whole names and
        as the words that do not agree: long words in common do not make two names one."""
        open_ = np.flatnonzero((relation != EXACT) & (a > 0) & (b > 0))
        alike = open_[spelled_alike(self.squeezed, a[open_], self.squeezed, b[open_], SIMILAR_SPELLING)]
        one, other = (self.texts.gather(names[alike]).str.split(" ") for names in (a, b))
        similar = alike[
            [_is_misspelled(*names) for names in zip(one.to_list(), other.to_list(), strict=True)]
        ]
        relation[similar] = np.where(relation[similar] == CONTAINED, CONTAINED, SIMILAR)
        shared[similar] = np.maximum(shared[similar], 0.8 * least[similar])
        same = alike[(self.squeezed.gather(a[alike]) == self.squeezed.gather(b[alike])).to_numpy()]
        relation[same], shared[same] = EXACT, np.minimum(self.whole[a[same]], self.whole[b[same]])


def _is_misspelled(one: list[str], other: list[str]) -> bool:
    """Whether the words that two names do not share may be one, misspelled: not "Sunrise" and "Sunset" before "Behavioral
    Health", nor "Eastgate" and "Westgate", for who mistypes a word seldom does so in its first letter."""
    mine = "".join(word for word in one if word not in other)
    theirs = "".join(word for word in other if word not in one)
    return not (mine and theirs) or (mine[0] == theirs[0] and fuzz.ratio(mine, theirs) >= SIMILAR_WORDS)


def _among(words: npt.NDArray[Any], others: npt.NDArray[Any]) -> Flags:
    """Whether each word of a row is one of the other words of the row."""
    found = np.zeros(words.shape, dtype=bool)
    for column in others.T:
        found |= words == column[:, None]
    return found

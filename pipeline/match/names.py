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
from rapidfuzz import fuzz, process

from pipeline.match.arrays import Codes, Flags, Floats, Ints

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
    """Word, distinct names with it (`names`), those of them in a place of that name (`places`); and all names."""
    data = Path(__file__).with_name("name_frequency.csv")
    table = pl.read_csv(data, schema={"word": pl.String, "names": pl.Int64, "places": pl.Int64})
    return table.filter(pl.col("word").is_not_null()), int(table.filter(pl.col("word").is_null())["names"][0])


def _words(names: pl.Series) -> pl.DataFrame:
    """Each word, and each two words in a row, of each name once: name (its number), word."""
    single = (
        names.str.split(" ")
        .to_frame("word")
        .with_row_index("name")
        .explode("word")
        .filter(pl.col("word") != "")
    )
    double = single.select("name", word=pl.col("word") + " " + pl.col("word").shift(-1).over("name"))
    return pl.concat([single, double]).drop_nulls("word").unique()


class NameTable:
    """Distinct names of a file. Name 0 is the empty name; `ids` gives the number of each name passed in."""

    def __init__(self, names: pl.Series) -> None:
        distinct = pl.concat([pl.Series([""]), names.unique().sort()]).unique(maintain_order=True)
        place = pl.DataFrame({"name": distinct}).with_row_index("number")
        found = names.to_frame("name").join(place, on="name", how="left", maintain_order="left")["number"]
        self.ids: Ints = found.cast(pl.Int64).to_numpy()
        self.names: list[list[str]] = distinct.str.split(" ").to_list()
        self.squeezed = distinct.str.replace_all(" ", "", literal=True).to_numpy()
        words = _words(distinct)
        self._weigh(words)
        self._fill(words, distinct)

    def _weigh(self, words: pl.DataFrame) -> None:
        """A weight in nats for every word, and a negative one for two that often go together ("turning point")."""
        prior, total = _prior()
        known = float(len(self.names) + total)
        counted = (
            words.group_by("word")
            .agg(local=pl.len())
            .join(prior, on="word", how="left", maintain_order="left")
        )
        names = pl.col("names").fill_null(0)
        pair = pl.col("word").str.contains(" ", literal=True)
        ends = [pl.col("word").str.split(" ").list.get(end, null_on_oob=True) for end in (0, 1)]
        counts = dict(prior.select("word", "names").iter_rows())
        first, second = (end.replace_strict(counts, default=None, return_dtype=pl.Float64) for end in ends)
        together = pl.min_horizontal(0.0, (first * second / (names * total)).log())
        alone = pl.max_horizontal(0.1, (known / (pl.col("local") + names + 1)).log() - COMMON)
        self.lexicon = (
            counted.filter(~pair | (names > 0))
            .sort("word")
            .with_columns(placeless=pl.when(pair).then(together).otherwise(alone))
            .with_columns(
                weight=pl.col("placeless") * (1 - PLACE * pl.col("places").fill_null(0) / (names + 1))
            )
            .with_row_index("number")
            .with_columns(pl.col("number").cast(pl.Int64))
        )
        self.weight: Floats = np.append(self.lexicon["weight"].to_numpy(), 0.0)
        few = self.lexicon.select(pl.coalesce("names", "local") <= COINED).to_series()
        self._few: Flags = np.append(few.to_numpy(), False)

    def _fill(self, words: pl.DataFrame, names: pl.Series) -> None:
        count = len(self.names)
        kept = (
            words.join(self.lexicon, on="word")
            .sort("name", "weight", "number", descending=[False, True, False])
            .with_columns(place=pl.int_range(pl.len()).over("name"))
            .filter(pl.col("place") < WIDTH)
        )
        self.tokens = np.full((count, WIDTH), -1, dtype=np.int32)
        self.tokens[kept["name"].to_numpy(), kept["place"].to_numpy()] = kept["number"].to_numpy()
        sums = kept.group_by("name").agg(pl.col("weight", "placeless").sum())
        self.information: Floats = np.zeros(count)
        self.whole: Floats = np.zeros(count)
        self.information[sums["name"].to_numpy()] = np.maximum(0.1, sums["weight"].to_numpy())
        self.whole[sums["name"].to_numpy()] = np.maximum(0.1, sums["placeless"].to_numpy())
        initials = names.str.replace_all(r"(\w)\w* ?", "$1").to_frame("word")
        found = initials.join(self.lexicon, on="word", how="left", maintain_order="left")["number"]
        enough = (names.str.count_matches(" ") >= 2).to_numpy()
        self.initials: Ints = np.where(enough, found.fill_null(-2).cast(pl.Int64).to_numpy(), -2)

    def rarest(self, ids: Ints) -> Ints:
        """The most telling word of each name, -1 for the empty name."""
        return np.asarray(self.tokens[ids, 0], dtype=np.int64)

    def telling(self, ids: Ints) -> Ints:
        """The most telling words of each name, -1 for words that tell too little to look for others with them."""
        words = self.tokens[ids, :FEW].astype(np.int64)
        return np.where(self.weight[words] >= RARE, words, -1)

    def numbers(self, texts: pl.Series, width: int) -> Ints:
        """The first words of each text as numbers of words, -2 where no name holds the word."""
        words = [pl.col("text").str.split(" ").list.get(n, null_on_oob=True) for n in range(width)]
        known = dict(self.lexicon.select("word", "number").iter_rows())
        table = texts.to_frame("text").select(
            word.replace_strict(known, default=-2, return_dtype=pl.Int64).alias(str(n))
            for n, word in enumerate(words)
        )
        return np.asarray(table.to_numpy())

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
        return np.column_stack([whole, self.telling(ids)])

    def coined(self, words: Ints) -> Flags:
        """Whether a word stands in so few names that it is likely to be one operator's own."""
        return np.asarray(self._few[words])

    def crowd(self, ids: Ints) -> float:
        """Nats by which these names outnumber those of the directories the counts come from; 0 where they do not."""
        return max(0.0, float(np.log(max(1, len(np.unique(ids))) / _prior()[1])))

    def compare(self, a: Ints, b: Ints) -> tuple[Codes, Floats]:
        """For pairs of name numbers: the relation, and the information (nats) of what they share."""
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
        acronym = (self.tokens[a] == self.initials[b][:, None]).any(axis=1)
        acronym |= (self.tokens[b] == self.initials[a][:, None]).any(axis=1)
        acronym &= relation >= RELATED
        relation[acronym] = SIMILAR
        shared[acronym] = np.maximum(shared[acronym], TELLING)
        relation[(a == 0) | (b == 0)] = UNKNOWN
        return relation, shared

    def _spellings(self, a: Ints, b: Ints, relation: Codes, shared: Floats, least: Floats) -> None:
        """Spacing ("View Point") and misspellings: compared letter by letter where the words do not agree, as whole names and
        as the words that do not agree: long words in common do not make two names one."""
        open_ = np.flatnonzero((relation != EXACT) & (a > 0) & (b > 0))
        if not len(open_):
            return
        mine, theirs = self.squeezed[a[open_]], self.squeezed[b[open_]]
        ratio: Any = process.cpdist(
            mine, theirs, scorer=fuzz.ratio, score_cutoff=SIMILAR_SPELLING, workers=-1
        )
        alike = open_[ratio >= SIMILAR_SPELLING]
        similar = alike[
            [_is_misspelled(self.names[x], self.names[y]) for x, y in zip(a[alike], b[alike], strict=True)]
        ]
        same = open_[mine == theirs]
        relation[similar] = np.where(relation[similar] == CONTAINED, CONTAINED, SIMILAR)
        shared[similar] = np.maximum(shared[similar], 0.8 * least[similar])
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

"""Make `pipeline/match/name_frequency.csv` from SAMHSA directory workbooks: statistics of words, no row of them.

usage: python bench/name_frequency.py WORKBOOK.xlsx … > pipeline/match/name_frequency.csv

`names` counts the distinct names that hold a word (or two words in a row), `places` those of them whose city, county
or state bears it too.
"""

from __future__ import annotations

import csv
import re
import sys
from collections import Counter
from itertools import pairwise
from pathlib import Path

from python_calamine import CalamineWorkbook

from pipeline.normalize.name import normalize_name, normalize_names
from pipeline.normalize.place import STATES, find_zip

LEAST = 3  # distinct names below which a word is as good as unseen


def main() -> None:
    places: dict[tuple[str, ...], set[str]] = {}
    for path in map(Path, sys.argv[1:]):
        rows = CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()
        columns = [str(cell).strip().lower() for cell in rows[0]]
        for row in rows[1:]:
            record = dict(zip(columns, (str(cell).strip() for cell in row), strict=False))
            around = where(record)
            names = normalize_names(record["name1"], record["name2"])
            for name in filter(None, (names.primary, names.alias)):
                places.setdefault(name, set()).update(around)
    count = Counter(word for name in places for word in set(name))
    count.update(pair for name in places for pair in {f"{a} {b}" for a, b in pairwise(name)})
    local = Counter(word for name, around in places.items() for word in set(name) if word in around)
    table = csv.writer(sys.stdout, lineterminator="\n")
    table.writerow(["word", "names", "places"])
    table.writerow(["", len(places), 0])
    table.writerows(
        (word, n, local[word])
        for word, n in sorted(count.items())
        if n >= LEAST + (" " in word) and re.fullmatch(r"[a-z][\w ]*[a-z0-9]", word)
    )


def where(record: dict[str, str]) -> set[str]:
    known = find_zip(record["zip"][:5].zfill(5))
    texts = (record["city"], STATES.get(record["state"], ""), known.county if known else "")
    return {word for text in texts for word in normalize_name(text)}


if __name__ == "__main__":
    main()

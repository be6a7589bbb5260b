"""How far boxes of a questionnaire can be believed: `warehouse/reliability.csv`, measured on real directories.

`reliability`: facilities that stand in the substance use and in the mental health directory of one year answered the same
questions twice. Of the values that one row ticks, `agree` of the other's rows tick them too; two answers that are each
right with probability r agree in r², so its root is taken. Fields that only one of them asks get the mean of the rest.
`yearly`: of the values that a facility ticks, the share that the next edition at the same address ticks again; of levels of
care those that the list lost count as gone, since a program that is listed no more may be closed. Only the substance use
directory is here in two editions: its figures are taken for both.

    python bench/reliability.py SU_OF_THE_YEAR_BEFORE.xlsx SU.xlsx MH.xlsx > warehouse/reliability.csv
"""

from __future__ import annotations

import csv
import math
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from pipeline.fields import fields
from pipeline.normalize.address import normalize_street
from pipeline.normalize.directory import DirectoryReader, Origin
from pipeline.normalize.questionnaire import questionnaires
from pipeline.normalize.service_codes import service_codes
from pipeline.records import Assertion, Listing
from sources.samhsa_directory import read_workbook

LEVEL = "level_of_care"
NAMED = ("organization", "phone", "address")  # printed, not ticked
Place = tuple[str, str, str]  # house number, street, ZIP code
Said = frozenset[tuple[str, str]]  # (field, value)


def facilities(path: str) -> dict[Place, Said]:
    """What is said at each address; addresses with more than one row are left out: nobody knows which row is whose."""
    found: dict[Place, list[Said]] = defaultdict(list)
    for item in DirectoryReader("measured").read(read_workbook(Path(path).read_bytes()), Origin()):
        if isinstance(item, Listing):
            street = normalize_street(item.street1 or "", item.street2 or "")
            found[street.number, street.name, item.zip or ""].append(_said(item))
    return {place: rows[0] for place, rows in found.items() if len(rows) == 1 and all(place)}


def _said(listing: Listing) -> Said:
    observations = (*listing.observations, *(o for s in listing.services for o in s.observations))
    return frozenset((o.field, o.written) for o in observations if o.assertion is Assertion.AFFIRMED)


def asked() -> Mapping[str, set[tuple[str, str]]]:
    """(field, value) by questionnaire."""
    found: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for code in service_codes().values():
        for name in code.asked_by:
            found[name] |= {(fact.field, fact.value) for fact in code.facts}
    return found


def shares(
    pairs: Iterable[tuple[Said, Said | None]], counted: set[tuple[str, str]] | None
) -> Iterator[tuple[str, int, int]]:
    """By field: values of the first that count, and those of them that the second says too."""
    values: Counter[str] = Counter()
    again: Counter[str] = Counter()
    for said, other in pairs:
        for field, value in said:
            if (counted is None or (field, value) in counted) and (other is not None or field == LEVEL):
                values[field] += 1
                again[field] += other is not None and (field, value) in other
    return ((field, values[field], again[field]) for field in values)


def main(before: str, now: str, other: str) -> None:
    old, substance, mental = map(facilities, (before, now, other))
    both = asked()["samhsa_su"] & asked()["samhsa_mh"]
    answered = [(substance[p], mental[p]) for p in substance.keys() & mental.keys()]
    twice = [*answered, *((b, a) for a, b in answered)]
    agree = {field: (n, k) for field, n, k in shares(twice, both) if field not in NAMED}
    kept = {field: (n, k) for field, n, k in shares(((s, substance.get(p)) for p, s in old.items()), None)}
    reliable = {field: math.sqrt(k / n) for field, (n, k) in agree.items()}
    usual = sum(reliable.values()) / len(reliable)
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(["questionnaire", "field", "reliability", "yearly", "answered_twice", "asked_again"])
    for questionnaire in questionnaires():
        for field in (name for name in fields() if name in kept):
            n, k = kept[field]
            writer.writerow([
                questionnaire.name,
                field,
                f"{reliable.get(field, usual):.3f}",
                f"{k / n:.3f}",
                agree.get(field, (0, 0))[0],
                n,
            ])  # fmt: skip


if __name__ == "__main__":
    main(*sys.argv[1:])

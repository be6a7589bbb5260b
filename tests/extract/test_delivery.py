"""How a program is attended, by its words: T, F or - (not stated) for in person and virtually (`delivery_cases.tsv`)."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from pipeline.extract.parsing.plain import read_text
from pipeline.extract.reading import Reading, extract

OWN = "\nOur program takes adults with anxiety, three days a week. We accept Aetna. Call us to begin."  # a provider's page
TOLD = {True: "T", False: "F", None: "-"}


def cases() -> list[tuple[str, str, str]]:
    with Path(__file__).with_name("delivery_cases.tsv").open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))
    return [(row["text"].replace("\\n", "\n"), row["in_person"], row["virtual"]) for row in rows]


def told(reading: Reading, field: str) -> str:
    found = reading.programs[0].best(field) if reading.programs else None
    return TOLD[bool(found.value) if found else None]


@pytest.mark.parametrize(("text", "in_person", "virtual"), cases(), ids=[row[0][:60] for row in cases()])
def test_how_it_is_attended(text: str, in_person: str, virtual: str) -> None:
    reading = extract(read_text(text + OWN))
    assert (told(reading, "in_person"), told(reading, "virtual")) == (in_person, virtual)

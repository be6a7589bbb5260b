"""Words for codes: every code that a release may hold has them in both languages, and nothing else does."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pipeline.extract.facts.reach import RULES
from pipeline.normalize.clock import DAYS
from pipeline.vocabulary.tables import FOLDER, rows
from warehouse.contracts import release_tables

Query = Callable[..., list[tuple[Any, ...]]]
MODELS = Path(__file__).resolve().parents[2] / "warehouse" / "models"


def codes_of_contracts() -> dict[str, set[str]]:
    """Vocabulary → every code that a column of a release may hold."""
    found: dict[str, set[str]] = {}
    for contract in release_tables().values():
        for column in contract.columns:
            vocabulary = column.label_vocabulary
            if vocabulary is None:
                continue
            codes = found.setdefault(vocabulary, set())
            if isinstance(column.enum, tuple):
                codes |= {*column.enum}
            elif (FOLDER / f"{vocabulary}.csv").exists():
                codes |= {row.get("code") or row["field"] for row in rows(f"{vocabulary}.csv")}
    return found


def all_codes() -> dict[str, set[str]]:
    """With those that are no column's."""
    surface = (MODELS / "90_surface.sql").read_text(encoding="utf-8")
    answer = re.search(r"CREATE MACRO answer\(.*?;", surface, re.S)
    assert answer
    return codes_of_contracts() | {
        "answer": {*re.findall(r"(?:THEN|ELSE) '(\w+)'", answer[0])},
        "alert": {"stale", "expired"},
        "weekday": {*DAYS},
        "stated": {"true", "false", "not_stated"},
        "presence_rule": {*RULES.values()},
    }


def test_every_code_has_words_in_both_languages_and_no_words_are_of_no_code(query: Query) -> None:
    expected = {
        (vocabulary, code, language)
        for vocabulary, codes in all_codes().items()
        for code in codes
        for language in ("en", "es")
    }
    found = set(query("SELECT vocabulary, code, language FROM vocabulary_label"))
    assert len(found) > 800
    assert (sorted(expected - found), sorted(found - expected)) == ([], [])


def test_words_are_words() -> None:
    with (FOLDER / "labels.csv").open(encoding="utf-8", newline="") as file:
        labels = list(csv.DictReader(file))
    for row in labels:
        for text in (row["en"], row["es"]):
            assert text == text.strip() and "_" not in text and text[0] == text[0].upper(), row
    twice = [row["en"] for row in labels if row["vocabulary"] == "conditions"]
    assert len(twice) == len(set(twice))  # a list of choices names each once
    names = {"payers", "accreditation"}  # a proper name is the same in Spanish
    same = [row["code"] for row in labels if row["en"] == row["es"] and row["vocabulary"] not in names]
    assert set(same) <= set(
        "trauma alcohol anorexia bulimia hindi urdu hmn oj ypk yoga smart_recovery fax error hi ur false".split()
    )


def test_labels_are_asked_by_code(query: Query) -> None:
    (row,) = query(
        """SELECT label('conditions', 'ptsd'), label('weekday', 'mo', language := 'es'), label('conditions', 'nothing'),
        labels('payers', ['medicaid', 'of another version', 'aetna']), labels('payers', NULL),
        label('answer', answer(['aetna'], ['medicaid'], NULL, 'medicaid'), language := 'es')"""
    )
    assert row[:3] == ("Post-traumatic stress (PTSD)", "Lunes", None)
    assert row[3:5] == (["Medicaid", "of another version", "Aetna"], None)
    assert row[5].startswith("Se preguntó y no se marcó")


@pytest.mark.parametrize("state", ["fresh", "due", None])
def test_what_is_verified_in_time_has_no_alert(query: Query, state: str | None) -> None:
    assert query("SELECT alert_text(?, TIMESTAMP '2026-03-01')", state) == [(None,)]


def test_an_alert_tells_the_date_in_either_language(query: Query) -> None:
    asked = "SELECT alert_text(?, TIMESTAMP '2025-01-02 03:04'), alert_text(?, TIMESTAMP '2025-01-02', language := 'es')"
    for state in ("stale", "expired"):
        (texts,) = query(asked, state, state)
        assert all("2025-01-02" in text and "{" not in text for text in texts)
        assert texts[0].startswith("Last verified on") and texts[1].startswith("Verificado por última vez")


def test_a_release_names_the_words_of_each_column(query: Query) -> None:
    named = dict(
        query(
            "SELECT column_name, labels FROM contract_column WHERE table_name = 'directory' AND labels IS NOT NULL"
        )
    )
    assert named["payers_in_network"] == "payers"
    assert named["payers_scope"] == "scope"
    assert named["accepting_of_place"] == named["accepting"] == "accepting"
    assert "city" not in named

"""Reference data of a build: vocabulary tables from their CSV files, and the policy as tables that the models join."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import duckdb

from warehouse.contracts import Contract
from warehouse.policy import policy
from warehouse.sql import insert_rows, quoted

RELIABILITY = Path(__file__).parent / "reliability.csv"
RIGHTS = Path(__file__).parent / "rights.csv"
COVERAGE = Path(__file__).parent / "coverage" / "marts"
Trust = tuple[
    int, float, str | None, bool
]  # priority, weight, voice, whether it is a page (`sources/kinds.py`)

# How the models treat each field: the traits of `fields.csv` that are theirs.
FIELDS = """CREATE TABLE policy.field AS
    SELECT field, cardinality, split_part(value, ':', 1) AS written, nullif(split_part(value, ':', 2), '') AS vocabulary,
        verify_days::INTEGER AS verify_days, coalesce(entity = 'organization', FALSE) AS of_organization,
        coalesce(entity = 'location', FALSE) AS of_location, one_per AS only_one_of,
        list_contains(treated, 'wording') AS wording, list_contains(treated, 'one_source') AS one_source,
        list_contains(treated, 'inherited') AS inherit, list_contains(treated, 'name') AS is_name
    FROM (SELECT *, string_split(coalesce(traits, ''), '; ') AS treated FROM read_csv(?, header = true, all_varchar = true))"""

HIERARCHIES = (  # the table that spells a hierarchy out, its vocabulary, the column that names what is broader
    ("condition_ancestor", "vocabulary_condition", "parent"),
    ("payer_ancestor", "vocabulary_payer", "kind_of"),
)
ANCESTORS = """INSERT INTO {table}
    WITH RECURSIVE up AS (
        SELECT code, code AS ancestor FROM {vocabulary}
        UNION
        SELECT up.code, v.{broader} FROM up JOIN {vocabulary} v ON v.code = up.ancestor
        WHERE v.{broader} IS NOT NULL)
    SELECT code, ancestor FROM up ORDER BY ALL"""


LABELS = """INSERT INTO vocabulary_label BY NAME
    UNPIVOT (FROM read_csv(?, header = true, all_varchar = true))
    ON * EXCLUDE (vocabulary, code) INTO NAME language VALUE label
    ORDER BY vocabulary, language, code"""

# The boxes of questionnaires, from the codes (`asked_by`: questionnaire:first-last, one entry for each).
ASKS = """INSERT INTO asks BY NAME
    SELECT asked[1] AS questionnaire, any_value(q.focus) AS focus, min(asked[2]::INTEGER) AS since,
        CASE WHEN bool_and(asked[3] <> '') THEN max(try_cast(asked[3] AS INTEGER)) END AS until,
        fact[1] AS field, ltrim(fact[2], '!') AS value
    FROM (
        SELECT string_split(trim(unnest(string_split(facts, ';'))), '=') AS fact, asked_by
        FROM read_csv(?, header = true, all_varchar = true) WHERE facts <> '')
    CROSS JOIN LATERAL (SELECT regexp_split_to_array(trim(unnest(string_split(asked_by, ';'))), '[:-]') AS asked)
    JOIN read_csv(?, header = true, all_varchar = true) q ON q.questionnaire = asked[1]
    GROUP BY ALL ORDER BY ALL"""


class KindError(ValueError):
    """A source whose kind is unknown: nothing that it says could be weighed; the message names both."""


class VocabularyError(ValueError):
    """A vocabulary file that is missing or malformed; the message names it."""


def fill_vocabularies(
    connection: duckdb.DuckDBPyConnection, folder: Path, contracts: Mapping[str, Contract]
) -> None:
    """Every table whose contract names a vocabulary, from `<folder>/<vocabulary>.csv`; lists are split at `;`.
    And `vocabulary_label` from `labels.csv`, which has a column for each language."""
    for contract in contracts.values():
        if not contract.vocabulary:
            continue
        path = folder / f"{contract.vocabulary}.csv"
        if not path.exists():
            raise VocabularyError(f"vocabulary {path} is missing; the table {contract.table} is made of it")
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = [
                [_cell(row.get(c.name), c.type.kind) for c in contract.columns]
                for row in csv.DictReader(file)
            ]
        if not rows:
            raise VocabularyError(f"vocabulary {path} has no rows; the table {contract.table} is made of it")
        connection.execute(insert_rows(contract.table, rows))
    labels = folder / "labels.csv"
    if not labels.exists():
        raise VocabularyError(f"vocabulary {labels} is missing; it has the words for all codes")
    connection.execute(LABELS, [str(labels)])
    for table, vocabulary, broader in HIERARCHIES:
        connection.execute(ANCESTORS.format(table=table, vocabulary=vocabulary, broader=broader))


def _cell(text: str | None, kind: str) -> Any:
    if text is None or not text.strip():
        return None
    return [part.strip() for part in text.split(";") if part.strip()] if kind == "list" else text.strip()


def fill_kinds(connection: duckdb.DuckDBPyConnection, trust: Mapping[str, Trust]) -> None:
    """`policy.kind`: how claims weigh each kind of source. KindError where the stage has a kind without them."""
    connection.execute(
        "CREATE TABLE policy.kind (kind VARCHAR, priority INTEGER, weight DOUBLE, voice VARCHAR, is_page BOOLEAN)"
    )
    corrections = [(kind, t["priority"], t["weight"], None, False) for kind, t in policy()["trust"].items()]
    rows = [*corrections, *((kind, *weights) for kind, weights in trust.items())]
    connection.execute(insert_rows("policy.kind", rows))
    unknown = "SELECT source_id, kind FROM stage.source ANTI JOIN policy.kind USING (kind) ORDER BY ALL"
    for source_id, kind in connection.execute(unknown).fetchall():
        raise KindError(f"source {source_id} is of the kind {kind!r}, which the build knows no trust of")


def fill_policy(
    connection: duckdb.DuckDBPyConnection, vocabulary: Path, contracts: Mapping[str, Contract]
) -> None:
    """`policy.field` (how each field is treated), `policy.code` (which codes exist), `policy.reliability` (how often what a
    questionnaire's boxes say was found to be so), `policy.rights` (what terms allow), and the table `asks`."""
    connection.execute(FIELDS, [str(vocabulary / "fields.csv")])
    connection.execute(ASKS, [str(vocabulary / name) for name in ("service_codes.csv", "questionnaires.csv")])
    connection.execute(
        "CREATE TABLE policy.reliability AS FROM read_csv(?, header = true)", [str(RELIABILITY)]
    )
    connection.execute(
        "CREATE TABLE policy.rights AS SELECT row_number() OVER () AS place, * FROM read_csv(?, header = true, all_varchar = true)",
        [str(RIGHTS)],
    )
    for table in ("dimension", "target"):  # what coverage counts, and what it measures the way to
        file = COVERAGE / f"{table}s.csv"
        connection.execute(f"CREATE TABLE policy.{table} AS FROM read_csv(?, header = true)", [str(file)])
    connection.execute("CREATE TABLE policy.code (vocabulary VARCHAR, code VARCHAR)")
    named = "SELECT DISTINCT vocabulary FROM policy.field WHERE vocabulary IS NOT NULL ORDER BY ALL"
    for (name,) in connection.execute(named).fetchall():
        codes = _codes(connection, name, contracts)
        connection.execute(insert_rows("policy.code", [(name, code) for code in codes]))


def _codes(
    connection: duckdb.DuckDBPyConnection, vocabulary: str, contracts: Mapping[str, Contract]
) -> list[str]:
    """Codes of a vocabulary; a closed list that needs no words stands in the contract of `service`."""
    for contract in contracts.values():
        if contract.vocabulary == vocabulary:
            return [
                row[0] for row in connection.execute(f"SELECT code FROM {quoted(contract.table)}").fetchall()
            ]
    return list(contracts["service"].column(vocabulary).enum or ())

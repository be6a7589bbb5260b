"""Which services an export is of: by state, level of care and focus. Every table that an export reads is then of these alone.

The rows of the directory that are wanted give the ids of services, places and operators that are exported; whatever names
another id is left out, so that every reference is to something that is there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

import duckdb
import zipcodes

from warehouse.exports.errors import ExportError
from warehouse.sql import literal, quoted

if TYPE_CHECKING:  # slow to load, and `iop query` needs it not
    from warehouse.contracts import Contract

IDS = ("service_id", "location_id", "organization_id")
# Columns that hold an id of any type; of an id that came to an end, the one that goes on is enough.
OF_ANY_TYPE = {"entity_id": ("entity_id",), "old_id": ("old_id", "new_id")}
# Virtual programs count in the states that they name, and those that name none in that of their provider.
IN_STATE = """(state IN ({0}) OR list_has_any(virtual_states, [{0}])
    OR (virtual AND virtual_states IS NULL AND state IS NULL AND provider_state IN ({0})))"""
LEVEL = "level_of_care IN ({0})"
FOCUS = "(focus IN ({0}) OR focus = 'both')"


@dataclass(frozen=True, slots=True)
class Selection:
    """Codes of which one must hold; none of a kind is all. `focus`: a program for both is found under either."""

    state: Sequence[str] = ()
    level: Sequence[str] = ()
    focus: Sequence[str] = ()

    def __bool__(self) -> bool:
        return bool(self.as_facts())

    def as_facts(self) -> Mapping[str, list[str]]:
        """What was asked for, as exports say it of themselves; empty where all is exported."""
        asked = {field.name: list(getattr(self, field.name)) for field in fields(self)}
        return {name: codes for name, codes in asked.items() if codes}

    def sql(self) -> str:
        """The condition on a row of the directory."""
        kinds = ((IN_STATE, self.state), (LEVEL, self.level), (FOCUS, self.focus))
        return " AND ".join(text.format(", ".join(map(literal, codes))) for text, codes in kinds if codes)


ALL = Selection()


def selection(*, state: str | None = None, level: str | None = None, focus: str | None = None) -> Selection:
    """Of codes as people write them, parted by commas. ExportError where there is no such state; `narrow` looks at the others."""
    states = tuple(code.upper() for code in _codes(state))
    if states:
        known = {row["state"] for row in zipcodes.list_all()}  # type: ignore[no-untyped-call]
        _all_known("state", states, known)
    return Selection(states, _codes(level), _codes(focus))


def narrow(
    connection: duckdb.DuckDBPyConnection,
    whole: str,
    to: str,
    chosen: Selection,
    contracts: Mapping[str, Contract],
) -> None:
    """Views in the schema `to` of the release in the schema `whole`: rows of the chosen services, of their places and operators, and
    rows that are of none. Rows of the history count, too: who moved away was there."""
    levels = f"SELECT code FROM {whole}.vocabulary_level_of_care"
    _all_known("level", chosen.level, {code for (code,) in connection.execute(levels).fetchall()})
    _all_known("focus", chosen.focus, set(contracts["service"].column("focus").enum or ()))
    connection.execute("CREATE SCHEMA IF NOT EXISTS memory.chosen")
    for table in ("directory", "directory_history"):
        connection.execute(
            f"""CREATE TABLE memory.chosen.{table} AS SELECT DISTINCT service_id, location_id, organization_id
            FROM {whole}.{table} WHERE {chosen.sql()}"""
        )
    for table, ids in (("now", "directory"), ("ever", "directory_history")):
        connection.execute(f"CREATE TABLE memory.chosen.{table} AS {_ids(ids, whole)}")
    for contract in contracts.values():
        name = quoted(contract.table)
        wanted = " AND ".join(_conditions(contract)) or "TRUE"
        connection.execute(f"CREATE VIEW {to}.{name} AS SELECT * FROM {whole}.{name} WHERE {wanted}")


def _ids(rows: str, whole: str) -> str:
    """All ids of rows; the operator of a place may be another than that of the service."""
    of_rows = " UNION ".join(f"SELECT {column} AS id FROM memory.chosen.{rows}" for column in IDS)
    return f"""SELECT id FROM ({of_rows} UNION SELECT l.organization_id FROM {whole}.location l
        SEMI JOIN memory.chosen.{rows} USING (location_id)) WHERE id IS NOT NULL"""


def _conditions(contract: Contract) -> Iterator[str]:
    """What must hold of a row of a table. A row of the directory is itself chosen, not only its ids."""
    now, ever = (f"(SELECT id FROM memory.chosen.{table})" for table in ("now", "ever"))
    if contract.table in ("directory", "directory_history", "service_at_location"):
        yield """(service_id, coalesce(location_id, '')) IN (SELECT (service_id, coalesce(location_id, ''))
            FROM memory.chosen.{})""".format(
            "directory_history" if "history" in contract.table else "directory"
        )
        return
    for column in IDS:
        if column in contract.names:
            yield f"({quoted(column)} IS NULL OR {quoted(column)} IN {now})"
    for column, any_of in OF_ANY_TYPE.items():
        if column in contract.names:
            yield "(" + " OR ".join(f"{quoted(one)} IN {ever}" for one in any_of) + ")"


def _codes(text: str | None) -> tuple[str, ...]:
    return tuple(code.strip().lower() for code in (text or "").split(",") if code.strip())


def _all_known(kind: str, codes: Sequence[str], known: set[str]) -> None:
    for code in codes:
        if code not in known:
            raise ExportError(f"there is no {kind} {code!r}: there are {', '.join(sorted(known))}")

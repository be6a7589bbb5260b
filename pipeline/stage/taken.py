"""Which sources speak of what was taken down: what leaves the archive for others leaves them out."""

from __future__ import annotations

from collections.abc import Collection

from pipeline.stage.tables import ALL, Stage
from warehouse.overrides import ENTITY
from warehouse.policy import TAKEN
from warehouse.takedown import with_redirects


class StageLostError(RuntimeError):
    """The stage no longer tells whose records a taken-down id has; the message says what to do."""


def taken_sources(stage: Stage, ids: Collection[str]) -> frozenset[str]:
    """The sources that list any of the ids (`takedown.csv`), by the ledger on the stage. Raises StageLostError."""
    if not ids:
        return frozenset()
    rows = stage.read("ledger", ALL).select("entity_id", "redirect_to", "members").rows()
    members: dict[str, list[str]] = {entity: listed or [] for entity, _, listed in rows}
    redirects = [(entity, to) for entity, to, _ in rows if to]
    found: set[str] = set()
    for asked in ids:
        records = {one for one in with_redirects([asked], redirects) if not ENTITY.match(one)}
        for entity in with_redirects([asked], redirects) & members.keys():
            records |= {member for member in members[entity] if not member.startswith(TAKEN)}
        if not records:
            raise StageLostError(
                f"nothing on the stage says which sources speak of {asked}, which is taken down: run `iop replay` first, or name "
                "its listing (source:key) in takedown.csv where its source has left the registry"
            )
        found |= {record.partition(":")[0] for record in records}
    return frozenset(found)

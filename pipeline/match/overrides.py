"""What reviewers decided, as matching takes it: pairs of records that are told to be joined or parted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from pipeline.match.verdicts import Verdicts
from warehouse.overrides import Overrides, Pair


def tell(overrides: Overrides, members: Mapping[str, Iterable[str]], present: Iterable[str]) -> Verdicts:
    """Decisions as pairs of records that are there. `members` are the records of entity ids (from the ledger).

    One pair is enough to say *same*; *different* is said of every pair, and of a location too where two operators
    are different, since a location has one.
    """
    here = set(present)
    told = Verdicts()
    for row in overrides.of(Pair):
        left = [m for m in members.get(row.left, (row.left,)) if m in here]
        right = [m for m in members.get(row.right, (row.right,)) if m in here]
        if row.kind == "same":
            told.same.update(
                {(row.level, a, b): row.words for a, b in zip(left[:1], right[:1], strict=False)}
            )
            continue
        levels = ("organization", "location") if row.level == "organization" else (row.level,)
        told.different.update({(level, a, b): row.words for level in levels for a in left for b in right})
    return told


def obsolete(
    overrides: Overrides,
    members: Mapping[str, Iterable[str]],
    present: Iterable[str],
    redirected: Mapping[str, str],
) -> list[str]:
    """Overrides that no longer do anything, with the reason: something they name is gone, or was merged.

    What they name may be of another registry: an id that the ledger never had, a listing of a source that is neither
    here nor in the ledger. Nothing is said of that.
    """
    here = set(present)
    sources = {_source(m) for m in here}.union(_source(m) for records in members.values() for m in records)
    out = []
    for row in overrides.rows:
        for name in row.ids:
            if name in redirected:
                out.append(
                    f"{row.place}: {name} is now {redirected[name]}; write that id, or delete the line"
                )
            elif name not in members and _source(name) not in sources:
                continue
            elif not any(m in here for m in members.get(name, (name,))):
                out.append(
                    f"{row.place}: {name} is not in the present sources; delete the line if it stays so"
                )
    return out


def _source(name: str) -> str:
    """The source of a listing's id; an entity's id has none, and is of no source."""
    return name.partition(":")[0] if ":" in name else ""

"""What reviewers decided of pairs of records: it wins over the model."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

Pair = tuple[str, str]
Verdict = tuple[bool, str]  # whether they are the same, and the words to show


@dataclass(frozen=True, slots=True)
class Verdicts:
    """Pairs of record ids by level, (level, left, right), with the words to show."""

    same: dict[tuple[str, str, str], str] = field(default_factory=dict)
    different: dict[tuple[str, str, str], str] = field(default_factory=dict)

    def at(self, level: str) -> dict[Pair, Verdict]:
        """Those of one level; where both are said of a pair, *different* holds."""
        tables = ((True, self.same), (False, self.different))
        return {
            (left, right): (same, words)
            for same, table in tables
            for (of, left, right), words in sorted(table.items())
            if of == level
        }

    def positions(self, level: str, ids: Iterable[str]) -> Mapping[tuple[int, int], Verdict]:
        """The same, of positions in a list of record ids, the smaller first."""
        verdicts = self.at(level)
        place = {record: n for n, record in enumerate(ids)} if verdicts else {}
        pairs = (
            (sorted((place.get(a, -1), place.get(b, -1))), verdict) for (a, b), verdict in verdicts.items()
        )
        return {(low, high): verdict for (low, high), verdict in pairs if low >= 0}

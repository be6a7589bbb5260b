"""What two records may say of each other, field by field: codes of relations, and pairs of records compared.

*Unknown* (one side does not state it) is kept apart from *different*. `weights.csv` says what each relation is worth at each
level.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from pipeline.match.arrays import Codes, Floats, Ints
from pipeline.match.names import NAME_RELATIONS

RELATIONS: Mapping[str, tuple[str, ...]] = {
    "base": ("base",),
    "street": ("unknown", "same", "letter", "suffix", "similar", "misread", "different"),
    "locality": ("same", "city", "elsewhere", "state"),
    "unit": ("unknown", "same", "similar", "different"),
    "phone": ("unknown", "same", "extension", "crossed", "intake", "near", "different"),
    "name": NAME_RELATIONS,
    "label": ("unknown", "same", "different"),
    "department": ("unknown", "different"),
    "withheld": ("unknown", "crossed"),
    "building": ("unknown", "phone", "host"),
    "domain": ("unknown", "same", "different"),
    "identifier": ("unknown", "same", "different"),
    "file": ("other", "same"),
    "area": ("building", "city", "state", "elsewhere"),
    "alone": ("other", "state", "site", "own", "elsewhere"),
}


@dataclass(frozen=True, slots=True)
class Comparison:
    """Relations of each pair by field, and how much the shared name and number tell."""

    left: Ints
    right: Ints
    relation: Mapping[str, Codes]
    shared_name: Floats  # nats
    operators: Ints  # operators who use the phone that the two share, 1 where it is theirs alone
    domain_operators: Ints
    identifier_operators: Ints
    names: float  # nats: how much likelier names agree by chance than in the directories the counts come from

    def at(self, pairs: Ints | slice) -> Comparison:
        """The comparison of these pairs."""
        relation = {field: codes[pairs] for field, codes in self.relation.items()}
        return replace(
            self,
            left=self.left[pairs],
            right=self.right[pairs],
            relation=relation,
            shared_name=self.shared_name[pairs],
            operators=self.operators[pairs],
            domain_operators=self.domain_operators[pairs],
            identifier_operators=self.identifier_operators[pairs],
        )


def code(field: str, relation: str) -> int:
    return RELATIONS[field].index(relation)

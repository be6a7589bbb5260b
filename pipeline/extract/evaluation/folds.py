"""Five folds of labelled rows, a provider in one of them: what is fitted on four is measured on the fifth.

Fold ASIDE is never read by eye: its score tells how rules written by hand fare on pages that nobody looked at.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from sources.urls import registrable

FOLDS = 5
ASIDE = 0


def provider_of(row: Mapping[str, Any]) -> str:
    """Whose page a row is: its `site`, the first part of an id such as `provider__page`, else its registrable domain."""
    name = str(row.get("id", ""))
    return (
        str(row.get("site") or "")
        or ("__" in name and name.split("__")[0])
        or registrable(str(row.get("url") or ""))
        or name
    )


def fold_of(provider: str) -> int:
    """The fold of a provider, 0 to FOLDS - 1: the same in every run and on every machine."""
    return int.from_bytes(hashlib.sha256(provider.encode()).digest()[:8], "big") % FOLDS

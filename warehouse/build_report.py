"""What a build came to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path


@dataclass(frozen=True, slots=True)
class BuildReport:
    """What was built: the file, the number of the release, rows per table, seconds per model, rows in quarantine by
    source (what reading refused and what admission did), and when the clock alone will change what it says (UTC)."""

    path: Path
    release: int
    rows: Mapping[str, int]
    seconds: Mapping[str, float] = field(default_factory=dict)
    quarantined: Mapping[str, int] = field(default_factory=dict)
    changes_at: datetime | None = None  # never, but for other inputs

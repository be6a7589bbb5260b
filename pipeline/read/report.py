"""What came of reading a source."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field


@dataclass(slots=True)
class ReadReport:
    """What came of reading one source. `rows`: on the stage now, per table; None where it gave nothing yet."""

    source_id: str
    documents: int = 0
    parsed: int = 0  # pages that were parsed: new ones, changed ones, all where the code changed
    rows: dict[str, int] | None = None
    changed: bool = False
    out_of_scope: int = 0  # rows of other states than are asked for
    page_kinds: dict[str, int] = field(default_factory=dict)
    second: Counter[str] = field(default_factory=Counter)  # what became of a second reader's values
    problem: str | None = None  # why the source, or some page of it, could not be read
    left: int = 0  # pages for which there was no time

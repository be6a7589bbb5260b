<<<<<<< HEAD
"""Which records speak of the same organization, place and service, and the ids that last (docs/matching.md)."""
=======
"""Which records speak of the same organization, place and service, and the ids that last (docs/matching.md).

Frames in, frames out: reading and writing the stage belongs to `pipeline.stage`.
"""

from pipeline.match.model import MatchResult, match_records
from pipeline.match.overrides import OverrideError, Overrides, append_override, load_overrides
from pipeline.match.resolve import Resolution, resolve
from pipeline.match.review import explain, review_queue
from pipeline.match.table import match_csv

__all__ = [
    "MatchResult",
    "OverrideError",
    "Overrides",
    "Resolution",
    "append_override",
    "explain",
    "load_overrides",
    "match_csv",
    "match_records",
    "resolve",
    "review_queue",
]
>>>>>>> match

"""Which records speak of the same organization, place and service, and the ids that last (docs/matching.md)."""

from pipeline.match.model import MatchResult, match_records
from pipeline.match.resolve import Resolution, resolve
from pipeline.match.review import explain, review_queue
from pipeline.match.table import match_csv

__all__ = [
    "MatchResult",
    "Resolution",
    "explain",
    "match_csv",
    "match_records",
    "resolve",
    "review_queue",
]

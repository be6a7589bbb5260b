"""Source health: what a source's visits, and the facts that came of them, say about it. A pure function.

Blocked is not dead, and a site that answers but says nothing any more is neither: it needs attention.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from statistics import median

from pipeline.archive.visits import GOOD, VisitRow, Visits, visits_of
from pipeline.records import Outcome

REFUSING = frozenset({Outcome.BLOCKED, Outcome.ROBOTS_DENIED, Outcome.RATE_LIMITED})
ABSENT = frozenset({Outcome.GONE, Outcome.DNS})
FOR_US_TO_MEND = frozenset(
    {Outcome.MOVED, Outcome.TLS, Outcome.REFUSED_ADDRESS, Outcome.NOT_HTML, Outcome.ERROR}
)
DEAD_AFTER = 3  # absent visits in a row …
DEAD_SPAN = timedelta(days=14)  # … over at least so long
FAILED_SHARE = 0.25  # of a visit's pages; above it the source is degraded
DRIFT = 0.5  # a fall of pages or bytes below this share of the usual needs a look
USUAL_OF = 5  # visits that say what is usual


class State(StrEnum):
    """How a source is. Ordered from good to bad."""

    HEALTHY = "healthy"
    DEGRADED = "degraded"
    NEEDS_ATTENTION = "needs_attention"
    BLOCKED = "blocked"
    DEAD = "dead"
    UNREAD = "unread"  # never visited
    PAUSED = "paused"  # by the registry


@dataclass(frozen=True, slots=True)
class Health:
    """One row of `iop sources`. Shares compare the last good visit with the usual of those before; None: nothing
    to compare with. `reason` says what decided the state, in words for a person."""

    source_id: str
    state: State
    reason: str
    last_visit: datetime | None = None
    last_good: datetime | None = None
    visits: int = 0
    good_visits: int = 0
    consecutive_failures: int = 0
    pages: int | None = None
    pages_share: float | None = None
    bytes_share: float | None = None
    facts: int | None = None
    facts_share: float | None = None


def health(
    source_id: str,
    visits: Visits,
    facts: Sequence[Mapping[str, int]] = (),
    *,
    refused: str = "",
    overdue: bool = False,
) -> Health:
    """The health of a source from its visits, and its fact counts by field after each of its last good visits,
    oldest first. For many sources give the visits `by_source`.

    `refused` is why its newest pages were not taken for what they say (`layout_changed`); `overdue` that it should
    have been read again by now.
    """
    own = visits_of(source_id, visits)
    if not own:
        return Health(source_id, State.UNREAD, "never visited")
    good = [v for v in own if v.good]
    failures = next((i for i, v in enumerate(reversed(own)) if v.good), len(own))
    totals = [sum(f.values()) for f in facts]
    shares = {
        "pages": _share([v.good for v in good]),
        "bytes": _share([v.size for v in good]),
        "facts": _share(totals),
    }
    if failures:
        state, reason = _failing(own[-failures:])
    else:
        state, reason = _answering(own[-1], refused, shares, totals)
    if overdue and state is State.HEALTHY:
        state, reason = State.DEGRADED, f"due again, and not read since {own[-1].ended_at:%Y-%m-%d}"
    return Health(
        source_id,
        state,
        reason,
        last_visit=own[-1].ended_at,
        last_good=good[-1].ended_at if good else None,
        visits=len(own),
        good_visits=len(good),
        consecutive_failures=failures,
        pages=good[-1].good if good else None,
        pages_share=shares["pages"],
        bytes_share=shares["bytes"],
        facts=totals[-1] if totals else None,
        facts_share=shares["facts"],
    )


def _answering(
    last: VisitRow, refused: str, shares: Mapping[str, float | None], facts: Sequence[int]
) -> tuple[State, str]:
    """The state after a visit with good pages."""
    count = last.outcomes.get
    most = max((o for o in last.outcomes if o not in GOOD), key=lambda o: last.outcomes[o], default=None)
    if sum(count(outcome, 0) for outcome in REFUSING) > last.good:
        return State.BLOCKED, f"only {last.good} of {last.attempts} pages good, most others {most}"
    moved = [outcome for outcome in FOR_US_TO_MEND if count(outcome, 0) > last.good]
    if moved:
        return State.NEEDS_ATTENTION, f"most pages answer {moved[0].value}"
    if refused or count(Outcome.LAYOUT_CHANGED):
        return State.NEEDS_ATTENTION, f"layout changed: {refused or 'pages came without their facts'}"
    for what in ("pages", "bytes"):
        share = shares[what]
        if share is not None and share < DRIFT:
            others = f"; the others {most}" if most else ""
            return State.NEEDS_ATTENTION, f"{what} fell to {share:.0%} of the usual{others}"
    if facts and not facts[-1]:
        return State.NEEDS_ATTENTION, "pages come, and no fact is read in them"
    failed = last.attempts - last.good - count(Outcome.ROBOTS_DENIED, 0)
    if failed > FAILED_SHARE * last.attempts:
        return State.DEGRADED, f"{failed} of {last.attempts} pages failed, most of them {most}"
    return State.HEALTHY, f"{last.good} of {last.attempts} pages good"


def _failing(failed: Sequence[VisitRow]) -> tuple[State, str]:
    """The state after one or more visits without a single good page."""
    last = failed[-1].outcomes
    main = max(last, key=lambda outcome: last[outcome], default="no attempt")
    times = (
        f"{main} at the last visit"
        if len(failed) == 1
        else f"no good page at the last {len(failed)} visits: {main}"
    )
    if main in REFUSING:
        return State.BLOCKED, times
    if main in FOR_US_TO_MEND:
        return State.NEEDS_ATTENTION, times
    absent = all(v.outcomes and set(v.outcomes) <= ABSENT for v in failed)
    if absent and len(failed) >= DEAD_AFTER and failed[-1].ended_at - failed[0].ended_at >= DEAD_SPAN:
        return State.DEAD, times
    return (State.NEEDS_ATTENTION if len(failed) >= DEAD_AFTER else State.DEGRADED), times


def _share(values: Sequence[int]) -> float | None:
    """The last value as a share of what was usual before it."""
    usual = median(values[-1 - USUAL_OF : -1]) if len(values) > 1 else 0
    return values[-1] / usual if usual else None

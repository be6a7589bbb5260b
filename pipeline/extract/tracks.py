"""Tracks: several offers of one level of care on one page ("Evening Adult IOP", "Teen IOP"), told by their headings.

A heading (or the label of a card, or a table's header) names a track when it holds a qualifier: for whom, when, how,
or for what. A level is split only where at least two tracks have a schedule, dose or ages of their own.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from pipeline.extract.context import PageContext
from pipeline.records import Observation

_QUALIFIERS: tuple[tuple[str, str], ...] = (
    ("virtual", r"virtual|online|telehealth|remote"),
    ("in-person", r"in-person|on-site"),
    ("evening", r"evening|night"),
    ("morning", r"morning"),
    ("afternoon", r"afternoon"),
    ("day", r"day(?:time)?(?! ?treatment)"),
    ("weekend", r"weekend"),
    ("child", r"child(?:ren)?|kids"),
    ("tween", r"tweens?"),
    ("teen", r"teens?|adolescents?|youth"),
    ("young-adult", r"young adults?|emerging adults?|college"),
    ("adult", r"adults?(?! children)"),
    ("older-adult", r"seniors?|older adults?|geriatric"),
    ("women", r"wom[ae]n'?s?"),
    ("men", r"m[ae]n'?s?"),
    ("first-responder", r"first responders?"),
    ("veteran", r"veterans?|military"),
    ("lgbtq", r"lgbtq\w*\+?"),
    ("professional", r"professionals?|executives?"),
    ("perinatal", r"perinatal|postpartum|maternal"),
    ("substance-use", r"substance[ -](?:use|abuse)|chemical dependency|addiction|sud"),
    ("mental-health", r"mental health|psychiatric"),
    ("eating-disorder", r"eating disorders?"),
    ("dual-diagnosis", r"dual diagnosis|co-occurring"),
    ("trauma", r"trauma|ptsd"),
    ("ocd", r"ocd"),
    ("dbt", r"dbt"),
    ("spanish", r"spanish|español"),
)
_PATTERNS = tuple((name, re.compile(rf"\b(?:{pattern})(?!\w)")) for name, pattern in _QUALIFIERS)
_OWN = frozenset({"session", "days_per_week", "hours_per_day", "hours_per_week", "ages"})
LONGEST_NAME = 70
MOST = 8  # tracks of one level on a page; more are a list of something else


def track_named_by(folded: str) -> str | None:
    """The track that a heading names ("evening-adult"); None where it holds no qualifier."""
    found: list[str] = []
    for name, pattern in _PATTERNS:
        if pattern.search(folded):
            found.append(name)
    if "young-adult" in found and "adult" in found:
        found.remove("adult")
    if "older-adult" in found and "adult" in found:
        found.remove("adult")
    return "-".join(found[:3]) or None


def with_tracks(
    context: PageContext, observations: Iterable[Observation], title: int | None
) -> list[Observation]:
    """The observations, each with the track whose heading governs it. `title` is the page's first heading."""
    cache: dict[int, str | None] = {}
    placed = []
    for observation in observations:
        block = context.block_at(observation.start)
        if block is None:
            placed.append(observation)
            continue
        if block.index not in cache:
            names = (
                track_named_by(context.folded[g.start : g.end])
                for g in ([block] if block.level else []) + context.path(block)
                if g.index != title and len(g.text) <= LONGEST_NAME and not g.text.endswith("?")
            )
            cache[block.index] = next((name for name in names if name), None)
        track = cache[block.index]
        placed.append(replace(observation, track=track) if track else observation)
    return placed


def split(observations: Sequence[Observation]) -> dict[str | None, list[Observation]]:
    """Observations of one level by track; under None alone where the page has no two tracks of their own."""
    own = dict.fromkeys(
        o.track for o in observations if o.track and o.field in _OWN and o.assertion == "affirmed"
    )
    if not 2 <= len(own) <= MOST:
        return {None: [replace(o, track=None) if o.track else o for o in observations]}
    shared = [replace(o, track=None) if o.track else o for o in observations if o.track not in own]
    return {track: [o for o in observations if o.track == track] + shared for track in own}

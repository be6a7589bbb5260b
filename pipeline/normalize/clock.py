"""Clock times and weekdays: what "5:30 to 9:00 p.m." and "M/W/F" mean, as "HH:MM" and mo..su.

Pure values only; finding the words on a page is the business of `pipeline.extract`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Literal

from pipeline.vocabulary.tables import rows

Meridiem = Literal["am", "pm"]
PartOfDay = Literal["morning", "afternoon", "evening"]

DAYS = ("mo", "tu", "we", "th", "fr", "sa", "su")
WEEKDAYS = DAYS[:5]
WEEKEND = DAYS[5:]
NOON, MIDNIGHT = 12 * 60, 24 * 60
LONGEST_SPAN = 16 * 60  # minutes; nothing that people attend is longer, so a longer reading is wrong
# An hour printed without am or pm: 8 to 11 is before noon, 12 and 1 to 6 after it; 7 depends on the rest.
FIRST_MORNING_HOUR, LAST_EVENING_START = 8, 6


@dataclass(frozen=True, slots=True)
class Clock:
    """A printed clock time: hour and minute as printed, and am or pm where printed. Noon is 12 pm."""

    hour: int
    minute: int = 0
    meridiem: Meridiem | None = None
    padded: bool = False  # "09:00", written as 24-hour clocks are

    def is_valid(self) -> bool:
        hours = range(1, 13) if self.meridiem else range(25)
        return self.hour in hours and 0 <= self.minute < 60 and (self.hour < 24 or self.minute == 0)

    def is_24_hour(self) -> bool:
        """True where the hour can only be that of a 24-hour clock."""
        return self.meridiem is None and (self.hour > 12 or self.hour == 0)

    def at(self, meridiem: Meridiem) -> int:
        """Minutes after midnight, read as am or pm."""
        return (self.hour % 12 + (12 if meridiem == "pm" else 0)) * 60 + self.minute


def hhmm(minutes: int) -> str:
    """Minutes after midnight as "HH:MM"; the end of the day is "00:00" (RFC 5545 has no 24:00)."""
    return f"{minutes // 60 % 24:02d}:{minutes % 60:02d}"


def minutes_of(text: str) -> int:
    """ "HH:MM" as minutes after midnight. Raises ValueError for anything else."""
    hour, minute = text.split(":")
    value = int(hour) * 60 + int(minute)
    if not 0 <= value <= MIDNIGHT:
        raise ValueError(f"not a clock time: {text!r}")
    return value


def resolve_time(clock: Clock, part: PartOfDay | None = None) -> str | None:
    """One clock time as "HH:MM", or None where am and pm are both possible."""
    if not clock.is_valid():
        return None
    if clock.meridiem:
        return hhmm(clock.at(clock.meridiem))
    if clock.is_24_hour() or clock.padded:
        return hhmm(clock.hour * 60 + clock.minute)
    meridiem = _likely(clock, part)
    return hhmm(clock.at(meridiem)) if meridiem else None


def resolve_range(start: Clock, end: Clock, part: PartOfDay | None = None) -> tuple[str, str] | None:
    """Start and end of a session, with the am or pm that is printed once or not at all worked out.

    "5:30 to 9:00 p.m." is evening at both ends, "9-2 PM" begins in the morning, "9:00 - 1:00" runs across
    noon. `part` is a word beside the range ("evening (6-9)"). None where no reading makes sense.
    """
    if not (start.is_valid() and end.is_valid()):
        return None
    first, last = _readings(start), _readings(end)
    spans = [(b - a, a, b) for a in first for b in last if 0 < b - a <= LONGEST_SPAN]
    if not spans:
        return None
    if len(spans) > 1 and not (start.meridiem or end.meridiem):
        spans = _plausible(spans, start, part)
    _, begins, ends = min(spans)
    return hhmm(begins), hhmm(ends)


def _readings(clock: Clock) -> list[int]:
    if clock.meridiem:
        at = clock.at(clock.meridiem)
        return [at, MIDNIGHT] if at == 0 else [at]
    if clock.is_24_hour():
        return [clock.hour * 60 + clock.minute]
    return [clock.at("am"), clock.at("pm")]


def _plausible(
    spans: list[tuple[int, int, int]], start: Clock, part: PartOfDay | None
) -> list[tuple[int, int, int]]:
    """The readings in the half of the day where such a start belongs; all of them where none does."""
    meridiem = _likely(start, part) or "am"
    return [span for span in spans if span[1] == start.at(meridiem)] or spans


def _likely(clock: Clock, part: PartOfDay | None) -> Meridiem | None:
    if part == "morning":
        return "pm" if clock.hour == 12 else "am"
    if part in ("afternoon", "evening"):
        return "am" if clock.hour in (10, 11) and part == "afternoon" else "pm"
    if clock.padded and clock.hour < 12:
        return "am"
    if clock.hour == 12 or 1 <= clock.hour <= LAST_EVENING_START:
        return "pm"
    return "am" if FIRST_MORNING_HOUR <= clock.hour <= 11 else None


def in_order(days: Iterable[str]) -> tuple[str, ...]:
    """Day codes once each, Monday first. Raises ValueError for an unknown code."""
    wanted = set(days)
    if unknown := wanted.difference(DAYS):
        raise ValueError(f"unknown day codes: {sorted(unknown)}")
    return tuple(day for day in DAYS if day in wanted)


def day_range(first: str, last: str) -> tuple[str, ...]:
    """ "mo" to "th" as codes; a range may run over the weekend ("fr" to "mo")."""
    a, b = DAYS.index(first), DAYS.index(last)
    return in_order(DAYS[a : b + 1] if a <= b else DAYS[a:] + DAYS[: b + 1])


@cache
def weekday_words() -> dict[str, tuple[str, ...]]:
    """Lower-case day words and abbreviations, English and Spanish, with the day codes that they mean."""
    return {row["word"]: tuple(row["days"].split()) for row in rows("weekdays.csv")}


@cache
def words_that_need_case() -> frozenset[str]:
    """Day words that are also common words ("sat", "wed", "sun"): a day only when capitalised."""
    return frozenset(row["word"] for row in rows("weekdays.csv") if row["needs_case"])

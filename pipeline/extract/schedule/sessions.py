"""Weekly sessions: "Monday through Friday from 9 to noon", "M/W/F 6–9 pm", "9 AM–12 PM or 5–8 PM, Mon–Thu"."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import pairwise

from pipeline.extract.schedule.grammar_words import words
from pipeline.extract.schedule.lexer import Run, has_any, read
from pipeline.extract.schedule.session_cues import SessionKind, kind_of, level_before, level_in
from pipeline.extract.schedule.session_parts import STOPS, Pair, pairs_of
from pipeline.normalize.clock import DAYS, WEEKEND, in_order, minutes_of

SessionValue = tuple[tuple[str, ...] | None, str | None, str | None]
Told = tuple[SessionKind, bool, str | None]  # kind, whether any word tells it, level

DAY_HINTS = tuple(sorted(words("session", "day_hints")))
_CLOCK_HINT = re.compile(
    r"[0-9](?:\s?[ap]\.?\s?m|[ap]\b|:[0-9]|\s?o.clock| ?(?:to|a|until|[-–—]) ?(?:[0-9]|noon))"
)
_FAMILY = words("kind", "family")
_JOINING = frozenset({"and", "or", "y", "o"})
SHORTEST_SESSION = 45  # minutes; what is shorter is a break, a meal or an item of an agenda
AGENDA_LENGTH, AGENDA_MINUTES = 3, 100  # so many short items in a row are the agenda of one day
PROGRAM_DAY, LONGEST_PROGRAM_DAY = (
    8 * 60,
    10 * 60,
)  # minutes; from here on untold, and told, hours are those of an office


@dataclass(frozen=True, slots=True)
class SessionMention:
    """Times as printed: `value` is (days mo..su, start, end), None for what is not stated; at text[start:end].

    `governed_level` is a level of care named within the phrase or right before it ("IOP: Mon–Thu 9–12", "(PHP)");
    `confidence` is lower where no word tells the kind, where days and
    clock stand in different sentences, or where am and pm are printed nowhere.
    """

    value: SessionValue
    start: int
    end: int
    kind: SessionKind = "program"
    governed_level: str | None = None
    confidence: float = 0.9


def find_sessions(text: str, context: str = "") -> list[SessionMention]:
    """Every printed weekly time of a run, in order of place, program or not (see `kind`).

    `context` is the heading path above the run; it decides the kind where the run itself does not.
    """
    if not _may_have_sessions(text):
        return []
    run = read(text)
    pairs = pairs_of(run)
    told = [_told(run, pairs, k, context) for k in range(len(pairs))]
    found = [
        _mention(run, pairs, k, *told)
        for k, told in enumerate(_inherited(run, pairs, told))
        if _is_said(pairs[k])
    ]
    return sorted(_without_agenda(run, pairs, found), key=lambda mention: (mention.start, mention.end))


def _may_have_sessions(text: str) -> bool:
    """A cheap test that most runs fail: the name of a day, or something like a clock time."""
    return has_any(text, DAY_HINTS) or _CLOCK_HINT.search(text.lower()) is not None


def _is_said(pair: Pair) -> bool:
    """False for a lone end of a session, and for days that no one would call a session."""
    return pair.clock[0] is not None or (pair.clock[1] is None and _says_days(pair))


def _told(run: Run, pairs: list[Pair], k: int, context: str) -> Told:
    """Kind and level of one pair, by the words around it."""
    pair = pairs[k]
    previous, following = _neighbours(run, pairs, k)
    level = _level(run, pair, previous, following)
    before, behind = _around(run, pair, following)
    kind, is_told = kind_of(before, behind, context)
    if pair.days is not None and pair.days.is_date:
        return "other", True, level
    if len(pair.codes or ()) == 1 and _FAMILY & set(before[-10:]):  # "a parent skills group meets Tuesdays"
        return "other", True, level
    is_told = is_told or level is not None
    if kind == "program" and _minutes(pair.clock) >= (LONGEST_PROGRAM_DAY if is_told else PROGRAM_DAY):
        kind = "office"
    if kind == "program" and 0 < _minutes(pair.clock) < SHORTEST_SESSION:
        kind = "other"
    if kind == "program" and following < len(run.values) and _is_of_program(run, pairs[k + 1], pair.after):
        kind = "office"
    return kind, is_told, level


def _neighbours(run: Run, pairs: list[Pair], k: int) -> tuple[int, int]:
    """The token after the time before pair k, and the first token of the time behind it."""
    own = pairs[k].own
    previous = pairs[k - 1].own[1] if k and pairs[k - 1].own[1] <= own[0] else 0
    is_last = k + 1 == len(pairs) or pairs[k + 1].own[0] < own[1]
    return previous, len(run.values) if is_last else pairs[k + 1].own[0]


def _inherited(run: Run, pairs: list[Pair], told: list[Told]) -> list[Told]:
    """Passes kind and level along a row of times with nothing but separators between: "Open Mon 8-5, Tue 8-5, Fri 8-3"."""
    passed = list(told)
    for k in range(1, len(pairs)):
        (kind, is_told, level), (own_kind, is_own_told, own_level) = passed[k - 1], passed[k]
        gap = range(pairs[k - 1].after, pairs[k].first)
        if len(gap) > 4 or any(not run.is_mark(i) and run.word(i) not in _JOINING for i in gap):
            continue
        if not is_own_told and (is_told or kind == "office"):
            own_kind, is_own_told = (kind if own_kind == "program" else own_kind), is_told
        passed[k] = own_kind, is_own_told, own_level or level
    return passed


def _mention(
    run: Run, pairs: list[Pair], k: int, kind: SessionKind, is_told: bool, level: str | None
) -> SessionMention:
    pair = pairs[k]
    start, end = run.bounds(pair.first, pair.after)
    value = (pair.codes, *pair.clock)
    return SessionMention(value, start, end, kind, level, _confidence(pair, is_told))


def _around(run: Run, pair: Pair, following: int) -> tuple[list[str], list[str]]:
    """Words of the sentence before and within a pair, and those behind it, up to the next time and to stops."""
    sentence, last = run.sentence[pair.first], run.sentence[pair.after - 1]
    within = min(pair.first + 12, pair.own[1])  # a long list of clocks is not read again for each of them
    places = (*range(max(pair.first - 16, 0), within), *range(max(within, pair.own[0] - 12), pair.own[1]))
    before = [run.word(k) for k in places if sentence <= run.sentence[k] <= last]
    behind = [
        run.word(k) for k in range(pair.after, min(pair.after + 8, following)) if run.sentence[k] == last
    ]
    for stop in STOPS:
        if stop in before:
            before = before[len(before) - before[::-1].index(stop) :]
        if stop in behind:
            behind = behind[: behind.index(stop)]
    return before, behind


def _level(run: Run, pair: Pair, previous: int, following: int) -> str | None:
    """The level named right behind ("9–12 (IOP)", "1 p.m. for IOP"), else the nearest one before."""
    if run.word(pair.own[1]) in ("(", "for"):
        level = level_in(run, pair.own[1], min(pair.own[1] + 5, following))
        if level is not None:
            return level
    lead = max(pair.first - 8, 0)
    if previous > pair.first:  # a further clock of the same days
        return level_before(run, pair.own[0], previous) or level_before(run, pair.first, lead)
    return level_before(run, pair.own[0], max(lead, previous))


def _is_of_program(run: Run, other: Pair, after: int) -> bool:
    """ "9:00am to 5:00pm (10:00am to 2:30pm for programs)": the second time is the program's, so the first is not."""
    inside = run.words(other.own[1], other.own[1] + 3)
    opens = "(" in run.words(after, other.own[0])
    return (
        opens
        and other.own[0] - after < 4
        and inside[:1] == ["for"]
        and bool({"program", "programs", "groups"} & set(inside))
    )


def _says_days(pair: Pair) -> bool:
    """Days without a clock are said of a weekly program only in lists, ranges, plurals or after "every"."""
    days = pair.days
    if (
        days is None
        or days.is_vague
        or (days.is_letters and days.members < 3)
        or pair.codes in (WEEKEND, DAYS)
    ):
        return False
    return not days.is_single


def _is_one_day(pair: Pair) -> bool:
    """One day without a clock: more often a part of a program than the program."""
    return pair.clock == (None, None) and pair.codes is not None and len(pair.codes) == 1


def _minutes(clock: tuple[str | None, str | None]) -> int:
    if clock[0] is None or clock[1] is None:
        return 0
    return (minutes_of(clock[1]) - minutes_of(clock[0])) % (24 * 60)


def _confidence(pair: Pair, is_told: bool) -> float:
    value = 0.45  # a beginning without an end
    if pair.clock[1]:
        value = 0.95 if pair.codes else 0.8
    elif pair.codes and not pair.clock[0]:
        value = 0.5 if _is_one_day(pair) else 0.75
    return round(value - 0.2 * (not is_told) - 0.1 * pair.carried - 0.05 * (not pair.is_sure), 2)


def _without_agenda(run: Run, pairs: list[Pair], mentions: list[SessionMention]) -> list[SessionMention]:
    """Takes the items of a day's agenda ("10:00-10:50 group, 11:00-11:50 skills") for no sessions of their own.

    Where the run has no other session of the program, the agenda from its first to its last item is one.
    """
    items = [
        pair for pair in pairs if (pair.codes is None or pair.carried) and _is_short((None, *pair.clock))
    ]
    if len(items) < AGENDA_LENGTH:
        return mentions
    places = {run.bounds(item.first, item.after) for item in items}
    kept = [replace(m, kind="other") if (m.start, m.end) in places else m for m in mentions]
    first, last = items[0], items[-1]
    day = (first.codes, first.clock[0], last.clock[1])
    is_row = all(
        0 <= _minutes((one.clock[1], other.clock[0])) <= AGENDA_MINUTES for one, other in pairwise(items)
    )
    if not is_row or any(m.kind == "program" and m.value[2] for m in kept):
        return kept
    start, end = run.bounds(first.first, last.after)
    return [*kept, SessionMention(day, start, end, confidence=0.55)]


def _is_short(value: SessionValue) -> bool:
    return value[0] is None and value[2] is not None and 0 < _minutes(value[1:]) <= AGENDA_MINUTES


def consolidate(values: Iterable[SessionValue]) -> list[SessionValue]:
    """The sessions that several blocks of one program print, without those that a fuller one repeats in part.

    A page says "Monday–Thursday" in one place, "9 AM–12 PM" in another and both in a third: the third is kept. Where
    no place has both, the one list of days joins every clock. The items of an agenda become the day that they fill.
    """
    distinct = _day_by_day(_agenda_as_day(list(dict.fromkeys(values))))
    full = [value for value in distinct if value[0] and value[1] and value[2]]
    clocks = [value for value in distinct if value[1] and value[2] and not value[0]]
    days = [value for value in distinct if value[0] and not value[1]]
    if not full and clocks and len(days) == 1:
        return [(days[0][0], start, end) for _, start, end in clocks]
    rest = [value for value in distinct if value not in full and not _is_repeated(value, full + clocks)]
    return (
        full + [value for value in rest if value in clocks] + [value for value in rest if value not in clocks]
    )


def _day_by_day(values: list[SessionValue]) -> list[SessionValue]:
    """Days that a table prints one by one and that have the same clock are one session."""
    named: dict[tuple[str | None, str | None], set[str]] = {}
    for days, start, end in values:
        if _is_table_cell((days, start, end)):
            named.setdefault((start, end), set()).update(days or ())
    row = [(in_order(named[v[1:]]), *v[1:]) if _is_table_cell(v) else v for v in values]
    return list(dict.fromkeys(row))


def _is_table_cell(value: SessionValue) -> bool:
    return len(value[0] or ()) == 1 and None not in value


def _is_repeated(value: SessionValue, fuller: list[SessionValue]) -> bool:
    """True where a fuller session says all that `value` says."""
    days, start, end = value
    for other in fuller:
        if other == value:
            continue
        if days and not start and other[0] and set(days) <= {d for o in fuller for d in o[0] or ()}:
            return True
        is_part = start and end and other[1] and other[2] and other[1] <= start and end <= other[2]
        if not days and is_part and other[0]:  # an item of that day
            return True
        same_clock = start == other[1] and end in (None, other[2])
        if start and same_clock and (not days or not other[0] or set(days) <= set(other[0])):
            return True
    return False


def _agenda_as_day(values: list[SessionValue]) -> list[SessionValue]:
    items = sorted((value for value in values if _is_short(value)), key=lambda value: value[1] or "")
    if len(items) < AGENDA_LENGTH:
        return values
    rest = [value for value in values if value not in items]
    gaps = [_minutes((one[2], other[1])) for one, other in pairwise(items)]
    whole = (None, items[0][1], items[-1][2])
    return (
        rest if any(value[1] and value[2] for value in rest) or max(gaps) > AGENDA_MINUTES else [*rest, whole]
    )

"""Days and clocks of a run, found and joined: the parts that a session mention is made of.

A run is read as elements (lists of days, clock ranges, single clock times); elements fall into segments (sentences,
lines); within a segment days and clocks join in the order that the segment begins with; what is left over joins
across sentences.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from pipeline.extract.schedule.clocktext import CLOCK_WORDS, Times, times
from pipeline.extract.schedule.daylists import DAY_STARTS, DayList, day_list
from pipeline.extract.schedule.grammar_words import Phrases, phrases, words
from pipeline.extract.schedule.lexer import NUMERALS, Run
from pipeline.extract.schedule.session_cues import part_in
from pipeline.normalize.clock import resolve_range, resolve_time

Codes = tuple[str, ...]
ClockPair = tuple[str | None, str | None]

_EXCEPT, _NO = words("session", "except"), words("session", "no")
_CLOSED, _LEADS = Phrases(phrases("session", closed=True)), words("session", "leads_to_closed")
_BEGINS, _ENDS = words("session", "begins"), words("session", "ends")
_BETWEEN = words("session", "between") | {"\n"}
_TIME_CUES = words("session", "time_cues")
STOPS = frozenset({";", "|", "•", "\n"})
FARTHEST, LONGEST_GAP, ROLE_REACH = 2, 25, 16  # sentences, tokens, tokens


@dataclass(frozen=True, slots=True)
class Element:
    """Days or a clock at tokens `first` to `after` - 1; neither where the days are said to be closed."""

    first: int
    after: int
    days: DayList | None = None
    clock: Times | None = None
    is_exception: bool = False

    @property
    def is_closed(self) -> bool:
        return self.days is None and self.clock is None


_STARTS = DAY_STARTS | CLOCK_WORDS


@dataclass(frozen=True, slots=True)
class Pair:
    """Days and clock that belong together, from token `first` to `after` - 1; `carried` over a sentence end.

    `own` are the tokens whose neighbourhood names level and kind: the clock, or the days where there is none.
    """

    codes: Codes | None
    clock: ClockPair
    first: int
    after: int
    own: tuple[int, int]
    days: DayList | None = None
    is_sure: bool = True
    carried: bool = False
    role: str | None = None  # of a single clock time: begin, end


def pairs_of(run: Run) -> list[Pair]:
    """Every pair of a run, in order of place."""
    elements = _sure_elements(run, _elements(run))
    joined = [pair for segment in _segments(run, elements) for pair in _join(run, segment)]
    return _carry(run, _begin_and_end(run, joined))


def _elements(run: Run) -> list[Element]:
    found: list[Element] = []
    after = closed = (
        0  # `closed`: the end of the last "Tuesday: closed", which says nothing of the day behind it
    )
    for i in [
        i for i, value in enumerate(run.values) if value[0] in NUMERALS or value in _STARTS or "'" in value
    ]:
        if i < after or (element := _element(run, i, closed)) is None:
            continue
        if (end := _closed_until(run, element)) is not None:
            element, closed = Element(element.first, end), end
        if not (element.days and "24" in run.words(i - 6, i)):  # "24 hours a day, 7 days a week"
            found.append(element)
        after = element.after
    return found


def _element(run: Run, i: int, closed: int) -> Element | None:
    is_exception = _is_exception(run, i, closed)
    if (run.is_word(i) or run.word(i) == "7") and (
        days := day_list(run, i, is_joined=is_exception)
    ) is not None:
        return Element(i, days.after, days=days, is_exception=is_exception)
    clock = times(run, i)
    return Element(i, clock.after, clock=clock) if clock else None


def _closed_until(run: Run, element: Element) -> int | None:
    """Where "Tuesday: closed", "Thursday – no group" end; None where the days are not said to be closed."""
    if element.days is None or element.is_exception:
        return None
    j = element.after
    while run.word(j) in _LEADS:
        j += 1
    found = _CLOSED.at(run.values, j)
    if found is None or (run.is_tight(found[1] - 1) and run.word(found[1]) == "-"):  # "off-site"
        return None
    if j == element.after and (later := day_list(run, found[1])) and times(run, later.after) is None:
        return None  # "open Monday–Friday closed Saturday"
    return found[1]


def _is_exception(run: Run, i: int, closed: int) -> bool:
    before = run.words(max(i - 5, closed), i)
    return bool(_EXCEPT & set(before)) or (bool(_NO & set(before[-3:])) and "limited" not in before)


def _sure_elements(run: Run, elements: list[Element]) -> list[Element]:
    """Without the bare hours ("9-12") and the vague days ("daily") that have no days or clock time beside them."""
    kept: list[Element] = []
    for k, element in enumerate(elements):
        following = elements[k + 1] if k + 1 < len(elements) else None
        beside = (kept and _touch(run, kept[-1].after, element.first)) or (
            following is not None and _touch(run, element.after, following.first)
        )
        needs_company = (
            not element.clock.is_sure if element.clock else element.days is not None and element.days.is_vague
        )
        if beside or not needs_company or _is_told(run, element):
            kept.append(element)
    return kept


def _touch(run: Run, i: int, j: int) -> bool:
    between = run.words(i, j)
    return len(between) <= 6 and all(word in _BETWEEN for word in between)


def _is_told(run: Run, element: Element) -> bool:
    """ "Groups run from 6 to 9", "Hours: 9-12": hours by the words before them."""
    lead = set(run.words(element.first - 2, element.first))
    near = set(run.words(element.first - 8, element.first)) | set(run.words(element.after, element.after + 3))
    return bool(
        element.clock
        and element.clock.end
        and lead & {"from", "hours", "de", "time", "times"}
        and near & _TIME_CUES
    )


def _segments(run: Run, elements: list[Element]) -> list[list[Element]]:
    """Groups of elements with no sentence end or stop between them, unless punctuation alone stands between."""
    segments: list[list[Element]] = []
    last: Element | None = None
    for element in elements:
        if last is None or last.is_closed or _is_apart(run, last.after, element.first):
            segments.append([])
        if not element.is_closed:
            segments[-1].append(element)
        last = element
    return segments


def _is_apart(run: Run, i: int, j: int) -> bool:
    if j - i > LONGEST_GAP:
        return True
    if all(run.is_mark(k) for k in range(i, j)):
        return False
    return run.sentence[i - 1] != run.sentence[j] or any(run.word(k) in STOPS for k in range(i, j))


def _join(run: Run, segment: list[Element]) -> list[Pair]:
    """Joins the days and clocks of one segment."""
    named = any(e.days and not (e.days.is_vague or e.days.is_date or e.is_exception) for e in segment)
    clocked = any(e.clock for e in segment)
    last_days = max((k for k, e in enumerate(segment) if e.days and not e.is_exception), default=-1)
    pairs: list[Pair] = []
    pending: list[Element] = []
    current: Element | None = None  # the last days
    codes: Codes = ()
    used = True
    for k, element in enumerate(segment):
        if element.clock is not None:
            if element.clock.end is None and _role(run, element) is None:
                continue
            if current is None or (used and segment[0].clock and k < last_days):
                pending.append(element)
            else:
                pair = _pair(run, current, element, codes)
                pairs.append(_completed(pair, pairs) if current.is_exception else pair)
                used = True
        elif element.days is not None:
            if element.days.is_vague and (named or not clocked):
                continue
            if element.is_exception:
                codes = _without(codes, element, current, pairs)
                following = segment[k + 1] if k + 1 < len(segment) else None
                if current is None or not used or following is None or following.clock is None:
                    continue
            if not used and not _is_date(current):
                pairs.append(_pair(run, current, None, codes))
            current, codes, used = element, element.days.days, bool(pending)
            pairs += [_pair(run, current, clock, codes) for clock in pending]
            pending = []
    pairs += [_pair(run, current, clock, codes) for clock in pending]
    if not used and not _is_date(current):
        pairs.append(_pair(run, current, None, codes))
    return _shared(pairs)


def _completed(pair: Pair, earlier: list[Pair]) -> Pair:
    """ "except Wednesdays, when it ends at 5": the day that is excepted takes the other end from the rule."""
    rule = next((other.clock for other in reversed(earlier) if None not in other.clock), (None, None))
    begin, end = pair.clock
    if pair.role is None or None in rule:
        return pair
    return replace(pair, clock=(begin or rule[0], end or rule[1]), role=None)


def _is_date(element: Element | None) -> bool:
    return element is not None and element.days is not None and element.days.is_date


def _without(codes: Codes, element: Element, current: Element | None, pairs: list[Pair]) -> Codes:
    """ "except Tuesdays": takes days out of the days before, and of what was joined with them."""
    if current is None or element.days is None:
        return codes
    left = tuple(code for code in codes if code not in element.days.days) or codes
    for k in range(len(pairs) - 1, -1, -1):
        if pairs[k].days is not current.days:
            break
        pairs[k] = replace(pairs[k], codes=left, after=max(pairs[k].after, element.after))
    return left


def _pair(run: Run, days: Element | None, clock: Element | None, codes: Codes) -> Pair:
    parts = [element for element in (days, clock) if element is not None]
    first, after = min(e.first for e in parts), max(e.after for e in parts)
    own = clock or parts[0]
    value, role = _resolve(run, clock, days) if clock else ((None, None), None)
    is_sure = clock is None or clock.clock is None or clock.clock.is_sure
    return Pair(
        codes if days else None,
        value,
        first,
        after,
        (own.first, own.after),
        days.days if days else None,
        is_sure,
        role=role,
    )


def _resolve(run: Run, clock: Element, days: Element | None) -> tuple[ClockPair, str | None]:
    assert clock.clock is not None
    part = part_in(run.words(clock.first - 4, clock.first) + run.words(clock.after, clock.after + 3))
    if part is None and days is not None:
        part = part_in(run.words(days.after, days.after + 2))
    if clock.clock.end is not None:
        return resolve_range(clock.clock.begin, clock.clock.end, part) or (None, None), None
    at, role = resolve_time(clock.clock.begin, part), _role(run, clock)
    return ((at, None) if role == "begin" else (None, at) if role == "end" else (None, None)), role


def _role(run: Run, clock: Element) -> str | None:
    """Whether a single time is said to be a beginning or an end, by the nearest verb before it in its sentence."""
    sentence = run.sentence[clock.first]
    for k in range(clock.first - 1, max(clock.first - ROLE_REACH, -1), -1):
        word = run.word(k)
        if run.sentence[k] != sentence:
            return None
        if word in _BEGINS:
            return None if "by" in run.words(clock.first - 2, clock.first) else "begin"
        if word in _ENDS:
            return "end"
    return None


def _shared(pairs: list[Pair]) -> list[Pair]:
    """Days without a clock take that of the days right after them: "Mondays (men) and Tuesdays (women) 6-9 pm"."""
    for k in range(len(pairs) - 2, -1, -1):
        one, other = pairs[k], pairs[k + 1]
        if (
            one.clock == (None, None)
            and one.codes
            and other.clock[1]
            and other.codes
            and 0 < other.first - one.after <= 6
        ):
            pairs[k] = replace(one, clock=other.clock, after=other.after, is_sure=other.is_sure)
    return pairs


def _begin_and_end(run: Run, pairs: list[Pair]) -> list[Pair]:
    """Joins "begins at 6 pm" with the "ends at 9 pm" of the same or of a later sentence."""
    out: list[Pair] = []
    begin: Pair | None = None
    place: int | None = None  # of `begin` in `out`, until an end is found for it
    for pair in pairs:
        if pair.clock == (None, None) and pair.days is None:
            continue
        if pair.role == "begin":
            begin, place = pair, len(out)
        elif pair.role == "end" and begin is not None and _is_end_of(run, pair, begin):
            if place is not None:
                out[place:] = out[place + 1 :]
                place = None
            days = begin if begin.days else pair
            clock = begin.clock[0], pair.clock[1]
            out.append(
                replace(
                    pair,
                    codes=days.codes,
                    clock=clock,
                    first=begin.first,
                    carried=True,
                    days=days.days,
                    role=None,
                )
            )
            continue
        out.append(pair)
    return out


def _is_end_of(run: Run, pair: Pair, begin: Pair) -> bool:
    if run.sentence[pair.first] - run.sentence[begin.first] > 3 * FARTHEST or pair.first - begin.after > 80:
        return False
    return (pair.clock[1] or "") > (begin.clock[0] or "") and (
        not pair.codes or not begin.codes or pair.codes == begin.codes
    )


def _carry(run: Run, pairs: list[Pair]) -> list[Pair]:
    """Joins days of one sentence with the clocks of the next, in either order."""
    joined: list[Pair] = []
    waiting: Pair | None = None  # days whose clocks stand in later sentences
    for pair in pairs:
        if joined and not _is_close(run, joined[-1], pair):
            waiting = None
        if pair.codes is None and pair.clock[0] and waiting is not None:
            if joined[-1] is waiting:
                joined.pop()
            pair = replace(pair, codes=waiting.codes, first=waiting.first, carried=True, days=waiting.days)
        elif pair.codes is not None:
            has_clock = pair.clock != (None, None)
            waiting = None if has_clock else pair
            days_last = pair.days is not None and pair.days.first >= pair.own[0]
            if days_last and _give_days(run, joined, pair) and not has_clock:
                continue
        joined.append(pair)
    return joined


def _is_close(run: Run, pair: Pair, following: Pair) -> bool:
    """Whether two pairs may speak of the same sessions; a single day reaches no farther than the next sentence."""
    days = pair.codes or following.codes or ()
    return run.sentence[following.first] - run.sentence[pair.after - 1] <= (FARTHEST if len(days) > 1 else 1)


def _give_days(run: Run, joined: list[Pair], days: Pair) -> bool:
    """Gives days to the clocks right before them that have none: "Morning: 9-12. Evening: 6-9. Monday to Thursday"."""
    following, given = days, False
    for k in range(len(joined) - 1, -1, -1):
        clock = joined[k]
        if (
            clock.codes
            or clock.clock[1] is None
            or clock.clock[0] is None
            or not _is_close(run, clock, following)
        ):
            break
        following, given = clock, True
        joined[k] = replace(clock, codes=days.codes, after=days.after, carried=True, days=days.days)
    return given

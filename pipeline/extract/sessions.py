"""Weekly sessions: "Monday through Friday from 9 to noon", "M/W/F 6–9 pm", "9 AM–12 PM or 5–8 PM, Mon–Thu".

A run is read as elements (lists of days, clock ranges, single clock times), elements fall into segments (sentences,
lines), and within a segment days and clocks are joined in the order that the segment begins with.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from pipeline.extract.clocktext import Times, times
from pipeline.extract.daylists import DayList, day_list
from pipeline.extract.lexer import Run, read
from pipeline.extract.session_cues import SessionKind, audience_in, kind_of, level_in, part_in
from pipeline.normalize.clock import DAYS, minutes_of, resolve_range, resolve_time

SessionValue = tuple[tuple[str, ...] | None, str | None, str | None]

_DAY_HINTS = (
    "day", "mon", "tue", "wed", "thu", "fri", "sat", "sun", "noon", "daily", "weekend", "midnight",
    "lunes", "martes", "rcoles", "jueves", "viernes", "bado", "domingo", "semana", "mwf", "tth",
)  # fmt: skip
_EXCEPT = frozenset(
    {"except", "excluding", "exception", "excepting", "excepto", "excludes", "exclusive", "salvo"}
)
_NO = frozenset({"no", "not", "closed", "without", "never"})
_BEGINS = frozenset(
    "begin begins beginning start starts starting arrive arrives commence commences from comienza empieza".split()
)
_ENDS = frozenset(
    "end ends ending finish finishes conclude concludes leave leaves until till dismissed dismissal through termina finaliza "
    "finished over".split()
)
_BETWEEN_DAY_AND_CLOCK = frozenset(
    "from at between , : ( - the in . and or either hours time times group groups morning mornings afternoon afternoons evening "
    "evenings night nights sessions session program iop php | · • / de desde las option class classes daytime meet meets \n @ ; "
    "from: virtual online adults teens , – on".split()
)
_STOPS = frozenset({";", "|", "•", "\n"})
AGENDA_LENGTH, AGENDA_MINUTES = 3, 100
LONGEST_PROGRAM_DAY = 8 * 60


@dataclass(frozen=True, slots=True)
class SessionMention:
    """Times as printed: `value` is (days mo..su, start, end), None for what is not stated; at text[start:end].

    `governed_level` is a level of care named within the phrase ("IOP: Mon–Thu 9–12", "(PHP)").
    """

    value: SessionValue
    start: int
    end: int
    kind: SessionKind = "program"
    governed_level: str | None = None
    audience: tuple[str, ...] = ()
    confidence: float = 0.9


@dataclass(frozen=True, slots=True)
class _Element:
    days: DayList | None
    times: Times | None
    first: int
    after: int
    is_exception: bool = False


@dataclass(frozen=True, slots=True)
class _Pair:
    """Days and clock that belong together; `carried` where they stand in different sentences."""

    days: tuple[str, ...] | None
    clock: tuple[str | None, str | None]
    first: int
    after: int
    element: _Element
    carried: bool = False
    day_element: DayList | None = None
    own: tuple[int, int] = (0, 0)  # tokens whose neighbourhood names level and kind


def may_have_sessions(text: str) -> bool:
    """A cheap test that most runs without times fail."""
    low = text.lower()
    return (
        any(hint in low for hint in _DAY_HINTS) or any(c in low for c in "0123456789") or _has_letters(text)
    )


def _has_letters(text: str) -> bool:
    return "M/" in text or "T/" in text or "M-" in text or "M–" in text


def find_sessions(text: str, context: str = "") -> list[SessionMention]:
    """Every printed weekly time of a run, in order of place, program or not (see `kind`).

    `context` is the heading path above the run; it decides the kind where the run itself does not.
    """
    if not may_have_sessions(text):
        return []
    run = read(text)
    elements = _elements(run)
    if not elements:
        return []
    segments = _segments(run, elements)
    pairs = _carry(run, [_join(run, segment) for segment in segments])
    mentions = [_mention(run, pair, pairs, context) for pair in pairs]
    return sorted((m for m in _without_agenda(mentions) if m), key=lambda m: (m.start, m.end))


def _elements(run: Run) -> list[_Element]:
    elements: list[_Element] = []
    i, count = 0, len(run.tokens)
    while i < count:
        days = day_list(run, i) if run.tokens[i].kind == "w" or run.tokens[i].value in ("7",) else None
        if days is not None:
            if not days.is_date and not _is_phone_line(run, i):
                elements.append(_Element(days, None, i, days.after, _is_exception(run, i)))
            i = days.after
            continue
        found = times(run, i)
        if found is not None:
            elements.append(_Element(None, found, i, found.after))
            i = found.after
            continue
        i += 1
    return _only_clocks(run, elements)


def _is_phone_line(run: Run, i: int) -> bool:
    return "24" in run.words(i - 6, i) or "twenty-four" in run.words(i - 6, i)


def _is_exception(run: Run, i: int) -> bool:
    before = run.words(i - 5, i)
    if _EXCEPT & set(before):
        return True
    return bool(_NO & set(before[-3:])) and not {"limited"} & set(before)


def _only_clocks(run: Run, elements: list[_Element]) -> list[_Element]:
    """Drops bare hours ("9-12") that have neither days nor a sure clock time beside them."""
    kept: list[_Element] = []
    for k, element in enumerate(elements):
        if element.times is None or element.times.is_sure:
            kept.append(element)
            continue
        before, behind = (kept[-1] if kept else None), (elements[k + 1] if k + 1 < len(elements) else None)
        if (before and _touch(run, before.after, element.first)) or (
            behind and _touch(run, element.after, behind.first)
        ):
            kept.append(element)
        elif (
            {"from", "hours", "de"} & set(run.words(element.first - 2, element.first))
            and element.times.end
            and _has_time_cue(run, element)
        ):
            kept.append(element)
    return kept


def _touch(run: Run, i: int, j: int) -> bool:
    words = run.words(i, j)
    return len(words) <= 6 and all(word in _BETWEEN_DAY_AND_CLOCK for word in words)


def _has_time_cue(run: Run, element: _Element) -> bool:
    near = set(run.words(element.first - 8, element.first)) | set(run.words(element.after, element.after + 3))
    return bool(
        near
        & {
            "meets",
            "meet",
            "held",
            "runs",
            "run",
            "hours",
            "daily",
            "session",
            "sessions",
            "evening",
            "morning",
            "horario",
        }
    )


def _segments(run: Run, elements: list[_Element]) -> list[list[_Element]]:
    """Groups of elements with no sentence end or stop between them, unless only punctuation stands between."""
    segments = [[elements[0]]]
    for element in elements[1:]:
        last = segments[-1][-1]
        gap = range(last.after, element.first)
        has_words = any(run.tokens[k].kind != "p" for k in gap)
        apart = run.sentence[last.after - 1] != run.sentence[element.first] or any(
            run.word(k) in _STOPS for k in gap
        )
        if has_words and (apart or len(gap) > 25):
            segments.append([element])
        else:
            segments[-1].append(element)
    return segments


def _join(run: Run, segment: list[_Element]) -> list[_Pair]:
    """Joins the days and clocks of one segment."""
    pairs: list[_Pair] = []
    pending: list[_Element] = []
    current: _Element | None = None  # the last days
    days: tuple[str, ...] | None = None
    used = True
    named = any(e.days and not e.days.is_vague and not e.is_exception for e in segment)
    clocked = any(e.times and e.times.end for e in segment)
    for k, element in enumerate(segment):
        if element.days is not None:
            if element.days.is_vague and (named or not clocked):
                continue
            if element.is_exception and current is not None and days:
                days = tuple(d for d in days if d not in element.days.days) or days
                pairs = [
                    replace(p, days=days, after=max(p.after, element.after))
                    if p.day_element is current.days
                    else p
                    for p in pairs
                ]
                if not used:
                    current = replace(current, after=element.after)
                following = segment[k + 1] if k + 1 < len(segment) else None
                if following is None or following.times is None or not used:
                    continue
            elif element.is_exception:
                continue
            if not used and current is not None and not pending:
                pairs.append(_pair(run, current, None, days))
            current, days, used = element, element.days.days, False
            for clock in pending:
                pairs.append(_pair(run, current, clock, days))
                used = True
            pending = []
        elif element.times is not None:
            if current is None or (used and _closes_later(segment, k)):
                pending.append(element)
            else:
                pairs.append(_pair(run, current, element, days))
                used = True
    pairs += [_pair(run, current, clock, days) for clock in pending]
    if not used and current is not None:
        pairs.append(_pair(run, current, None, days))
    return _shared(pairs)


def _closes_later(segment: list[_Element], k: int) -> bool:
    """True where days follow the clock and the segment began with a clock: "9-12 Mon & Wed, 10-1 Fri"."""
    return segment[0].times is not None and any(e.days and not e.is_exception for e in segment[k + 1 :])


def _shared(pairs: list[_Pair]) -> list[_Pair]:
    """Days without a clock take that of the days right after them: "Mondays (men) and Tuesdays (women) 6-9 pm"."""
    for k in range(len(pairs) - 2, -1, -1):
        one, other = pairs[k], pairs[k + 1]
        if (
            one.clock == (None, None)
            and other.clock != (None, None)
            and other.days
            and 0 < other.first - one.after <= 6
        ):
            pairs[k] = replace(one, clock=other.clock, after=other.after, element=other.element)
    return pairs


def _pair(run: Run, days: _Element | None, clock: _Element | None, codes: tuple[str, ...] | None) -> _Pair:
    parts = [e for e in (days, clock) if e is not None]
    first, after = min(e.first for e in parts), max(e.after for e in parts)
    value = _resolve(run, clock, days) if clock else (None, None)
    own = (clock or parts[0]).first, (clock or parts[0]).after
    return _Pair(
        codes, value, first, after, clock or parts[0], day_element=days.days if days else None, own=own
    )


def _resolve(run: Run, clock: _Element, days: _Element | None) -> tuple[str | None, str | None]:
    assert clock.times is not None
    near = run.words(clock.first - 4, clock.first) + run.words(clock.after, clock.after + 3)
    part = part_in(near) or (part_in(run.words(days.after, days.after + 2)) if days else None)
    if clock.times.end is not None:
        return resolve_range(clock.times.begin, clock.times.end, part) or (None, None)
    role = _role(run, clock)
    at = resolve_time(clock.times.begin, part)
    return (at, None) if role == "begin" else (None, at) if role == "end" else (None, None)


def _role(run: Run, clock: _Element) -> str | None:
    """Whether a single time is said to be a beginning or an end, by the nearest verb before it in its sentence."""
    sentence = run.sentence[clock.first]
    for k in range(clock.first - 1, max(clock.first - 14, -1), -1):
        word = run.word(k)
        if run.sentence[k] != sentence:
            return None
        if word in _BEGINS:
            return "intake" if "by" in run.words(clock.first - 2, clock.first) else "begin"
        if word in _ENDS:
            return "end"
    return None


def _carry(run: Run, groups: list[list[_Pair]]) -> list[_Pair]:
    """Joins what different sentences say: days here and clock there, a beginning here and an end there."""
    pairs = [pair for group in groups for pair in group]
    pairs = _begin_and_end(run, pairs)
    joined: list[_Pair] = []
    for pair in pairs:
        last = joined[-1] if joined else None
        near = last is not None and run.sentence[pair.first] - run.sentence[last.after - 1] <= 2
        if (
            last
            and near
            and last.days
            and last.clock == (None, None)
            and not pair.days
            and pair.clock[0]
            and not pair.carried
        ):
            joined[-1] = replace(
                pair, days=last.days, first=last.first, carried=True, day_element=last.day_element
            )
        elif (
            last
            and near
            and not last.days
            and last.clock[0]
            and last.clock[1]
            and pair.days
            and pair.clock == (None, None)
        ):
            joined[-1] = replace(
                last, days=pair.days, after=pair.after, carried=True, day_element=pair.day_element
            )
        elif (
            last
            and near
            and pair.carried
            and not pair.days
            and last.days
            and (last.clock == (None, None) or last.carried)
        ):
            if last.clock == (None, None):
                joined.pop()
            joined.append(replace(pair, days=last.days, first=last.first, day_element=last.day_element))
        else:
            joined.append(pair)
    return joined


def _begin_and_end(run: Run, pairs: list[_Pair]) -> list[_Pair]:
    out: list[_Pair] = []
    begin: _Pair | None = None
    for pair in pairs:
        start, end = pair.clock
        if start and not end:
            begin = pair
            out.append(pair)
        elif (
            end and not start and begin is not None and run.sentence[pair.first] - run.sentence[begin.first] <= 6
            and end > (begin.clock[0] or "") and (not pair.days or not begin.days or pair.days == begin.days)
        ):  # fmt: skip
            if out and out[-1] is begin:
                out.pop()
            days = begin.days or pair.days
            element = begin.day_element or pair.day_element
            out.append(
                replace(
                    pair,
                    days=days,
                    clock=(begin.clock[0], end),
                    first=begin.first,
                    carried=True,
                    day_element=element,
                )
            )
        else:
            out.append(pair)
    return out


def _mention(run: Run, pair: _Pair, pairs: list[_Pair], context: str) -> SessionMention | None:
    if pair.clock == (None, None):
        if not _says_days(pair):
            return None
    elif pair.clock[0] is None:
        return None
    previous = max((p.own[1] for p in pairs if p.own[1] <= pair.first), default=0)
    following = min((p.first for p in pairs if p.first >= pair.after), default=len(run.tokens))
    before, behind = _around(run, pair, following)
    kind, is_told = kind_of(before + _inside(run, pair), behind, context)
    if kind == "program" and not is_told and _minutes(pair.clock) > LONGEST_PROGRAM_DAY:
        kind = "office"
    level = level_in(run, max(pair.own[0] - 6, previous), pair.own[0], last=True) if pair.own[0] else None
    level = (
        level_in(run, pair.own[1], min(pair.own[1] + 5, following)) or level
        if _opens(run, pair.own[1])
        else level
    )
    start, end = run.bounds(pair.first, pair.after)
    audience = audience_in(before[-4:] + run.words(pair.after, min(pair.after + 4, following)))
    return SessionMention(
        (pair.days, *pair.clock), start, end, kind, level, audience, _confidence(pair, is_told)
    )


def _opens(run: Run, i: int) -> bool:
    return run.word(i) in ("(", "for")


def _inside(run: Run, pair: _Pair) -> list[str]:
    return [w for w in run.words(pair.first, pair.after) if w.isalpha()]


def _around(run: Run, pair: _Pair, following: int) -> tuple[list[str], list[str]]:
    """Words of the sentence before and behind a pair, up to the neighbouring times."""
    sentence = run.sentence[pair.first]
    low = max(pair.first - 16, 0)
    before = [run.word(k) for k in range(low, pair.first) if run.sentence[k] == sentence]
    high = min(pair.after + 8, following)
    behind = [run.word(k) for k in range(pair.after, high) if run.sentence[k] == run.sentence[pair.after - 1]]
    for stop in _STOPS:
        if stop in before:
            before = before[len(before) - before[::-1].index(stop) :]
        if stop in behind:
            behind = behind[: behind.index(stop)]
    return before, behind


def _says_days(pair: _Pair) -> bool:
    """Days without a clock are said of a weekly program only in lists, ranges, plurals or after "every"."""
    days = pair.day_element
    if days is None or days.is_vague or days.is_letters or pair.days in (DAYS[5:], DAYS):
        return False
    return not days.is_single


def _minutes(clock: tuple[str | None, str | None]) -> int:
    if clock[0] is None or clock[1] is None:
        return 0
    return (minutes_of(clock[1]) - minutes_of(clock[0])) % (24 * 60)


def _confidence(pair: _Pair, is_told: bool) -> float:
    value = (
        0.95
        if pair.days and pair.clock[1]
        else 0.8
        if pair.clock[1]
        else 0.75
        if pair.days and not pair.clock[0]
        else 0.5
    )
    value -= 0 if is_told else 0.2
    value -= 0.1 if pair.carried else 0
    times_read = pair.element.times
    return round(value - (0.05 if times_read and not times_read.is_sure else 0), 2)


def _without_agenda(mentions: list[SessionMention | None]) -> list[SessionMention]:
    """Marks the hours of a day's agenda ("10:00-10:50 group, 11:00-11:50 skills") as no sessions of their own."""
    found = [mention for mention in mentions if mention]
    short = [
        m for m in found if m.value[0] is None and m.value[2] and _minutes(m.value[1:]) <= AGENDA_MINUTES
    ]
    if len(short) < AGENDA_LENGTH:
        return found
    return [replace(m, kind="other") if m in short else m for m in found]

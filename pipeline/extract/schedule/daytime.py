"""Evening, weekend and morning: what the words say ("evening IOP") and what the session times show."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from pipeline.extract.schedule.daylists import day_list
from pipeline.extract.schedule.grammar_words import words
from pipeline.extract.schedule.lexer import Run, has_any, read
from pipeline.extract.schedule.session_cues import kind_of
from pipeline.extract.schedule.sessions import SessionMention
from pipeline.normalize.clock import DAYS, WEEKEND
from pipeline.vocabulary.tables import settings

PartName = Literal["evening", "weekend", "morning"]

_HOURS = settings("hours.toml")["sessions"]
_PARTS: tuple[PartName, ...] = ("evening", "weekend", "morning")
_WORDS = {word: part for part in _PARTS for word in words("daytime", part)}
HINTS = ("evening", "night", "weekend", "saturday", "morning", "eiop", "noche", "nocturn", "week")
_OFFERED, _BEFORE, _ONLY_WITH = (
    words("daytime", "offered"),
    words("daytime", "before"),
    words("daytime", "only_with"),
)
_STARTS = frozenset({*_WORDS, "7", "seven"})
_JOINS = words("daytime", "joins")
_HOME, _NOT_SESSIONS = words("daytime", "home"), words("daytime", "not_sessions")
_GROUPS = words("daytime", "groups")


@dataclass(frozen=True, slots=True)
class TimeOfDay:
    """Words on sessions in that part of the week, at text[start:end], not judged yet; or a session that shows them."""

    part: PartName
    start: int
    end: int
    from_session: bool = False
    confidence: float = 0.85


def times_of_day(text: str, sessions: Iterable[SessionMention] = ()) -> dict[PartName, list[TimeOfDay]]:
    """Statements on evening, weekend and morning sessions in a run, by words and by the times of `sessions`."""
    found: dict[PartName, list[TimeOfDay]] = {}
    for statement in (*_from_sessions(sessions), *_from_words(text)):
        found.setdefault(statement.part, []).append(statement)
    return found


def _from_sessions(sessions: Iterable[SessionMention]) -> Iterator[TimeOfDay]:
    for mention in sessions:
        if mention.kind != "program":
            continue
        days, start, end = mention.value
        shown: dict[PartName, bool] = {
            "evening": (start or "") >= _HOURS["evening_from"] or (end or "") > _HOURS["evening_until"],
            "morning": start is not None and start < _HOURS["morning_before"],
            "weekend": bool(set(WEEKEND) & set(days or ())),
        }
        for part in (part for part, is_shown in shown.items() if is_shown):
            yield TimeOfDay(
                part, mention.start, mention.end, from_session=True, confidence=mention.confidence
            )


def _from_words(text: str) -> Iterator[TimeOfDay]:
    if not has_any(text, HINTS):
        return
    run = read(text)
    for i in [i for i, value in enumerate(run.values) if value in _STARTS]:
        part = _WORDS.get(run.values[i])
        statement = _all_week(run, i) if part is None else _statement(run, i, part)
        if statement is not None:
            yield statement


def _statement(run: Run, i: int, part: PartName) -> TimeOfDay | None:
    word, before, behind = run.word(i), run.before(i, 8), run.behind(i + 1, 6)
    if _HOME & (set(before[-5:]) | set(behind[:4])) or _NOT_SESSIONS & (set(before[-1:]) | set(behind[:1])):
        return None
    if (word in _ONLY_WITH or before[-1:] in (["each"], ["every"])) and not _GROUPS & set(behind[:2]):
        return None
    if word != "eiop" and not _is_offered(before, behind):
        return None
    return TimeOfDay(part, *run.bounds(i, i + 1))


def _is_offered(before: list[str], behind: list[str]) -> bool:
    """Whether something that people attend is said to be at that time, rather than that they live then."""
    if not before and not behind:
        return False
    is_beside = (_OFFERED | _JOINS) & set(behind[:1]) or (_BEFORE | _JOINS) & set(before[-1:])
    if is_beside and (_OFFERED & set(behind) or _OFFERED & set(before)):
        return True
    others = set(_WORDS) | _JOINS | _BEFORE
    return len(before) + len(behind) <= 4 and all(
        word in others for word in before + behind
    )  # "Evenings & weekends"


def _all_week(run: Run, i: int) -> TimeOfDay | None:
    """A program "available seven days a week" has weekend sessions; a phone line has none."""
    days = day_list(run, i)
    before = run.before(i, 8)
    if (
        days is None
        or days.days != DAYS
        or "24" in before
        or kind_of(before, run.behind(days.after, 6)) != ("program", True)
    ):
        return None
    start, end = run.bounds(i, days.after)
    return TimeOfDay("weekend", start, end, confidence=0.7)

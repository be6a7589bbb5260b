"""Evening, weekend and morning: what the words say ("evening IOP") and what the session times show."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from pipeline.extract.lexer import Run, read
from pipeline.extract.sessions import SessionMention
from pipeline.records import Assertion

PartName = Literal["evening", "weekend", "morning"]

EVENING_FROM, MORNING_UNTIL = (
    "16:00",
    "12:00",
)  # a session that begins at 16:00 or later is an evening session
_WORDS: dict[str, PartName] = {
    "evening": "evening", "evenings": "evening", "eiop": "evening", "night": "evening", "nights": "evening",
    "nighttime": "evening", "night-time": "evening", "weekend": "weekend", "weekends": "weekend", "saturdays": "weekend",
    "morning": "morning", "mornings": "morning", "noche": "evening", "nocturno": "evening", "nocturna": "evening",
    "saturday": "weekend",
}  # fmt: skip
_OFFERED = frozenset(
    "iop php intensive outpatient program programs programming programme track tracks session sessions group groups option options hours "
    "class classes schedule schedules scheduling availability treatment format formats therapy appointments services "
    "and or , & / ( programa grupos day daytime days times time available".split()
)
_BEFORE_OFFERED = frozenset(
    "day daytime morning mornings afternoon afternoons evening evenings days weekend weekends and or / , & offer offers provide "
    "offering providing includes include during in both available flexible virtual online our select choose the per three two "
    "four schedule weekday three on some weeknight".split()
)
_HOME = frozenset(
    "home return returns returning house sleep sober overnight night's own go goes bed families family-time pass passes".split()
)
_NOT_SESSIONS = frozenset(
    "this good that last every-day saturday-night primrose activities activity outings meals news pass passes visits visitation tomorrow one late eve".split()
)
_NEGATED = frozenset("no not without don't doesn't cannot n't nor isn't aren't".split())
_HEDGED = frozenset("soon coming planned upcoming may might future anticipated".split())


@dataclass(frozen=True, slots=True)
class TimeOfDay:
    """One statement that there are (or are not) sessions in that part of the week, at text[start:end]."""

    part: PartName
    value: bool
    start: int
    end: int
    assertion: Assertion = Assertion.AFFIRMED
    from_session: bool = False
    confidence: float = 0.85


def times_of_day(text: str, sessions: Iterable[SessionMention] = ()) -> dict[PartName, list[TimeOfDay]]:
    """Statements on evening, weekend and morning sessions in a run, by words and by the times of `sessions`."""
    found: dict[PartName, list[TimeOfDay]] = {}
    for statement in (*_from_sessions(sessions), *_from_words(text)):
        found.setdefault(statement.part, []).append(statement)
    return found


def _from_sessions(sessions: Iterable[SessionMention]) -> Iterable[TimeOfDay]:
    for mention in sessions:
        if mention.kind != "program":
            continue
        days, start, _ = mention.value
        if start is not None and start >= EVENING_FROM:
            yield TimeOfDay(
                "evening", True, mention.start, mention.end, from_session=True, confidence=mention.confidence
            )
        if start is not None and start < MORNING_UNTIL:
            yield TimeOfDay(
                "morning", True, mention.start, mention.end, from_session=True, confidence=mention.confidence
            )
        if days and {"sa", "su"} & set(days):
            yield TimeOfDay(
                "weekend", True, mention.start, mention.end, from_session=True, confidence=mention.confidence
            )


def _from_words(text: str) -> Iterable[TimeOfDay]:
    low = text.lower()
    if not any(
        hint in low
        for hint in ("evening", "night", "weekend", "saturday", "morning", "eiop", "noche", "nocturn")
    ):
        return
    run = read(text)
    for i, token in enumerate(run.tokens):
        part = _WORDS.get(token.value) if token.kind == "w" else None
        if part is None:
            continue
        statement = _statement(run, i, part)
        if statement is not None:
            yield statement


def _statement(run: Run, i: int, part: PartName) -> TimeOfDay | None:
    sentence = run.sentence[i]
    before = [run.word(k) for k in range(max(i - 8, 0), i) if run.sentence[k] == sentence]
    behind = [run.word(k) for k in range(i + 1, min(i + 7, len(run.tokens))) if run.sentence[k] == sentence]
    word = run.word(i)
    if (
        _HOME & set(before[-5:])
        or _HOME & set(behind[:2])
        or set(before[-1:]) & _NOT_SESSIONS
        or set(behind[:1]) & _NOT_SESSIONS
    ):
        return None
    if word == "saturday" and not {"group", "groups", "session", "sessions", "program", "iop"} & set(
        behind[:2]
    ):
        return None
    if before[-1:] in (["each"], ["every"]) and not {"group", "groups", "session", "sessions"} & set(
        behind[:2]
    ):
        return None
    offered = set(behind[:1]) & _OFFERED or set(before[-1:]) & _BEFORE_OFFERED or word == "eiop"
    if not offered or not _is_of_sessions(before, behind, word):
        return None
    assertion = Assertion.AFFIRMED
    if _HEDGED & set(before[-4:]) or _HEDGED & set(behind[:6]):
        assertion = Assertion.HEDGED
    elif _NEGATED & set(before[-6:]) or {"not", "unavailable"} & set(behind[:4]):
        assertion = Assertion.NEGATED
    start, end = run.tokens[i].start, run.tokens[i].end
    return TimeOfDay(part, assertion is not Assertion.NEGATED, start, end, assertion)


def _is_of_sessions(before: list[str], behind: list[str], word: str) -> bool:
    """Something that people attend stands near, not just a time at which one lives."""
    things = _OFFERED - {"and", "or", ",", "&", "/", "(", "day", "days", "times", "time"}
    return word == "eiop" or bool(things & set(behind) or things & set(before))

"""Words on how a program is attended: virtually, in person, as another program is, or by those alone who run it."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from urllib.parse import unquote, urlsplit

from pipeline.extract.facts.cue_tables import alternatives, whole_words
from pipeline.extract.parsing.text import fold
from pipeline.extract.words.context import PageContext

_FILE = "delivery_cues.toml"
VIRTUAL = re.compile(
    r"\b(?:virtual(?:ly|es|mente)?|telesalud|live online|in-person or online|in person or online|online or in-? ?person|en l[ií]nea|por video(?:llamada|conferencia)?|tele-?health|tele-?medicine|tele-?therapy|online (?:\w+ )?(?:iop|php|programs?|programming|therapy|treatment|sessions?|groups?|options?|counseling|care|services|format|track|intensive)|(?:attends?|attending|joins?|joining|participates?|participating|meets?|held|offered|available|delivered|provided|treatment|sessions|groups|program) (?:\w+ )?online|remote(?:ly)?|hybrid|from (?:the comfort of )?(?:your|their) (?:own )?home|"
    r"(?:via|over|on|through) zoom|(?:by|via|over) (?:(?:secure|live|two-way|encrypted) ){0,2}video|video conferenc\w+|web-based|100% (?:virtual|online|remote)"
    rf"|{alternatives(_FILE, 'virtual', 'spanish')})\b"
)
IN_PERSON = re.compile(
    r"\b(?:in-? ?person|on-? ?site|face-to-face|on campus|(?:at|in) (?:our|the) (?:(?:[\w'-]+|st\.|mt\.) ){0,4}(?:facility|center|centre|campus|office|clinic|location|hospital|site|building)\b(?! of\b)|at (?:all|both|any|either|each|one|two|three|four|several|various|multiple) (?:of )?(?:our )?(?:[\w'-]+ ){0,3}(?:facilities|centers|campuses|offices|clinics|locations|sites)|check(?:s|ing)? in(?:to)? (?:to )?(?:our|the) (?:facility|center|clinic)|(?:same|our) office setting|in the room\b|in-clinic|hybrid|arrives?|travel to (?:the|our) (?:facility|center|clinic)|(?:is|are|conveniently|program,?) located (?:in|at|on) (?:the|our|downtown|\d)"
    rf"|{alternatives(_FILE, 'in_person', 'travel')}|{alternatives(_FILE, 'in_person', 'held')}"
    rf"|{alternatives(_FILE, 'in_person', 'ride')}|{alternatives(_FILE, 'in_person', 'spanish')})(?!(?<=\w)\w)"
)
NOT_PROGRAM = re.compile(
    r"\b(?:virtual tours?|online (?:form|assessment|screening|chat|portal|payment|bill ?pay|reviews?|booking|quiz|scheduling|store|"
    r"community|resources|insurance|verification|directory|classes)|(?:visit|find|follow|contact|verify|apply|pay|book|schedule|fill|available|reach|learn more) (?:\w+ ){0,3}online|"
    r"remote(?:ly)? (?:area|location|control|work)|work(?:ing)? (?:remotely|online)|remote setting|online gam\w+|online safety|(?:far )?from your home town|virtual reality|"
    r"telehealth (?:visits?|appointments?|consult\w*|assessments?|evaluations?|psychiatry|therapy appointments?|intake)|hybrid model of|away from (?:your|their) home)\b"
)
ONLY_HERE = re.compile(
    r"\b(?:in-? ?person only|only in-? ?person|exclusively in-? ?person|not (?:offer|provide)\w* (?:\w+ ){0,3}(?:virtual|telehealth|online)|no (?:virtual|telehealth|online)|always in-? ?person|fully in-? ?person)\b"
)
ONLY_VIRTUAL = whole_words(_FILE, "only", "virtual")
PROGRAM = re.compile(
    r"\b(?:iop|viop|php|programs?|programming|track|treatment|sessions?|groups?|therapy|outpatient|care|options?|services?|attend\w*|join\w*|participate|participants?|format|patients?|clients?|members|arrives?|everyone|programas?|grupos?|sesiones|ambulatorio|tratamiento|terapia|servicios)\b"
)


@cache
def _of_sister() -> re.Pattern[str]:
    return re.compile(rf"\b(?:{alternatives(_FILE, 'sister', 'before')}) ?\Z")


@cache
def _of_other() -> re.Pattern[str]:
    return re.compile(rf"\b(?:{alternatives(_FILE, 'sister', 'other')})\Z")


def is_of_sister(folded: str, span: tuple[int, int], start: int) -> bool:
    """Whether the mention at `start` is of another program than its sentence's, or of the people who run it: "the same
    team that treats clients in person", "built by the team that teaches the in-person one"."""
    return bool(_of_sister().search(folded[max(span[0], start - 120) : start]))


def is_of_other(folded: str, span: tuple[int, int], start: int, end: int, is_called_virtual: bool) -> bool:
    """Whether a program named by the way that the page's own is not attended is another one: "our in-person IOP" on the
    page of a virtual one, "if you live far away, our telehealth program …" on that of one in person."""
    is_named = _of_other().search(folded[max(span[0], start - 30) : start])
    if is_called_virtual:
        return bool(
            is_named and re.match(r" (?:iop|php|program|track|group|one|clinic)", folded[end : span[1]])
        )
    is_program = is_named and re.match(r" (?:program|service|care|track|one)", folded[end : span[1]])
    return bool(
        is_program and whole_words(_FILE, "sister", "far").search(folded, max(0, span[0] - 60), start)
    )


def is_of_few(folded: str, span: tuple[int, int], start: int) -> bool:
    """Whether what is denied is denied to some: "if a person is violent, … may not attend in person"."""
    return bool(whole_words(_FILE, "in_person", "some").match(folded, span[0], start))


def is_called_virtual(context: PageContext) -> bool:
    """Whether the first heading, the title or the address names attending virtually, and nothing else."""
    called = _called(context)
    return bool(VIRTUAL.search(called)) and not IN_PERSON.search(called)


def _called(context: PageContext) -> str:
    page = context.page
    first = next((b.text for b in context.main if b.level == 1), "")
    path = re.sub(r"[-_/]+", " ", unquote(urlsplit(page.url or page.canonical or "").path))
    return _folded(" \n ".join((first, page.title[:200], path)))


@lru_cache(maxsize=64)
def _folded(text: str) -> str:
    return fold(text)

"""Words beside a printed time that say what it is the time of: program, office, intake or something else."""

from __future__ import annotations

from typing import Literal

from pipeline.extract.lexer import Run
from pipeline.normalize.clock import PartOfDay

SessionKind = Literal["program", "office", "intake", "other"]

_OFFICE = frozenset(
    "office offices business phone phones call calls calling hotline helpline lines line admissions desk reception lobby "
    "pharmacy lab laboratory chat reach staffed visiting visitation visitors visits contact open closed answered answer "
    "answering appointment appointments telephone oficina administrative billing urgent emergency customer text email "
    "clinic store dispensary representative representatives specialists specialist counselor team".split()
)
_WEAK_OFFICE = frozenset(
    "open clinic appointment appointments visits line contact counselor team closed specialist".split()
)
_INTAKE = frozenset(
    "intake intakes orientation doors assessment assessments evaluation evaluations arrive check-in registration "
    "screening screenings tour tours walk-in walk-ins enrollment enroll interview interviews referrals referral register "
    "admisión evaluaciones consultation consultations walk".split()
)
_OTHER = frozenset(
    "alumni aa na lunch snack snacks dinner breakfast break breaks webinar workshop workshops event events worship church "
    "transportation pickup childcare ceu volunteer volunteers caregivers friends visitor mass school open-house "
    "support-group nar-anon al-anon library conference training trainings medication dosing dispensing".split()
)
_STRONG = frozenset(
    "meet meets meeting session sessions group groups runs run track tracks attend attends held class classes cohort "
    "cohorts iop php eiop soap program programs programming programme treatment sesiones grupos programa reúne reúnen "
    "participate participates classes arrives offered operates operate programa visits scheduled".split()
)
_WEAK = frozenset(
    "outpatient therapy services clients patients participants schedule schedules hospitalization partial adults teens adolescents "
    "adolescent adult teen women men day evening morning afternoon evenings mornings option options offered tratamiento terapia "
    "youth children monday".split()
)
_LEVELS = {
    "iop": "iop", "iops": "iop", "eiop": "iop", "ios": "iop", "php": "php", "phps": "php", "soap": "iop", "detox": "detox",
    "residential": "residential", "aftercare": "op",
}  # fmt: skip
_LEVEL_PHRASES = {
    ("intensive", "outpatient"): "iop", ("partial", "hospitalization"): "php", ("partial", "hospital"): "php",
    ("half", "day"): "iop", ("day", "treatment"): "php", ("partial", "day"): "php", ("standard", "outpatient"): "op",
    ("traditional", "outpatient"): "op", ("general", "outpatient"): "op", ("continuing", "care"): "op",
    ("full", "day"): "php",
}  # fmt: skip
_AUDIENCE = frozenset(
    "adult adults teen teens tween tweens adolescent adolescents youth child children kids women men seniors veterans parents "
    "families adultos adolescentes jóvenes mujeres hombres".split()
)
_PARTS: dict[str, PartOfDay] = {
    "morning": "morning", "mornings": "morning", "am": "morning", "mañana": "morning", "afternoon": "afternoon",
    "afternoons": "afternoon", "tarde": "afternoon", "evening": "evening", "evenings": "evening", "night": "evening",
    "nights": "evening", "nightly": "evening", "after-school": "afternoon", "noche": "evening", "noches": "evening",
    "pm": "evening",
}  # fmt: skip


def kind_of(before: list[str], behind: list[str], context: str = "") -> tuple[SessionKind, bool]:
    """The kind that the words around a time speak for, and whether any word does.

    The nearest telling word before the time decides, then the words behind it, then the headings (`context`).
    """
    verdict = _nearest(before)
    if verdict is not None:
        return verdict, True
    if behind and (verdict := _nearest(behind[::-1], weak=False)) is not None:
        return verdict, True
    words = context.lower().replace("/", " ").split()
    if words and (verdict := _nearest(words)) is not None:
        return verdict, True
    return "program", False


def _nearest(words: list[str], weak: bool = True) -> SessionKind | None:
    """Kind of the last telling word. Strong program words hide weak office words that stand before them."""
    seen_weak = False
    for distance, word in enumerate(reversed(words)):
        if word in _INTAKE:
            return "intake"
        if word in _OTHER:
            return "other"
        if word in _OFFICE and not (word in _WEAK_OFFICE and seen_weak):
            return "program" if seen_weak and word in _WEAK_OFFICE else "office"
        if word in _STRONG:
            earlier = words[: len(words) - distance - 1][-4:]
            return "intake" if _INTAKE & set(earlier) else "program"
        seen_weak = seen_weak or (weak and word in _WEAK)
    return "program" if seen_weak else None


def level_in(run: Run, first: int, after: int, *, last: bool = False) -> str | None:
    """The level of care named by tokens first to after - 1 (the last such name, if asked)."""
    level = None
    for i in range(max(first, 0), min(after, len(run.tokens))):
        word = run.word(i)
        found = _LEVEL_PHRASES.get((word, run.word(i + 1))) if i + 1 < after else None
        if (
            found is None
            and word in _LEVELS
            and (word != "soap" or run.text[run.tokens[i].start : run.tokens[i].end].isupper())
        ):
            found = _LEVELS[word]
        if word == "op" and run.text[run.tokens[i].start : run.tokens[i].end] == "OP":
            found = "op"
        if found and not last:
            return found
        level = found or level
    return level


def audience_in(words: list[str]) -> tuple[str, ...]:
    """Words for the people that the time is for, as printed in lower case."""
    return tuple(dict.fromkeys(word for word in words if word in _AUDIENCE))


def part_in(words: list[str]) -> PartOfDay | None:
    """The part of the day that the words name, if they name just one."""
    parts = {_PARTS[word] for word in words if word in _PARTS}
    return parts.pop() if len(parts) == 1 else None

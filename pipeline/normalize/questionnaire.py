"""Which questions a directory's row answers, and of what kind of program: `vocabulary/questionnaires.csv`.

What a questionnaire asks is told by the codes (`asked_by` in `vocabulary/service_codes.csv`), so that a box left
unticked can be told from a question that nobody asked.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

from pipeline.normalize.service_codes import ServiceCode
from pipeline.records import Assertion, Observation
from pipeline.vocabulary.tables import parents, rows
from sources.records import FACILITY_TYPE, SETTING, ServiceMention


@dataclass(frozen=True, slots=True)
class Questionnaire:
    """What a facility was asked. `focus`: the programs it was asked about, substance_use or mental_health."""

    name: str
    focus: str
    told_by: str  # the code that every row of it has


@cache
def questionnaires() -> tuple[Questionnaire, ...]:
    """In the order in which they are recognised: the first whose code a row has is the row's."""
    return tuple(
        Questionnaire(row["questionnaire"], row["focus"], row["told_by"])
        for row in rows("questionnaires.csv")
    )


def questionnaire_of(read: Sequence[tuple[ServiceMention, ServiceCode | None]]) -> Questionnaire | None:
    """The questionnaire that a row answers, by its mentions with their codes; None where they tell none. A printed type of
    facility decides, then the code of the type of care, then which of them could have asked most of the codes."""
    typed = [code for mention, code in read if mention.category == FACILITY_TYPE]
    answers = typed or [code for mention, code in read if mention.category != SETTING]
    codes = {code.code: code for code in answers if code}
    told = next((q for q in questionnaires() if q.told_by in codes), None)
    if told or typed:
        return told
    could = Counter(name for code in codes.values() for name in code.asked_by).most_common(2)
    if not could or len({count for _, count in could}) < len(could):
        return None
    return next(q for q in questionnaires() if q.name == could[0][0])


def focus_of(observations: Iterable[Observation]) -> str | None:
    """What a row without a known questionnaire is about, where all its conditions are of one of the two kinds."""
    conditions = {
        str(o.value) for o in observations if o.field == "condition" and o.assertion is Assertion.AFFIRMED
    }
    roots = {_root(condition) for condition in conditions}
    focuses = {q.focus for q in questionnaires()}
    return roots.pop() if len(roots) == 1 and roots <= focuses else None


def _root(condition: str) -> str:
    while parent := parents("conditions.csv").get(condition):
        condition = parent
    return condition

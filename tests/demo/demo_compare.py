"""Comparing what was read of the demo world with its truth, field by field.

What was read comes as a mapping with the names of `TrueService`: sets and sequences of codes, ranges as
[min, max], sessions as mappings or `Session`, None or nothing where not stated.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from demo_truth import Absent, TrueService

SETS = ("conditions", "exclusions", "populations", "modalities", "virtual_states", "languages", "payers")
RANGES = ("ages", "days_per_week", "hours_per_day", "hours_per_week", "duration_weeks")
VALUES = ("virtual", "in_person", "presence_rule", "morning", "evening", "weekend", "accepting")
TIMES_OF_DAY = ("morning", "evening", "weekend")  # sessions that are stated may be read as False
PLURALS = {
    "condition": "conditions",
    "modality": "modalities",
    "population": "populations",
    "payer": "payers",
}
PLURALS |= {"virtual_state": "virtual_states"}

Slot = tuple[str | None, str | None, str | None]  # day, start, end


@dataclass(frozen=True, slots=True)
class Difference:
    """One disagreement: `expected` was not read (found None), or `found` is not there, or both differ."""

    service_id: str
    field: str
    expected: object
    found: object


def slots(sessions: Iterable[Any]) -> frozenset[Slot]:
    """Sessions by single day, so that "Mon and Wed" equals "Mon" and "Wed"."""
    plain = [s if isinstance(s, Mapping) else asdict(s) for s in sessions]
    return frozenset((day, s["start"], s["end"]) for s in plain for day in s["days"] or (None,))


def differences(true: TrueService, found: Mapping[str, Any]) -> list[Difference]:
    """Everything in which a service as read differs from the truth, beyond what `also_fine` allows."""
    fine = dict(true.also_fine)
    wrong: list[Difference] = []
    for name in SETS:
        told, read = set(getattr(true, name)), set(found.get(name) or ())
        wrong += [Difference(true.id, name, value, None) for value in sorted(told - read)]
        wrong += [Difference(true.id, name, None, v) for v in sorted(read - told - set(fine.get(name, ())))]
    for name in (*RANGES, *VALUES):
        value, read_value = getattr(true, name), _frozen(found.get(name))
        derived = name in TIMES_OF_DAY and value is None and read_value is False and true.sessions
        if read_value != value and read_value not in fine.get(name, ()) and not derived:
            wrong.append(Difference(true.id, name, value, read_value))
    right, seen = slots(true.sessions), slots(found.get("sessions") or ())
    if seen != right and ("sessions" not in fine or seen != slots(fine["sessions"])):
        wrong.append(
            Difference(true.id, "sessions", sorted(right - seen, key=str), sorted(seen - right, key=str))
        )
    return wrong


def carries(found: Mapping[str, Any], item: Absent) -> bool:
    """Whether a service as read affirms what must not be affirmed."""
    if item.level_of_care and found.get("level_of_care") != item.level_of_care:
        return False
    if item.field == "session":
        return _has_slot(slots(found.get("sessions") or ()), item.value)
    if item.field in PLURALS:
        return item.value in (found.get(PLURALS[item.field]) or ())
    if item.field in RANGES:
        told = json.loads(item.value)
        read = _frozen(found.get(item.field)) or ()
        return tuple(told) == read if isinstance(told, list) else told in read
    if item.field == "address":
        return item.value in json.dumps(found.get("place") or {})
    if item.field == "phone":
        return item.value in (*(found.get("phones") or ()), found.get("phone"))
    return str(found.get(item.field)).lower() == item.value


def _has_slot(found: frozenset[Slot], value: str) -> bool:
    """`value` is a day, a clock time (start or end; "13:00-" is a start), or a day and a clock time."""
    wanted = set(value.split(" "))
    return any(wanted <= {day, start, end, f"{start}-"} for day, start, end in found)


def _frozen(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value

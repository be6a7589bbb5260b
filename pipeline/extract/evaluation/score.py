"""Facts of a page as sets, and how far two such sets agree: the arithmetic of `iop eval`.

A fact is one (field, value) pair; where the gold names programs, what belongs to a level is compared level by level.
What both readers of a row found is expected, what only one found is disputed: neither right nor wrong. An ancestor of a
gold condition is neither, and a gold ancestor of a predicted condition is no miss.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from pipeline.fields import Trait, fields, written_as
from pipeline.vocabulary.tables import parents

Row = Mapping[str, Any]
SETS = {
    name: fields()[name].plural for name in written_as("code", Trait.LABELLED)
}  # field → as labels call it
STATES = written_as("boolean", Trait.LABELLED)
RANGES = written_as("range", Trait.LABELLED)
LEVEL_BOUND = frozenset({*STATES, *RANGES, "schedule"} - {"ages"})  # compared level by level
SHOWN_ONLY = frozenset({"is_listing", "schedule_times", "schedule_days"})  # not in the sum over all facts
_ALIASES = {
    "is_provider_program_page": "is_listing",
    "insurance": "payers",
    "conditions_excluded": "exclusions",
}
_BASE = {
    "schedule_times": "schedule",
    "schedule_days": "schedule",
    "city": "locations",
    "zip": "locations",
    "street": "locations",
}


@dataclass(frozen=True, slots=True)
class Miss:
    """One fact that was invented or missed."""

    field: str
    row: str
    kind: str
    value: object


@dataclass(slots=True)
class Score:
    """Counts of true positives, false positives and false negatives by field (`levels`: by level of care, of the facts
    that are compared level by level), and every miss."""

    counts: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    levels: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    misses: list[Miss] = field(default_factory=list)

    def total(self) -> Counter[str]:
        """Over all facts: sessions count once, `is_listing` not at all."""
        return sum((c for name, c in self.counts.items() if name not in SHOWN_ONLY), Counter())

    def table(self) -> dict[str, dict[str, float]]:
        """field → tp, fp, fn, precision, recall, f1; `is_listing` first, `all_facts` last."""
        names = ["is_listing", *sorted(n for n in self.counts if n != "is_listing")]
        rows = {name: measures(self.counts[name]) for name in names}
        return rows | {"all_facts": measures(self.total())}


def measures(counts: Counter[str]) -> dict[str, float]:
    """Precision, recall and F1; 1.0 where there is nothing to find and nothing was found."""
    tp, fp, fn = counts["tp"], counts["fp"], counts["fn"]
    precision = tp / (tp + fp) if tp + fp else 1.0
    recall = tp / (tp + fn) if tp + fn else 1.0
    f1 = 2 * precision * recall / (precision + recall) if precision + recall else 0.0
    return {"tp": tp, "fp": fp, "fn": fn, "precision": precision, "recall": recall, "f1": f1}


def ancestors(code: str) -> set[str]:
    """The more general conditions above a condition."""
    chain: set[str] = set()
    above = parents("conditions.csv")
    while code in above and above[code] not in chain:
        code = above[code]
        chain.add(code)
    return chain


def facts(page: Row, by_level: bool) -> dict[str, set[Any]]:
    """The page's facts; with `by_level`, what belongs to a program carries its level of care."""
    out: dict[str, set[Any]] = defaultdict(set)
    for part in (page, *(page.get("programs") or ())):
        level = (part.get("level_of_care"),) if by_level else ()
        for name in SETS.values():
            out[name] |= set(part.get(name) or ())
        out["conditions"] |= set(part.get("extra_conditions") or ())
        for name in STATES:
            if part.get(name) is not None:
                out[name].add((*level, bool(part[name])))
        for name in RANGES:
            if any(v is not None for v in part.get(name) or ()):
                pair = tuple(None if v is None else float(v) for v in part[name])
                out[name].add(pair if name == "ages" else (*level, *pair))
        for session in part.get("schedule") or ():
            days = tuple(session["days"]) if session.get("days") else None
            clock = (session.get("start"), session.get("end"))
            if any(clock):
                out["schedule_times"].add((*level, *clock))
            if days:
                out["schedule_days"].add((*level, days))
            out["schedule"].add((*level, days, *clock))
    if not by_level:  # over a page, one program's yes outweighs another's no
        for name in STATES:
            if (True,) in out[name]:
                out[name].discard((False,))
    for place in page.get("locations") or ():
        out["city"] |= {place["city"].strip().lower()} if place.get("city") else set()
        out["zip"] |= {str(place["zip"])[:5]} if place.get("zip") else set()
        out["street"] |= {_street(place["street"])} if place.get("street") else set()
    out["phones"] = {re.sub(r"\D", "", phone.split("x")[0])[-10:] for phone in page.get("phones") or ()}
    return out


def _level_of(name: str, value: Any, by_level: bool) -> str | None:
    """The level of care that a fact is about; None where it is about the page."""
    if name == "levels_of_care":
        return str(value)
    return value[0] if by_level and name in LEVEL_BOUND else None


def _street(text: str) -> str:
    return " ".join(re.findall(r"[a-z0-9]+", text.lower())[:2])


def score(gold: Iterable[Row], predicted: Mapping[str, Row]) -> Score:
    """Compare predicted rows with the gold. Rows whose readers disagree on `is_listing` are left out."""
    result = Score()
    result.counts["is_listing"] = Counter()
    for row in gold:
        first, page = row["gold"], predicted.get(row["id"], {})
        second = row.get("second", first)
        if bool(first["is_listing"]) != bool(second["is_listing"]):
            continue
        skipped = {_ALIASES.get(a, a) for a in first.get("arguable") or ()}
        want, got = bool(first["is_listing"]), bool(page.get("is_listing"))
        if "is_listing" not in skipped:
            outcome = {(True, True): "tp", (False, True): "fp", (True, False): "fn"}.get((want, got))
            if outcome:
                result.counts["is_listing"][outcome] += 1
            if want != got:
                result.misses.append(Miss("is_listing", row["id"], "missed" if want else "invented", want))
        _compare(result, row["id"], first, second, page if got else {}, skipped)
    return result


def _compare(result: Score, row: str, first: Row, second: Row, page: Row, skipped: set[str]) -> None:
    """Count the facts of one row; of a page that is no listing every fact is invented."""
    by_level = "programs" in first
    labels = (first, second) if first["is_listing"] else ({}, {})
    one, other, found = (facts(p, by_level) for p in (*labels, page))
    for name in sorted({*one, *other, *found}):
        if name in skipped or _BASE.get(name, name) in skipped:
            continue
        want, doubt, got = one[name] & other[name], one[name] ^ other[name], found[name]
        right, extra, lost = want & got, got - want - doubt, want - got
        if name == "conditions":
            general = {a for code in want | doubt for a in ancestors(code)}
            extra -= general
            lost -= {a for code in got for a in ancestors(code)}
        result.counts[name].update(tp=len(right), fp=len(extra), fn=len(lost))
        if name not in SHOWN_ONLY:
            for kind, values in (("tp", right), ("fp", extra), ("fn", lost)):
                for level in filter(None, (_level_of(name, value, by_level) for value in values)):
                    result.levels[level][kind] += 1
        result.misses += [Miss(name, row, "invented", v) for v in extra]
        result.misses += [Miss(name, row, "missed", v) for v in lost]

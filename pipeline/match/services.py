"""Services of one place: which rows of different sources speak of the same program or track.

Only services of one location and one level of care are compared. Two tracks of one listing are never one, nor are two
rows that one list prints apart. A row that says nothing but the level (a directory's "OIT") joins the only service
there; next to several it joins the one printed most alike, of equals the most general: the one with the fewest limits
of audience, time and delivery. Nothing is duplicated.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from pipeline.match.printed import Printed, audience_words, audiences, likest
from pipeline.normalize.name import NAME_WORDS, normalize_name

ALONE, AGREED, GENERAL = 0.95, 0.9, 0.7  # probability by the rule that joined
_TIMES = (
    ("evening", re.compile(r"\b(?:evenings?|nights?|pm)\b", re.I)),
    ("day", re.compile(r"\b(?:mornings?|days?|daytime|am|afternoons?)\b", re.I)),
)
_DELIVERIES = (
    ("virtual", re.compile(r"\b(?:virtual|online|telehealth|remote)\b", re.I)),
    ("in_person", re.compile(r"\b(?:in.person|on.?site)\b", re.I)),
)


@dataclass(frozen=True, slots=True)
class Row:
    """One service of one listing, with what limits it by kind of limit. An empty set is *not stated*."""

    listing_id: str
    service_key: str
    name: str
    limits: Mapping[str, frozenset[str]]  # audience, time of day, delivery, topic, focus
    printed: Printed

    @property
    def member(self) -> str:
        return f"{self.listing_id}#{self.service_key}"

    @property
    def general(self) -> bool:
        """Whether it names no track. What a whole directory is about is no track."""
        return not any(limit for kind, limit in self.limits.items() if kind != "focus")

    @property
    def narrowness(self) -> int:
        audience, time, delivery, topic, _ = self.limits.values()
        return len(audience - {"adults"}) + sum(map(bool, (audience, time, delivery - {"in_person"}, topic)))

    def contradicts(self, other: Row) -> bool:
        """Whether what limits both, in any kind, has nothing in common."""
        limits = ((mine, other.limits[kind]) for kind, mine in self.limits.items())
        return any(mine and theirs and not mine & theirs for mine, theirs in limits)

    def apart(self, other: Row) -> bool:
        """Whether two rows cannot be one, whatever their tracks: tracks of one listing, entries of one list, two focuses."""
        focuses = self.limits["focus"], other.limits["focus"]
        return self.printed.apart(other.printed) or (all(focuses) and not focuses[0] & focuses[1])


@dataclass(frozen=True, slots=True)
class Joined:
    """A row in a group, why, and how sure that is."""

    row: Row
    probability: float
    reason: str | None


def describe(record: Mapping[str, object], printed: Printed | None = None) -> Row:
    """A row from a record of `listing_service`, with virtual, in_person, populations, ages, evening, focus if known."""
    printed = printed or Printed()
    key, name = str(record["service_key"]), str(record.get("name") or "")
    text = f"{name} {key.partition('/')[2].replace('-', ' ')}"
    populations = record.get("populations")
    audience = {str(p) for p in populations} if isinstance(populations, (list, tuple)) else set()
    audience = audience or _of_age(record.get("ages"))
    audience = audience or set(audiences(text))
    time = {"evening"} if record.get("evening") else _first_named(_TIMES, text)
    virtual, in_person = record.get("virtual"), record.get("in_person")
    if virtual and in_person is False:
        delivery = {"virtual"}
    elif in_person and virtual is False:
        delivery = {"in_person"}
    else:
        delivery = _first_named(_DELIVERIES, text)
    people = (found for words in audience_words().values() for found in words.findall(text))
    known = {word for name in (*printed.around, *people) for word in normalize_name(name)}
    topic = {word for word in normalize_name(text) if not word.isdigit()} - known - _plain_words()
    focus = {str(record["focus"])} if record.get("focus") else set()
    limits = {"audience": audience, "time of day": time, "delivery": delivery, "topic": topic, "focus": focus}
    told = {kind: frozenset(limit) for kind, limit in limits.items()}
    return Row(str(record["listing_id"]), key, name, told, printed)


def _first_named(kinds: Iterable[tuple[str, re.Pattern[str]]], text: str) -> set[str]:
    return next(({kind} for kind, words in kinds if words.search(text)), set())


def _of_age(ages: object) -> set[str]:
    """Who a range of ages ("[12, 17]") is for, where it does not reach over majority."""
    found = re.findall(r"\d+|null", ages) if isinstance(ages, str) else []
    if len(found) != 2:
        return set()
    low, high = (None if age == "null" else int(age) for age in found)
    if low is not None and low >= 18:
        return {"adults"}
    return {"adolescents"} if high is not None and high <= 18 and (low or 12) >= 11 else set()


@cache
def _plain_words() -> frozenset[str]:
    text = "evening night morning day daytime afternoon pm am virtual online telehealth remote person site track group"
    return frozenset(
        [*NAME_WORDS["program"], *NAME_WORDS["place"], *normalize_name(text), "iop", "php", "level", "care"]
    )


def group(rows: Sequence[Row], reviewed: Mapping[tuple[str, str], bool] | None = None) -> list[list[Joined]]:
    """Groups of rows that are one service. The result does not depend on the order of `rows`.

    `reviewed` holds decisions of people: (member, member) → same or not.
    """
    if len(rows) == 1:
        return [[Joined(rows[0], 1.0, None)]]
    listings: dict[str, list[Row]] = {}
    for row in sorted(rows, key=lambda r: (r.general, r.narrowness, r.service_key, r.listing_id)):
        listings.setdefault(row.listing_id, []).append(row)
    order = sorted(listings, key=lambda i: (-len(listings[i]), listings[i][0].general, i))
    groups: list[list[Joined]] = []
    for row in (row for listing in order for row in listings[listing] if not row.general):
        _place(row, groups, reviewed or {})
    for entries in _lists(listings, order):
        likeness = {row.member: max((_likeness(row, g) for g in groups), default=0.0) for row in entries}
        for row in sorted(entries, key=lambda r: -likeness[r.member]):
            _place(row, groups, reviewed or {})
    return groups


def _lists(listings: Mapping[str, Sequence[Row]], order: Iterable[str]) -> list[list[Row]]:
    """General rows by the list that prints them: those of listings that name tracks, too, then of a known focus, then
    of the list with most entries here.
    """
    lists: dict[str, list[Row]] = {}
    for row in (row for listing in order for row in listings[listing] if row.general):
        lists.setdefault(row.printed.source or row.listing_id, []).append(row)

    def rank(entries: list[Row]) -> tuple[int, bool, int, str]:
        first = entries[0]
        return -len(listings[first.listing_id]), not first.limits["focus"], -len(entries), first.listing_id

    return sorted(lists.values(), key=rank)


def _likeness(row: Row, members: list[Joined]) -> float:
    """How alike a row and a group are printed; less than nothing where the site of one is for other people."""
    served = frozenset[str]().union(*(j.row.limits["audience"] for j in members))
    if row.printed.audience and served and not row.printed.audience & served:
        return -1.0
    return likest(row.printed, (j.row.printed for j in members))


def _place(row: Row, groups: list[list[Joined]], reviewed: Mapping[tuple[str, str], bool]) -> None:
    """Put a row into the group that it belongs to, or into one of its own."""
    verdicts = [_verdict(row, members, reviewed) for members in groups]
    free = [members for members, verdict in zip(groups, verdicts, strict=True) if verdict is None]
    if True in verdicts:
        groups[verdicts.index(True)].append(Joined(row, 1.0, "reviewed as same"))
    elif row.general and len(groups) == 1 and free:
        free[0].append(Joined(row, ALONE, "the only service of this level at the place"))
    elif row.general and (alike := [members for members in free if _likeness(row, members) >= 0]):
        most = min(alike, key=lambda g: (-_likeness(row, g), *_generality(g)))
        why = (
            "no track named; of the services of this level at the place the most alike, then the most general"
        )
        most.append(Joined(row, GENERAL, why))
    else:
        tracks = [] if row.general else free
        best = max(tracks, key=lambda g: _agreement(row, g)[0], default=[])
        points, why = _agreement(row, best)
        if points > 0:
            best.append(Joined(row, AGREED, why))
        else:
            groups.append([Joined(row, 1.0, None)])


def _generality(members: list[Joined]) -> tuple[int, str]:
    return min(j.row.narrowness for j in members), min(j.row.member for j in members)


def _verdict(row: Row, members: list[Joined], reviewed: Mapping[tuple[str, str], bool]) -> bool | None:
    """Whether a row is of a group, where that is decided: never two tracks of one listing, else what reviewers said,
    else never two rows that are apart."""
    if any(j.row.listing_id == row.listing_id for j in members):
        return False
    verdicts = [
        reviewed.get((row.member, j.row.member), reviewed.get((j.row.member, row.member))) for j in members
    ]
    if True in verdicts or False in verdicts:
        return False not in verdicts
    return False if any(row.apart(j.row) for j in members) else None


def _agreement(row: Row, members: list[Joined]) -> tuple[float, str]:
    """Points for what agrees with the members of a group, and which; negative where anything contradicts."""
    points, agreeing = 0.0, set()
    for other in (j.row for j in members):
        if row.contradicts(other):
            return -1.0, ""
        for name, mine in row.limits.items():
            shared = mine & other.limits[name]
            if shared and name != "focus":
                points += len(shared) / len(mine | other.limits[name])
                agreeing.add(name)
        if row.service_key == other.service_key:
            points += 1
            agreeing.add("name of the track")
    return points / max(1, len(members)), "same level of care at the place; same " + ", ".join(
        sorted(agreeing)
    )

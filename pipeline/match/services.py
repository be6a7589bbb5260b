"""Services of one place: which rows of different sources speak of the same program or track.

Only services of one location and one level of care are compared. Two tracks of one listing are never one. A row that
says nothing but the level (a directory's "OIT") joins the only service there; next to several tracks it joins the most
general one: the one with the fewest limits of audience, time and delivery. Nothing is duplicated.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from pipeline.normalize.name import NAME_WORDS, normalize_name
from pipeline.vocabulary import cells, rows

_EVENING = re.compile(r"\b(?:evenings?|nights?|pm)\b", re.I)
_DAY = re.compile(r"\b(?:mornings?|days?|daytime|am|afternoons?)\b", re.I)
_DELIVERY = (("virtual", re.compile(r"\b(?:virtual|online|telehealth|remote)\b", re.I)),
             ("in_person", re.compile(r"\b(?:in.person|on.?site)\b", re.I)))  # fmt: skip
ALONE, AGREED, GENERAL = 0.95, 0.9, 0.7  # probability by the rule that joined


@dataclass(frozen=True, slots=True)
class Row:
    """One service of one listing, with what limits it. An empty set or None is *not stated*."""

    listing_id: str
    service_key: str
    name: str = ""
    audience: frozenset[str] = frozenset()
    time: str | None = None
    delivery: str | None = None
    topic: frozenset[str] = frozenset()

    @property
    def member(self) -> str:
        return f"{self.listing_id}#{self.service_key}"

    @property
    def limits(self) -> int:
        narrow = self.audience - {"adults"}
        return (
            len(narrow)
            + bool(self.audience)
            + (self.time is not None)
            + (self.delivery == "virtual")
            + bool(self.topic)
        )

    @property
    def general(self) -> bool:
        return not (self.audience or self.time or self.delivery or self.topic)


@dataclass(frozen=True, slots=True)
class Joined:
    """A row in a group, why, and how sure that is."""

    row: Row
    probability: float
    reason: str | None


@cache
def _audiences() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple(
        (
            row["code"],
            re.compile("|".join(rf"\b{re.escape(word)}s?\b" for word in cells(row["words"])), re.I),
        )
        for row in rows("populations.csv")
    )


def describe(record: Mapping[str, object], place_words: Iterable[str] = ()) -> Row:
    """A row from a record of `listing_service`, with virtual, in_person, populations, ages, evening where they are known."""
    key, name = str(record["service_key"]), str(record.get("name") or "")
    track = key.partition("/")[2].replace("-", " ")
    text = f"{name} {track}"
    stated = record.get("populations")
    audience = {str(p) for p in stated} if isinstance(stated, (list, tuple)) else set()
    audience = audience or _of_age(record.get("ages"))
    audience = audience or {code for code, words in _audiences() if words.search(text)}
    time = (
        "evening" if record.get("evening") or _EVENING.search(text) else "day" if _DAY.search(text) else None
    )
    virtual, present = record.get("virtual"), record.get("in_person")
    delivery = (
        "virtual" if virtual and present is False else "in_person" if present and virtual is False else None
    )
    delivery = delivery or next((kind for kind, words in _DELIVERY if words.search(text)), None)
    plain = _plain_words() | {word for text in place_words for word in normalize_name(text)}
    said = {
        word for _, words in _audiences() for found in words.findall(text) for word in normalize_name(found)
    }
    topic = {word for word in normalize_name(text) if word not in plain | said and not word.isdigit()}
    return Row(str(record["listing_id"]), key, name, frozenset(audience), time, delivery, frozenset(topic))


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


def group(rows: Sequence[Row], told: Mapping[tuple[str, str], bool] | None = None) -> list[list[Joined]]:
    """Groups of rows that are one service. The result does not depend on the order of `rows`.

    `told` holds reviewed decisions: (member, member) → same or not.
    """
    told = told or {}
    listings: dict[str, list[Row]] = {}
    for row in sorted(rows, key=lambda r: (r.general, r.limits, r.service_key, r.listing_id)):
        listings.setdefault(row.listing_id, []).append(row)
    groups: list[list[Joined]] = []
    order = sorted(listings, key=lambda i: (-len(listings[i]), listings[i][0].general, i))
    for specific in (True, False):
        for listing in order:
            for row in listings[listing]:
                if row.general != specific:
                    _place(row, groups, told)
    return groups


def _place(row: Row, groups: list[list[Joined]], told: Mapping[tuple[str, str], bool]) -> None:
    open_ = [
        g
        for g in groups
        if all(j.row.listing_id != row.listing_id for j in g) and _decided(row, g, told) is not False
    ]
    same = next((g for g in open_ if _decided(row, g, told)), None)
    if same is not None:
        same.append(Joined(row, 1.0, "reviewed as same"))
        return
    if row.general:
        free = [g for g in open_ if _decided(row, g, told) is None]
        if not free:
            groups.append([Joined(row, 1.0, None)])
        elif len(groups) == 1:
            free[0].append(Joined(row, ALONE, "the only service of this level at the place"))
        else:
            most = min(free, key=lambda g: (min(j.row.limits for j in g), min(j.row.member for j in g)))
            most.append(
                Joined(row, GENERAL, "no track named; the most general service of this level at the place")
            )
        return
    best = max(open_, key=lambda g: _agreement(row, g)[0], default=None)
    if best is not None and (found := _agreement(row, best))[0] > 0:
        best.append(Joined(row, AGREED, found[1]))
    else:
        groups.append([Joined(row, 1.0, None)])


def _decided(row: Row, members: list[Joined], told: Mapping[tuple[str, str], bool]) -> bool | None:
    said = [told.get((row.member, j.row.member), told.get((j.row.member, row.member))) for j in members]
    return False if False in said else True if True in said else None


def _agreement(row: Row, members: list[Joined]) -> tuple[float, str]:
    """Points for what agrees with the members of a group, and which; negative where anything contradicts."""
    points, said = 0.0, set()
    for other in (j.row for j in members):
        for name, mine, theirs in (
            ("audience", row.audience, other.audience),
            ("time of day", {row.time} - {None}, {other.time} - {None}),
            ("delivery", {row.delivery} - {None}, {other.delivery} - {None}),
            ("topic", row.topic, other.topic),
        ):
            if mine and theirs and not mine & theirs:
                return -1.0, ""
            if mine & theirs:
                points += len(mine & theirs) / len(mine | theirs)
                said.add(name)
        if row.service_key == other.service_key:
            points += 1
            said.add("name of the track")
    return points / len(members), "same level of care at the place; same " + ", ".join(sorted(said))

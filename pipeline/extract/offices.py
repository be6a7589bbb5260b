"""The offices of a provider: addresses that its pages print, each once, with the phones printed beside them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from pipeline.normalize.address import normalize_street
from pipeline.records import Assertion, Observation

BESIDE = 220  # characters between an address and a phone that belongs to it
LONGEST_NAME = 60


@dataclass(slots=True)
class Office:
    """One place: `place` holds what its fullest printing gives, `said` every observation of it."""

    key: str
    place: dict[str, str | None]
    said: list[Observation] = field(default_factory=list)

    @property
    def name(self) -> str | None:
        """The heading that stands over its address, where it is short: "Worcester", "Main campus"."""
        for observation in self.said:
            last = (observation.section or "").split(" > ")[-1].strip()
            if 2 < len(last) <= LONGEST_NAME and not re.search(
                r"contact|address|location|visit|call|footer|\?", last, re.I
            ):
                return last
        return None

    def is_beside(self, phone: Observation) -> bool:
        """Whether a phone is printed close to this address on the same page."""
        return any(s.url == phone.url and -BESIDE < phone.start - s.end < BESIDE for s in self.said)

    def has_phone(self, phone: Observation, offices: Sequence[Office]) -> bool:
        """Whether a phone is this office's or the whole site's: not one printed beside another office alone."""
        return self.is_beside(phone) or not any(o.is_beside(phone) for o in offices)


def offices_of(found: Iterable[Observation]) -> list[Office]:
    """Offices in the order of first mention. A city alone is one only where no street is printed anywhere."""
    streets: dict[tuple[str, str], Office] = {}
    towns: dict[str, Office] = {}
    for observation in found:
        if observation.field != "address" or observation.assertion is not Assertion.AFFIRMED:
            continue
        if observation.qualifier not in (None, "site", "city"):
            continue
        place = json.loads(observation.value)
        if place.get("street"):
            street = normalize_street(place["street"])
            key = (
                f"{street.number} {street.name}".strip() or place["street"].lower(),
                str(place.get("zip") or place.get("city")),
            )
            _add(streets, key, place, observation)
        elif place.get("city"):
            _add(towns, place["city"].lower(), place, observation)
    return _merged(streets) if streets else list(towns.values())


def _add(known: dict, key: object, place: dict[str, str | None], observation: Observation) -> None:  # type: ignore[type-arg]
    text = " ".join(key) if isinstance(key, tuple) else str(key)
    office = known.setdefault(key, Office(re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-"), dict(place)))
    for part, value in place.items():
        if value and not office.place.get(part):
            office.place[part] = value
    office.said.append(observation)


def _merged(streets: dict[tuple[str, str], Office]) -> list[Office]:
    """The same street printed with a ZIP here and with a city there is one office."""
    kept: list[Office] = []
    for (line, _), office in streets.items():
        twin = next((o for o in kept if _line(o) == line and _agree(o.place, office.place)), None)
        if twin is None:
            kept.append(office)
        else:
            twin.place |= {k: v for k, v in office.place.items() if v and not twin.place.get(k)}
            twin.said += office.said
    return kept


def _line(office: Office) -> str:
    street = normalize_street(office.place.get("street"))
    return f"{street.number} {street.name}".strip()


def _agree(one: dict[str, str | None], other: dict[str, str | None]) -> bool:
    zips = one.get("zip"), other.get("zip")
    if all(zips):
        return zips[0] == zips[1]
    cities = (one.get("city") or "").lower(), (other.get("city") or "").lower()
    return not all(cities) or cities[0] == cities[1]

"""Troubles in words: one message for all of a kind that are new, and one for all that are over."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from pipeline.alerts.trouble import Kind, Trouble, kinds
from pipeline.alerts.wrong import Wrong
from pipeline.settings import Settings

LINES = 10  # of what is wrong; more are counted
# Marks by which a chat would link, or call people: pages that are quoted must not.
QUOTED = str.maketrans({"<": "‹", ">": "›", "@": "＠"})

Told = Mapping[str, str]  # a trouble's key → when it was told (ISO 8601, UTC)


@dataclass(frozen=True, slots=True)
class Message:
    """What people are told at once. `what`: subject → how it is wrong; where it is over, since when they knew."""

    kind: Kind
    is_over: bool
    name: str  # of the profile or registry
    what: Mapping[str, str]
    where: tuple[str, ...]  # the run's directory, and a link where there is one
    at: str  # ISO 8601, UTC

    @property
    def title(self) -> str:
        return self.kind.titled(list(self.what), over=self.is_over).translate(QUOTED)

    @property
    def subject(self) -> str:
        return f"[{self.name}] {self.title}"

    @property
    def text(self) -> str:
        """All of it, for people."""
        lines = [f"• {subject}: {how}".translate(QUOTED) for subject, how in [*self.what.items()][:LINES]]
        if len(self.what) > LINES:
            lines.append(f"… and {len(self.what) - LINES} more: iop health")
        do = [] if self.is_over else [f"What to do: {self.kind.remedy}"]
        return "\n".join([self.subject, *lines, *do, f"Where: {' · '.join(self.where)}"])

    @property
    def fields(self) -> dict[str, Any]:
        """All of it, for programs: `text` is what chats show, `alert` is ours."""
        alert = {
            "kind": self.kind.name,
            "level": self.kind.level,
            "over": self.is_over,
            "name": self.name,
            "title": self.title,
            "what": {**self.what},
            "remedy": self.kind.remedy,
            "where": list(self.where),
            "at": self.at,
        }
        return {"text": self.text, "alert": alert}


def messages(
    wrong: Wrong, told: Told, settings: Settings, now: datetime
) -> Iterator[tuple[Message, dict[str, str]]]:
    """Each message that is due to somebody who knows of `told`, and what they know of once it is sent."""
    at, known = now.isoformat(timespec="seconds"), dict(told)
    name = settings.profile or settings.registry_folder.name
    there = {one.key for one in wrong.problems}
    new = [one for one in wrong.problems if one.key not in told]
    for kind_name, group in groupby(new, lambda one: one.kind.name):
        troubles, kind = list(group), kinds()[kind_name]
        what = {one.subject: one.what for one in troubles}
        known |= dict.fromkeys((one.key for one in troubles), at)
        yield Message(kind, False, name, what, _where(settings, troubles), at), dict(known)
    over = sorted(key for key in told if key not in there)
    for kind_name, keys in groupby(over, lambda key: key.partition("/")[0]):
        gone, past = list(keys), kinds().get(kind_name)
        if past is None or past.part in wrong.judged:
            known = {key: since for key, since in known.items() if key not in gone}
        if past is not None and past.part in wrong.judged:
            what = {key.partition("/")[2]: f"first told {told[key]}" for key in gone}
            yield Message(past, True, name, what, _where(settings, []), at), dict(known)


def _where(settings: Settings, troubles: list[Trouble]) -> tuple[str, ...]:
    """The directory, and a page of Dagster's: that of the run where there is one."""
    run_id = next((one.run_id for one in troubles if one.run_id), "")
    if settings.ui is None:
        return (str(settings.out), f"run {run_id}") if run_id else (str(settings.out),)
    base = settings.ui.rstrip("/")
    return str(settings.out), f"{base}/runs/{run_id}" if run_id else base

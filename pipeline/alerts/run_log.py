"""How the last runs ended, in the run's directory: whoever started them, `iop` or Dagster's daemon (`<out>/alerts/runs.json`)."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from filelock import FileLock

from warehouse.drafts import replacing

FOLDER = "alerts"
FILE = "runs.json"
PATIENCE = 60.0  # seconds for another process to write its few bytes, or to send its messages
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class RunEnd:
    """How a run ended. `failures`: step → what it says; `refused`: table → what the audit found there."""

    job: str
    ended_at: str  # ISO 8601, UTC
    run_id: str = ""  # in Dagster's instance; "": of a run that passed with its instance
    failures: Mapping[str, str] = field(default_factory=dict)
    refused: Mapping[str, str] = field(default_factory=dict)
    published: bool = False  # or found nothing new: the release is as it should be

    @property
    def ok(self) -> bool:
        return not self.failures and not self.refused


@dataclass(frozen=True, slots=True)
class RunLog:
    """The last end of each job, and the last run whose release was refused, until one is published."""

    ends: Mapping[str, RunEnd] = field(default_factory=dict)
    refused: RunEnd | None = None

    @property
    def last(self) -> RunEnd | None:
        return max(self.ends.values(), key=lambda end: end.ended_at, default=None)

    def after(self, end: RunEnd) -> RunLog:
        """With one more. A run that failed before its audit says nothing of what an earlier audit refused; one that
        published makes up for every failure before it."""
        refused = None if end.published else end if end.refused else self.refused
        ends = {end.job: end} if end.ok and end.published else {**self.ends, end.job: end}
        return RunLog(ends, refused)


def read_runs(out: Path) -> RunLog:
    """What is known of the runs in this directory; a file that cannot be read knows nothing."""
    try:
        raw = json.loads((out / FOLDER / FILE).read_text(encoding="utf-8"))
        refused = RunEnd(**raw["refused"]) if raw["refused"] else None
        return RunLog({job: RunEnd(**end) for job, end in raw["ends"].items()}, refused)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return RunLog()


def keep(out: Path, end: RunEnd) -> None:
    """Remember how a run ended. Never raises for the file's sake: that a disk is full must not hide why a run failed."""
    try:
        with alone(out) as folder:
            log_after = read_runs(out).after(end)
            replace(folder / FILE, asdict(log_after))
    except OSError as error:
        log.warning("how the run ended could not be kept: %s", error)


@contextmanager
def alone(out: Path) -> Iterator[Path]:
    """The folder of alerts, for this process alone. Raises OSError where it cannot be had."""
    folder = out / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    with FileLock(folder / ".lock", timeout=PATIENCE):
        yield folder


def replace(path: Path, content: Mapping[str, Any]) -> None:
    """Write JSON by rename: a reader finds the old or the new."""
    with replacing(path) as draft:
        draft.write(json.dumps(content, indent=1, ensure_ascii=False).encode())

"""How a run of Dagster ended, by its events: the steps that failed, what its audit refused, whether there is a release."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

import dagster as dg

from pipeline.alerts.run_log import RunEnd

LONGEST = 300  # characters of what went wrong
EVENTS = {
    dg.DagsterEventType.STEP_FAILURE,
    dg.DagsterEventType.ASSET_CHECK_EVALUATION,
    dg.DagsterEventType.ASSET_MATERIALIZATION,
}  # that say it
RELEASE = dg.AssetKey("release")


def step_errors(events: Iterable[dg.DagsterEvent]) -> Iterator[tuple[str, Any]]:
    """(step, what went wrong at the bottom of it) for every failed step; not those that only a failed check stopped."""
    for step, error in errors(events):
        if "AssetCheck" not in (error.cls_name or ""):
            yield step, error


def errors(events: Iterable[dg.DagsterEvent]) -> Iterator[tuple[str, Any]]:
    """The same of every failed step; where none is to blame, of the run itself."""
    events = list(events)
    failed = [(e.step_key or "", e.step_failure_data.error) for e in events if e.is_step_failure]
    failed = failed or [("run", e.job_failure_data.error) for e in events if e.is_job_failure]
    for step, error in failed:
        if error:
            yield step, error.cause or error


def run_end(
    job: str, events: Iterable[dg.DagsterEvent], at: datetime, run_id: str = "", otherwise: str = ""
) -> RunEnd:
    """What is remembered of a run. `at`: when it ended (UTC); `run_id` where Dagster keeps it; `otherwise`: what is said of
    one that failed without a failed step or check, as its process died; "": it did not fail."""
    events = list(events)
    failures = {step: _line(error.message) for step, error in step_errors(events)}
    refused = dict(_refused(events))
    if otherwise and not failures and not refused:
        failures["run"] = _line(otherwise)
    published = any(
        event.event_type == dg.DagsterEventType.ASSET_MATERIALIZATION and event.asset_key == RELEASE
        for event in events
    )
    return RunEnd(job, at.isoformat(timespec="seconds"), run_id, failures, refused, published)


def _refused(events: Iterable[dg.DagsterEvent]) -> Iterator[tuple[str, str]]:
    """(table, what is wrong with it) for each check that keeps a release from being published."""
    for event in events:
        check = event.event_specific_data
        if not isinstance(check, dg.AssetCheckEvaluation) or check.passed or not check.blocking:
            continue
        if check.severity == dg.AssetCheckSeverity.ERROR:
            found = [str(value.value).removeprefix(": ") for value in check.metadata.values()]
            yield check.check_name.removeprefix("contract_"), _line("; ".join(found))


def _line(text: str) -> str:
    """The first line, as short as an alert may be."""
    line = text.strip().partition("\n")[0]
    return line if len(line) <= LONGEST else line[: LONGEST - 1] + "…"

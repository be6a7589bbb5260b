"""Sensors that tell people (`pipeline.alerts`): how runs ended is remembered as they end, and what is wrong is told.

What is not about a run (ages, sources) changes without one, and what could not be sent must be tried again; a run's sensor
does neither, as Dagster hands it each run once. So those remember and tell at once, and `alerts` tells what is left.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

import dagster as dg

from pipeline.alerts.run_log import keep
from pipeline.alerts.tell import Outcome, is_on, tell
from pipeline.flow.run_end import EVENTS, run_end
from pipeline.flow.workspace import Workspace

EVERY = 300  # seconds
OFF = "nothing says where alerts go: set IOP_WEBHOOK, or IOP_SMTP and IOP_MAIL_TO"


def alert_sensors(workspace: Workspace) -> Sequence[dg.SensorDefinition]:
    """`failed_runs`, `good_runs` and `alerts`, on from the start; the last only where it is configured."""
    running = dg.DefaultSensorStatus.RUNNING

    @dg.run_failure_sensor(
        name="failed_runs",
        default_status=running,
        description="Remembers how a run failed, or what its audit refused; alerts of it, where they are on.",
    )
    def failed_runs(context: dg.RunFailureSensorContext) -> None:
        ended(context, context.failure_event.message or "the run failed")

    @dg.run_status_sensor(
        run_status=dg.DagsterRunStatus.SUCCESS,
        name="good_runs",
        default_status=running,
        description="Remembers that a run succeeded; alerts that a failure before it is over, where they are on.",
    )
    def good_runs(context: dg.RunStatusSensorContext) -> None:
        ended(context)

    def ended(context: dg.RunStatusSensorContext, otherwise: str = "") -> None:
        run, now = context.dagster_run, workspace.clock()
        logged = context.instance.all_logs(run.run_id, of_type=EVENTS)
        events = [entry.dagster_event for entry in logged if entry.dagster_event]
        keep(workspace.settings.out, run_end(run.job_name, events, now, run.run_id, otherwise))
        for why in _told(workspace, now).unsent:
            context.log.warning(f"not sent, and tried again by the sensor alerts: {why}")

    @dg.sensor(
        name="alerts",
        minimum_interval_seconds=EVERY,
        default_status=running if is_on(workspace.settings) else dg.DefaultSensorStatus.STOPPED,
        description="Posts or mails what is wrong now, once, and that it is over: runs, release, sources, ages.",
    )
    def alerts(context: dg.SensorEvaluationContext) -> dg.SensorResult:
        if not is_on(workspace.settings):
            return dg.SensorResult(skip_reason=OFF)
        outcome = _told(workspace, workspace.clock())
        for why in outcome.unsent:
            context.log.warning(f"not sent, and tried again: {why}")
        titles = "; ".join(one.title for one in outcome.sent) or "nothing new"
        # The cursor shows what people know; it is kept in the run's directory, where `iop run` looks, too.
        return dg.SensorResult(skip_reason=titles, cursor=json.dumps(outcome.told))

    return [failed_runs, good_runs, alerts]


def _told(workspace: Workspace, now: datetime) -> Outcome:
    """What was sent; by the registry as its folder has it now."""
    return tell(replace(workspace.settings), now)

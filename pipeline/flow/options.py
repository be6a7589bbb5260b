"""Run config of the resource `workspace`: what `iop run` has options for, in the user interface's launchpad."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import dagster as dg
from pydantic import Field, field_validator

from pipeline.archive.archive import Archive
from pipeline.archive.visits import by_source
from pipeline.flow.workspace import Workspace
from pipeline.settings import Settings


class Options(dg.Config):
    """What this run does otherwise than the schedule's; empty: nothing. That drift is accepted is config of `build`."""

    refetch: bool = Field(False, description="Fetch what is not due, too")
    retry_failed: bool = Field(False, description="Only sources that gave nothing when last asked, at once")
    reread: bool = Field(False, description="Read what has not changed, too")
    accept_layout: bool = Field(
        False, description="Take pages whose layout seems to have changed: you looked"
    )
    rebuild: bool = Field(False, description="Match and build anew, though nothing has changed")
    offline: bool = Field(False, description="Fetch nothing, read what the archive holds")
    as_of: str = Field("", description="Read what the archive held then: an ISO date and time, UTC; offline")
    selection: list[str] = Field([], description="These sources alone, of the partitions of the run")

    @field_validator("as_of")
    @classmethod
    def _is_moment(cls, text: str) -> str:
        if text:
            try:
                datetime.fromisoformat(text)
            except ValueError:
                raise ValueError(
                    f"as_of is {text!r}: write a date and time such as 2026-03-31T23:59"
                ) from None
        return text

    @classmethod
    def of(cls, workspace: Workspace) -> Options:
        """What a workspace was told, so that steps in other processes are told the same."""
        return cls(
            refetch=workspace.refetch,
            retry_failed=False,  # it is in the selection by now
            reread=workspace.reread,
            accept_layout=workspace.accept,
            rebuild=workspace.rebuild,
            offline=workspace.offline,
            as_of=workspace.as_of.isoformat() if workspace.as_of else "",
            selection=sorted(workspace.selection or ()),
        )

    def applied(self, workspace: Workspace) -> Workspace:
        """The workspace of a run with these options; what it was given otherwise stays. Raises ValueError where an id
        is no source."""
        for source_id in self.selection:
            try:
                workspace.settings.registry[source_id]
            except KeyError as error:
                raise ValueError(f"selection: {error.args[0]}") from None
        chosen = frozenset(self.selection) or workspace.selection
        if self.retry_failed:
            failed = frozenset(failed_sources(workspace.settings))
            chosen = failed if chosen is None else failed & chosen
        as_of = _utc(datetime.fromisoformat(self.as_of)) if self.as_of else workspace.as_of
        return replace(
            workspace,
            refetch=workspace.refetch or self.refetch or self.retry_failed,
            reread=workspace.reread or self.reread,
            accept=workspace.accept or self.accept_layout,
            rebuild=workspace.rebuild or self.rebuild,
            offline=workspace.offline or self.offline or as_of is not None,
            as_of=as_of,
            selection=chosen,
        )


def failed_sources(settings: Settings) -> list[str]:
    """Sources whose last visit gave nothing, or not all that it could for a fault of ours; in the registry's order."""
    with Archive(settings.archive) as archive:
        visits = by_source(archive.visits())
    last = {source_id: rows[-1] for source_id, rows in visits.items()}
    return [s.id for s in settings.registry.sources if s.id in last and not last[s.id].is_complete]


def _utc(moment: datetime) -> datetime:
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)

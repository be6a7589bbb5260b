"""Report: a release → coverage reports of all its states, as pages, maps and files (`warehouse.coverage.publish`)."""

import base64
from collections.abc import Sequence
from typing import TYPE_CHECKING

import dagster as dg

from pipeline.flow.workspace import Workspace
from warehouse.exports.errors import ExportError

if TYPE_CHECKING:
    from warehouse.coverage.publish import Written

REPORTS = "reports"
SHOWN = 4  # states whose map stands in the metadata, which Dagster keeps with every run


@dg.asset(
    deps=["release"],
    group_name="publish",
    kinds={"python", "html"},
    description="Of each state that the release holds a coverage report (page, maps, tables), and an index of them.",
)
def coverage_report(workspace: dg.ResourceParam[Workspace]) -> dg.MaterializeResult[None]:
    """Reports in `<out>/reports/`, replaced as a whole when all are written. The release is only read."""
    from warehouse.coverage.publish import write_reports  # templates and pictures, which only reports need

    release, to = workspace.releases.current_path(), workspace.settings.out / REPORTS
    if release is None:
        raise dg.Failure(f"there is no release in {workspace.releases.folder}: materialize `release` first")
    with workspace.progress.task("report") as task:
        try:
            written = write_reports(release, to, lambda _: task.advance())
        except ExportError as error:
            raise dg.Failure(str(error)) from error
    workspace.leave(reports=to)
    return dg.MaterializeResult(
        metadata={
            "read them at": dg.MetadataValue.path(next(one.page for one in written if one.state is None)),
            "maps": dg.MetadataValue.md(maps(written)),
            "bytes of pages": sum(one.size for one in written),
            **{one.state: dg.MetadataValue.path(one.page) for one in written if one.state},
        }
    )


def maps(written: "Sequence[Written]") -> str:
    """Markdown with the map of the index and those of the first states in it: the user interface shows images as data."""
    states = [one for one in written if one.state is not None]
    index = [one for one in written if one.state is None]
    return "\n\n".join(
        f"**{one.state or 'All states'}**\n\n![Map](data:image/png;base64,{base64.b64encode(one.preview).decode()})"
        for one in (*index, *states[:SHOWN])
        if one.preview
    )

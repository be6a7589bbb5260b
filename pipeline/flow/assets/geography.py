"""Places and people: packaged and Census files → areas, points where people live, boundaries (`pipeline.stage.geography`)."""

import dagster as dg

from pipeline.flow.workspace import Workspace
from pipeline.stage.geography.write import write_geography


@dg.asset(
    group_name="read",
    kinds={"python", "parquet"},
    description="Areas with their people and ages, the points where people live, and boundaries for maps.",
)
def geography(
    context: dg.AssetExecutionContext, workspace: dg.ResourceParam[Workspace]
) -> dg.MaterializeResult[None]:
    report = write_geography(workspace.stage, workspace.settings.geography)
    workspace.leave(geography=report)
    for problem in report.problems:
        context.log.warning(str(problem))
    return dg.MaterializeResult(
        metadata={
            "folder": str(workspace.settings.geography or "packaged files alone"),
            "changed": report.changed,
            "problems": len(report.problems),
            "not used": list(report.notes),
            **{f"rows {table}": rows for table, rows in report.rows.items()},
        }
    )

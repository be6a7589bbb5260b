"""Dagster's code location: loads the graph, and nothing else.

`IOP_PROFILE`, `IOP_REGISTRY` and `IOP_OUT` choose what is loaded (see `pipeline.settings`); the default is the
demo world.
"""

from pipeline.flow.catalog import retry_policy
from pipeline.flow.graph import build_defs
from pipeline.flow.workspace import Workspace
from pipeline.logs import under_dagster
from pipeline.settings import Settings

settings = Settings.choose()
under_dagster(settings.log_level_under_dagster)
defs = build_defs(Workspace(settings), retry_policy())

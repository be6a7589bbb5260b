"""Dagster's code location: loads the graph, and nothing else.

`IOP_PROFILE`, `IOP_REGISTRY` and `IOP_OUT` choose what is loaded (see `pipeline.settings`); the default is the
demo world.
"""

from pipeline.flow.graph import build_defs
from pipeline.flow.workspace import Workspace
from pipeline.settings import Settings

defs = build_defs(Workspace(Settings.choose()))

"""Dagster's code location: loads the graph, and nothing else.

`IOP_PROFILE`, `IOP_REGISTRY` and `IOP_OUT` choose what is loaded (see `pipeline.settings`); the default is the
demo world.
"""

from pipeline.graph import build_defs
from pipeline.resources import Workspace
from pipeline.settings import Settings

defs = build_defs(Workspace(Settings.choose()))

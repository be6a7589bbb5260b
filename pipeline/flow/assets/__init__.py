"""Dagster assets, one module a stage. Each is thin: the work is in the module that its docstring names."""

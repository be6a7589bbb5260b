"""Dagster, and nothing else: graph, assets, checks, schedules. What an asset does lives in the folder it names."""

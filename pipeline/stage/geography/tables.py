"""The stage tables that geography is."""

TABLES = ("geography", "area", "population_point", "boundary", "place")

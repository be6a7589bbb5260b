"""Counting and distances, without a database: intervals, the nearest site, what is in reach, standards of it."""

"""Where releases are published besides their folder: object stores and DuckLake catalogs; and copying them from there."""

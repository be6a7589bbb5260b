"""The marts of coverage that are more than SQL: what a build fills them with."""

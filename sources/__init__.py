"""What we read: the registry of sources and one reader per kind of source."""

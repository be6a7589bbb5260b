"""Places and people as sources: the data sets, the packaged files, and readers of what the Census Bureau publishes."""

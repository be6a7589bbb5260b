"""What we read: the registry, kinds of source with their readers, and the demo world. Neither fetching nor what words mean."""

"""What is done to a source: fetch, archive, extract, normalize, match, build, publish."""

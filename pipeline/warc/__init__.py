"""WARC (ISO 28500) out of and into the archive, so that standard tools read what we keep, and we read theirs.

`write` exports, `read` imports: our own records by their `headers`, those of other tools (`foreign`) by what they say.
"""

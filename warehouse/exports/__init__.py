"""A published release in the formats of others (`formats`); a format is a module here and a row of `FORMATS`.

An export reads one release file and nothing else, so what was taken down of a release is in no export of it. The same
release gives the same bytes, and appears under its final name complete or not at all.
"""

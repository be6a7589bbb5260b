"""WARC (ISO 28500) out of and into the archive, so that standard tools read what we keep, and we read theirs.

`write` exports, `read` imports: our own records by their `fields`, those of other tools (`foreign`) by what they say.
"""

from pipeline.warc.read import Imported, NoWarcError, import_warc
from pipeline.warc.write import export_warc

__all__ = ["Imported", "NoWarcError", "export_warc", "import_warc"]

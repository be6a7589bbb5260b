"""The pages of one site → its listings: which pages speak, of which level, track and office. One page is read in `reading`."""

from pipeline.extract.site.assemble import PageReading, assemble

__all__ = ["PageReading", "assemble"]

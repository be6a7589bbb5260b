"""What is done to a source: fetch, archive, read (extract, normalize), stage, match; `flow` runs it, `commands` is `iop`."""

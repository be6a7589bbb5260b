"""The commands of `iop`, one module each; `pipeline.cli` puts them together."""

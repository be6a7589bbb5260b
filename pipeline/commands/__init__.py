"""The commands of `iop`, one module each; `pipeline.cli` lists them. What a command does beyond talking is in the stages."""

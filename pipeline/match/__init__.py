"""Which records speak of the same organization, place and service, and the ids that last (docs/matching.md).

Frames in, frames out: reading and writing the stage belongs to `pipeline.stage`.
"""

"""A stage of its own for what was known at a date of the past, so that the working stage stays in the present."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from pipeline.settings import Settings

FOLDER = "stage_as_of"
TAKEN_ALONG = (
    "geocode"  # answers to addresses: they cannot be asked for without network, and places do not move
)


@contextmanager
def stage_of_the_past(settings: Settings) -> Iterator[Settings]:
    """These settings with a stage that begins empty and is gone afterwards."""
    stage = settings.out / FOLDER
    shutil.rmtree(stage, ignore_errors=True)  # of a run that was killed
    known = settings.stage / TAKEN_ALONG
    if known.is_dir():
        shutil.copytree(known, stage / TAKEN_ALONG)
    try:
        yield replace(settings, stage_at=stage)
    finally:
        shutil.rmtree(stage, ignore_errors=True)

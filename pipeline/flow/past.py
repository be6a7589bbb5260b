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
def stage_of_the_past(settings: Settings, run_id: str) -> Iterator[Settings]:
    """These settings with a stage of the run's own, which begins empty and is gone afterwards.

    Steps of a run that work in processes of their own find it there, and leave it: it goes with whoever made it.
    """
    stage = settings.out / FOLDER / run_id
    if stage.is_dir():
        yield replace(settings, stage_at=stage)
        return
    shutil.rmtree(stage.parent, ignore_errors=True)  # of a run that was killed
    stage.mkdir(parents=True)
    known = settings.stage / TAKEN_ALONG
    if known.is_dir():
        shutil.copytree(known, stage / TAKEN_ALONG)
    try:
        yield replace(settings, stage_at=stage)
    finally:
        shutil.rmtree(stage.parent, ignore_errors=True)

"""Examples for the model of confidence: affirmed observations of labelled pages that two readers judge right or wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from pipeline.extract.confidence import confidence_features, stated
from pipeline.extract.evaluation.calibration import Verdict, judged_evidence
from pipeline.extract.evaluation.fitting import Example
from pipeline.extract.evaluation.labelled import labelled_pages
from pipeline.extract.learned.models import Models
from pipeline.extract.reading import extract
from pipeline.extract.report.jsonl import as_row


def confidence_examples(data: Path, models: Callable[[str], Models]) -> Iterator[Example]:
    """Each page is read by the models that never saw its provider, so that what they are sure of is not what they learned."""
    for labelled in labelled_pages(data):
        if not labelled.is_listing:
            continue
        reading = extract(labelled.page(), models(labelled.provider))
        times = zip(reading.observations, stated(reading.observations), strict=True)
        affirmed = [(o, often) for o, often in times if often]
        judged = judged_evidence(labelled.row, as_row(reading))
        for (observation, often), (_, keys) in zip(affirmed, judged, strict=False):
            verdicts = set(keys.values())
            if verdicts and Verdict.DISPUTED not in verdicts:
                alone = observation.but(
                    confidence=round(observation.confidence / reading.kind.probability, 9)
                )
                features = confidence_features(alone, often)
                yield Example(features, verdicts == {Verdict.RIGHT}, labelled.provider)

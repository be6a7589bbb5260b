"""Whether a geocoder's place is where the address is: the judgement on printed coordinates, without mending any."""

from __future__ import annotations

from dataclasses import replace

from pipeline.geocode.addresses import StreetAddress
from pipeline.geocode.geocoder import Answer, Outcome
from pipeline.normalize.point import locate


def believed(address: StreetAddress, answer: Answer) -> Answer:
    """The answer; a match far from the address's ZIP code (else its city, else its state) as refused, with the reason."""
    if answer.outcome is not Outcome.MATCH:
        return answer
    judged = locate(
        str(answer.latitude or ""), str(answer.longitude or ""), address.state, address.zip, address.city
    )
    if judged.point and not judged.refused:
        return answer
    reason = f"{judged.refused.reason}: {judged.refused.raw}" if judged.refused else "no coordinates"
    return replace(
        answer, outcome=Outcome.REFUSED, latitude=None, longitude=None, block_geoid=None, refused=reason
    )

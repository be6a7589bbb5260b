"""The models that reading uses. Another set can be given, so that a page is read by models that never saw its provider."""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path

from pipeline.extract.learned.linear import LinearModel, read_model

HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Models:
    """`kind`: a page is a provider's own; `fact`: a mention of a vocabulary is a fact of the page;
    `confidence`: an affirmed observation is right."""

    kind: LinearModel
    fact: LinearModel
    confidence: LinearModel


NAMES = tuple(field.name for field in fields(Models))  # each is `learned/<name>.csv`


@cache
def shipped() -> Models:
    """The models in the tables of this folder, fitted on all labelled pages."""
    return Models(**{name: read_model(HERE / f"{name}.csv") for name in NAMES})

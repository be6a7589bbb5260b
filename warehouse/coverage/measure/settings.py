"""Settings of coverage that people edit, as TOML: read, checked against a model, and told in one line what is wrong."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, TypeVar

from pydantic import AfterValidator, BaseModel, Field, PositiveFloat, TypeAdapter, ValidationError

from warehouse.coverage.measure.accessibility import Gaussian, Steps
from warehouse.coverage.measure.travel import Unit

FILE = Path(__file__).with_name("reach.toml")
T = TypeVar("T")


class MeasureError(ValueError):
    """A file of settings that cannot be used; the message names the file, the key and what it needs."""


def _rising(bands: tuple[float, ...]) -> tuple[float, ...]:
    if not bands or list(bands) != sorted(set(bands)):
        raise ValueError("distances must rise, each of them once")
    return bands


class Measure(BaseModel, frozen=True, extra="forbid"):
    """What is asked of distances in one unit: see `reach.toml`."""

    bands: Annotated[tuple[PositiveFloat, ...], AfterValidator(_rising)]
    choice: PositiveFloat
    decay: Annotated[Steps | Gaussian, Field(discriminator="shape")]


def read_settings(file: Path, model: TypeAdapter[T]) -> T:
    """The settings of a TOML file. Raises MeasureError where it cannot be read or does not fit."""
    try:
        return model.validate_python(tomllib.loads(file.read_text(encoding="utf-8")))
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise MeasureError(f"{file} cannot be read as TOML: {error}") from error
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(map(str, first["loc"])) or "the file"
        more = f" (and {error.error_count() - 1} more)" if error.error_count() > 1 else ""
        raise MeasureError(f"{file}: {where}: {first['msg']}{more}") from error


def measures(file: Path = FILE) -> Mapping[Unit, Measure]:
    """What to measure in kilometres and in minutes."""
    return read_settings(file, TypeAdapter(dict[Unit, Measure]))

"""A geocoder on loopback, ready to be asked."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from census_server import CensusServer, census_server


@pytest.fixture
def census() -> Iterator[CensusServer]:
    with census_server() as made:
        yield made

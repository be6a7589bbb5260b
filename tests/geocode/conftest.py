"""A geocoder on loopback, ready to be asked."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from census_server import CensusServer, served


@pytest.fixture
def census() -> Iterator[CensusServer]:
    with served() as made:
        yield made

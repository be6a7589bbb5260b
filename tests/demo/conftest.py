"""What the tests of the demo world share: its written truth, and how a reading compares with it."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

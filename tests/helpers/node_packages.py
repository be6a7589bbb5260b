"""The packages of `tests/node`, where `npm ci --prefix tests/node` has brought them; else the test skips."""

from __future__ import annotations

from pathlib import Path

import pytest

NODE = Path(__file__).resolve().parents[1] / "node"


def with_packages(folder: Path, *wanted: str) -> Path:
    """The folder, in which programs can now import the packages."""
    missing = [name for name in wanted if not (NODE / "node_modules" / name).exists()]
    if missing:
        pytest.skip(f"there is no {' or '.join(missing)}: npm ci --prefix tests/node")
    (folder / "node_modules").unlink(missing_ok=True)
    (folder / "node_modules").symlink_to(NODE / "node_modules")
    return folder

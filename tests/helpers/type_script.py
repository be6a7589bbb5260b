"""Compiles TypeScript, where `npm ci --prefix tests/node` has brought a compiler; else the test skips."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

NODE = Path(__file__).resolve().parents[1] / "node"
TSC = NODE / "node_modules" / ".bin" / "tsc"
OPTIONS = "--strict --noEmit --target es2022 --module esnext --moduleResolution bundler".split()


def compiled(folder: Path, *files: str) -> str:
    """What `tsc --strict` says of files of a folder; "" where all is well. The packages of `tests/node` can be imported."""
    if not TSC.exists():
        pytest.skip("there is no TypeScript: npm ci --prefix tests/node")
    (folder / "node_modules").unlink(missing_ok=True)
    (folder / "node_modules").symlink_to(NODE / "node_modules")
    done = subprocess.run([TSC, *OPTIONS, *files], cwd=folder, capture_output=True, text=True)
    return done.stdout + done.stderr

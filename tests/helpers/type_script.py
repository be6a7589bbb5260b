"""Compiles TypeScript, where there is a compiler; else the test skips."""

from __future__ import annotations

import subprocess
from pathlib import Path

from node_packages import with_packages

# Declarations of others are believed: to check the browser's takes four times as long as to check ours.
OPTIONS = (
    "--strict --skipLibCheck --noEmit --target es2022 --module esnext --moduleResolution bundler".split()
)


def compiled(folder: Path, *files: str) -> str:
    """What `tsc --strict` says of files of a folder; "" where all is well. The packages of `tests/node` can be imported."""
    tsc = with_packages(folder, "typescript") / "node_modules" / ".bin" / "tsc"
    done = subprocess.run([tsc, *OPTIONS, *files], cwd=folder, capture_output=True, text=True)
    return done.stdout + done.stderr

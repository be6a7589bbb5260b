"""Two runs at once, in processes: the second is refused before it does anything, and a lock dies with who held it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from small_world import World

from pipeline.commands.exit_codes import ExitCode

HOLD = """
import sys
from pathlib import Path
from pipeline.flow.run_lock import run_lock
from pipeline.settings import Settings

with run_lock(Settings.choose(registry=Path(sys.argv[1]), out=Path(sys.argv[2]), environment={})):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_the_second_is_refused_until_the_first_has_ended_however(world: World, root: Path) -> None:
    before = {path for path in world.out.rglob("*") if not path.name.startswith(".lock")}
    command = [sys.executable, "-c", HOLD, str(world.registry), str(world.out)]
    first = subprocess.Popen(
        command,
        cwd=root,
        env={"PYTHONPATH": str(root)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert first.stdout and first.stdout.readline() == "held\n"
        for code, text in (world.run(), world.iop("archive prune", "--yes")):
            assert code == ExitCode.FAILED
            assert text == f"Another run works in {world.out}. Wait for it, or give another --out.\n"
        assert {path for path in world.out.rglob("*") if not path.name.startswith(".lock")} == before
        assert world.ids(), "readers are never in the way"
    finally:
        first.kill()
        first.wait()
    assert world.iop("archive prune", "--yes")[0] == ExitCode.OK

"""Dagster as people run it: web server and daemon, processes of their own, over the small world."""

from __future__ import annotations

import os
import queue
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from small_world import World

START_S = 90  # that a server on a busy machine may take


def new_world(folder: Path, registry: Path | None = None) -> World:
    """A world without a release, with a source that nobody answers for; or another `out` for a registry that is there."""
    world = World(folder)
    if registry:
        world.registry = registry
        return world
    world.write()
    (world.registry / "harbor.toml").write_text(
        '[harbor]\nkind = "provider_site"\nurl = "http://127.0.0.1:9/"\nstate = "WY"\nallow_loopback = true\n'
    )
    return world


def environment(world: World, home: Path, root: Path) -> dict[str, str]:
    """Of a process that runs this checkout's code location, with Dagster's state in a folder of its own."""
    home.mkdir(exist_ok=True)
    shutil.copy(root / "dagster.yaml", home)
    ours = {"DAGSTER_HOME": home, "IOP_REGISTRY": world.registry, "IOP_OUT": world.out, "PYTHONPATH": root}
    return os.environ | {name: str(value) for name, value in ours.items()}


def tool(name: str) -> str:
    """A command that is installed beside this Python."""
    return str(Path(sys.executable).parent / name)


class Process:
    """A server of Dagster, whose log can be waited for."""

    def __init__(self, home: Path, env: dict[str, str], *command: str) -> None:
        self.started = subprocess.Popen(
            [tool(command[0]), *command[1:], "-m", "pipeline.definitions"],
            cwd=home,
            env=env,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self._lines: queue.Queue[str] = queue.Queue()
        threading.Thread(target=self._drain, daemon=True).start()

    def _drain(self) -> None:
        for line in self.started.stdout or ():
            self._lines.put(line)

    def wait_for(self, words: str) -> None:
        """Until a line of the log has these words; what it had instead is told after `START_S`."""
        seen, until = [""], time.monotonic() + START_S
        while words not in seen[-1]:
            try:
                seen.append(self._lines.get(timeout=max(until - time.monotonic(), 0.1)))
            except queue.Empty:
                raise AssertionError(f"no {words!r} in:\n{''.join(seen)}") from None

    def stop(self) -> None:
        os.killpg(self.started.pid, signal.SIGTERM)
        self.started.wait(30)


@contextmanager
def dagster(world: World, home: Path, root: Path) -> Iterator[str]:
    """The address of a web server whose daemon is at work, and whose sensor `registry` has ticked."""
    env = environment(world, home, root)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = str(taken.getsockname()[1])
    with ExitStack() as started:
        web = Process(home, env, "dagster-webserver", "-h", "127.0.0.1", "-p", port)
        started.callback(web.stop)
        web.wait_for(
            "Serving dagster-webserver"
        )  # before the daemon: side by side they spoil a new SQLite state
        daemon = Process(home, env, "dagster-daemon", "run")
        started.callback(daemon.stop)
        daemon.wait_for("Added partition keys")
        yield f"http://127.0.0.1:{port}"

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
            [tool(command[0]), *command[1:]],
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


def free_ports(number: int) -> list[str]:
    with ExitStack() as taken:
        sockets = [taken.enter_context(socket.socket()) for _ in range(number)]
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [str(one.getsockname()[1]) for one in sockets]


@contextmanager
def dagster(world: World, home: Path, root: Path) -> Iterator[str]:
    """The address of a web server whose daemon is at work, and whose sensor `registry` has ticked. Both ask one server of the
    code location: to load it takes seconds."""
    env = environment(world, home, root)
    code, port = free_ports(2)
    server = f"grpc_server: {{host: 127.0.0.1, port: {code}, location_name: iop}}"
    (home / "workspace.yaml").write_text(f"load_from:\n  - {server}\n")
    with ExitStack() as started:

        def start(until: str, *command: str) -> None:
            process = Process(home, env, *command)
            started.callback(process.stop)
            process.wait_for(until)

        at = ("-h", "127.0.0.1", "-p")
        start(
            "Started Dagster code server", "dagster", "api", "grpc", *at, code, "-m", "pipeline.definitions"
        )
        # before the daemon: side by side they spoil a new SQLite state
        start("Serving dagster-webserver", "dagster-webserver", *at, port, "-w", "workspace.yaml")
        start("Added partition keys", "dagster-daemon", "run", "-w", "workspace.yaml")
        yield f"http://127.0.0.1:{port}"

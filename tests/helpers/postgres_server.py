"""A Postgres server on loopback, from Debian's packages."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

PASSWORD = "of-a-test"  # of the user `iop`


@contextmanager
def postgres_server() -> Iterator[int]:
    """The port of a server of its own, run as the user `postgres` where root runs the tests: it refuses root."""
    installed = sorted(str(path) for path in Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    initdb = installed[-1] if installed else shutil.which("initdb")
    if initdb is None:
        pytest.skip("no Postgres server is installed (Debian: postgresql)")
    if os.geteuid() == 0 and not shutil.which("runuser"):
        pytest.skip("root cannot start Postgres, and there is no runuser")
    user = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    # not in pytest's own folder, which only its user may enter
    with tempfile.TemporaryDirectory(prefix="iop-postgres-") as name:
        folder = Path(name)
        (folder / "password").write_text(PASSWORD)
        if user:
            for path in (folder, folder / "password"):
                shutil.chown(path, "postgres")
        data, port = str(folder / "data"), _free_port()
        setup = [initdb, "-D", data, "-U", "iop", "-A", "scram-sha-256", "--pwfile", str(folder / "password")]
        subprocess.run([*user, *setup], check=True, capture_output=True, cwd=folder)
        control = [*user, str(Path(initdb).with_name("pg_ctl")), "-D", data, "-w"]
        options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={folder} -c fsync=off"
        started = [*control, "-o", options, "-l", str(folder / "log"), "start"]
        subprocess.run(started, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=folder)
        try:
            yield port
        finally:
            subprocess.run([*control, "-m", "immediate", "stop"], check=True, capture_output=True, cwd=folder)


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port

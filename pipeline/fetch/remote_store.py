"""An archive in an object store, through fsspec."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import datetime
from typing import Any

import duckdb
import fsspec

from pipeline.fetch.store import LogWriter


class RemoteStore:
    """An object store: objects are put whole, so a log is a series of objects. What is put is durable."""

    writers = 16  # each waits for the network

    def __init__(self, url: str) -> None:
        self.protocol = url.partition("://")[0]
        # fsspec keeps listings for ever, and then knows nothing of what other processes write.
        self.fs, root = fsspec.core.url_to_fs(url, use_listings_cache=False)
        self.root = root.rstrip("/")

    def exists(self, name: str) -> bool:
        return bool(self._info(name).get("size"))

    def read(self, name: str) -> bytes:
        data: bytes = self.fs.cat_file(f"{self.root}/{name}")
        return data

    def write(self, name: str, data: bytes) -> None:
        self.fs.pipe_file(f"{self.root}/{name}", data)

    def renew(self, name: str, right: Callable[[bytes], bool]) -> bool:
        """To put an object takes no longer than to ask for it, repairs it, and renews it."""
        del name, right
        return False

    def remove(self, name: str) -> None:
        with suppress(FileNotFoundError):
            self.fs.rm_file(f"{self.root}/{name}")

    def remove_unused(self, name: str, changed: float) -> bool:
        if _changed(self._info(name), changed) != changed:
            return False
        self.remove(name)
        return True

    def names(self, prefix: str) -> Iterator[tuple[str, int, float]]:
        self.fs.invalidate_cache()
        found: dict[str, Any] = self.fs.find(f"{self.root}/{prefix}", detail=True)
        now = time.time()
        for path, info in sorted(found.items()):
            yield path[len(self.root) + 1 :], int(info["size"]), _changed(info, now)

    def log_writer(self, prefix: str) -> LogWriter:
        return RemoteLog(self, f"{prefix}-{secrets.token_hex(4)}")

    def queryable(self, name: str, con: duckdb.DuckDBPyConnection) -> str:
        if not con.filesystem_is_registered(self.protocol):
            con.register_filesystem(self.fs)
        return f"{self.protocol}://{self.root}/{name}"

    def in_use(self, name: str) -> bool:
        del name  # an object is whole when it appears
        return False

    def sync(self) -> None:
        """Done by then."""

    def _info(self, name: str) -> dict[str, Any]:
        try:
            found: dict[str, Any] = self.fs.info(f"{self.root}/{name}")
        except FileNotFoundError:
            return {}
        return found


class RemoteLog:
    """Lines gathered into objects of up to 200 lines: a killed process loses the rows that it had not put yet,
    never a row without its content."""

    LINES = 200

    def __init__(self, store: RemoteStore, prefix: str) -> None:
        self._store, self._prefix, self._part = store, prefix, 0
        self._lines: list[bytes] = []

    def append(self, line: bytes) -> None:
        self._lines.append(line)
        if len(self._lines) >= self.LINES:
            self.flush()

    def flush(self) -> None:
        if self._lines:
            self._store.write(f"{self._prefix}-{self._part:05d}.jsonl", b"".join(self._lines))
            self._part += 1
            self._lines.clear()

    def close(self) -> None:
        self.flush()


def _changed(info: dict[str, Any], otherwise: float) -> float:
    """The time of change of an object, as its store says it."""
    said = info.get("mtime") or info.get("LastModified") or info.get("created") or otherwise
    return said.timestamp() if isinstance(said, datetime) else float(said)

"""Where an archive's files lie: a local folder, or an object store through fsspec. Both write a file whole or not."""

from __future__ import annotations

import os
import secrets
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

import duckdb


class LogWriter(Protocol):
    """Adds lines to one log."""

    def append(self, line: bytes) -> None: ...
    def flush(self) -> None: ...
    def close(self) -> None: ...


class Store(Protocol):
    """Named files. Names are relative, with `/` between; `names` gives them with size in bytes and time of
    change (seconds since 1970; now where a store does not say), and
    `queryable` gives what DuckDB calls one. `writers` is how many writes at once are worth it."""

    writers: int

    def exists(self, name: str) -> bool: ...
    def read(self, name: str) -> bytes: ...
    def write(self, name: str, data: bytes) -> None: ...
    def remove(self, name: str) -> None: ...
    def names(self, prefix: str) -> Iterator[tuple[str, int, float]]: ...
    def log_writer(self, prefix: str) -> LogWriter: ...
    def queryable(self, name: str, con: duckdb.DuckDBPyConnection) -> str: ...


def open_store(root: str | Path) -> Store:
    """The store at a path or an fsspec URL ("s3://…", "memory://…")."""
    text = str(root)
    return RemoteStore(text) if "://" in text and not text.startswith("file://") else LocalStore(root)


class LocalStore:
    """A folder. Files appear by rename, with all their content. (os, not pathlib: this runs for every page.)"""

    writers = 1

    def __init__(self, root: str | Path) -> None:
        self.root = Path(str(root).removeprefix("file://"))
        self._made: set[Path] = set()

    def exists(self, name: str) -> bool:
        return os.path.exists(f"{self.root}/{name}")  # noqa: PTH110

    def read(self, name: str) -> bytes:
        return (self.root / name).read_bytes()

    def write(self, name: str, data: bytes) -> None:
        target = self.root / name
        self._make(target.parent)
        temporary = f"{target.parent}/.{secrets.token_hex(8)}.tmp"
        with open(temporary, "wb", buffering=0) as file:  # noqa: PTH123
            file.write(data)
        os.replace(temporary, target)  # noqa: PTH105

    def remove(self, name: str) -> None:
        (self.root / name).unlink(missing_ok=True)

    def names(self, prefix: str) -> Iterator[tuple[str, int, float]]:
        for path in sorted((self.root / prefix).rglob("*")):
            if path.is_file():
                status = path.stat()
                yield path.relative_to(self.root).as_posix(), status.st_size, status.st_mtime

    def log_writer(self, prefix: str) -> LogWriter:
        path = self.root / f"{prefix}-{secrets.token_hex(4)}.jsonl"
        self._make(path.parent)
        return LocalLog(path)

    def queryable(self, name: str, con: duckdb.DuckDBPyConnection) -> str:
        del con  # DuckDB reads local files as it is
        return str(self.root / name)

    def _make(self, folder: Path) -> None:
        if folder not in self._made:
            folder.mkdir(parents=True, exist_ok=True)
            self._made.add(folder)


class LocalLog:
    """One file, one write per line, nothing buffered: what was appended survives the process."""

    def __init__(self, path: Path) -> None:
        self._fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)

    def append(self, line: bytes) -> None:
        os.write(self._fd, line)

    def flush(self) -> None:
        os.fsync(self._fd)

    def close(self) -> None:
        os.fsync(self._fd)
        os.close(self._fd)


class RemoteStore:
    """An object store: objects are put whole, so a log is a series of objects."""

    writers = 16  # each waits for the network

    def __init__(self, url: str) -> None:
        import fsspec

        self.protocol = url.partition("://")[0]
        self.fs, root = fsspec.core.url_to_fs(url)
        self.root = root.rstrip("/")

    def exists(self, name: str) -> bool:
        return bool(self.fs.exists(f"{self.root}/{name}"))

    def read(self, name: str) -> bytes:
        data: bytes = self.fs.cat_file(f"{self.root}/{name}")
        return data

    def write(self, name: str, data: bytes) -> None:
        self.fs.pipe_file(f"{self.root}/{name}", data)

    def remove(self, name: str) -> None:
        self.fs.rm_file(f"{self.root}/{name}")

    def names(self, prefix: str) -> Iterator[tuple[str, int, float]]:
        found: dict[str, Any] = self.fs.find(f"{self.root}/{prefix}", detail=True)
        for path, info in sorted(found.items()):
            changed = info.get("mtime") or info.get("LastModified") or info.get("created") or time.time()
            moment = changed.timestamp() if isinstance(changed, datetime) else float(changed)
            yield path[len(self.root) + 1 :], int(info["size"]), moment

    def log_writer(self, prefix: str) -> LogWriter:
        return RemoteLog(self, f"{prefix}-{secrets.token_hex(4)}")

    def queryable(self, name: str, con: duckdb.DuckDBPyConnection) -> str:
        if not con.filesystem_is_registered(self.protocol):
            con.register_filesystem(self.fs)
        return f"{self.protocol}://{self.root}/{name}"


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

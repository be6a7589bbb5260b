"""Where an archive's files lie: a local folder, or an object store through fsspec. Both write a file whole or not."""

from __future__ import annotations

import ctypes
import errno
import fcntl
import glob
import os
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

import duckdb

_syncfs = getattr(ctypes.CDLL(None, use_errno=True), "syncfs", None)  # Linux has it
SYNC_S = 60.0  # a writer makes what it wrote durable this often, beside when it is told to


class LogWriter(Protocol):
    """Adds lines to one log. What raises was not added, and does not spoil the lines after it."""

    def append(self, line: bytes) -> None: ...
    def flush(self) -> None: ...
    def close(self) -> None: ...


class Store(Protocol):
    """Named files. Names are relative, with `/` between. An empty file counts as none.

    `names` gives them with size in bytes and time of change (seconds since 1970; now where a store does not say), and
    `queryable` gives what DuckDB calls one. `writers` is how many writes at once are worth it.
    """

    writers: int

    def exists(self, name: str) -> bool: ...
    def read(self, name: str) -> bytes: ...
    def write(self, name: str, data: bytes) -> None: ...
    def remove(self, name: str) -> None: ...
    def names(self, prefix: str) -> Iterator[tuple[str, int, float]]: ...
    def log_writer(self, prefix: str) -> LogWriter: ...
    def queryable(self, name: str, con: duckdb.DuckDBPyConnection) -> str: ...

    def renew(self, name: str, right: Callable[[bytes], bool]) -> bool:
        """Whether a file is there with the right content; its time of change is then now. False: write it."""
        ...

    def remove_unused(self, name: str, changed: float) -> bool:
        """Remove a file, unless it changed or was renewed since `changed`. Whether it was removed."""
        ...

    def in_use(self, name: str) -> bool:
        """Whether a process that lives writes this log."""
        ...

    def sync(self) -> None:
        """Make durable what was written."""
        ...


def open_store(root: str | Path) -> Store:
    """The store at a path or an fsspec URL ("s3://…", "memory://…")."""
    text = str(root)
    if "://" not in text or text.startswith("file://"):
        return LocalStore(root)
    return RemoteStore(text)


class LocalStore:
    """A folder. Files appear by rename, with all their content. (os, not pathlib: this runs for every page.)"""

    writers = 1

    def __init__(self, root: str | Path) -> None:
        self.root = Path(str(root).removeprefix("file://"))
        self._made: set[Path] = set()
        self._unsynced = False
        self._synced_at = time.monotonic()

    def exists(self, name: str) -> bool:
        try:
            return os.stat(f"{self.root}/{name}").st_size > 0  # noqa: PTH116
        except OSError:
            return False

    def read(self, name: str) -> bytes:
        return (self.root / name).read_bytes()

    def write(self, name: str, data: bytes) -> None:
        target = self.root / name
        self._make(target.parent)
        temporary = f"{target.parent}/.{secrets.token_hex(8)}.tmp"
        try:
            with open(temporary, "xb", buffering=0) as file:  # noqa: PTH123
                if file.write(data) != len(data):
                    raise OSError(errno.ENOSPC, f"{name} could not be written to its end")
            os.replace(temporary, target)  # noqa: PTH105
        except OSError:
            with suppress(OSError):
                os.unlink(temporary)  # noqa: PTH108
            raise
        self._unsynced = True
        if time.monotonic() - self._synced_at > SYNC_S:
            self.sync()

    def renew(self, name: str, right: Callable[[bytes], bool]) -> bool:
        path = f"{self.root}/{name}"
        try:
            descriptor = os.open(path, os.O_RDONLY)
        except FileNotFoundError:
            return False
        try:
            with open(descriptor, "rb", buffering=0) as file:  # noqa: PTH123
                if not right(file.read()):
                    return False
            os.utime(path)  # after which `remove_unused` leaves it, or before which it took it away
        except OSError:  # unreadable, or just removed: to be written again
            return False
        return True

    def remove(self, name: str) -> None:
        (self.root / name).unlink(missing_ok=True)

    def remove_unused(self, name: str, changed: float) -> bool:
        path = self.root / name
        aside = path.with_name(f".{secrets.token_hex(8)}.tmp")
        try:
            path.rename(aside)  # from here on `renew` does not find it; what it did before is seen below
        except FileNotFoundError:
            return False
        if aside.stat().st_mtime != changed:
            aside.replace(path)
            return False
        aside.unlink()
        return True

    def names(self, prefix: str) -> Iterator[tuple[str, int, float]]:
        for path in sorted((self.root / prefix).rglob("*")):
            with suppress(FileNotFoundError):  # removed meanwhile
                if path.is_file():
                    status = path.stat()
                    yield path.relative_to(self.root).as_posix(), status.st_size, status.st_mtime

    def log_writer(self, prefix: str) -> LogWriter:
        path = self.root / f"{prefix}-{secrets.token_hex(4)}.jsonl"
        self._make(path.parent)
        self._unsynced = True
        return LocalLog(path)

    def queryable(self, name: str, con: duckdb.DuckDBPyConnection) -> str:
        del con  # DuckDB reads local files as it is
        return glob.escape(str(self.root / name))

    def in_use(self, name: str) -> bool:
        descriptor = os.open(self.root / name, os.O_RDONLY)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        except OSError:  # a file system without locks: the file's age has to do
            return False
        finally:
            os.close(descriptor)
        return False

    def sync(self) -> None:
        """One call for all files: to sync each by itself takes fifty times as long."""
        if not self._unsynced:
            return
        self._unsynced = False
        self._synced_at = time.monotonic()
        if _syncfs is None:
            os.sync()
            return
        descriptor = os.open(self.root, os.O_RDONLY)
        try:
            if _syncfs(descriptor) != 0:
                number = ctypes.get_errno()
                raise OSError(number, os.strerror(number), str(self.root))
        except OSError:
            self._unsynced = True
            raise
        finally:
            os.close(descriptor)

    def _make(self, folder: Path) -> None:
        if folder not in self._made:
            folder.mkdir(parents=True, exist_ok=True)
            self._made.add(folder)


class LocalLog:
    """One file, one write per line, nothing buffered: what was appended survives the process.

    A lock on the file, which the system lifts when the process ends, says that it is in use.
    """

    def __init__(self, path: Path) -> None:
        self._fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND, 0o644)
        self._cut = False  # the file ends within a line
        self._unsynced = False
        with suppress(OSError):  # a file system without locks
            fcntl.flock(self._fd, fcntl.LOCK_EX | fcntl.LOCK_NB)

    def append(self, line: bytes) -> None:
        whole = b"\n" + line if self._cut else line
        written = os.write(self._fd, whole)
        self._unsynced = True
        if written != len(whole):  # the disk is full
            self._cut = self._cut or written > 0
            raise OSError(errno.ENOSPC, "a row of the log could not be written to its end")
        self._cut = False

    def flush(self) -> None:
        if self._unsynced:
            os.fsync(self._fd)
            self._unsynced = False

    def close(self) -> None:
        try:
            self.flush()
        finally:
            os.close(self._fd)


class StoreError(OSError):
    """An object store that refuses, fails or cannot be reached; the message names it and says why, in one line."""


class RemoteStore:
    """An object store: objects are put whole, so a log is a series of objects. What is put is durable."""

    writers = 16  # each waits for the network

    def __init__(self, url: str) -> None:
        self.protocol = url.partition("://")[0]
        self.url = url
        with self._told():
            import fsspec  # a fifth of a second that only object stores need

            # fsspec keeps listings for ever, and then knows nothing of what other processes write.
            self.fs, root = fsspec.core.url_to_fs(url, use_listings_cache=False)
        self.root = root.rstrip("/")

    def exists(self, name: str) -> bool:
        return bool(self._info(name).get("size"))

    def read(self, name: str) -> bytes:
        with self._told(FileNotFoundError):
            data: bytes = self.fs.cat_file(f"{self.root}/{name}")
        return data

    def write(self, name: str, data: bytes) -> None:
        with self._told():
            self.fs.pipe_file(f"{self.root}/{name}", data)

    def renew(self, name: str, right: Callable[[bytes], bool]) -> bool:
        """To put an object takes no longer than to ask for it, repairs it, and renews it."""
        del name, right
        return False

    def remove(self, name: str) -> None:
        with suppress(FileNotFoundError), self._told(FileNotFoundError):
            self.fs.rm_file(f"{self.root}/{name}")

    def remove_unused(self, name: str, changed: float) -> bool:
        if _changed(self._info(name), changed) != changed:
            return False
        self.remove(name)
        return True

    def names(self, prefix: str) -> Iterator[tuple[str, int, float]]:
        with self._told():
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
        with suppress(FileNotFoundError), self._told(FileNotFoundError):
            found: dict[str, Any] = self.fs.info(f"{self.root}/{name}")
            return found
        return {}

    @contextmanager
    def _told(self, *expected: type[OSError]) -> Iterator[None]:
        """Stores' libraries raise what they like (OSError, botocore's own, ImportError where one is not installed): all but
        what is `expected` becomes a StoreError."""
        try:
            yield
        except expected:
            raise
        except ImportError as error:
            raise StoreError(f"{self.url}: {error} (for s3: pip install 'iop-directory[s3]')") from error
        except Exception as error:
            reason = " ".join(str(error).split()) or type(error).__name__
            raise StoreError(
                f"{self.url}: {reason}. Look at the address and the credentials (AWS_…)"
            ) from error


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

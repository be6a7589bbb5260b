"""An object store as targets use it, through fsspec: whole objects, and writes that only happen to what was seen.

S3 refuses a write itself (`If-Match`, `If-None-Match`: conditional writes, since 2024). Other stores are asked just before:
two publishers within the same moment are then not told apart.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from warehouse.targets.target import TargetError, without_secret

CONDITIONAL = ("s3", "s3a")
REFUSED = ("PreconditionFailed", "ConditionalRequestConflict")  # of a conditional write
CHUNK = 8 * 2**20


class ChangedError(TargetError):
    """Somebody else wrote an object since it was seen."""


@dataclass(frozen=True, slots=True)
class Seen:
    """An object's content and its mark at the store; `data` is None where there was none."""

    data: bytes | None
    mark: str | None = None


class Objects:
    """The objects below an fsspec URL. What a store's library raises becomes a TargetError of one line."""

    def __init__(self, url: str) -> None:
        self.name = without_secret(url.rstrip("/"))
        self._protocol = url.partition("://")[0]
        import fsspec  # a fifth of a second that only object stores need

        with self._told():
            # fsspec keeps listings, and then knows nothing of what others write
            self._fs, root = fsspec.core.url_to_fs(url, use_listings_cache=False)
        self._root = root.rstrip("/")

    def see(self, name: str) -> Seen:
        """An object as it is now; its mark is taken first, so that a change meanwhile is noticed when it is written."""
        with self._told():
            try:
                mark = self._fs.info(self._path(name)).get("ETag")
                return Seen(self._fs.cat_file(self._path(name)), mark)
            except FileNotFoundError:
                return Seen(None)

    def replace(self, name: str, data: bytes, seen: Seen) -> None:
        """Write an object, if it still is what was seen. Raises ChangedError."""
        with self._told(name):
            if self._protocol in CONDITIONAL:
                match = {"IfMatch": seen.mark} if seen.mark else {"IfNoneMatch": "*"}
                self._fs.pipe_file(self._path(name), data, **match)
            elif self.see(name).data != seen.data:
                raise self._changed(name)
            else:
                self._renamed(name, lambda draft: self._fs.pipe_file(draft, data))

    def send(self, file: Path, name: str) -> None:
        """Put a file under a name that nothing has. Raises ChangedError where something has it."""
        with self._told(name):
            if self._protocol in CONDITIONAL:
                self._fs.put_file(str(file), self._path(name), mode="create")
            elif self._fs.exists(self._path(name)):
                raise self._changed(name)
            else:
                self._renamed(name, lambda draft: self._fs.put_file(str(file), draft))

    def sha256(self, name: str) -> str | None:
        """The checksum of what the store gives back; None where there is no such object."""
        digest = hashlib.sha256()
        with self._told():
            try:
                for chunk in self._chunks(name):
                    digest.update(chunk)
            except FileNotFoundError:
                return None
        return digest.hexdigest()

    def fetch(self, name: str, to: BinaryIO) -> bool:
        """Write an object's content into an open file; False where there is no such object."""
        with self._told(name):
            try:
                for chunk in self._chunks(name):
                    to.write(chunk)
            except FileNotFoundError:
                return False
        return True

    def names(self) -> Iterator[str]:
        """Names of the objects just below the URL."""
        with self._told():
            try:
                found: list[Any] = self._fs.ls(self._root, detail=False)
            except FileNotFoundError:
                return
        yield from (str(path).rpartition("/")[2] for path in found)

    def remove(self, name: str) -> None:
        """Remove an object that may be there."""
        with self._told(), suppress(FileNotFoundError):
            self._fs.rm_file(self._path(name))

    def _chunks(self, name: str) -> Iterator[bytes]:
        with self._fs.open(self._path(name), "rb", block_size=CHUNK, cache_type="readahead") as file:
            while chunk := file.read(CHUNK):
                yield chunk

    def _renamed(self, name: str, write: Callable[[str], object]) -> None:
        """Where a write may be seen half done, as on a file system, it is done beside its place."""
        self._fs.makedirs(self._root, exist_ok=True)
        draft = self._path(f"{name}.tmp")
        with suppress(FileNotFoundError):
            self._fs.rm_file(draft)  # also a link that lies there: it is not written through
        write(draft)
        self._fs.mv(draft, self._path(name))

    def _path(self, name: str) -> str:
        return f"{self._root}/{name}"

    def _changed(self, name: str) -> ChangedError:
        return ChangedError(
            f"{self.name}/{name} was written by somebody else meanwhile: let one machine publish there, and run again"
        )

    @contextmanager
    def _told(self, name: str = "") -> Iterator[None]:
        """Stores' libraries raise what they like: OSError, botocore's own, ImportError where one is not installed."""
        try:
            yield
        except TargetError:
            raise
        except ImportError as error:
            raise TargetError(f"{self.name}: {error} (for s3: pip install 'iop-directory[s3]')") from error
        except Exception as error:
            response = getattr(error.__cause__, "response", None) or {}
            if response.get("Error", {}).get("Code") in REFUSED:
                raise self._changed(name) from error
            reason = " ".join(str(error).split()) or type(error).__name__
            raise TargetError(
                f"{self.name}: {reason}. Look at the address, the credentials (AWS_…) and the store, and run again"
            ) from error
